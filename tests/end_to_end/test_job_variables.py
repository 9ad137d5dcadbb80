"""What a user of the API may not choose: the command, environment and working directory of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from flows.service.deployments import deploy
from flows.service.work_pool import JOB_TEMPLATE
from tests.end_to_end.served import SAMPLE, Finished, Served, clean_environment

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]


def wanted(place: Path) -> dict[str, Any]:
    """Job variables that would leave a file `ran`, or the data folder `other`, below `place`; and a missing folder."""
    return {
        "command": f"sh -c 'id > {place}/ran'",
        "env": {"WORKFORCE_DATA": str(place / "other")},
        "env.WORKFORCE_DATA": str(place / "other"),
        "working_dir": str(place / "nowhere"),
        "name": "another",
        "labels": {"a": "b"},
        "stream_output": False,
    }


def test_the_server_refuses_every_job_variable_of_a_run(served: Served, tmp_path: Path) -> None:
    address = f"{served.ui}/api/deployments/{served.deployment('manual')['id']}/create_flow_run"
    for name, value in wanted(tmp_path).items():
        body = {"parameters": SAMPLE, "job_variables": {name: value}}
        answer = requests.post(address, json=body, timeout=30)
        assert (answer.status_code, f"{name!r} was unexpected" in answer.text) == (422, True), name


def test_a_run_made_with_job_variables_all_the_same_runs_without_them(
    served: Served, finished: Finished, tmp_path: Path
) -> None:
    """The server does not look at the job variables of a run that is not made through its deployment."""
    manual = served.deployment("manual")
    body = {name: manual[name] for name in ("flow_id", "work_pool_name")} | {
        "deployment_id": manual["id"],
        "parameters": SAMPLE,
        "job_variables": wanted(tmp_path),
        "state": {"type": "SCHEDULED"},
    }
    run = served.ended(served.call("POST", "flow_runs/", body)["id"])
    assert run["job_variables"] == wanted(tmp_path)
    assert run["state"]["name"] == "Nothing new", run["state"]
    assert list(tmp_path.iterdir()) == []


def test_a_pool_and_deployments_of_an_earlier_version_get_the_template(served: Served) -> None:
    known = served.call("GET", "collections/views/aggregate-worker-metadata")
    open_to_all = known["prefect"]["process"]["default_base_job_configuration"]
    served.call("PATCH", "work_pools/workforce", {"base_job_template": open_to_all})
    poll = served.deployment("weekday-poll")["id"]
    served.call("PATCH", f"deployments/{poll}", {"job_variables": {"command": "id"}})
    deploy(clean_environment(PREFECT_API_URL=f"{served.ui}/api"))
    assert served.call("GET", "work_pools/workforce")["base_job_template"] == JOB_TEMPLATE
    assert served.deployment("weekday-poll")["job_variables"] == {}
