"""Lost runs, later tries and missed runs on a real Prefect server, with the deployments' limit of one run at a time."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.service.api import Api
from flows.service.schedule import watcher
from flows.service.schedule.later_tries import LATER_TRY_TAG, try_later
from flows.service.schedule.lost_runs import (
    CRASH_MESSAGE,
    SILENCE_SECONDS,
    START_SECONDS,
    close_lost_runs,
    without_process,
    without_sign_of_life,
)
from flows.service.schedule.watcher import look, reported_tag
from flows.settings import Settings
from tests.end_to_end.served import clean_environment
from tests.receivers import mail_server, mails, webhook

pytestmark = pytest.mark.slow
SETTINGS = Settings(webhook="", mail_to="")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Deployment:
    """A deployment of the flow on the server, with the limit and the tags of `weekday-poll`."""

    api: Api
    id: str

    def run(
        self, state: str = "SCHEDULED", start: datetime | None = None, tags: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        """A run of it, brought into a state as a worker does."""
        details = {"scheduled_time": (start or datetime.now(UTC)).isoformat()}
        body = {"state": {"type": "SCHEDULED", "state_details": details}}
        run = self.api.call("POST", f"deployments/{self.id}/create_flow_run", body)
        for each in {"SCHEDULED": [], "PENDING": ["PENDING"], "RUNNING": ["PENDING", "RUNNING"]}[state]:
            self.api.call("POST", f"flow_runs/{run['id']}/set_state", {"state": {"type": each}})
        return self.read(run["id"])

    def delete(self) -> None:
        """Delete it after its runs."""
        for run in self.api.call("POST", "flow_runs/filter", {"deployments": {"id": {"any_": [self.id]}}}):
            self.api.call("DELETE", f"flow_runs/{run['id']}", fine=(404,))
        self.api.call("DELETE", f"deployments/{self.id}", fine=(404,))

    def read(self, run_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.api.call("GET", f"flow_runs/{run_id}")
        return found

    @property
    def slots(self) -> int:
        """Slots that its runs hold."""
        limit = self.api.call("GET", f"deployments/{self.id}")["global_concurrency_limit"]
        return int(self.api.call("GET", f"v2/concurrency_limits/{limit['id']}")["active_slots"])

    def later(self, run: dict[str, Any]) -> list[dict[str, Any]]:
        """The runs that were scheduled after a run."""
        wanted = {"flow_runs": {"idempotency_key": {"any_": [f"after {run['id']}"]}}}
        found: list[dict[str, Any]] = self.api.call("POST", "flow_runs/filter", wanted)
        return found


@pytest.fixture
def make(prefect_server: None, request: pytest.FixtureRequest) -> Callable[[], Deployment]:
    """Makes a deployment for one test; its runs are deleted afterwards."""
    from prefect.settings import get_current_settings

    api = Api(get_current_settings().api.url or "")

    def deployment() -> Deployment:
        flow = api.call("POST", "flows/", {"name": "refresh"})["id"]
        body = {
            "name": f"{request.node.name}-{datetime.now(UTC).timestamp()}",
            "flow_id": flow,
            "concurrency_limit": 1,
            "concurrency_options": {"collision_strategy": "CANCEL_NEW"},
            "tags": ["scheduled"],
            "work_pool_name": pool["name"],
        }
        made = Deployment(api, api.call("POST", "deployments/", body)["id"])
        request.addfinalizer(made.delete)
        return made

    pool = {"name": "test-pool", "type": "process", "base_job_template": {}}
    api.call("POST", "work_pools/", pool, fine=(409,))
    return deployment


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Kind and title of the notices that were sent."""
    notices: list[tuple[str, str]] = []

    def send(found: list[Any], settings: Settings, *, by: list[str]) -> list[Any]:
        notices.extend((each.kind, each.title) for each in found)
        return []

    monkeypatch.setattr(watcher, "send", send)
    return notices


@pytest.mark.parametrize(("state", "limit"), [("PENDING", START_SECONDS), ("RUNNING", SILENCE_SECONDS)])
def test_a_run_without_a_sign_of_life_is_closed_reported_and_tried_again(
    make: Callable[[], Deployment], sent: list[tuple[str, str]], state: str, limit: int
) -> None:
    deployment = make()
    run = deployment.run(state)
    assert deployment.slots == 1
    look(deployment.api, SETTINGS, (1, 3, 6), datetime.now(UTC), there_since=LONG_AGO)
    assert deployment.read(run["id"])["state"]["type"] == state, "it has only begun"
    later = datetime.now(UTC) + timedelta(seconds=limit + 5)
    for _ in range(2):
        look(deployment.api, SETTINGS, (1, 3, 6), later, there_since=LONG_AGO)
    closed = deployment.read(run["id"])
    assert closed["state"]["type"] == "CRASHED"
    assert closed["state"]["message"].startswith(CRASH_MESSAGE)
    assert deployment.slots == 0
    assert sent == [("failed", f"The refresh {run['name']} failed")]
    assert {reported_tag("log"), LATER_TRY_TAG} <= set(closed["tags"])
    (again,) = deployment.later(run)
    assert (again["state"]["type"], "try 2" in again["tags"]) == ("SCHEDULED", True)
    assert deployment.run("PENDING")["state"]["type"] == "PENDING", "the slot is free for the next run"


def test_a_run_that_sends_heartbeats_is_left_alone(make: Callable[[], Deployment]) -> None:
    deployment = make()
    run = deployment.run("RUNNING")
    now = datetime.now(UTC) + timedelta(seconds=SILENCE_SECONDS + 5)
    event = {
        "id": "00000000-0000-4000-8000-0000000000ab",
        "event": "prefect.flow-run.heartbeat",
        "occurred": (now - timedelta(seconds=60)).isoformat(),
        "resource": {"prefect.resource.id": f"prefect.flow-run.{run['id']}"},
    }

    class WithHeartbeat(Api):
        """The server takes no event of a time to come, so its answer about them is given here."""

        def call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
            return {"events": [event]} if path == "events/filter" else super().call(method, path, body, **more)

    api = WithHeartbeat(deployment.api.address)
    assert without_sign_of_life(api, run, now) == ""
    assert without_sign_of_life(deployment.api, run, now) != ""


def test_nothing_is_closed_before_the_server_has_been_there_for_a_while(make: Callable[[], Deployment]) -> None:
    deployment = make()
    run = deployment.run("RUNNING")
    later = datetime.now(UTC) + timedelta(hours=1)
    look(deployment.api, SETTINGS, (1, 3, 6), later, there_since=later - timedelta(seconds=10))
    assert deployment.read(run["id"])["state"]["type"] == "RUNNING"


def test_only_runs_with_a_reason_are_closed(make: Callable[[], Deployment]) -> None:
    one, other = make(), make()
    lost, alive = one.run("RUNNING"), other.run("PENDING")
    closed = close_lost_runs(one.api, lambda run: "it is gone" if run["id"] == lost["id"] else "")
    assert [run["id"] for run in closed] == [lost["id"]]
    assert (one.slots, other.slots) == (0, 1)
    assert other.read(alive["id"])["state"]["type"] == "PENDING"


def test_a_run_that_cannot_be_closed_holds_up_no_other(make: Callable[[], Deployment]) -> None:
    one, other = make(), make()
    orphan, lost = one.run("PENDING"), other.run("PENDING")
    one.api.call("DELETE", f"deployments/{one.id}")
    ours = {orphan["id"], lost["id"]}
    closed = close_lost_runs(one.api, lambda run: "it is gone" if run["id"] in ours else "")
    one.api.call("DELETE", f"flow_runs/{orphan['id']}")
    assert lost["id"] in [run["id"] for run in closed]


def test_a_run_is_lost_on_one_machine_where_no_process_has_its_id() -> None:
    run = {"id": "0f", "work_pool_name": "workforce", "infrastructure_pid": None}
    assert "no process" in without_process(run, is_busy=True)
    command = [sys.executable, "-c", "import sys; sys.stdin.read()"]
    for run_id, lost in (("0f", False), ("of another run", True)):
        with subprocess.Popen(command, stdin=subprocess.PIPE, env={"PREFECT__FLOW_RUN_ID": run_id}) as process:
            assert bool(without_process(run | {"infrastructure_pid": str(process.pid)}, is_busy=False)) is lost
            process.kill()
    assert "no process" in without_process(run | {"infrastructure_pid": str(process.pid)}, is_busy=False)


def test_a_run_of_a_command_is_lost_where_nobody_refreshes_the_folder() -> None:
    run = {"id": "0f", "work_pool_name": None, "infrastructure_pid": None}
    assert without_process(run, is_busy=True) == ""
    assert "its command" in without_process(run, is_busy=False)


def test_the_command_watches_until_it_is_stopped(make: Callable[[], Deployment]) -> None:
    deployment = make()
    late = deployment.run(start=datetime.now(UTC) - timedelta(hours=1))
    process = subprocess.Popen(
        [sys.executable, "-m", "flows.cli.command", "watch"],
        env=clean_environment(PREFECT_API_URL=deployment.api.address),
        stderr=subprocess.PIPE,
        text=True,
    )
    end = time.monotonic() + 60
    while reported_tag("log") not in deployment.read(late["id"])["tags"]:
        assert time.monotonic() < end
        time.sleep(0.1)
    process.terminate()
    said = process.communicate(timeout=60)[1]
    assert process.returncode == 0
    assert f"The scheduled refresh {late['name']} has not started" in said


def test_a_scheduled_run_that_is_cancelled_or_has_not_started_is_reported_once(
    make: Callable[[], Deployment], sent: list[tuple[str, str]]
) -> None:
    deployment = make()
    deployment.run("PENDING")
    cancelled = deployment.run("PENDING")
    assert cancelled["state"]["type"] == "CANCELLED", "the first one holds the slot"
    late = deployment.run(start=datetime.now(UTC) - timedelta(hours=1))
    for _ in range(2):
        look(deployment.api, SETTINGS, (1, 3, 6), datetime.now(UTC), there_since=datetime.now(UTC))
    assert sorted(sent) == [
        ("cancelled", f"The scheduled refresh {cancelled['name']} was cancelled"),
        ("not started", f"The scheduled refresh {late['name']} has not started"),
    ]


def test_a_notice_is_sent_to_each_receiver_until_it_accepts_it(make: Callable[[], Deployment]) -> None:
    deployment = make()
    late = deployment.run(start=datetime.now(UTC) - timedelta(hours=1))
    with webhook(500, 204) as (address, posted), mail_server(refusals=2) as (server, told):
        settings = Settings(webhook=address, mail_to="to@example.org", mail_server=server)
        for accepted in ({"log"}, {"log", "webhook"}, {"log", "webhook", "mail"}, {"log", "webhook", "mail"}):
            look(deployment.api, settings, (1, 3, 6), datetime.now(UTC), there_since=datetime.now(UTC))
            tags = deployment.read(late["id"])["tags"]
            assert {name for name in ("log", "webhook", "mail") if reported_tag(name) in tags} == accepted
    about = [body for body in posted if body["run"] == late["name"]]
    assert [body["kind"] for body in about] == ["not started"] * 2
    assert len([mail for mail in mails(told) if late["name"] in str(mail["Subject"])]) == 1


def test_tries_are_one_three_and_six_hours_after_the_scheduled_start_and_no_more(
    make: Callable[[], Deployment],
) -> None:
    deployment = make()
    first = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=10)
    run, starts = deployment.run(start=first), []
    for _ in range(3):
        start = try_later(deployment.api, run, (1, 3, 6), datetime.now(UTC))
        again = try_later(deployment.api, run, (1, 3, 6), datetime.now(UTC))
        assert start == again
        (run,) = deployment.later(run)
        starts.append(datetime.fromisoformat(run["expected_start_time"]))
    assert [(start - first) / timedelta(hours=1) for start in starts] == [1, 3, 6]
    assert try_later(deployment.api, run, (1, 3, 6), datetime.now(UTC)) is None


def test_a_run_that_crashed_long_ago_is_tried_again_from_now_on(make: Callable[[], Deployment]) -> None:
    deployment = make()
    run, now = deployment.run(start=datetime.now(UTC) - timedelta(hours=20)), datetime.now(UTC)
    assert try_later(deployment.api, run, (1, 3), now) == now + timedelta(hours=1)
