"""The lease in a bucket: at most one machine refreshes at a time.

The holder writes `lease.json` again every few seconds. A machine that waits takes the lease when the object has not
changed for `seconds`, measured by its own clock, so that clocks of machines need not agree. Every write is conditional
on the ETag of the one before; a holder that was suspended for too long notices that it has lost the lease, and its
switch of the newest release, which is conditional too, fails.
"""

from __future__ import annotations

import json
import os
import platform
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from flows.errors import StorageChanged, StorageFailed
from flows.storage.bucket import Bucket
from warehouse.errors import Busy

LEASE = "lease.json"
LEASE_SECONDS = 60.0
"""How long a lease stays with a machine that no longer renews it."""


class Lease:
    """A lease that this process holds. `lost` is true once another machine has taken it."""

    def __init__(self, bucket: Bucket, etag: str, seconds: float) -> None:
        self._bucket, self._etag, self._seconds = bucket, etag, seconds
        self._ended = threading.Event()
        self._renewals = 0
        self.lost = False
        self._thread = threading.Thread(target=self._renew, name="lease", daemon=True)
        self._thread.start()

    def verify(self) -> None:
        """Raise `StorageChanged` where the lease is lost."""
        if self.lost:
            raise StorageChanged(
                "another machine has taken over the refresh, because this one did not renew its lease in time",
                file=f"{self._bucket.address}/{LEASE}",
                do="nothing: the other machine publishes; the next run here begins with what it has stored",
            )

    def end(self) -> None:
        """Stop renewing, and release the lease if it is still held."""
        self._ended.set()
        self._thread.join()
        if not self.lost:
            try:
                self._bucket.replace(LEASE, _holder(held=False), etag=self._etag)
            except (StorageChanged, StorageFailed):
                self.lost = True  # it expires by itself

    def _renew(self) -> None:
        failing_since: float | None = None
        while not self._ended.wait(self._seconds / 4):
            self._renewals += 1
            try:
                self._etag = self._bucket.replace(LEASE, _holder(renewals=self._renewals), etag=self._etag)
                failing_since = None
            except StorageChanged:
                self.lost = True
                return
            except StorageFailed:
                failing_since = failing_since or time.monotonic()
                if time.monotonic() - failing_since > self._seconds:
                    self.lost = True
                    return


@contextmanager
def leased(bucket: Bucket, *, wait_seconds: float = 0, seconds: float = LEASE_SECONDS) -> Iterator[Lease]:
    """Hold the lease of a bucket. Raises `Busy` where another machine keeps it for longer than `wait_seconds`.

    A lease whose holder has died is taken over after `seconds`, also where `wait_seconds` is shorter.
    """
    lease = Lease(bucket, _acquire(bucket, wait_seconds, seconds), seconds)
    try:
        yield lease
    finally:
        lease.end()


def _acquire(bucket: Bucket, wait_seconds: float, seconds: float) -> str:
    """Take the lease and return its ETag."""
    began = time.monotonic()
    seen: str | None = None
    unchanged_since = began
    while True:
        found = bucket.read(LEASE)
        now = time.monotonic()
        etag = found[1] if found else None
        if found and etag != seen:
            renewed = seen is not None
            seen, unchanged_since = etag, now
            if renewed and now - began > wait_seconds and _is_held(found[0]):
                raise _busy(bucket, found[0])
        if not found or not _is_held(found[0]) or now - unchanged_since >= seconds:
            try:
                return bucket.replace(LEASE, _holder(), etag=etag)
            except StorageChanged:
                continue
        time.sleep(min(1.0, seconds / 10))


def _is_held(content: bytes) -> bool:
    try:
        return bool(json.loads(content)["held"])
    except (ValueError, KeyError, TypeError):
        return False


def _holder(*, held: bool = True, renewals: int = 0) -> bytes:
    """The content of the lease. It differs at each renewal and for each process, and with it the ETag."""
    about = {"held": held, "machine": platform.node(), "process": os.getpid(), "renewals": renewals}
    return json.dumps(about | {"nonce": os.urandom(8).hex()}).encode()


def _busy(bucket: Bucket, content: bytes) -> Busy:
    holder = json.loads(content)
    return Busy(
        "another machine is refreshing with this storage",
        file=f"{bucket.address}/{LEASE}",
        found=f"process {holder.get('process')} on {holder.get('machine')}",
        do="wait until it has ended; if that machine is gone, its lease ends by itself",
    )
