"""The archive, the staging cache and the operators' decisions: brought into line between a data folder and a bucket.

Files that are only ever added are copied to where they are missing. A file that may change is compared with the hash it
had when it was last exchanged: who changed it since is followed, and where both have, a person decides.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from flows.errors import StorageConflict
from flows.storage.bucket import Bucket
from flows.storage.staged import download_tables, read_files_here, read_files_there, upload_tables
from warehouse.archive import sha256_of
from warehouse.errors import ArchiveDamaged
from warehouse.folder import DataFolder, write_whole

PRIVATE = "private"
ADDED = ("archive/objects", "archive/editions", "staged/recognised")
"""Folders whose files are added and never changed; the tables of read files, which are too, are in `staged`."""
CHANGING = ("archive/set-aside", "config")
"""Folders whose files an operator may write, change and delete."""
AT_ONCE = 8
"""Objects that are copied at the same time."""


@dataclass
class Exchanged:
    """How many files were copied, by direction."""

    downloaded: int = 0
    uploaded: int = 0


def pull(bucket: Bucket, folder: DataFolder) -> Exchanged:
    """Download what the bucket has and the folder lacks, and the decisions changed elsewhere.

    Raises `StorageConflict` where a decision was changed on both sides, `ArchiveDamaged` where the bytes of an
    archived file do not match its SHA-256, `StorageFailed`.
    """
    done = Exchanged()
    for below in ADDED:
        here, there = _local(folder, below), set(bucket.stored(f"{PRIVATE}/{below}"))
        missing = sorted(name for name in there if name.removeprefix(f"{PRIVATE}/") not in here)
        _copy(partial(download_file, bucket, folder), missing)
        done.downloaded += len(missing)
    tables = sorted(read_files_there(bucket) - read_files_here(folder))
    _copy(partial(download_tables, bucket, folder), tables)
    done.downloaded += len(tables)
    _exchange_decisions(bucket, folder, done)
    return done


def push(bucket: Bucket, folder: DataFolder) -> Exchanged:
    """Upload what the folder has and the bucket lacks, and the decisions changed here.

    Objects of the archive go before the records that name them. Raises `StorageConflict`, `StorageFailed`.
    """
    done = Exchanged()
    for below in ADDED:
        here, there = _local(folder, below), set(bucket.stored(f"{PRIVATE}/{below}"))
        missing = sorted(name for name in here if f"{PRIVATE}/{name}" not in there)
        _copy(partial(upload_file, bucket, folder), missing)
        done.uploaded += len(missing)
    tables = sorted(read_files_here(folder) - read_files_there(bucket))
    _copy(partial(upload_tables, bucket, folder), tables)
    done.uploaded += len(tables)
    _exchange_decisions(bucket, folder, done)
    return done


def _exchange_decisions(bucket: Bucket, folder: DataFolder, done: Exchanged) -> None:
    state = folder.state / "storage-exchanged.json"
    before: dict[str, str] = json.loads(state.read_text()) if state.exists() else {}
    here = _decisions(folder)
    stored = [name for below in CHANGING for name in bucket.stored(f"{PRIVATE}/{below}")]
    contents = {name.removeprefix(f"{PRIVATE}/"): found[0] for name in stored if (found := bucket.read(name))}
    there = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    for name in sorted({*here, *there, *before}):
        mine, theirs, base = here.get(name), there.get(name), before.get(name)
        if mine == theirs:
            continue
        if mine == base:
            _take(folder.root / name, contents.get(name))
            done.downloaded += 1
        elif theirs == base:
            _give(bucket, f"{PRIVATE}/{name}", folder.root / name)
            done.uploaded += 1
        else:
            raise StorageConflict(
                "a decision was changed here and on another machine",
                file=str(folder.root / name),
                expected=f"the same content as {bucket.address}/{PRIVATE}/{name}",
                do="compare the two, and delete or replace the file here by the one that is to hold",
            )
    write_whole(state, json.dumps(_decisions(folder), indent=2).encode())


def _decisions(folder: DataFolder) -> dict[str, str]:
    """Name and SHA-256 of each file of the folder that may change."""
    return {name: sha256_of(folder.root / name) for below in CHANGING for name in _local(folder, below)}


def _take(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        write_whole(path, content)


def _give(bucket: Bucket, name: str, path: Path) -> None:
    if path.exists():
        bucket.write(name, path.read_bytes())
    else:
        bucket.delete([name])


def _local(folder: DataFolder, below: str) -> set[str]:
    """Names, relative to the data folder, of the complete files below a folder of it."""
    return {
        str(path.relative_to(folder.root))
        for path in (folder.root / below).rglob("*")
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder.root).parts)
    }


def download_file(bucket: Bucket, folder: DataFolder, name: str) -> None:
    """Download a file that is never changed. Raises `ArchiveDamaged` where it is no archived file of its name."""
    path = folder.root / name.removeprefix(f"{PRIVATE}/")
    bucket.download(name, path)
    if path.parent.parent == folder.archive / "objects":
        if (found := sha256_of(path)) != path.name:
            path.unlink()
            raise ArchiveDamaged(
                "an archived file in object storage does not match its SHA-256",
                file=f"{bucket.address}/{name}",
                expected=path.name,
                found=found,
                do="restore the object from a backup, or delete it and load the published file again",
            )
        path.chmod(0o444)


def upload_file(bucket: Bucket, folder: DataFolder, name: str) -> None:
    """Upload a file that is never changed, by its name relative to the data folder."""
    bucket.upload(f"{PRIVATE}/{name}", folder.root / name)


def _copy(copy: partial[None], names: Iterable[str]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for copied in [pool.submit(copy, name) for name in names]:
            copied.result()
