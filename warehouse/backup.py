"""Backup of a data folder as one tar file, and restoring it.

    workforce-<time>.tar            backup.json: time, version, and the release that was published
                                    archive/, config/, inbox/, releases/, history/, state/, registered.toml, and
                                    whatever else an operator put into the data folder
                                    prefect/prefect.db, where Prefect's database is SQLite: a copy made by SQLite
                                    SHA256SUMS: the hash of each of these files
    workforce-<time>.tar.sha256     the hash of the tar file

What a refresh creates again is left out (`REBUILT`). The lock of the folder is held, so that no refresh changes it.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any

from filelock import FileLock, Timeout

from warehouse.archive import sha256_of
from warehouse.errors import BackupRefused, BackupUnusable
from warehouse.folder import DataFolder, sync, sync_tree, write_whole
from warehouse.publish import make_current, published_release, releases

REBUILT = frozenset({"staged", "candidates", "rejected", "docs", "published", "public", "prefect", "refresh.lock"})
"""What is at the top of a data folder and not in a backup: a refresh creates it again. Of prefect/ see `PREFECT`."""
PREFECT = "prefect/prefect.db"
FACTS, SUMS = "backup.json", "SHA256SUMS"
NO_CONTENT = frozenset({"lost+found", "refresh.lock"})
"""What an empty folder may hold: of its file system, and the lock itself."""
RESERVE_BYTES = 50 * 2**20


@dataclass(frozen=True)
class Backup:
    """A backup that was written: its path, number of files, size, whether Prefect's database is in it."""

    path: Path
    files: int
    size_bytes: int
    has_prefect: bool


@dataclass(frozen=True)
class Restored:
    """What was restored: number of files, and the id of the release that is published again ('': there was none)."""

    files: int
    release_id: str


def back_up(folder: DataFolder, target: Path, *, now: datetime, wait_seconds: float = 0) -> Backup:
    """Write a backup of a data folder into the folder `target`, after waiting for a refresh that is running.

    Raises `Busy`, and `BackupRefused` where there is nothing to back up, `target` is inside the data folder, or its
    disk has too little space.
    """
    if not folder.archive.is_dir():
        raise BackupRefused(
            "there is no archive to back up", file=str(folder.root), do="name the data folder with --data"
        )
    if target.resolve().is_relative_to(folder.root.resolve()):
        raise BackupRefused(
            "a backup inside the data folder is lost with it, and the next one would contain it",
            file=str(target),
            do="choose a folder on another disk",
        )
    target.mkdir(parents=True, exist_ok=True)
    with (
        folder.locked(wait_seconds=wait_seconds),
        tempfile.TemporaryDirectory(dir=target, prefix=".backup-") as scratch,
    ):
        chosen = dict(_files(folder))
        _require_space(target, sum(path.lstat().st_size for path in chosen.values()))
        if (database := folder.root / PREFECT).exists():
            chosen[PREFECT] = _copied_by_sqlite(database, Path(scratch) / "prefect.db")
        partial = Path(scratch) / "backup.tar"
        _write(partial, chosen, _facts(folder, now))
        place = _unused(target, f"workforce-{now:%Y%m%dT%H%M%SZ}")
        sync(partial)
        digest = sha256_of(partial)
        partial.replace(place)
        sync(target)
    write_whole(place.with_name(f"{place.name}.sha256"), f"{digest}  {place.name}\n".encode())
    number = sum(not path.is_symlink() for path in chosen.values())
    return Backup(place, number, place.stat().st_size, PREFECT in chosen)


def restore(backup: Path, folder: DataFolder, *, force: bool = False) -> Restored:
    """Restore a backup into a data folder. With `force` everything that the folder holds is replaced.

    The backup is unpacked and verified first. Raises `BackupUnusable` where it is damaged, `BackupRefused` where the
    folder holds anything and `force` is not given, or is being served, and `Busy`.
    """
    if not force and (held := _content(folder.root)):
        raise BackupRefused(
            "the data folder is not empty",
            file=str(folder.root),
            found=", ".join(sorted(path.name for path in held)[:5]),
            do="restore into a new folder, or replace everything in this one with --force",
        )
    _refuse_served(folder)
    _verify_outer(backup)
    made = not folder.root.exists()
    folder.root.mkdir(parents=True, exist_ok=True)
    try:
        with folder.locked(), tempfile.TemporaryDirectory(dir=folder.root, prefix=".restore-") as scratch:
            unpacked = Path(scratch) / "content"
            number = _unpack(backup, unpacked)
            facts: Mapping[str, Any] = json.loads((unpacked / FACTS).read_text(encoding="utf-8"))
            for name in (FACTS, SUMS):
                (unpacked / name).unlink()
            _replace(folder.root, unpacked, keep=Path(scratch))
            release_id = facts["release"]
            chosen = [each for each in releases(folder) if each.release_id == release_id]
            if chosen:
                make_current(folder, chosen[0])
    except BaseException:
        if made and not _content(folder.root):
            shutil.rmtree(folder.root, ignore_errors=True)
        raise
    return Restored(number, release_id if chosen else "")


def _refuse_served(folder: DataFolder) -> None:
    if folder.service_lock.exists():
        try:
            FileLock(folder.service_lock).acquire(timeout=0).lock.release()
        except Timeout as error:
            raise BackupRefused(
                "`workforce serve` serves this data folder", file=str(folder.root), do="stop it, then restore"
            ) from error


def _files(folder: DataFolder) -> Iterator[tuple[str, Path]]:
    """Every file and link of a backup but Prefect's database: its name in the backup, and its path."""
    for entry in sorted(folder.root.iterdir()):
        if entry.name in REBUILT or entry.name.startswith("."):
            continue
        for path in [entry, *sorted(entry.rglob("*"))] if entry.is_dir() and not entry.is_symlink() else [entry]:
            name = path.relative_to(folder.root)
            is_unfinished = any(part.endswith(".partial") for part in name.parts)
            if (
                (path.is_file() or path.is_symlink())
                and not is_unfinished
                and name.parts[:2] != ("archive", "incoming")
            ):
                yield name.as_posix(), path


def _facts(folder: DataFolder, now: datetime) -> dict[str, str]:
    release = published_release(folder)
    try:
        code = version("nhs-workforce")
    except PackageNotFoundError:
        code = "unpackaged"
    return {"made_at": now.isoformat(), "code_version": code, "release": release.release_id if release else ""}


def _copied_by_sqlite(database: Path, copy: Path) -> Path:
    """A copy that is consistent while the server writes."""
    with (
        closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True, timeout=60)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    return copy


class _Hashed(io.RawIOBase):
    """A file that is hashed while it is read."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream, self.digest = stream, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        chunk = self.stream.read(size)
        self.digest.update(chunk)
        return chunk


def _write(place: Path, chosen: Mapping[str, Path], facts: Mapping[str, str]) -> None:
    sums: list[str] = []
    with tarfile.open(place, "w", format=tarfile.PAX_FORMAT) as tar:
        for name, content in [(FACTS, json.dumps(facts, indent=2).encode())]:
            sums.append(f"{hashlib.sha256(content).hexdigest()}  {name}\n")
            _add_bytes(tar, name, content)
        for name, path in chosen.items():
            info = tar.gettarinfo(path, arcname=name)
            info.uname = info.gname = ""
            if info.issym():
                tar.addfile(info)
                continue
            # Each file for itself: a hard link would name a file that is perhaps left out.
            info.type, info.linkname, info.size = tarfile.REGTYPE, "", path.stat().st_size
            with path.open("rb") as stream:
                hashed = _Hashed(stream)
                tar.addfile(info, hashed)
            sums.append(f"{hashed.digest.hexdigest()}  {name}\n")
        _add_bytes(tar, SUMS, "".join(sums).encode())


def _add_bytes(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def _unused(target: Path, stem: str) -> Path:
    names = (f"{stem}{f'-{number}' if number else ''}.tar" for number in range(1_000))
    return next(target / name for name in names if not (target / name).exists())


def _require_space(target: Path, size: int) -> None:
    free = shutil.disk_usage(target).free
    if free < size + RESERVE_BYTES:
        raise BackupRefused(
            "the disk of the backup has too little free space",
            file=str(target),
            expected=f"{(size + RESERVE_BYTES) // 2**20:,} MB free",
            found=f"{free // 2**20:,} MB",
            do="delete old backups there, or choose another disk",
        )


def _content(root: Path) -> list[Path]:
    return [path for path in root.iterdir() if path.name not in NO_CONTENT] if root.exists() else []


def _verify_outer(backup: Path) -> None:
    noted = backup.with_name(f"{backup.name}.sha256")
    if noted.exists() and (expected := noted.read_text().split()[:1]) != [found := sha256_of(backup)]:
        raise _damaged(backup, f"SHA-256 {''.join(expected)}", found)


def _unpack(backup: Path, place: Path) -> int:
    """Unpack a backup and verify each file; return the number of files."""
    try:
        with tarfile.open(backup) as tar:
            tar.extractall(place, filter=_as_it_was)  # noqa: S202 - the filter refuses paths that lead out
    except (tarfile.TarError, EOFError) as error:
        raise _damaged(backup, "a tar file written by `workforce backup`", str(error)) from error
    if not (place / SUMS).exists() or not (place / FACTS).exists():
        raise _damaged(backup, f"{FACTS} and {SUMS} in it", "a tar file without them")
    lines = (place / SUMS).read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    held = {
        path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file() and not path.is_symlink()
    } - {SUMS}
    if held != sums.keys():
        raise _damaged(backup, f"the {len(sums)} files of {SUMS}", f"{len(held)} files")
    for name, digest in sums.items():
        if (found := sha256_of(place / name)) != digest:
            raise _damaged(backup, f"{name} with SHA-256 {digest}", found)
    return len(sums) - 1


def _as_it_was(member: tarfile.TarInfo, path: str) -> tarfile.TarInfo:
    """Refuse paths that lead out of the folder; keep read-only files read-only."""
    safe = tarfile.data_filter(member, path)
    return safe.replace(mode=member.mode & 0o755, deep=False) if member.isreg() else safe


def _replace(root: Path, unpacked: Path, *, keep: Path) -> None:
    """Move everything that was unpacked to the top of the data folder, in the place of what is there.

    What was there is moved into `keep`, the folder that holds what was unpacked, and is deleted with it: all is moved
    back where a move fails, and after a kill everything is still there, the old below `keep` or the new.
    """
    sync_tree(unpacked)
    (before := keep / "before").mkdir()
    moves = [(old, before / old.name) for old in _content(root) if old != keep]
    moves += [(new, root / new.name) for new in unpacked.iterdir()]
    done: list[tuple[Path, Path]] = []
    try:
        for place, to in moves:
            place.replace(to)
            done.append((place, to))
    except BaseException:
        for place, to in reversed(done):
            to.replace(place)
        raise
    sync(root)


def _damaged(backup: Path, expected: str, found: str) -> BackupUnusable:
    return BackupUnusable(
        "the backup is damaged or is not one",
        file=str(backup),
        expected=expected,
        found=found,
        do="use another backup; nothing was restored",
    )
