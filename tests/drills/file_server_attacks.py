"""Requests that try to read more than what is published from the file server, or to occupy it, and their outcome.

Each is sent as bytes over a connection of its own to a real server on loopback; after each, another reader is answered.
"""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import uvicorn

from flows.service.file_server import files_app, server_settings

SECRET = b"must-not-be-read"
PUBLISHED = b"<h1>published</h1>"
MOST_SENT = 2_000_000
"""Bytes that one answer may have: the served file has far fewer, and a range may not multiply them."""
SECONDS = 10
REQUEST_SECONDS = 0.5
"""The server's limit for one request, which is longer in service."""


class Request(NamedTuple):
    """One attack: what it tries, its name, the bytes or what sends them, and a pattern of the status of the answer."""

    aim: str
    name: str
    send: bytes | Callable[[socket.socket], None]
    ends: str


def _get(path: str | bytes, *headers: str, method: str = "GET") -> bytes:
    target = path.encode() if isinstance(path, str) else path
    lines = "".join(f"{each}\r\n" for each in headers).encode("latin-1")
    return method.encode() + b" " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + lines + b"\r\n"


OUTSIDE = [
    *(
        prefix + path
        for prefix in ("/", "/published/", "/releases/", "/docs/")
        for path in (
            "../secret.txt",
            "../../secret.txt",
            "%2e%2e/secret.txt",
            "..%2fsecret.txt",
            "%2e%2e%2fsecret.txt",
            "..%252fsecret.txt",
            "..%5csecret.txt",
            "..\\secret.txt",
            "....//secret.txt",
            "%c0%ae%c0%ae/secret.txt",
            "..;/secret.txt",
            "%00/../secret.txt",
            "link.txt",
            "folder/secret.txt",
        )
    ),
    "//etc/passwd",
    "/published//etc/passwd",
    "/published/%2fetc%2fpasswd",
    "/file:///etc/passwd",
    "/proc/self/environ",
    "/dev/fd/0",
    "/published/../../../../../../../../etc/passwd",
    "http://x/../secret.txt",
    "/secret.txt",
    "/archive/objects/secret.txt",
    "/state/secret.txt",
    "/inbox/secret.txt",
    "/rejected/secret.txt",
    "/prefect/secret.txt",
    "/.env",
    "/config/registered.toml",
    "/published/index.html/../../secret.txt",
    "/published/index.html/secret.txt",
    "/published/%00index.html",
    "/published/" + "a" * 5_000,
    "/published/" + "a/" * 2_000,
    "/published/\xff",
    "/metrics/../secret.txt",
    "/openapi.json",
    "/redoc",
]
"""Addresses of what is not published."""

METHODS = ("POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND", "MOVE", "MKCOL", "DEBUG", "get", "X" * 500)
RANGES = [
    "bytes=0-",
    "bytes=-1",
    "bytes=-0",
    "bytes=5-2",
    "bytes=99999999999999999999-",
    "bytes=0-99999999999999999999",
    "bytes=a-b",
    "bytes=" + ",".join(["0-"] * 1_000),
    "bytes=" + ",".join(f"{n}-{n}" for n in range(3_000)),
    "bytes=" + ",".join("0-17" for _ in range(3_000)),
    "bytes=" + "," * 5_000,
    "bytes=" + "9" * 5_000 + "-",
    "lines=0-1",
    "",
]
BODY = "GET /secret.txt HTTP/1.1\r\nHost: x\r\n\r\n"
SMUGGLED = {
    "a length and chunks": f"Content-Length: {len(BODY)}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{BODY}",
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(BODY)}\r\n\r\n{BODY}",
    "a negative length": f"Content-Length: -1\r\n\r\n{BODY}",
    "a length with a sign": f"Content-Length: +5\r\n\r\n{BODY}",
    "an unknown encoding": f"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{BODY}",
    "an encoding with a tab": f"Transfer-Encoding:\tchunked, identity\r\n\r\n0\r\n\r\n{BODY}",
    "a space before the colon": f"Content-Length : 5\r\n\r\n{BODY}",
    "a folded header": f"X: a\r\n Content-Length: 5\r\n\r\n{BODY}",
    "a NUL in a header": f"X: a\x00b\r\n\r\n{BODY}",
    "a wrong chunk": f"Transfer-Encoding: chunked\r\n\r\nzz\r\n{BODY}",
    "an endless chunk size": "Transfer-Encoding: chunked\r\n\r\n" + "0" * 200_000,
}


def _slowly(part: bytes, start: bytes = b"", *, pause: float = 0.05) -> Callable[[socket.socket], None]:
    def send(to: socket.socket) -> None:
        to.sendall(start)
        while True:
            to.sendall(part)
            time.sleep(pause)

    return send


def _nothing(_: socket.socket) -> None:
    """Connect, and say nothing."""


START = b"GET / HTTP/1.1\r\nHost: x\r\n"
REQUESTS = [
    *(Request("read what is not published", each, _get(each.encode("latin-1")), r"4\d\d|30[178]") for each in OUTSIDE),
    *(Request("change", each[:20], _get("/index.html", method=each), r"40[05]") for each in METHODS),
    *(
        Request("ranges", each[:40], _get("/published/data.txt", f"Range: {each}"), r"20[06]|416|400")
        for each in RANGES
    ),
    *(
        Request("smuggle", name, b"POST / HTTP/1.1\r\nHost: x\r\n" + head.encode("latin-1"), r"40\d|501")
        for name, head in SMUGGLED.items()
    ),
    Request("smuggle", "a body of GET", _get("/index.html", "Content-Length: 5") + b"GET /", "200"),
    Request("smuggle", "bare line feeds", b"GET /secret.txt HTTP/1.1\nHost: x\nConnection: close\n\n", r"40\d"),
    Request("smuggle", "HTTP/0.9", b"GET /secret.txt\r\n\r\n", "400"),
    Request("smuggle", "HTTP/9.9", b"GET /secret.txt HTTP/9.9\r\nHost: x\r\n\r\n", r"40\d|505|no answer"),
    Request("smuggle", "no host", b"GET / HTTP/1.1\r\n\r\n", "400"),
    Request("smuggle", "a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500), "400"),
    Request("smuggle", "an upgrade", _get("/", "Upgrade: websocket", "Connection: Upgrade"), r"200|4\d\d"),
    Request("flood", "5,000 headers", _get("/", *(f"X-{n}: y" for n in range(5_000))), "200|400|431"),
    Request("flood", "a header of a megabyte", _get("/", "X: " + "y" * 1_000_000), "400|431|no answer"),
    Request("flood", "an endless header", _slowly(b"y" * 65_536, START + b"X: ", pause=0), "400|431|no answer"),
    Request("flood", "a body of a megabyte", _get("/", "Content-Length: 1000000") + b"x" * 1_000_000, "200|no answer"),
    Request("slow", "nothing at all", _nothing, "408|no answer"),
    Request("slow", "half a request", lambda to: to.sendall(START), "408|no answer"),
    Request("slow", "a header, a byte at a time", _slowly(b"a", START + b"X: "), "408|no answer"),
]


@dataclass(frozen=True)
class Answered:
    """One attack, the status of its answer, and what was wrong: nothing, if all held."""

    request: Request
    status: str
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.request.aim}, {self.request.name[:60]!a}: {'; '.join(self.wrong) or self.status}"


def tries(root: Path) -> Iterator[Answered]:
    """Send each request to a server for a small data folder below `root`, which lies beside secrets."""
    with serving(_data_folder(root)) as port:
        for request in REQUESTS:
            received = _exchange(port, request)
            found = re.match(rb"HTTP/1\.1 (\d{3})", received or b"")
            status = found[1].decode() if found else "no end" if received is None else "no answer"
            wrong = [] if re.fullmatch(request.ends, status) else [f"status {status}, not {request.ends}"]
            wrong += ["a secret was sent"] if SECRET in (received or b"") or b"root:" in (received or b"") else []
            wrong += [f"{len(received or b''):,} bytes"] if len(received or b"") > MOST_SENT else []
            other = _exchange(port, Request("", "", _get("/published/data.txt"), "200")) or b""
            wrong += [] if other.endswith(PUBLISHED) else ["another reader was not answered"]
            yield Answered(request, status, tuple(wrong))


@contextmanager
def serving(data: Path) -> Iterator[int]:
    """The file server, with the settings of the service but a shorter time for a request, in a thread: its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = uvicorn.Config(
            files_app(data),
            **server_settings(request_seconds=REQUEST_SECONDS, keep_alive_seconds=REQUEST_SECONDS),
            log_level="error",
        )
        server = uvicorn.Server(settings)
        thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])), daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield listener.getsockname()[1]
        server.should_exit = server.force_exit = True
        thread.join(SECONDS)


def _data_folder(root: Path) -> Path:
    """A data folder with a published file and site, and secrets above it, beside it, and behind links in it."""
    data = root / "data"
    site = data / "releases" / "1" / "site"
    for folder in (site, data / "public", data / "published", data / "docs", root / "behind"):
        folder.mkdir(parents=True)
    for name in ("archive/objects", "state", "inbox", "rejected", "prefect", "config", ".", "..", "../behind"):
        (data / name).mkdir(parents=True, exist_ok=True)
        (data / name / "secret.txt").write_bytes(SECRET)
    for name in (".env", "config/registered.toml"):
        (data / name).write_bytes(SECRET)
    for folder in (site, data / "public", data / "releases", data / "docs"):
        (folder / "link.txt").symlink_to(root / "secret.txt")
        (folder / "folder").symlink_to(root / "behind")
    (site / "index.html").write_bytes(PUBLISHED)
    (data / "public" / "data.txt").write_bytes(PUBLISHED)
    (data / "published" / "site").symlink_to("../releases/1/site")
    return data


def _exchange(port: int, request: Request) -> bytes | None:
    """Send the request; return all that comes back until the server closes, None where it does not."""
    received = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:

        def send() -> None:
            with suppress(OSError):
                if isinstance(request.send, bytes):
                    connection.sendall(request.send)
                else:
                    request.send(connection)

        threading.Thread(target=send, daemon=True).start()
        end = time.monotonic() + SECONDS
        with suppress(ConnectionError):
            while time.monotonic() < end:
                try:
                    if not (part := connection.recv(65_536)):
                        return bytes(received)
                except TimeoutError:
                    return None
                received += part
            return None
    return bytes(received)
