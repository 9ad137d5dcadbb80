"""One `workforce serve` for all tests that need Prefect as processes: a real server, a real worker, real runs."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows.service.api import Api
from tests.environment import without_prefect
from warehouse.archive import Archive, Record
from warehouse.folder import DataFolder

PATIENCE = 240
ENDED = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}
SAMPLE = {"source": "sample", "series": ["ods"]}
SOON = {"PREFECT_WORKER_QUERY_SECONDS": "2"}
"""The worker asks for runs five times as often as it does by default: a test waits for each of them."""


def until(met: Callable[[], Any], what: str, seconds: float = PATIENCE) -> Any:
    """Wait for a truth; fail with its name."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := met():
            return found
        time.sleep(0.1)
    pytest.fail(f"waited {seconds} s in vain: {what}")


def clean_environment(**more: str) -> dict[str, str]:
    """The machine's environment without what other tests have set for Prefect or for us."""
    kept = without_prefect(os.environ)
    return {name: value for name, value in kept.items() if not name.startswith("WORKFORCE_")} | more


@dataclass
class Served:
    """A running service."""

    data: DataFolder
    port: int
    process: subprocess.Popen[bytes]
    log: Path
    api: Api = field(init=False)

    def __post_init__(self) -> None:
        self.api = Api(f"{self.ui}/api")

    @property
    def ui(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def files(self) -> str:
        return f"http://127.0.0.1:{self.port + 1}"

    def call(self, method: str, path: str, body: Any = None) -> Any:
        return self.api.call(method, path, body)

    def deployment(self, name: str) -> dict[str, Any]:
        return self.call("GET", f"deployments/name/refresh/{name}")

    def trigger(self, name: str, parameters: dict[str, Any]) -> str:
        """What the button Run of the UI does."""
        body = {"parameters": parameters, "state": {"type": "SCHEDULED", "message": "Run from the Prefect UI"}}
        return self.call("POST", f"deployments/{self.deployment(name)['id']}/create_flow_run", body)["id"]

    def run(self, run_id: str) -> dict[str, Any]:
        return self.call("GET", f"flow_runs/{run_id}")

    def ended(self, run_id: str) -> dict[str, Any]:
        until(lambda: self.run(run_id)["state"]["type"] in ENDED, f"run {run_id} ends")
        return self.run(run_id)

    def artifacts(self, run_id: str) -> dict[str, Any]:
        """The artifacts' data by key."""
        wanted = {"artifacts": {"flow_run_id": {"any_": [run_id]}}}
        return {each["key"]: each["data"] for each in self.call("POST", "artifacts/filter", wanted)}

    def logs(self, run_id: str) -> list[str]:
        wanted = {"logs": {"flow_run_id": {"any_": [run_id]}}, "limit": 200}
        return [each["message"] for each in self.call("POST", "logs/filter", wanted)]

    def parts(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(90)


@contextmanager
def serving(data: Path, *, port: int = 0, started_in: Path | None = None, **environment: str) -> Iterator[Served]:
    """`workforce serve` on a folder, at a free port if none is given; it is stopped at the end, whatever happened.

    With `started_in` it is started in that folder, whose file .env has to name the data folder.
    """
    data.mkdir(parents=True, exist_ok=True)
    log = data / "serve.log"
    port = port or free_ports()
    with log.open("wb") as out:
        command = [sys.executable, "-m", "flows.cli.command", "serve", "--port", str(port)]
        command += [] if started_in else ["--data", str(data)]
        contact = {} if started_in else {"WORKFORCE_CONTACT": "tests@example.org"}
        process = subprocess.Popen(
            command,
            env=clean_environment(**SOON | contact | environment),
            cwd=started_in,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    service = Served(DataFolder(data), port, process, log)
    try:
        until(lambda: "Ready." in log.read_text() or process.poll() is not None, "the service is ready")
        assert process.poll() is None, log.read_text()
        yield service
    finally:
        parts = service.parts() if process.poll() is None else []
        if process.poll() is None:
            service.stop()
        for left in parts:
            if left.is_running():
                left.kill()


def free_ports() -> int:
    """A port that is free and has a free one after it, of those that no connection to another server is given."""
    while True:
        port = 15_000 + secrets.randbelow(17_000)
        with socket.socket() as one, socket.socket() as two:
            try:
                one.bind(("127.0.0.1", port))
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The service, on SQLite."""
    with serving(tmp_path_factory.mktemp("served") / "data") as service:
        yield service


@dataclass(frozen=True)
class CutOff:
    """A run whose worker and process were killed with SIGKILL while it built the candidate."""

    run: dict[str, Any]
    published: bool
    records: list[Record]


@pytest.fixture(scope="session")
def cut_off(served: Served) -> CutOff:
    """The first run on the folder, killed in the middle: files archived and read, nothing published."""
    run_id = served.trigger("manual", SAMPLE)
    until(lambda: list(served.data.candidates.glob("*/workforce.duckdb")), "the candidate is being built")
    worker = next(each for each in served.parts() if "worker" in each.cmdline())
    for each in [worker, *worker.children(recursive=True)]:
        each.kill()
    published = served.data.published.exists()
    records = list(Archive(served.data.archive).records())
    return CutOff(served.ended(run_id), published, records)


@dataclass(frozen=True)
class Finished:
    """What came after: two runs triggered at the same moment, and the command while the first of them ran."""

    first: dict[str, Any]
    second: dict[str, Any]
    command: subprocess.CompletedProcess[str]
    records: list[Record]
    candidates: list[Path]


@contextmanager
def stopped(pid: int, word: str) -> Iterator[None]:
    """Let the processes below a process whose commands have this word do nothing while the block runs."""
    held = [each for each in psutil.Process(pid).children(recursive=True) if word in each.cmdline()]
    assert held, word
    for each in held:
        each.suspend()
    try:
        yield
    finally:
        for each in held:
            each.resume()


@pytest.fixture(scope="session")
def finished(served: Served, cut_off: CutOff) -> Finished:
    """Two runs after the one that was cut off, triggered together; and a third try by the command meanwhile."""
    left_behind = set(served.data.candidates.glob("*"))
    run_ids = [served.trigger("manual", SAMPLE) for _ in range(2)]
    until(lambda: set(served.data.candidates.glob("*")) - left_behind, "one of them builds")
    with stopped(served.process.pid, "prefect.engine"):
        command = subprocess.run(
            [sys.executable, "-m", "flows.cli.command", "run", "--sample", "--data", str(served.data.root)],
            env=clean_environment(PREFECT_API_URL=f"{served.ui}/api"),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
    runs = sorted((served.ended(each) for each in run_ids), key=lambda run: run["start_time"])
    # Noted now: other tests go on with this folder, in any order.
    records = list(Archive(served.data.archive).records())
    return Finished(runs[0], runs[1], command, records, list(served.data.candidates.glob("*")))
