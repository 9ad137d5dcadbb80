"""Setting up a Prefect server: the work pool, the deployments, and an automation that marks crashed runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests

from flows.errors import NotDeployed
from flows.retries import NOT_PROCESSED, RetryPolicy
from flows.service.work_pool import POOL, work_pool

CRASH_AUTOMATION = "Runs whose machine went away"
HEARTBEAT = "prefect.flow-run.heartbeat"
TIMEOUT_SECONDS = 30
RETRIES = RetryPolicy(attempts=7, first_wait=0.3, longest_wait=10)
"""The server answers 503, and does nothing, while its SQLite database is locked."""

CRASH_MESSAGE = "The machine or the service stopped during this run. The next run continues from the archived files."


class Api:
    """The calls to Prefect's REST API that are needed, without importing Prefect."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.address = environment["PREFECT_API_URL"].rstrip("/")
        self.session = requests.Session()
        if secret := environment.get("PREFECT_API_AUTH_STRING"):
            user, _, password = secret.partition(":")
            self.session.auth = (user, password)

    def healthy(self) -> bool:
        """Whether the server responds."""
        try:
            return self.session.get(f"{self.address}/health", timeout=2).ok
        except requests.RequestException:
            return False

    def call(self, method: str, path: str, body: Any = None, *, fine: tuple[int, ...] = ()) -> Any:
        """The response's JSON. Raises `requests.HTTPError` for an error status that is not in `fine`."""

        def attempt() -> requests.Response:
            answer = self.session.request(method, f"{self.address}/{path}", json=body, timeout=TIMEOUT_SECONDS)
            if answer.status_code not in fine:
                answer.raise_for_status()
            return answer

        answer = RETRIES.retrying(_is_not_processed)(attempt)
        return answer.json() if answer.content else None


def _is_not_processed(error: BaseException) -> bool:
    return isinstance(error, requests.HTTPError) and error.response.status_code in NOT_PROCESSED


def deployments_file() -> Path:
    """`prefect.yaml`: inside an installed package, or in the checkout this runs from."""
    package = Path(__file__).parents[1]
    packaged = package / "prefect.yaml"
    return packaged if packaged.exists() else package.parent / "deploy" / "prefect.yaml"


def deploy(environment: Mapping[str, str]) -> None:
    """Create or update everything on the server that PREFECT_API_URL names. Raises `NotDeployed`."""
    api = Api(environment)
    try:
        _create_pool(api)
        _create_crash_automation(api)
    except requests.RequestException as error:
        raise NotDeployed(
            "the Prefect server rejected the work pool",
            found=str(error),
            do="check that PREFECT_API_URL and PREFECT_API_AUTH_STRING are those of a running Prefect server",
        ) from error
    command = [sys.executable, "-m", "prefect", "--no-prompt", "deploy"]
    done = subprocess.run(  # noqa: S603 - our own interpreter and file
        [*command, "--prefect-file", str(deployments_file()), "--all"],
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NotDeployed(
            "Prefect rejected the deployments", file=str(deployments_file()), found=(done.stdout + done.stderr)[-2000:]
        )


def mark_crashed_runs(api: Api) -> int:
    """Mark runs that the server wrongly believes to be running as crashed; return their number.

    Call it only while no run can be active.
    """
    running = {
        "work_pools": {"name": {"any_": [POOL]}},
        "flow_runs": {"state": {"type": {"any_": ["RUNNING", "CANCELLING"]}}},
    }
    crashed = api.call("POST", "flow_runs/filter", running)
    for run in crashed:
        state = {"state": {"type": "CRASHED", "name": "Crashed", "message": CRASH_MESSAGE}, "force": True}
        api.call("POST", f"flow_runs/{run['id']}/set_state", state)
    return len(crashed)


def _create_pool(api: Api) -> None:
    """Create the work pool, or give an existing one the current template."""
    pool = work_pool()
    if api.call("POST", "work_pools/filter", {"work_pools": {"name": {"any_": [POOL]}}}):
        changed = {name: pool[name] for name in ("description", "base_job_template")}
        api.call("PATCH", f"work_pools/{POOL}", changed)
    else:
        api.call("POST", "work_pools/", pool)


def _create_crash_automation(api: Api) -> None:
    """Create the automation that marks a run as crashed after its heartbeats have stopped."""
    trigger = {
        "type": "event",
        "after": [HEARTBEAT],
        # Final states have custom names, such as "Nothing new", so any event of the run counts.
        "expect": ["prefect.flow-run.*"],
        "match": {"prefect.resource.id": ["prefect.flow-run.*"]},
        "for_each": ["prefect.resource.id"],
        "posture": "Proactive",
        "threshold": 1,
        "within": 180,
    }
    crash = {"type": "change-flow-run-state", "state": "CRASHED", "message": CRASH_MESSAGE}
    automation: dict[str, Any] = {"name": CRASH_AUTOMATION, "description": CRASH_MESSAGE, "enabled": True}
    automation |= {"trigger": trigger, "actions": [crash]}
    same = api.call("POST", "automations/filter", {"automations": {"name": {"any_": [CRASH_AUTOMATION]}}})
    if same:
        api.call("PUT", f"automations/{same[0]['id']}", automation)
    else:
        api.call("POST", "automations/", automation)
