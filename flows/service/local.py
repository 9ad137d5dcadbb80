"""Running the flow in this process, with a temporary Prefect server where no other is configured."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import DataFolderUnusable
from flows.service.prefect_environment import local_environment
from transforms.errors import WorkforceError

MINIMUM_FREE_BYTES = 300 * 2**20
"""Free space needed for a refresh: a candidate, its release and Prefect's files, with a reserve."""


@contextmanager
def local_prefect(data: Path) -> Iterator[None]:
    """Set the environment for Prefect and WORKFORCE_DATA while the block runs. Call it before Prefect is imported.

    Where PREFECT_API_URL is set, runs are reported to that server. Raises `DataFolderUnusable` where the folder cannot
    be written or has too little free space.
    """
    _require_free_space(data.resolve() / "prefect")
    for name, value in local_environment(data.resolve()).items():
        os.environ.setdefault(name, value)
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_without_traceback)
    before = os.environ.get("WORKFORCE_DATA")
    os.environ["WORKFORCE_DATA"] = str(data.resolve())
    try:
        yield
    finally:
        if before is None:
            del os.environ["WORKFORCE_DATA"]
        else:
            os.environ["WORKFORCE_DATA"] = before


@contextmanager
def garbage_collection_paused() -> Iterator[None]:
    """Import without garbage collection: Prefect creates millions of objects that all stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _require_free_space(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=home):
            free = shutil.disk_usage(home).free
    except OSError as error:
        raise DataFolderUnusable(
            f"the data folder cannot be written ({error.strerror})",
            file=str(home.parent),
            do="choose another folder with --data, or make this one writable",
        ) from error
    if free < MINIMUM_FREE_BYTES:
        raise DataFolderUnusable(
            "the disk of the data folder has too little free space",
            file=str(home.parent),
            expected=f"{MINIMUM_FREE_BYTES // 2**20} MB free",
            found=f"{free // 2**20} MB",
            do="free space on the disk, or choose a folder on another disk with --data",
        )


def _without_traceback(record: logging.LogRecord) -> bool:
    """Log only the text of an error made for users, without the traceback."""
    if record.exc_info and isinstance(record.exc_info[1], WorkforceError):
        record.exc_info = None
    return True
