"""`workforce serve`: everything on one machine. A Prefect server, the deployments, one worker, and a file server.

The server keeps its database (SQLite, unless PREFECT_SERVER_DATABASE_CONNECTION_URL says otherwise) below the data
folder. Parts run as processes in sessions of their own, so that Ctrl-C reaches this process only and the parts are
stopped in order: the worker, which tells the server how its run ended, and only then the server.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from threading import Event

from filelock import FileLock, Timeout
from pydantic import SecretStr

from flows.errors import CannotServe
from flows.service.deployments import POOL, Api, deploy, mark_crashed_runs
from flows.service.prefect_environment import STARTUP_SECONDS, service_environment
from flows.settings import Settings
from warehouse.errors import Busy
from warehouse.folder import DataFolder

Print = Callable[[str], None]
WORKER_STOP_SECONDS = 40
STOP_SECONDS = 20
PAUSE_SECONDS = 3


@dataclass(frozen=True)
class ServiceAddress:
    """Where it is served: the Prefect UI and API on one port, files on the next."""

    host: str = "127.0.0.1"
    port: int = 4200

    @property
    def reach(self) -> str:
        """The address this machine's own parts use."""
        return "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound

    @property
    def ui(self) -> str:
        """The Prefect UI."""
        return f"http://{self.reach}:{self.port}"

    @property
    def files(self) -> str:
        """Published file, releases, Data Docs."""
        return f"http://{self.reach}:{self.port + 1}"


@dataclass
class Process:
    """A process that belongs to the service."""

    name: str
    command: list[str]
    environment: dict[str, str]
    stop_seconds: float = STOP_SECONDS
    quiet: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, or start it again."""
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            self.command,
            env=self.environment,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if self.quiet else None,
        )

    @property
    def running(self) -> bool:
        """Whether it lives."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask it to end, then make it end."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.stop_seconds)
        _kill_group(self.process)


def serve(data: Path, place: ServiceAddress, settings: Settings, say: Print) -> int:
    """Run the service until SIGINT or SIGTERM (returns 0) or until its server dies (returns 1).

    Raises `CannotServe` where the port is taken, the folder is served already, or the API would be open to a network.
    """
    _refuse_open_api(place)
    folder = DataFolder(data.resolve())
    with _only_service(folder), _stop_signals() as stopping:
        for port in (place.port, place.port + 1):
            _refuse_taken_port(place, port)
        environment = environment_for(folder, place, settings)
        server, files, worker = parts(folder, place, environment)
        try:
            for part in (server, files):
                part.start()
            if not _answers(Api(environment), server, stopping):
                return 0 if stopping.is_set() else 1
            deploy(environment)
            _start_worker(worker, folder, Api(environment), say)
            _print_addresses(place, folder, say)
            return _watch(server, files, worker, folder, stopping, say)
        finally:
            say("Stopping …")
            for part in (worker, files, server):
                part.stop()
            say("Stopped.")


def environment_for(folder: DataFolder, place: ServiceAddress, settings: Settings) -> dict[str, str]:
    """What the parts run with: the operator's settings, absolute paths, no telemetry.

    Runs start in temporary folders, so what a .env file here says is handed on by value.
    """
    given = {
        f"WORKFORCE_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings
        if value not in {None, ""}
    }
    defaults = service_environment(folder.root, place.ui) | {"WORKFORCE_PUBLIC_ADDRESS": place.files}
    secret = os.environ.get("PREFECT_SERVER_API_AUTH_STRING")
    ours = {"WORKFORCE_DATA": str(folder.root), "PREFECT_API_URL": f"{place.ui}/api"}
    if secret:
        ours["PREFECT_API_AUTH_STRING"] = secret
    return defaults | dict(os.environ) | given | ours


def parts(folder: DataFolder, place: ServiceAddress, environment: dict[str, str]) -> tuple[Process, Process, Process]:
    """Server, file server, worker."""
    python = [sys.executable, "-m"]
    server = ["prefect", "server", "start", "--host", place.host, "--port", str(place.port)]
    files = ["flows.service.file_server", str(folder.root), place.host, str(place.port + 1)]
    # One refresh at a time: a second one stays scheduled until the first has ended.
    worker = ["prefect", "worker", "start", "--pool", POOL, "--type", "process", "--limit", "1"]
    return (
        # Its log is on standard error; standard output has only a banner.
        Process("Prefect server", python + server, environment, quiet=True),
        Process("file server", python + files, environment),
        Process("worker", python + worker, environment, stop_seconds=WORKER_STOP_SECONDS),
    )


def _start_worker(worker: Process, folder: DataFolder, api: Api, say: Print) -> None:
    """Start the worker; runs that a dead one left behind are closed first, unless one of them still works."""
    try:
        with folder.locked():
            if dead := mark_crashed_runs(api):
                say(f"{dead} run{'s' * (dead != 1)} had been cut off: marked as crashed. The next run continues.")
    except Busy:
        say("A refresh is still running on the data folder; it is left to end.")
    worker.start()


def _watch(
    server: Process,
    files: Process,
    worker: Process,
    folder: DataFolder,
    stopping: Event,
    say: Print,
) -> int:
    while not stopping.wait(1):
        if not server.running:
            say("The Prefect server ended by itself.")
            return 1
        for part in (files, worker):
            if not part.running:
                say(f"The {part.name} ended by itself; it is started again.")
                stopping.wait(PAUSE_SECONDS)
                if part is worker:
                    _start_worker(worker, folder, Api(worker.environment), say)
                else:
                    part.start()
    return 0


def _answers(api: Api, server: Process, stopping: Event) -> bool:
    until = time.monotonic() + STARTUP_SECONDS
    while server.running and not stopping.is_set() and time.monotonic() < until:
        if api.healthy():
            return True
        stopping.wait(0.3)
    return False


def _print_addresses(place: ServiceAddress, folder: DataFolder, say: Print) -> None:
    say(f"Prefect UI:      {place.ui}  (Deployments, manual, Run)")
    say(f"Published file:  {place.files}/published/workforce.duckdb")
    say(f"Data Docs:       {place.files}/docs/")
    say(f"Data folder:     {folder.root}")
    say("Ready. Ctrl-C stops everything; started again, it goes on with the same runs and schedules.")


def _refuse_open_api(place: ServiceAddress) -> None:
    loopback = place.host == "localhost" or ip_address(place.host).is_loopback
    if not loopback and not os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        raise CannotServe(
            "Prefect's API would be open to everyone who reaches this machine",
            found=f"host {place.host} and no password",
            do="set PREFECT_SERVER_API_AUTH_STRING=user:password, or stay on 127.0.0.1 behind a proxy",
        )


def _refuse_taken_port(place: ServiceAddress, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in place.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, port))
        except OSError as error:
            raise CannotServe(
                f"port {port} of {place.host} is not free",
                found=str(error),
                do="give another port with --port; it and the one after it are used",
            ) from error


@contextmanager
def _only_service(folder: DataFolder) -> Iterator[None]:
    (folder.root / "prefect").mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.root / "prefect" / "serve.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise CannotServe(
            "another `workforce serve` serves this data folder",
            file=str(folder.root),
            do="use that one, stop it, or give another folder with --data",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _stop_signals() -> Iterator[Event]:
    """An event that SIGINT and SIGTERM set."""
    stopping = Event()
    before = {each: signal.signal(each, lambda *_: stopping.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
