"""Manners: requests to one host are few at a time and kept apart."""

from __future__ import annotations

from itertools import count

from flows.fetching.http import Pace


def test_starts_of_requests_to_one_host_are_kept_apart():
    ticks, waits = count(), []
    pace = Pace(delay=5, sleep=waits.append, clock=lambda: float(next(ticks)))
    for host in ("a", "a", "b", "a"):
        with pace.turn(host):
            pass
    assert waits == [4.0, 7.0]


def test_no_more_connections_than_agreed_are_under_way():
    pace = Pace(connections=2, delay=0)
    with pace.turn("a"), pace.turn("a"):
        assert not pace._gates["a"].acquire(blocking=False)
    assert pace._gates["a"].acquire(blocking=False)
