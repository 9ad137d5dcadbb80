"""Free space on the disk of a data folder: asked for before something large is written there.

Prefect's database usually lies on the same disk, and cannot even record a failure once the disk is full. So some space
always stays free, and whatever would take it is refused before it is written.
"""

from __future__ import annotations

import errno
import shutil
from pathlib import Path

from warehouse.errors import Busy, TooLittleSpace
from warehouse.folder import DataFolder

RESERVE_BYTES = 300 * 2**20
"""Bytes that stay free for Prefect's database, logs and other files."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def free_bytes(place: Path) -> int:
    """Free bytes of the disk that holds a path; the path or one of its parents exists."""
    existing = next(each for each in (place, *place.absolute().parents) if each.exists())
    return shutil.disk_usage(existing).free


def require_room(place: Path, needed: int, *, what: str) -> None:
    """Raise `TooLittleSpace` where fewer than `needed` bytes and the reserve are free; `what` is to be written."""
    free, wanted = free_bytes(place), needed + RESERVE_BYTES
    if free < wanted:
        raise TooLittleSpace(
            f"the disk has too little free space for {what}",
            file=str(place),
            expected=f"{-(-wanted // 2**20):,} MB free",
            found=f"{free // 2**20:,} MB",
            do="free space on the disk (old releases, rejected/, history/), or move the data folder to a larger one",
        )


def is_full(error: BaseException) -> bool:
    """Whether an error, or what caused it, says that the disk (or a quota) is full."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, OSError) and seen.errno in _FULL:
            return True
        # DuckDB and SQLite give the operating system's text.
        if any(words in str(seen) for words in ("No space left on device", "Disk quota exceeded", "disk is full")):
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def cannot_be_written(error: BaseException) -> bool:
    """Whether an error says that a folder or disk is read-only, or that permission is missing: not about one file."""
    return isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}


def became_full(place: Path, error: BaseException) -> TooLittleSpace:
    """The error for a disk that became full while something was written; what was half written has been removed."""
    return TooLittleSpace(
        "the disk became full; what was half written has been removed",
        file=str(place),
        expected=f"{RESERVE_BYTES // 2**20:,} MB that stay free",
        found=str(error),
        do="free space on the disk (old releases, rejected/, history/), or move the data folder to a larger one",
    )


def drop_oldest(folder: Path, *, keep: int, spare: Path | None = None) -> list[Path]:
    """Delete all but the newest `keep` entries of a folder, by time of change; never `spare`. Returns the deleted."""
    entries = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime_ns) if folder.exists() else []
    old = [each for each in entries[: max(len(entries) - keep, 0)] if each != spare]
    for each in old:
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    return old


def clean(folder: DataFolder) -> None:
    """Remove what an interrupted refresh left. Call it only while holding the lock of the folder."""
    shutil.rmtree(folder.candidates, ignore_errors=True)
    for overtaken in folder.releases.glob(".*.overtaken"):
        release = folder.releases / overtaken.name.removeprefix(".").removesuffix(".overtaken")
        # Interrupted between two renames: the old release is the only one.
        shutil.rmtree(overtaken, ignore_errors=True) if release.exists() else overtaken.rename(release)
    published = (folder.published.parent, folder.public.parent)
    for unfinished in [
        *folder.releases.glob(".*.partial"),
        *(path for place in (folder.staged, folder.archive, folder.state) for path in place.rglob(".*.partial")),
        *(path for place in published for path in place.glob(".*.partial")),
        *(path for place in (*published, folder.releases) for path in place.glob(".*coming")),
        *(folder.archive / "incoming").glob("*"),
    ]:
        if unfinished.is_dir() and not unfinished.is_symlink():
            shutil.rmtree(unfinished, ignore_errors=True)
        else:
            unfinished.unlink(missing_ok=True)


def clean_unless_refreshing(folder: DataFolder) -> None:
    """Remove what an interrupted refresh left, so that a disk it filled has room again; not while one is running."""
    try:
        with folder.locked():
            clean(folder)
    except Busy:
        return
