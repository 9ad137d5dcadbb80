"""A static file server for what may be read: the published file, releases and Data Docs, with HTTP ranges.

    ATTACH 'http://127.0.0.1:4201/published/workforce.duckdb' (READ_ONLY)

The archive, the inbox, rejected candidates and Prefect's own files are not served.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

SERVED = ("published", "releases", "docs")


def files_app(root: Path) -> FastAPI:
    """The server for a data folder. Folders that do not exist yet are found once they do."""
    app = FastAPI(openapi_url=None)
    for name in SERVED:
        app.mount(f"/{name}", StaticFiles(directory=root / name, html=True, check_dir=False), name=name)
    return app


def main(root: str, host: str, port: str) -> None:
    """Serve until told to stop."""
    import uvicorn

    uvicorn.run(files_app(Path(root)), host=host, port=int(port), log_level="warning")


if __name__ == "__main__":
    main(*sys.argv[1:])
