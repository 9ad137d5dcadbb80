"""Runs whose process is gone, which Prefect would show as unfinished for good.

Such a run also keeps the concurrency slot of its deployment, so that every later run of the schedule is cancelled.
Where the server, the worker and the run stop at the same moment, nobody is left to report it. So `workforce serve`
closes such runs at its start, and a watcher (`flows.service.schedule.watcher`) closes them while the server runs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import psutil
import requests

from flows.service.api import Api
from flows.service.deployments import FLOW

log = logging.getLogger("workforce.watch")

FlowRun = dict[str, Any]
"""A flow run as Prefect's API describes it."""

UNFINISHED = ("PENDING", "RUNNING", "CANCELLING")
"""The types of states in which a run has a process, or is about to have one."""

CRASH_MESSAGE = "The machine or the service stopped during this run"
NEXT_RUN = "The next run continues from the archived files."
HEARTBEAT = "prefect.flow-run.heartbeat"
SILENCE_SECONDS = 180
"""A running refresh sends a heartbeat every 60 seconds; after three missed ones it is gone."""
START_SECONDS = 600
"""The time in which a run that a worker has taken begins to run: some 10 seconds, more on a slow machine."""


def close_lost_runs(api: Api, why_lost: Callable[[FlowRun], str]) -> list[FlowRun]:
    """Mark unfinished runs as crashed where `why_lost` gives a reason; return them.

    The state is forced, because no worker is left to propose it; Prefect frees the slot of the deployment with it. One
    that Prefect cannot close, because its deployment was deleted meanwhile, is logged, and holds up no other.
    """
    closed = []
    for run in unfinished_runs(api):
        if why := why_lost(run):
            message = f"{CRASH_MESSAGE} ({run['state']['name']}): {why}. {NEXT_RUN}"
            state = {"state": {"type": "CRASHED", "name": "Crashed", "message": message}, "force": True}
            try:
                api.call("POST", f"flow_runs/{run['id']}/set_state", state)
            except requests.HTTPError as error:
                log.warning("%s is lost (%s) and could not be marked as crashed: %s", run["name"], why, error)
            else:
                closed.append(run)
    return closed


def unfinished_runs(api: Api) -> list[FlowRun]:
    """The refreshes that Prefect shows as started and not ended."""
    wanted = {"flows": {"name": {"any_": [FLOW]}}, "flow_runs": {"state": {"type": {"any_": list(UNFINISHED)}}}}
    found: list[FlowRun] = api.call("POST", "flow_runs/filter", wanted)
    return found


def without_process(run: FlowRun, *, is_busy: bool) -> str:
    """Why a run is lost whose process can only be on this machine; empty where that may be alive.

    A run that a command started has no process number. It locks the data folder: `is_busy` says whether that is locked.
    """
    if not run["work_pool_name"]:
        return "" if is_busy else "its command does not run any more"
    with suppress(psutil.Error, ValueError):
        # A process of the same number may be another one, after a restart of the machine.
        process = psutil.Process(int(run["infrastructure_pid"] or -1))
        if process.environ().get("PREFECT__FLOW_RUN_ID") == run["id"]:
            return ""
    return "it has no process on this machine any more"


def without_sign_of_life(api: Api, run: FlowRun, now: datetime) -> str:
    """Why a run is lost, judged by its heartbeats alone, wherever it runs; empty where it may be alive."""
    since = datetime.fromisoformat(run["state"]["timestamp"])
    if run["state"]["type"] == "PENDING":
        silence, longest, what = now - since, START_SECONDS, "it did not begin to run within"
    else:
        heard = list(_heartbeats(api, run))
        if not heard and not run["work_pool_name"]:
            return ""  # Started by a command, perhaps with a version or settings that send none. It holds no slot.
        silence, longest, what = now - max([since, *heard]), SILENCE_SECONDS, "it has sent no heartbeat for"
    seconds = silence.total_seconds()
    return f"{what} {longest} seconds" if seconds > longest else ""


def _heartbeats(api: Api, run: FlowRun) -> Iterator[datetime]:
    """The time of the newest heartbeat, if there is one."""
    wanted = {
        "filter": {
            "event": {"name": [HEARTBEAT]},
            "resource": {"id": [f"prefect.flow-run.{run['id']}"]},
            "occurred": {"since": run["created"], "until": datetime.now(UTC).isoformat()},
            "order": "DESC",
        },
        "limit": 1,
    }
    for event in api.call("POST", "events/filter", wanted)["events"]:
        yield datetime.fromisoformat(event["occurred"])
