"""The data folder: its paths, and the lock that lets only one refresh at a time change it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.errors import Busy

FLUSHED_AT_ONCE = 8
"""Files of a folder that are flushed to disk side by side."""


@dataclass(frozen=True)
class DataFolder:
    """Paths below the root of a data folder. Nothing is written outside it."""

    root: Path

    @property
    def archive(self) -> Path:
        """Published files as retrieved, and their records: append-only."""
        return self.root / "archive"

    @property
    def staged(self) -> Path:
        """Tidy tables as Parquet, by reader version and file hash: a cache, safe to delete."""
        return self.root / "staged"

    @property
    def candidates(self) -> Path:
        """Candidate builds in progress: safe to delete while no refresh is running."""
        return self.root / "candidates"

    @property
    def rejected(self) -> Path:
        """Candidates that failed the checks, each with its report."""
        return self.root / "rejected"

    @property
    def releases(self) -> Path:
        """One folder per release: warehouse, manifest, checksums, check results, exports."""
        return self.root / "releases"

    @property
    def published(self) -> Path:
        """The warehouse of the newest release, with every series, for use on this machine."""
        return self.root / "published" / "workforce.duckdb"

    @property
    def public(self) -> Path:
        """The warehouse that may be served publicly: `published` without the series that may not be redistributed."""
        return self.root / "public" / "workforce.duckdb"

    @property
    def site(self) -> Path:
        """The web site of the newest release, built from its public warehouse: a link to its folder."""
        return self.root / "published" / "site"

    @property
    def config(self) -> Path:
        """Lists that an operator keeps: known failures, limits, corrections, registered addresses. None is needed."""
        return self.root / "config"

    @property
    def metrics(self) -> Path:
        """The metrics of the last refresh, in the format of Prometheus."""
        return self.root / "metrics" / "workforce.prom"

    @property
    def inbox(self) -> Path:
        """Folder in which an operator puts published files that have no stable URL."""
        return self.root / "inbox"

    @property
    def state(self) -> Path:
        """Times of past checks, and HTTP validators: safe to delete; all pages are then fetched again."""
        return self.root / "state"

    @property
    def service_lock(self) -> Path:
        """The lock that `workforce serve` holds while it serves the folder."""
        return self.root / "prefect" / "serve.lock"

    @contextmanager
    def locked(self, *, wait_seconds: float = 0) -> Iterator[None]:
        """Lock the folder for one refresh. Raises `Busy` where another process has the lock for over `wait_seconds`.

        The operating system releases the lock when the process ends, also after a crash.
        """
        make_folder(self.root)
        lock = FileLock(self.root / "refresh.lock")
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            raise Busy(
                "another refresh is running on this data folder, or a backup is being made of it",
                file=str(self.root),
                do="wait until it has ended; the Prefect UI shows the progress of a refresh",
            ) from error
        try:
            yield
        finally:
            lock.release()


def sync(path: Path) -> None:
    """Flush a file to disk (fsync), or the names in a folder: a rename flushes neither.

    A file survives a power failure where it, the folder that names it and each folder above are flushed.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Flush every file and folder below a folder, and the folder itself, before a rename makes it visible.

    Several at once: the disk then writes them together, in a third of the time or less.
    """
    with ThreadPoolExecutor(FLUSHED_AT_ONCE) as threads:
        # Taking each result raises the error of any file that could not be flushed.
        for _ in threads.map(sync, [path for path in folder.rglob("*") if not path.is_symlink()]):
            pass
    sync(folder)


def make_folder(path: Path) -> None:
    """Create a folder with the folders above it where they are missing, and flush the name of each to disk."""
    missing = [each for each in (path, *path.parents) if not each.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for each in missing:
        sync(each.parent)


def remove_tree(folder: Path) -> None:
    """Delete a folder with all that is in it, if it exists. It is renamed before: no reader finds a part of it.

    Whatever interrupts that, the next refresh deletes the rest (`disk.clean`), which has the name of what is partial.
    """
    removed = folder.with_name(f".{folder.name}.removed.partial")
    shutil.rmtree(removed, ignore_errors=True)
    try:
        folder.rename(removed)
    except FileNotFoundError:
        return
    shutil.rmtree(removed, ignore_errors=True)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically and durably: to a temporary file, flushed, renamed, and its name flushed."""
    make_folder(path.parent)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        sync(partial)
        partial.replace(path)
        sync(path.parent)
    finally:
        partial.unlink(missing_ok=True)
