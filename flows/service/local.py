"""Running a refresh in this process: the data folder, and the flow where a Prefect server is configured."""

from __future__ import annotations

import gc
import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows.errors import DataFolderUnusable
from flows.service.prefect_environment import local_environment, with_client_password
from transforms.errors import WorkforceError
from warehouse.disk import RESERVE_BYTES, clean_unless_refreshing, free_bytes, is_full, require_room
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from prefect import Flow


@contextmanager
def local_folder(data: Path) -> Iterator[None]:
    """Set WORKFORCE_DATA while the block runs.

    Raises `DataFolderUnusable` where the folder cannot be written, and `TooLittleSpace` where its disk has too little
    free space.
    """
    _require_free_space(data.resolve())
    before = os.environ.get("WORKFORCE_DATA")
    os.environ["WORKFORCE_DATA"] = str(data.resolve())
    try:
        yield
    finally:
        if before is None:
            del os.environ["WORKFORCE_DATA"]
        else:
            os.environ["WORKFORCE_DATA"] = before


def flow_here(data: Path) -> Flow[..., Any]:
    """The flow, to run in this process and be reported to the Prefect server that PREFECT_API_URL names.

    Prefect's own files then lie below `data`. Call it before Prefect is imported.
    """
    os.environ.update(with_client_password(local_environment(data.resolve()) | os.environ))
    for name in ("prefect.flow_runs", "prefect.task_runs"):
        logging.getLogger(name).addFilter(_without_traceback)
    with _garbage_collection_paused():
        from flows.refresh import refresh
    return refresh


@contextmanager
def _garbage_collection_paused() -> Iterator[None]:
    """Import without garbage collection: Prefect creates millions of objects that all stay."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _require_free_space(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            free = free_bytes(data)
    except OSError as error:
        raise DataFolderUnusable(
            f"the data folder cannot be written ({error.strerror})",
            file=str(data),
            do="choose another folder with --data, or make this one writable",
        ) from error
    if free < RESERVE_BYTES:
        clean_unless_refreshing(DataFolder(data))
    require_room(data, 0, what="a refresh")


def _without_traceback(record: logging.LogRecord) -> bool:
    """Log only the text of an error made for users, or of a disk that is full, without the traceback."""
    error = record.exc_info[1] if record.exc_info else None
    if error and (isinstance(error, WorkforceError) or is_full(error)):
        record.exc_info = None
    return True
