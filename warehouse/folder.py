"""The data folder: where everything lives, and the lock that lets one refresh at a time change it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from warehouse.errors import Busy


@dataclass(frozen=True)
class DataFolder:
    """Paths below one root. Nothing outside it is ever written."""

    root: Path

    @property
    def archive(self) -> Path:
        """Raw published bytes and their records: append-only."""
        return self.root / "archive"

    @property
    def staged(self) -> Path:
        """Tidy Parquet by reader version and file hash: a cache, safe to delete."""
        return self.root / "staged"

    @property
    def candidates(self) -> Path:
        """Builds under way: safe to delete while nothing runs."""
        return self.root / "candidates"

    @property
    def rejected(self) -> Path:
        """Candidates the checks refused, each with its report."""
        return self.root / "rejected"

    @property
    def releases(self) -> Path:
        """One folder per release: file, manifest, checksums, checks, exports."""
        return self.root / "releases"

    @property
    def published(self) -> Path:
        """The file analysts open here, with every series."""
        return self.root / "published" / "workforce.duckdb"

    @property
    def public(self) -> Path:
        """The file that may be served to everyone: `published` without the series that may not be passed on."""
        return self.root / "public" / "workforce.duckdb"

    @property
    def site(self) -> Path:
        """The web site of the newest release: a link to its folder, made from what may be served to everyone."""
        return self.root / "published" / "site"

    @property
    def inbox(self) -> Path:
        """Where an operator puts files that have no stable address."""
        return self.root / "inbox"

    @property
    def state(self) -> Path:
        """What was looked at and when, and the HTTP validators: safe to delete, costs one full look."""
        return self.root / "state"

    @contextmanager
    def locked(self, *, wait_seconds: float = 0) -> Iterator[None]:
        """Hold the folder for one refresh. Raises `Busy` where another holds it for longer than `wait_seconds`.

        The operating system lets go of the lock when the process dies, however it dies.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.root / "refresh.lock")
        try:
            lock.acquire(timeout=wait_seconds)
        except Timeout as error:
            raise Busy(
                "another refresh is running on this data folder",
                file=str(self.root),
                do="wait for it to end, or look at it in the Prefect UI",
            ) from error
        try:
            yield
        finally:
            lock.release()


def sync(path: Path) -> None:
    """Force a file's (or folder's) content to disk, so that a rename after it never shows half a file."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that readers see all of it or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_bytes(content)
        sync(partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
