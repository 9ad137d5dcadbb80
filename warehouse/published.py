"""Path of the published warehouse, for commands that only read it: without the imports that publishing needs."""

from __future__ import annotations

from pathlib import Path

from warehouse.errors import NothingPublished
from warehouse.folder import DataFolder


def published_file(folder: DataFolder) -> Path:
    """The published warehouse. Raises `NothingPublished` where there is none yet."""
    if not folder.published.exists():
        raise NothingPublished(
            "nothing has been published here yet",
            file=str(folder.published),
            do="run `workforce run`, or choose another folder with --data",
        )
    return folder.published
