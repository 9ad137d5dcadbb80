"""Releases in a bucket: uploaded under an address of their own, then made the newest by one conditional write."""

from __future__ import annotations

import hashlib
import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path

from flows.errors import StorageFailed
from flows.storage.bucket import Bucket
from flows.storage.exchange import AT_ONCE
from warehouse.archive import sha256_of
from warehouse.folder import DataFolder
from warehouse.publish import Release, install

LATEST = "public/latest.json"
PUBLIC_RELEASES, PRIVATE_RELEASES = "public/releases", "private/releases"
WAREHOUSE = "workforce.duckdb"


@dataclass(frozen=True)
class Latest:
    """The newest release in the bucket: its id, its key (the folder of its files), and the warehouse that is served."""

    release_id: str
    key: str
    warehouse: str
    sums_sha256: str


def latest(bucket: Bucket) -> tuple[Latest | None, str | None]:
    """The newest release in the bucket and the ETag of the object that names it; None and None where there is none."""
    found = bucket.read(LATEST)
    return (Latest(**json.loads(found[0])), found[1]) if found else (None, None)


def described(release: Release) -> Latest:
    """What `latest.json` says of a release of this machine."""
    sums = sha256_of(release.folder / "SHA256SUMS")
    warehouse = str(release.public.relative_to(release.folder))
    return Latest(release.release_id, f"{release.release_id}-{sums[:12]}", warehouse, sums)


def upload_release(bucket: Bucket, release: Release) -> None:
    """Store every file of a release under its key; nothing leads to them yet."""
    about = described(release)
    there = {
        name: stored.size
        for side in (PUBLIC_RELEASES, PRIVATE_RELEASES)
        for name, stored in bucket.stored(f"{side}/{about.key}").items()
    }
    files = {_name(about, path.relative_to(release.folder)): path for path in _files(release.folder)}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        uploads = [
            pool.submit(bucket.upload, name, path)
            for name, path in files.items()
            if there.get(name) != path.stat().st_size
        ]
        for each in uploads:
            each.result()


def switch(bucket: Bucket, release: Release, etag: str | None) -> Latest:
    """Make a stored release the newest. Raises `StorageChanged` where another machine has done so since `etag`."""
    about = described(release)
    bucket.replace(LATEST, json.dumps(asdict(about), indent=2).encode(), etag=etag)
    return about


def update_stable_addresses(bucket: Bucket, newest: Latest) -> None:
    """Let the warehouse and the page at stable addresses follow the newest release, also after an interrupted run."""
    target = escape(f"releases/{newest.key}/site/index.html")
    page = (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>NHS Workforce</title>'
        f'<meta http-equiv="refresh" content="0; url={target}"><a href="{target}">The newest release</a></html>\n'
    ).encode()
    found = bucket.read("public/index.html")
    if found is None or found[0] != page:
        bucket.copy(f"{PUBLIC_RELEASES}/{newest.key}/{newest.warehouse}", f"public/{WAREHOUSE}")
        bucket.write("public/index.html", page)


def download_latest(bucket: Bucket, folder: DataFolder, newest: Latest) -> None:
    """Make the newest release of the bucket the published one of a folder that does not publish it.

    Raises `StorageFailed` where a file does not match the release's checksums; the folder is then as before.
    """
    partial = folder.releases / f".{newest.release_id}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    try:
        _download(bucket, newest, partial)
        install(folder, partial, newest.release_id)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def drop_old(bucket: Bucket, newest: Latest, *, keep: int) -> None:
    """Delete releases older than the newest `keep`, but never the one that `latest.json` names."""
    names = [name for side in (PUBLIC_RELEASES, PRIVATE_RELEASES) for name in bucket.stored(side)]
    keys = sorted({name.split("/")[2] for name in names}, key=_order)
    kept = {newest.key, *keys[-keep:]}
    bucket.delete([name for name in names if name.split("/")[2] not in kept])


def _order(key: str) -> tuple[str, int]:
    day, _, rest = key.partition(".")
    return day, int(rest.split("-")[0])


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _name(about: Latest, path: Path) -> str:
    """The object of a file of a release. Only a warehouse that is not the one served is kept out of `public`."""
    side = PRIVATE_RELEASES if str(path) == WAREHOUSE and about.warehouse != WAREHOUSE else PUBLIC_RELEASES
    return f"{side}/{about.key}/{path}"


def _download(bucket: Bucket, newest: Latest, partial: Path) -> None:
    sums, _ = bucket.read(f"{PUBLIC_RELEASES}/{newest.key}/SHA256SUMS") or (b"", "")
    _verify("SHA256SUMS", newest.sums_sha256, hashlib.sha256(sums).hexdigest(), bucket)
    partial.mkdir(parents=True)
    (partial / "SHA256SUMS").write_bytes(sums)

    def download(line: str) -> None:
        expected, name = line.split("  ", 1)
        bucket.download(_name(newest, Path(name)), partial / name)
        _verify(name, expected, sha256_of(partial / name), bucket)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(download, sums.decode().splitlines()))


def _verify(name: str, expected: str, found: str, bucket: Bucket) -> None:
    if found != expected:
        raise StorageFailed(
            "a file of the newest release in object storage does not match its checksum",
            file=f"{bucket.address}: {name}",
            expected=expected,
            found=found,
            do="restore the object, or publish again from a machine whose data folder has the release",
        )
