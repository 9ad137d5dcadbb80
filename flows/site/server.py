"""Serves the stand-in on loopback: https://host/path of a publisher is answered at http://127.0.0.1:port/host/path."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import quote, unquote

from flows.fetching.http.transport import Transport, loopback
from flows.site.content import SiteSeries
from flows.site.pages import Resource, Site, render


class Visit(BaseHTTPRequestHandler):
    """One visitor's requests, answered as a careful publisher does: validators, conditional requests, ranges."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True
    publisher: PublisherServer

    @property
    def asked(self) -> str:
        """The publisher's own address that is asked for, decoded."""
        return "https:/" + unquote(self.path)

    def do_GET(self) -> None:
        """Answer."""
        self.publisher.answer(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        """Send a whole answer."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def send_resource(self, resource: Resource) -> None:
        """Send what there is, or the part asked for, or that it has not changed."""
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


class PublisherServer:
    """A running stand-in. Use it as a context manager; `publish` changes what it shows."""

    def __init__(self, series: Iterable[SiteSeries] = ()) -> None:
        self.site: Site = {}
        self.publish(series)
        visit = type("Visit", (Visit,), {"publisher": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), visit)
        self._server.daemon_threads = True

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def transport(self) -> Transport:
        """What makes a client come here instead of to the publishers."""
        return loopback(self.base)

    def publish(self, series: Iterable[SiteSeries]) -> None:
        """Show exactly these series from now on."""
        self.site = {unquote(address): resource for address, resource in render(series).items()}

    def answer(self, visit: Visit) -> None:
        """Answer a visit. Tests put faults in front of this."""
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
