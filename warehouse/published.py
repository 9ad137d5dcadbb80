"""Where the published file is: for the commands that only ask it, without what publishing needs."""

from __future__ import annotations

from pathlib import Path

from warehouse.errors import NothingPublished
from warehouse.folder import DataFolder


def published_file(folder: DataFolder) -> Path:
    """The file analysts open. Raises `NothingPublished` where there is none yet."""
    if not folder.published.exists():
        raise NothingPublished(
            "nothing has been published here yet",
            file=str(folder.published),
            do="run `workforce run`, or choose another folder with --data",
        )
    return folder.published
