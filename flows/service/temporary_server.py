"""Prefect's temporary server, in this process.

Where no server is set up, Prefect starts one for the run in a process of its own, and imports the whole server in this
process too, only to find the command line for it. Serving it from a thread here imports Prefect and its server once,
and lets it end when every event of the run is recorded: the one in a process of its own may be stopped before.
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

from flows.service.prefect_database import prepare_database

DRAIN_SECONDS = 60.0
"""Seconds that the server may take to record the last events."""


@contextmanager
def temporary_server() -> Iterator[None]:
    """Let Prefect find this process's own server, unless another is set up; at the end, wait until all is recorded."""
    settings = get_current_settings()
    if settings.api.url:
        yield
        return
    address = settings.server.database.connection_url
    prepare_database(settings.home, address.get_secret_value() if address else "")
    server = _InProcessServer()
    try:
        yield
    finally:
        if server.running:
            EventsWorker.drain_all()
            APILogWorker.drain_all()
        server.stop()


class _InProcessServer(SubprocessASGIServer):
    """The server that Prefect starts on its first question to the API. Making it registers it with Prefect."""

    def find_available_port(self) -> int:
        """A port of loopback that is held from now on, so that nobody else can take it.

        It does not listen yet: as long as the server prepares its database, whoever asks is to be turned away at once
        and to come again, not to wait for an answer until time is up.
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
        """Let the services of the server take what has arrived for them, then stop."""
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
    """The server's thread, with what Prefect asks of a process."""

    stdout = stderr = None

    def __init__(self, server: uvicorn.Server, listening: socket.socket) -> None:
        self._server = server
        self._thread = threading.Thread(target=server.run, args=([listening],), name="prefect-server", daemon=True)
        self._thread.start()

    def poll(self) -> int | None:
        """None while the server serves. Ends the wait for a server that stopped as it started."""
        if self._thread.is_alive():
            return None
        raise RuntimeError("Prefect's temporary server stopped as it started; its own lines are above")

    def terminate(self) -> None:
        self._server.should_exit = True

    kill = terminate

    def wait(self, timeout: float | None = None) -> None:
        """Wait for as long as the last events may take, however short the time that a process would be given."""
        self._thread.join(max(timeout or 0, 2 * DRAIN_SECONDS))
