"""Setting up a Prefect server: the work pool and the deployments."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import requests
import yaml

from flows.errors import NotDeployed
from flows.service.api import Api
from flows.service.work_pool import POOL, work_pool

FLOW = "refresh"
SCHEDULED_TAG = "scheduled"
"""The tag that `prefect.yaml` gives to the deployments with a schedule, and with it to their runs."""
FORMER_AUTOMATION = "Runs whose machine went away"
"""The automation of earlier versions. It wrote to the database at every event, and missed a run where the server
stopped with it; `flows.service.schedule.watcher` does its work now."""


def deployments_file() -> Path:
    """`prefect.yaml`: inside an installed package, or in the checkout this runs from."""
    package = Path(__file__).parents[1]
    packaged = package / "prefect.yaml"
    return packaged if packaged.exists() else package.parent / "deploy" / "prefect.yaml"


def deploy(environment: Mapping[str, str]) -> None:
    """Create or update everything on the server that PREFECT_API_URL names. Raises `NotDeployed`."""
    api = Api.of(environment)
    try:
        _create_pool(api)
        _delete_former_automation(api)
    except requests.RequestException as error:
        raise NotDeployed(
            "the Prefect server rejected the work pool",
            found=str(error),
            do="check that PREFECT_API_URL and PREFECT_API_AUTH_STRING are those of a running Prefect server",
        ) from error
    with tempfile.TemporaryDirectory(prefix="workforce-") as folder:
        file = Path(folder) / "prefect.yaml"
        file.write_text(json.dumps(_declared(api)), encoding="utf-8")
        done = subprocess.run(  # noqa: S603 - our own interpreter and file
            [sys.executable, "-m", "prefect", "--no-prompt", "deploy", "--prefect-file", str(file), "--all"],
            env=dict(environment),
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise NotDeployed(
            "Prefect rejected the deployments", file=str(deployments_file()), found=(done.stdout + done.stderr)[-2000:]
        )


def _declared(api: Api) -> dict[str, Any]:
    """The content of `prefect.yaml`, with what a person has paused on the server: deployments and schedules."""
    declared: dict[str, Any] = yaml.safe_load(deployments_file().read_text(encoding="utf-8"))
    known = {each["name"]: each for each in api.call("POST", "deployments/filter", {})}
    for deployment in declared["deployments"]:
        on_server = known.get(deployment["name"], {})
        deployment["paused"] = on_server.get("paused", False)
        active = {each["slug"]: each["active"] for each in on_server.get("schedules", ())}
        for schedule in deployment["schedules"]:
            schedule["active"] = active.get(schedule["slug"], True)
    return declared


def _create_pool(api: Api) -> None:
    """Create the work pool, or give an existing one the current template."""
    pool = work_pool()
    if api.call("POST", "work_pools/filter", {"work_pools": {"name": {"any_": [POOL]}}}):
        changed = {name: pool[name] for name in ("description", "base_job_template")}
        api.call("PATCH", f"work_pools/{POOL}", changed)
    else:
        api.call("POST", "work_pools/", pool)


def _delete_former_automation(api: Api) -> None:
    wanted = {"automations": {"name": {"any_": [FORMER_AUTOMATION]}}}
    for each in api.call("POST", "automations/filter", wanted):
        api.call("DELETE", f"automations/{each['id']}")
