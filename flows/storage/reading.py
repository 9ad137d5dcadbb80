"""Reading an archived file on another machine: its bytes come from the bucket, its tables go there.

What passes between machines is a record, names of objects and the text of a refusal: no path, because a worker has a
folder of its own, and no figures.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from flows.errors import ReadingFailed, StorageFailed
from flows.pipeline import RefusedFile, read_file
from flows.storage.bucket import Bucket
from flows.storage.exchange import PRIVATE, download_file, upload_file
from flows.storage.staged import download_tables, read_files_here, upload_tables
from transforms.errors import WorkforceError
from warehouse.archive import Archive, Record
from warehouse.building.build import fingerprint
from warehouse.errors import ArchiveDamaged
from warehouse.folder import DataFolder
from warehouse.staging import StagedFile, Staging

CODE = ("transforms",)
"""The package that determines what is read; a worker with other code would store other tables under the same names."""


@dataclass(frozen=True)
class StoredTables:
    """The objects that a worker has stored for one file: its tables, and its reader and edition."""

    tables: tuple[str, ...]
    recognised: tuple[str, ...]


@dataclass(frozen=True)
class DamagedInBucket:
    """Why a worker has not read a file: its bytes in the bucket do not match their SHA-256."""

    why: str


@cache
def code_digest() -> str:
    """Hash of the code that reads, the same on every machine with the same version."""
    return fingerprint((), packages=CODE)


def read_from_bucket(bucket: Bucket, record: Record, *, code: str) -> StoredTables | RefusedFile | DamagedInBucket:
    """Read one archived file of the bucket and store its tables there.

    `code` is the `code_digest` of the machine that refreshes. Raises `ReadingFailed` where this machine has other code,
    and `StorageFailed`. Bytes that do not match their SHA-256 are returned as `DamagedInBucket`.
    """
    if code_digest() != code:
        raise ReadingFailed(
            "a worker that reads has other code than the machine that refreshes",
            file=record.file_name,
            do="install the same version on every worker, restart the workers, and run the refresh again",
        )
    with tempfile.TemporaryDirectory(prefix="workforce-reading-") as temporary:
        folder = DataFolder(Path(temporary))
        archive = Archive(folder.archive)
        try:
            download_file(bucket, folder, f"{PRIVATE}/{archive.path_of(record.sha256).relative_to(folder.root)}")
        except ArchiveDamaged as damaged:
            return DamagedInBucket(str(damaged))
        read = read_file(Staging(folder.staged, archive), record)
        if isinstance(read, RefusedFile):
            return read
        tables = sorted(read_files_here(folder))
        recognised = sorted(str(path.relative_to(folder.root)) for path in folder.staged.glob("recognised/*/*.json"))
        for name in tables:
            upload_tables(bucket, folder, name)
        # After the tables: a file counts as read where both are there.
        for name in recognised:
            upload_file(bucket, folder, name)
        return StoredTables(tuple(tables), tuple(f"{PRIVATE}/{name}" for name in recognised))


def take_over(bucket: Bucket, folder: DataFolder, staging: Staging, record: Record, stored: StoredTables) -> StagedFile:
    """The tables that a worker has read, in the staging cache of this machine. Raises `StorageFailed`."""
    for name in stored.tables:
        download_tables(bucket, folder, name)
    for name in stored.recognised:
        download_file(bucket, folder, name)
    read = staging.cached(record, damaged="")
    if read is None:
        raise StorageFailed(
            "the tables that a worker has read are not in object storage",
            file=f"{bucket.address}: {record.file_name}",
            found=", ".join(stored.tables),
            do="run the refresh again: the file is then read again",
        )
    return replace(read, parsed=True)


def failed(record: Record, error: BaseException) -> WorkforceError:
    """The error of a run whose workers could not read a file; errors with a sentence of their own stay as they are."""
    if isinstance(error, WorkforceError):
        return error
    return ReadingFailed(
        "the Dask cluster did not read a file",
        file=record.file_name,
        found=f"{type(error).__name__}: {' '.join(str(error).split())}",
        do="look at scheduler and workers, and run the refresh again: what is read stays read. If the file ends every "
        "worker that reads it, give them more memory or exclude it (`workforce set-aside`)",
    )
