"""A static file server for what may be read: web site, published file, releases and Data Docs, with HTTP ranges.

    ATTACH 'http://127.0.0.1:4201/releases/2026-11-22.1/workforce.duckdb' (READ_ONLY)

`published/workforce.duckdb` is the newest; DuckDB does not notice where it is replaced while a session has it attached.
The web site of the newest release is served at /. What is served as published/ is the folder public/: the published
file without the series that may not be passed on. Of a release that holds such series its warehouse is not served, but
public/workforce.duckdb below it. The archive, the inbox, rejected candidates and Prefect's own files are not served.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from mimetypes import guess_type
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.staticfiles import NotModifiedResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.logs import log_as
from warehouse.folder import DataFolder
from warehouse.publish import Release, holds_only_public
from warehouse.site.render import CONTENT_SECURITY_POLICY, SQL_CONTENT_SECURITY_POLICY, SQL_FOLDER

DATA = ("published", "releases")
"""What pages of other sites may read too, such as a notebook in a browser."""

DOCS_CONTENT_SECURITY_POLICY = "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self'; base-uri 'none'"
"""Great Expectations' pages have styles in their elements, and no script is left in them."""

REQUEST_SECONDS = 30
"""How long a reader may take for the first request of a connection."""

KEEP_ALIVE_SECONDS = 75
"""How long a connection without a request stays: longer than clients and proxies keep one, which is 5 to 60 seconds.

Where the server closes it first, a request that is on its way at that moment is lost.
"""

HeadersOf = Callable[[str], dict[str, str]]


def site_headers(path: str) -> dict[str, str]:
    """Headers for a file of the site. Only what lies beside the page for SQL, its worker too, may run WebAssembly."""
    policy = SQL_CONTENT_SECURITY_POLICY if path.startswith(f"/{SQL_FOLDER}") else CONTENT_SECURITY_POLICY
    return {"Content-Security-Policy": f"{policy}; frame-ancestors 'none'", "Referrer-Policy": "no-referrer"}


def docs_headers(path: str) -> dict[str, str]:
    """Headers for Data Docs, which show rows of publishers' files: nothing in them runs or loads anything."""
    return {"Content-Security-Policy": f"{DOCS_CONTENT_SECURITY_POLICY}; frame-ancestors 'none'"}


def no_headers(path: str) -> dict[str, str]:
    """Headers for any other file: none of its own."""
    return {}


HEADERS: dict[str, HeadersOf] = {"": site_headers, "docs": docs_headers}


class OpenedFile(FileResponse):
    """A file that is opened before anything is said of it.

    A publication may put another file in its place: length, ETag and every byte of an answer are then of the old one.
    """

    def __init__(self, path: str, descriptor: int, status_code: int) -> None:
        super().__init__(
            f"/dev/fd/{descriptor}",
            status_code=status_code,
            media_type=guess_type(path)[0] or "application/octet-stream",
            stat_result=os.fstat(descriptor),
        )
        self.descriptor = descriptor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, and close it however that ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            os.close(self.descriptor)


class Files(StaticFiles):
    """A folder that may not exist yet, or a link to one that a publication exchanges."""

    def lookup_path(self, path: str) -> tuple[str, os.stat_result | None]:
        """Find a file; a link to the folder is followed once, so that all of the answer is of one release."""
        folder = Path(f"{self.directory}").resolve()
        return StaticFiles(directory=folder, check_dir=False).lookup_path(path)

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """Answer with the file that is there now; status 404 where it has just been deleted."""
        try:
            descriptor = os.open(full_path, os.O_RDONLY)
        except FileNotFoundError as error:
            raise HTTPException(404) from error
        response = OpenedFile(f"{full_path}", descriptor, status_code)
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            os.close(descriptor)
            return NotModifiedResponse(response.headers)
        return response

    async def check_config(self) -> None:
        """Status 404 where the folder does not exist."""
        if not Path(f"{self.directory}").is_dir():
            raise HTTPException(404, "Nothing is published here yet.")


class ReleaseFiles(Files):
    """The releases, without warehouses that hold series that may not be passed on."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer; status 403 for such a warehouse."""
        found = Path(self.lookup_path(path)[0])
        if len(Path(path).parts) == 2 and found.suffix == ".duckdb":
            release = Release(found.parent.name, found.parent)
            if not holds_only_public(release):
                raise HTTPException(403, f"{release.release_id} may hold series that may not be passed on.")
        return await super().get_response(path, scope)


def files_app(root: Path) -> FastAPI:
    """The server for a data folder. Folders that do not exist yet are found once they do."""
    app = FastAPI(openapi_url=None)
    folder = DataFolder(root)
    places = {"published": folder.public.parent, "releases": folder.releases, "docs": root / "docs", "": folder.site}

    @app.get("/metrics", response_class=PlainTextResponse)
    def metrics() -> Response:
        """What the last refresh wrote for Prometheus; status 404 before the first."""
        place = folder.metrics
        if not place.is_file():
            raise HTTPException(404, "No refresh has ended yet.")
        return Response(place.read_bytes(), media_type="text/plain; version=0.0.4; charset=utf-8")

    for name, place in places.items():
        kind = ReleaseFiles if name == "releases" else Files
        served: ASGIApp = kind(directory=place, html=True, check_dir=False)
        if name in DATA:
            served = _open_to_other_sites(served)
        app.mount(f"/{name}", _with_headers(served, HEADERS.get(name, no_headers)), name=name or "site")
    return app


def _open_to_other_sites(served: ASGIApp) -> ASGIApp:
    """The same files, with the headers that let a page of another site read them, in ranges too."""
    exposed = ["Accept-Ranges", "Content-Length", "Content-Range", "ETag"]
    return CORSMiddleware(
        served, allow_origins=["*"], allow_methods=["GET", "HEAD"], allow_headers=["Range"], expose_headers=exposed
    )


def _with_headers(served: ASGIApp, headers: HeadersOf) -> ASGIApp:
    """The same files, each answer with `headers` of its path, and none to be taken for another kind than it says."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update({"X-Content-Type-Options": "nosniff"} | headers(scope["path"]))
            await send(message)

        await served(scope, receive, send_with_headers)

    return app


def server_settings(
    *, request_seconds: float = REQUEST_SECONDS, keep_alive_seconds: float = KEEP_ALIVE_SECONDS
) -> dict[str, Any]:
    """Settings of uvicorn: how long a reader may take for a request, and what is not said of the server."""
    from uvicorn.protocols.http.h11_impl import H11Protocol

    class Impatient(H11Protocol):
        """Closes a connection on which no whole request has come within the time.

        Uvicorn's own timeout begins after the first answer: connections without a request would stay for ever, until
        no other reader finds a place.
        """

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self.loop.call_later(request_seconds, self._close_unless_asked)

        def _close_unless_asked(self) -> None:
            if self.cycle is None and not self.transport.is_closing():
                self.transport.abort()

    return {"http": Impatient, "server_header": False, "timeout_keep_alive": keep_alive_seconds}


def main(root: str, host: str, port: str) -> None:
    """Serve until the process is stopped."""
    import uvicorn

    log_as(os.environ.get("WORKFORCE_LOG_FORMAT", "text"))
    # Uvicorn's own messages go where this process logs.
    settings = server_settings()
    uvicorn.run(files_app(Path(root)), host=host, port=int(port), log_level="warning", log_config=None, **settings)


if __name__ == "__main__":
    main(*sys.argv[1:])
