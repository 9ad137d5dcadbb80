"""Prefect's temporary server in a thread of this process.

Where no server is configured, Prefect starts one in a separate process, and also imports the whole server in this
process to find its command line. A thread here imports Prefect and its server once, and ends only when every event of
the run is recorded; the separate process may be stopped before.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

import uvicorn
from prefect.events.worker import EventsWorker
from prefect.logging.handlers import APILogWorker
from prefect.server.api.server import SubprocessASGIServer, create_app
from prefect.server.utilities.messaging.memory import Topic
from prefect.settings import get_current_settings

from flows.service.prefect_database import let_writes_wait, prepare_database

DRAIN_SECONDS = 60.0
"""Maximum time in seconds for recording the last events."""


@contextmanager
def temporary_server() -> Iterator[None]:
    """Let Prefect use the server of this process, unless another is configured. At the end wait for all records."""
    settings = get_current_settings()
    if settings.api.url:
        yield
        return
    address = settings.server.database.connection_url
    prepare_database(settings.home, address.get_secret_value() if address else "")
    let_writes_wait()
    server = _InProcessServer()
    try:
        yield
    finally:
        if server.running:
            EventsWorker.drain_all()
            APILogWorker.drain_all()
        server.stop()


class _InProcessServer(SubprocessASGIServer):
    """The server that Prefect starts at the first call of its API. Creating it registers it with Prefect."""

    def find_available_port(self) -> int:
        """A port of loopback that is bound from now on, so that no other process takes it.

        It does not listen yet: while the server prepares its database, connections are refused at once and repeated,
        instead of waiting until they time out.
        """
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        return int(self._socket.getsockname()[1])

    def _run_uvicorn_command(self) -> subprocess.Popen[Any]:
        config = uvicorn.Config(
            lambda: create_app(ephemeral=True), factory=True, host="127.0.0.1", port=self.port or 0, log_level="error"
        )
        return cast("subprocess.Popen[Any]", _Thread(_Server(config), self._socket))


class _Server(uvicorn.Server):
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let the server's services process the events that arrived, then stop."""
        waited = 0.0
        while waited < DRAIN_SECONDS and any(
            subscription._queue.qsize() + subscription._retry.qsize()
            for topic in Topic._topics.values()
            for subscription in topic._subscriptions
        ):
            await asyncio.sleep(0.05)
            waited += 0.05
        await super().shutdown(sockets)


class _Thread:
    """The server's thread, with the interface of a process that Prefect expects."""

    stdout = stderr = None

    def __init__(self, server: uvicorn.Server, listening: socket.socket) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.run, args=([listening],), name="prefect-server", daemon=True)
        self._thread.start()

    def poll(self) -> int | None:
        """None while the server runs. Raises where it stopped at its start."""
        if self._thread.is_alive():
            return None
        raise RuntimeError("Prefect's temporary server stopped while starting; its messages are above")

    def terminate(self) -> None:
        self._server.should_exit = True

    kill = terminate

    def wait(self, timeout: float | None = None) -> None:
        """Wait until the last events are recorded, whatever timeout a process would be given."""
        self._thread.join(max(timeout or 0, 2 * DRAIN_SECONDS))
