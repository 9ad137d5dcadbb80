from __future__ import annotations

import threading
import time

import pytest

from flows.errors import StorageChanged
from flows.storage.bucket import Bucket
from flows.storage.lease import LEASE, leased
from warehouse.errors import Busy

SHORT = 0.4
"""Seconds after which these tests take a lease to be abandoned."""


def test_a_second_machine_is_told_who_holds_the_lease(bucket: Bucket) -> None:
    with leased(bucket, seconds=SHORT), pytest.raises(Busy, match=r"process \d+ on "), leased(bucket, seconds=SHORT):
        pass


def test_a_released_lease_is_taken_at_once(bucket: Bucket) -> None:
    for _ in range(2):
        with leased(bucket, seconds=600) as lease:
            lease.verify()


def test_a_lease_that_nobody_renews_is_taken_over(bucket: Bucket) -> None:
    bucket.replace(LEASE, b'{"held": true, "machine": "gone", "process": 1}', etag=None)
    with leased(bucket, seconds=SHORT) as lease:
        lease.verify()


def test_a_damaged_lease_blocks_nobody(bucket: Bucket) -> None:
    bucket.replace(LEASE, b"{", etag=None)
    with leased(bucket, seconds=600) as lease:
        lease.verify()


def test_who_has_lost_the_lease_notices_and_leaves_the_new_one_alone(bucket: Bucket) -> None:
    with leased(bucket, seconds=SHORT) as lease:
        bucket.write(LEASE, b'{"held": true, "machine": "other", "process": 2}')
        deadline = time.monotonic() + 30
        while not lease.lost and time.monotonic() < deadline:
            time.sleep(SHORT / 8)
        with pytest.raises(StorageChanged, match="taken over"):
            lease.verify()
    held = bucket.read(LEASE)
    assert held is not None
    assert b"other" in held[0]


def test_of_many_machines_one_at_a_time_holds_the_lease(bucket: Bucket) -> None:
    holders: list[int] = []
    most = []

    def refresh(number: int) -> None:
        with leased(bucket, wait_seconds=60, seconds=5):
            holders.append(number)
            most.append(len(holders))
            time.sleep(0.05)
            holders.remove(number)

    threads = [threading.Thread(target=refresh, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 6
