"""The project's file server on a free port of loopback, which counts what it sends and can be made to send no parts."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import uvicorn

from flows.service.file_server import files_app


@dataclass
class Sent:
    """One answer: what was asked, and how many bytes were sent."""

    method: str
    path: str
    range: str
    status: int = 0
    size: int = 0


@dataclass
class CountingServer:
    """An ASGI application around the file server. Without `has_ranges` every answer is a whole file."""

    root: Path
    has_ranges: bool = True
    sent: list[Sent] = field(default_factory=list)
    address: str = ""

    def of(self, name: str) -> list[Sent]:
        """Answers for files of this name."""
        return [each for each in self.sent if each.path.endswith(f"/{name}")]

    def bytes_of(self, name: str) -> int:
        """Bytes sent of files of this name."""
        return sum(each.size for each in self.of(name))

    def __post_init__(self) -> None:
        self.app = files_app(self.root)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = Sent(scope["method"], scope["path"], dict(scope["headers"]).get(b"range", b"").decode())
        self.sent.append(answer)
        if not self.has_ranges:
            scope = scope | {"headers": [header for header in scope["headers"] if header[0] != b"range"]}

        async def counted(message: Any) -> None:
            answer.status = message.get("status", answer.status)
            answer.size += len(message.get("body", b""))
            await send(message)

        await self.app(scope, receive, counted)


@contextmanager
def serving(root: Path, *, has_ranges: bool = True) -> Iterator[CountingServer]:
    """Serve a data folder until the block ends."""
    app = CountingServer(root, has_ranges)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    app.address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    try:
        yield app
    finally:
        server.should_exit = True
        thread.join()
