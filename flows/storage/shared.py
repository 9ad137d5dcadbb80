"""A refresh with shared storage: the lease, the folder brought up to date before, and everything stored after."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

from flows.settings import Settings
from flows.storage.bucket import Bucket, open_bucket
from flows.storage.exchange import pull, push
from flows.storage.lease import LEASE_SECONDS, Lease, leased
from flows.storage.reading import StoredTables, take_over
from flows.storage.shared_releases import (
    Latest,
    described,
    download_latest,
    drop_old,
    latest,
    switch,
    update_stable_addresses,
    upload_release,
)
from warehouse.archive import Record
from warehouse.folder import DataFolder, write_whole
from warehouse.publish import Release, published_release
from warehouse.staging import StagedFile, Staging


class SharedStorage:
    """The storage of one refresh, while its lease is held."""

    def __init__(self, bucket: Bucket, folder: DataFolder, lease: Lease, keep: int) -> None:
        self._bucket, self._folder, self._lease, self._keep = bucket, folder, lease, keep

    def bring_up_to_date(self) -> None:
        """Download what others have stored; first store a release that an interrupted run here has left behind."""
        pull(self._bucket, self._folder)
        newest, etag = latest(self._bucket)
        mine = published_release(self._folder)
        is_newest = mine is not None and described(mine) == newest
        if mine and not is_newest and (newest.key if newest else "") == self._base():
            newest = self._store(mine, etag)
        elif newest:
            if not is_newest:
                download_latest(self._bucket, self._folder, newest)
            self._remember(newest.key)
        if newest:
            update_stable_addresses(self._bucket, newest)

    def share_archive(self) -> None:
        """Upload what is new in the archive, so that other machines can read it. Raises `StorageFailed`."""
        push(self._bucket, self._folder)

    def take_over(self, staging: Staging, record: Record, stored: StoredTables) -> StagedFile:
        """The tables of a file that another machine has read. Raises `StorageFailed`."""
        return take_over(self._bucket, self._folder, staging, record, stored)

    def store(self) -> None:
        """Upload what is new: archive, staging cache, decisions, and the release if it is not there.

        Raises `StorageChanged` where another machine has taken over, `StorageFailed`; both leave the newest release of
        the bucket as it is, and the next run here stores what is missing.
        """
        newest, etag = latest(self._bucket)
        push(self._bucket, self._folder)
        mine = published_release(self._folder)
        if mine and described(mine) != newest:
            newest = self._store(mine, etag)
            update_stable_addresses(self._bucket, newest)
            drop_old(self._bucket, newest, keep=self._keep)

    def _store(self, release: Release, etag: str | None) -> Latest:
        upload_release(self._bucket, release)
        self._lease.verify()
        newest = switch(self._bucket, release, etag)
        self._remember(newest.key)
        return newest

    def _base(self) -> str:
        """The key of the bucket's newest release when this folder was last in line with it; '' before the first."""
        path = self._folder.state / "storage-release.json"
        return str(json.loads(path.read_text())["key"]) if path.exists() else ""

    def _remember(self, key: str) -> None:
        write_whole(self._folder.state / "storage-release.json", json.dumps({"key": key}).encode())


@contextmanager
def shared_storage(
    folder: DataFolder, settings: Settings, *, wait_seconds: float = 0, lease_seconds: float = LEASE_SECONDS
) -> Iterator[SharedStorage | None]:
    """The shared storage of the settings, with its lease; None where WORKFORCE_STORAGE is not set.

    Raises `Busy` where another machine holds the lease for longer than `wait_seconds`, and `StorageFailed`.
    """
    if not settings.storage:
        yield None
        return
    bucket = open_bucket(settings.storage)
    with leased(bucket, wait_seconds=wait_seconds, seconds=lease_seconds) as lease:
        yield SharedStorage(bucket, folder, lease, settings.keep_releases)
