"""Another try of a scheduled refresh later the same day, as a run of the same deployment that Prefect starts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flows.service.api import Api

LATER_TRY_TAG = "tried again later"
"""The tag of a run after which another was scheduled."""
TRY_TAG = re.compile(r"try (\d+)")
"""The tag of a run that is not the first of its day: 'try 2'."""


def try_later(api: Api, run: dict[str, Any], after_hours: Sequence[float], now: datetime) -> datetime | None:
    """Schedule the next try of a run of a deployment; return when it starts, None where no more are to be made.

    `after_hours` are the times of the tries in hours after the scheduled start of the first run. The tag of a run says
    which try it is. Its id is the idempotency key: two callers schedule one run.
    """
    done = max([int(found[1]) - 1 for tag in run["tags"] if (found := TRY_TAG.fullmatch(tag))], default=0)
    if done >= len(after_hours) or not run["deployment_id"]:
        return None
    hours = after_hours[done] - (after_hours[done - 1] if done else 0)
    planned = datetime.fromisoformat(run["expected_start_time"]) + timedelta(hours=hours)
    # A run that started late or crashed long ago is tried again from now on, not in the past.
    start = planned if planned > now else now + timedelta(hours=hours)
    state = {
        "type": "SCHEDULED",
        "message": f"Try {done + 2}, because {run['name']} did not succeed",
        "state_details": {"scheduled_time": start.isoformat()},
    }
    body = {
        "state": state,
        "parameters": run["parameters"],
        "tags": [f"try {done + 2}"],
        "idempotency_key": f"after {run['id']}",
    }
    api.call("POST", f"deployments/{run['deployment_id']}/create_flow_run", body)
    api.add_tag(run, LATER_TRY_TAG)
    return start
