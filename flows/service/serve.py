"""`workforce serve`: a Prefect server, the deployments, one worker and a file server on one machine.

The server keeps its database (SQLite, unless PREFECT_SERVER_DATABASE_CONNECTION_URL is set) below the data folder. Each
process has a session of its own, so that Ctrl-C reaches only this process, which stops the others in order: the worker,
which reports to the server how its run ended, and then the server. Where this process is killed, they end with it
(`flows.service.child`).
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
from threading import Event, Thread

import psutil
import requests
from filelock import FileLock, Timeout
from pydantic import SecretStr

from flows.errors import CannotServe
from flows.service.api import Api
from flows.service.deployments import deploy
from flows.service.prefect_environment import STARTUP_SECONDS, service_environment
from flows.service.schedule.lost_runs import close_lost_runs, without_process
from flows.service.stop_signals import stop_signals
from flows.service.work_pool import POOL, POOL_TYPE
from flows.settings import Settings
from warehouse.disk import clean_unless_refreshing
from warehouse.errors import Busy
from warehouse.folder import DataFolder

Print = Callable[[str], None]
WORKER_STOP_SECONDS = 40
STOP_SECONDS = 20
PAUSE_SECONDS = 3


@dataclass(frozen=True)
class ServiceAddress:
    """Where the service listens: the Prefect UI and API on one port, files on the next."""

    host: str = "127.0.0.1"
    port: int = 4200

    @property
    def reach(self) -> str:
        """The host that processes on this machine use."""
        return "127.0.0.1" if self.host in {"0.0.0.0", "::"} else self.host  # noqa: S104 - compared, not bound

    @property
    def ui(self) -> str:
        """URL of the Prefect UI."""
        return f"http://{self.reach}:{self.port}"

    @property
    def files(self) -> str:
        """URL of the file server."""
        return f"http://{self.reach}:{self.port + 1}"


@dataclass
class Process:
    """A process of the service: a Python module with its arguments. It ends when the pipe `lifeline` closes."""

    name: str
    arguments: list[str]
    environment: dict[str, str]
    lifeline: int
    stop_seconds: float = STOP_SECONDS
    quiet: bool = False
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it, or start it again."""
        command = [sys.executable, "-m", "flows.service.child", f"{self.lifeline}", *self.arguments]
        self.process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
            command,
            env=self.environment,
            start_new_session=True,
            pass_fds=[self.lifeline],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if self.quiet else None,
        )

    @property
    def running(self) -> bool:
        """Whether it is running."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Send SIGTERM, wait, then kill its process group."""
        if self.process is None:
            return
        self.process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(self.stop_seconds)
        _kill_group(self.process)


def serve(data: Path, place: ServiceAddress, settings: Settings, say: Print) -> int:
    """Run the service until SIGINT or SIGTERM (returns 0) or until its server ends (returns 1).

    Raises `CannotServe` where a port is taken, the folder is already served, or the API would be open to a network, and
    `WrongRequest` for settings with which every scheduled run would fail.
    """
    settings.check_for_service()
    _refuse_open_api(place)
    folder = DataFolder(data.resolve())
    settings = settings.model_copy(update={"data": folder.root})
    with _only_service(folder), stop_signals() as stopping, _lifeline() as lifeline:
        for port in (place.port, place.port + 1):
            _refuse_taken_port(place, port, folder)
        clean_unless_refreshing(folder)
        environment = environment_for(folder, place, settings)
        server, files, worker = parts(folder, place, environment, lifeline)
        try:
            for part in (server, files):
                part.start()
            if not _answers(Api.of(environment), server, stopping):
                return 0 if stopping.is_set() else 1
            deploy(environment)
            _start_worker(worker, folder, Api.of(environment), say)
            _start_watcher(Api.of(environment), settings, stopping, place)
            _print_addresses(place, folder, say)
            return _watch(server, files, worker, folder, stopping, say)
        finally:
            say("Stopping …")
            for part in (worker, files, server):
                part.stop()
            say("Stopped.")


def environment_for(folder: DataFolder, place: ServiceAddress, settings: Settings) -> dict[str, str]:
    """The environment of the processes: the operator's settings, absolute paths, no telemetry."""
    operators = {
        f"WORKFORCE_{name.upper()}": value.get_secret_value() if isinstance(value, SecretStr) else str(value)
        for name, value in settings
        if value not in {None, ""}
    }
    defaults = service_environment(folder.root, place.ui) | {"WORKFORCE_PUBLIC_ADDRESS": place.files}
    ours = {"WORKFORCE_DATA": str(folder.root), "PREFECT_API_URL": f"{place.ui}/api"}
    if secret := os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        ours["PREFECT_API_AUTH_STRING"] = secret
    return defaults | dict(os.environ) | operators | ours


def parts(
    folder: DataFolder, place: ServiceAddress, environment: dict[str, str], lifeline: int
) -> tuple[Process, Process, Process]:
    """The server, the file server and the worker."""
    server = ["prefect", "server", "start", "--host", place.host, "--port", str(place.port)]
    files = ["flows.service.file_server", str(folder.root), place.host, str(place.port + 1)]
    # One refresh at a time: a second one stays scheduled until the first ends.
    worker = ["prefect", "worker", "start", "--pool", POOL, "--type", POOL_TYPE, "--limit", "1"]
    return (
        # Its log is on standard error; standard output has only a banner.
        Process("Prefect server", server, environment, lifeline, quiet=True),
        Process("file server", files, environment, lifeline),
        Process("worker", worker, environment, lifeline, stop_seconds=WORKER_STOP_SECONDS),
    )


def _start_worker(worker: Process, folder: DataFolder, api: Api, say: Print) -> None:
    """Start the worker, after marking the runs of an earlier one as crashed, unless their process still runs."""
    busy = _is_busy(folder)
    try:
        closed = close_lost_runs(api, lambda run: without_process(run, is_busy=busy))
    except requests.RequestException as error:
        closed = []
        say(f"Runs of an earlier service could not be looked for ({error}); the watcher does it later.")
    if closed:
        say(f"{len(closed)} run{'s' * (len(closed) != 1)} of an earlier service marked as crashed.")
    if busy:
        say("A refresh is still running on the data folder; it is not interrupted.")
    worker.start()


def _is_busy(folder: DataFolder) -> bool:
    try:
        with folder.locked():
            return False
    except Busy:
        return True


def _start_watcher(api: Api, settings: Settings, stopping: Event, place: ServiceAddress) -> None:
    from flows.service.schedule.watcher import watch

    what = {"target": watch, "args": (api, settings, settings.later_tries, stopping), "kwargs": {"ui": place.ui}}
    Thread(**what, name="watcher", daemon=True).start()  # type: ignore[arg-type]


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
            say("The Prefect server ended unexpectedly.")
            return 1
        for part in (files, worker):
            if not part.running:
                say(f"The {part.name} ended unexpectedly; it is restarted.")
                stopping.wait(PAUSE_SECONDS)
                if part is worker:
                    _start_worker(worker, folder, Api.of(worker.environment), say)
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
    say("Ready. Ctrl-C stops everything; after a restart the same runs and schedules continue.")


def _refuse_open_api(place: ServiceAddress) -> None:
    try:
        loopback = place.host == "localhost" or ip_address(place.host).is_loopback
    except ValueError as error:
        raise CannotServe(
            "the service listens on an address of this machine, not on a name",
            expected="an IP address or localhost",
            found=f"host {place.host}",
            do="give --host 127.0.0.1 for this machine only, or the address of one of its network cards",
        ) from error
    if not loopback and not os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        raise CannotServe(
            "Prefect's API would be open to everyone who reaches this machine",
            found=f"host {place.host} and no password",
            do="set PREFECT_SERVER_API_AUTH_STRING=user:password, or stay on 127.0.0.1 behind a proxy",
        )


def _refuse_taken_port(place: ServiceAddress, port: int, folder: DataFolder) -> None:
    with socket.socket(socket.AF_INET6 if ":" in place.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((place.host, port))
        except OSError as error:
            found = list(_listening_on(port))
            named = [f"process {each.pid}: {' '.join(each.cmdline())}" for each in found]
            if any(_serves(each, folder) for each in found):
                # Another port would put a second server on the database of the first.
                stop = f"stop what is left of an earlier service (kill {' '.join(str(each.pid) for each in found)})"
                do = f"{stop}, then start again"
            else:
                do = "stop that process, or choose another port with --port; that port and the next one are used"
            raise CannotServe(
                f"port {port} of {place.host} is not free", found="; ".join([str(error), *named]), do=do
            ) from error


def _listening_on(port: int) -> Iterator[psutil.Process]:
    """The processes that listen on a port, as far as this user may see."""
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            for each in process.net_connections("inet"):
                if each.status == psutil.CONN_LISTEN and each.laddr.port == port:
                    yield process
                    break


def _serves(process: psutil.Process, folder: DataFolder) -> bool:
    with suppress(psutil.Error):
        return bool(process.environ().get("PREFECT_HOME") == f"{folder.root / 'prefect'}")
    return False


@contextmanager
def _lifeline() -> Iterator[int]:
    """Yield the reading end of a pipe that closes when this process ends, however it ends."""
    reading, writing = os.pipe()
    try:
        yield reading
    finally:
        os.close(writing)
        os.close(reading)


@contextmanager
def _only_service(folder: DataFolder) -> Iterator[None]:
    (folder.root / "prefect").mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder.service_lock)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise CannotServe(
            "another `workforce serve` serves this data folder",
            file=str(folder.root),
            do="use that one, stop it, or choose another folder with --data",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
