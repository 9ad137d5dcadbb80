"""Manners: requests to one host are few at a time and kept apart."""

from __future__ import annotations

from itertools import count

from flows.fetching.http import HostLimits


def test_starts_of_requests_to_one_host_are_kept_apart():
    ticks, waits = count(), []
    host_limits = HostLimits(delay=5, sleep=waits.append, clock=lambda: float(next(ticks)))
    for host in ("a", "a", "b", "a"):
        with host_limits.slot(host):
            pass
    assert waits == [4.0, 7.0]


def test_no_more_connections_than_agreed_are_under_way():
    host_limits = HostLimits(connections=2, delay=0)
    with host_limits.slot("a"), host_limits.slot("a"):
        assert not host_limits._gates["a"].acquire(blocking=False)
    assert host_limits._gates["a"].acquire(blocking=False)
