"""A server on loopback that answers for publishers: https://host/path at http://127.0.0.1:port/host/path.

It answers conditional requests (ETag, Last-Modified) and requests for the rest of a file (Range), so that the client
that fetches from publishers works with it unchanged.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import quote, unquote

from flows.fetching.http.transport import Transport, loopback


@dataclass(frozen=True)
class Resource:
    """What an address answers with. `last_modified` is an HTTP date; `download_as` a file name, '' for a page."""

    address: str
    content: bytes
    media_type: str
    last_modified: str
    download_as: str = ""

    @cached_property
    def etag(self) -> str:
        """A strong validator: changes with the bytes."""
        return f'"{hashlib.sha256(self.content).hexdigest()[:32]}"'


class Visit(BaseHTTPRequestHandler):
    """The requests of one connection."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    publisher: LoopbackServer

    @property
    def asked(self) -> str:
        """The publisher's own address that is requested, decoded."""
        return "https:/" + unquote(self.path)

    def do_GET(self) -> None:
        """Answer."""
        self.publisher.answer(self)

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Send a complete response."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_resource(self, resource: Resource) -> None:
        """Send the resource, or the rest of it that is requested, or that it has not changed."""
        headers = {
            "Content-Type": resource.media_type,
            "ETag": resource.etag,
            "Last-Modified": resource.last_modified,
            "Accept-Ranges": "bytes",
        }
        if resource.download_as:
            headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(resource.download_as, safe='')}"
        if self._is_still(resource):
            self.send(HTTPStatus.NOT_MODIFIED, headers=headers)
        elif start := self._resumes_at(resource):
            whole = len(resource.content)
            headers["Content-Range"] = f"bytes {start}-{whole - 1}/{whole}"
            self.send(HTTPStatus.PARTIAL_CONTENT, resource.content[start:], headers)
        else:
            self.send(HTTPStatus.OK, resource.content, headers)

    def _is_still(self, resource: Resource) -> bool:
        if tag := self.headers.get("If-None-Match"):
            return tag == resource.etag
        return self.headers.get("If-Modified-Since") == resource.last_modified

    def _resumes_at(self, resource: Resource) -> int:
        """Where a range request goes on from; 0 for the whole."""
        asked = self.headers.get("Range", "").removeprefix("bytes=").removesuffix("-")
        same = self.headers.get("If-Range", resource.etag) in {resource.etag, resource.last_modified}
        return int(asked) if asked.isdigit() and same and int(asked) < len(resource.content) else 0


class LoopbackServer:
    """Answers on 127.0.0.1 with the resources it holds. Use it as a context manager."""

    def __init__(self, resources: Iterable[Resource] = ()) -> None:
        self.site: dict[str, Resource] = {}
        self.show(resources)
        visit = type("Visit", (Visit,), {"publisher": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), visit)
        self._server.daemon_threads = True

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def transport(self) -> Transport:
        """What makes a client send its requests here instead of to the publishers."""
        return loopback(self.base)

    def show(self, resources: Iterable[Resource]) -> None:
        """Answer with exactly these resources from now on."""
        self.site = {unquote(resource.address): resource for resource in resources}

    def answer(self, visit: Visit) -> None:
        """Answer a request: the resource at its address, or 404."""
        resource = self.site.get(visit.asked)
        if resource is None:
            visit.send(HTTPStatus.NOT_FOUND, b"<html><h1>Page not found</h1></html>", {"Content-Type": "text/html"})
        else:
            visit.send_resource(resource)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
