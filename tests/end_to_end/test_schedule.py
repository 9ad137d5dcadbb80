"""The schedule goes on by itself: after the service was killed, and without a network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows.service.schedule.lost_runs import CRASH_MESSAGE
from flows.service.schedule.watcher import reported_tag
from tests.end_to_end.served import Served, serving, until
from tests.flows.fetching.test_inbox import ETR

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]
POLL = {"source": "publishers", "series": ["ods"]}
UNPLUGGED = """
import socket

_resolve = socket.getaddrinfo


def getaddrinfo(host, *rest, **more):
    if host not in (None, "", "127.0.0.1", "localhost", b"127.0.0.1", b"localhost"):
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    return _resolve(host, *rest, **more)


socket.getaddrinfo = getaddrinfo
"""
"""A machine whose network is cut: Python imports it at its start, and then finds no host but itself."""


@pytest.fixture(scope="module")
def unplugged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The environment of a machine without a network."""
    folder = tmp_path_factory.mktemp("unplugged")
    (folder / "sitecustomize.py").write_text(UNPLUGGED)
    placed = str(tmp_path_factory.getbasetemp())
    return {"PYTHONPATH": str(folder), "WORKFORCE_CONTACT": "test@example.org", "WORKFORCE_PLACED": placed}


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("schedule") / "data"


@dataclass(frozen=True)
class Killed:
    """A poll that a worker had taken and not started when the service was killed, and the processes left of it."""

    run_id: str
    parts: int
    left: list[psutil.Process]


@pytest.fixture(scope="module")
def killed(unplugged: dict[str, str], data: Path) -> Killed:
    """The service alone is killed with SIGKILL. Its processes must follow: then it is as after a power cut."""
    with serving(data, **unplugged) as service:
        run_id = service.trigger("weekday-poll", POLL)
        until(lambda: service.run(run_id)["state"]["type"] == "PENDING", "the worker takes the poll")
        parts = service.parts()
        service.process.kill()
        service.process.wait()
        _, left = psutil.wait_procs(parts, timeout=30)
    return Killed(run_id, len(parts), left)


@pytest.fixture(scope="module")
def restarted(killed: Killed, unplugged: dict[str, str], data: Path) -> Iterator[Served]:
    """The service after that."""
    with serving(data, **unplugged) as service:
        yield service


def slots(service: Served) -> list[int]:
    return [each["active_slots"] for each in service.call("POST", "v2/concurrency_limits/filter", {})]


def later(service: Served, run_id: str) -> list[dict[str, Any]]:
    wanted = {"flow_runs": {"idempotency_key": {"any_": [f"after {run_id}"]}}}
    found: list[dict[str, Any]] = service.call("POST", "flow_runs/filter", wanted)
    return found


def test_the_processes_of_a_service_that_is_killed_end_with_it(killed: Killed) -> None:
    assert killed.parts >= 3, "server, file server, worker and perhaps the run"
    assert killed.left == []


def test_a_poll_that_was_left_pending_is_crashed_and_blocks_nothing(killed: Killed, restarted: Served) -> None:
    run_id = killed.run_id
    state = restarted.run(run_id)["state"]
    assert (state["type"], state["message"].startswith(f"{CRASH_MESSAGE} (")) == ("CRASHED", True)
    assert slots(restarted) == [0, 0, 0]
    assert "1 run of an earlier service marked as crashed." in restarted.log.read_text()
    # The watcher tells of it and tries it again.
    until(lambda: reported_tag("log") in restarted.run(run_id)["tags"], "the notice is sent")
    assert f"The refresh {restarted.run(run_id)['name']} failed. Crashed" in restarted.log.read_text()
    assert [each["state"]["type"] for each in later(restarted, run_id)] == ["SCHEDULED"]


def test_a_poll_that_reaches_no_publisher_has_failed_and_is_tried_again_in_an_hour(restarted: Served) -> None:
    run = restarted.ended(restarted.trigger("weekday-poll", POLL))
    assert (run["state"]["type"], run["state"]["name"]) == ("FAILED", "Nothing to publish"), run["state"]
    assert "First cause: ods: " in run["state"]["message"]
    assert "Temporary failure in name resolution" in run["state"]["message"]
    (again,) = later(restarted, run["id"])
    start, planned = (datetime.fromisoformat(each["expected_start_time"]) for each in (run, again))
    assert planned - start == timedelta(hours=1)
    assert {"scheduled", "poll", "try 2"} <= set(again["tags"])
    assert again["parameters"] == POLL


def test_a_run_whose_placed_files_are_all_refused_has_failed(restarted: Served, tmp_path: Path) -> None:
    (tmp_path / "2025-12").mkdir()
    (tmp_path / "2025-12" / "etr.csv").write_bytes(ETR + ETR.replace(b"R0A", b"r1k"))
    run = restarted.ended(restarted.trigger("manual", {"source": "folder", "folder": str(tmp_path)}))
    assert (run["state"]["type"], run["state"]["name"]) == ("FAILED", "Nothing to publish"), run["state"]
    assert "First cause: etr.csv" in run["state"]["message"]


def test_each_gap_is_in_the_log_of_a_run_once(restarted: Served) -> None:
    run = restarted.ended(restarted.trigger("manual", POLL))

    def gaps() -> list[str]:
        return [line for line in restarted.logs(run["id"]) if line.startswith("ods: ") and "robots.txt" in line]

    # A run's log reaches the server in batches, the last of them after its state.
    until(lambda: len(gaps()) >= 2, "the gaps are in the log", 30)
    lines = gaps()
    assert len(lines) == len(set(lines))
    shown = restarted.artifacts(run["id"])["refresh-summary"].replace("\\", "")  # without Markdown's escapes
    assert [shown.count(f"- {line}") for line in lines] == [1] * len(lines)
    assert later(restarted, run["id"]) == [], "a run that a person started is not tried again"
