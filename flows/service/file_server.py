"""A static file server for what may be read: the published file, releases and Data Docs, with HTTP ranges.

    ATTACH 'http://127.0.0.1:4201/published/workforce.duckdb' (READ_ONLY)

What is served as published/ is the folder public/: the published file without the series that may not be passed on.
Of a release that holds such series its warehouse is not served, but public/workforce.duckdb below it. The archive, the
inbox, rejected candidates and Prefect's own files are not served.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fastapi import FastAPI, HTTPException
from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

from warehouse.folder import DataFolder
from warehouse.publish import Release, holds_only_public

SERVED = ("published", "releases", "docs")


class ReleaseFiles(StaticFiles):
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
    places = {"published": folder.public.parent, "releases": folder.releases, "docs": root / "docs"}
    for name in SERVED:
        kind = ReleaseFiles if name == "releases" else StaticFiles
        app.mount(f"/{name}", kind(directory=places[name], html=True, check_dir=False), name=name)
    return app


def main(root: str, host: str, port: str) -> None:
    """Serve until told to stop."""
    import uvicorn

    uvicorn.run(files_app(Path(root)), host=host, port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
