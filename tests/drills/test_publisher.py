"""A hostile publisher gets an error of its own, within seconds and megabytes, and reaches nothing else.

The whole list: `python -m tests.drills.lists publisher`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from flows.fetching import fetch
from flows.fetching.fetch import fetch_series
from tests.drills.publisher import Tried, tries
from tests.drills.publisher_attacks import ATTACKS
from tests.drills.publisher_places import certificates, names_and_links, resolved
from tests.drills.publisher_refresh import refreshes
from tests.flows.stand_in import FaultyPublisher, client, fresh, workforce
from transforms.series import SeriesId

pytestmark = pytest.mark.slow

SLOW_ONES = 3
"""How many of the slow answers are tried here: each takes most of a second."""


def _some() -> list[object]:
    slow = [each for each in ATTACKS if each.aim == "slow" or "endless" in each.name]
    return [each for each in ATTACKS if each not in slow] + slow[:: len(slow) // SLOW_ONES]


def test_there_are_at_least_two_hundred_answers_without_repetition() -> None:
    assert len({(each.aim, each.name, each.kind) for each in ATTACKS}) == len(ATTACKS) >= 200


def test_an_answer_of_a_hostile_publisher_ends_as_declared(tmp_path: Path) -> None:
    assert [str(each) for each in tries(_some(), tmp_path) if each.wrong] == []


@pytest.mark.usefixtures("small_refresh")
def test_a_refresh_with_such_an_answer_leaves_what_is_published_and_names_the_series(tmp_path: Path) -> None:
    tried = list(refreshes(ATTACKS[:: len(ATTACKS) // 8], tmp_path))
    assert {each.attack.kind for each in tried} == {"page", "file"}
    assert [str(each) for each in tried if each.wrong] == []


@pytest.mark.parametrize("means", [resolved, certificates, partial(names_and_links, number_of_links=200)])
def test_its_other_means_lead_nowhere(means: Callable[[Path], Iterator[Tried]], tmp_path: Path) -> None:
    tried = list(means(tmp_path))
    assert tried
    assert [str(each) for each in tried if each.wrong] == []


def test_an_error_that_nobody_foresaw_is_a_failure_of_the_series_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise RecursionError("nested too deeply")

    folder = fresh(tmp_path)
    monkeypatch.setattr(fetch, "discover", breaks)
    with FaultyPublisher([workforce()]) as publisher:
        (failure,) = fetch_series(SeriesId.WORKFORCE, client(publisher, folder), folder).failures
    assert "RecursionError: nested too deeply" in failure.reason


def test_a_full_disk_is_no_failure_of_a_publisher(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def is_full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    folder = fresh(tmp_path)
    monkeypatch.setattr(fetch, "discover", is_full)
    with FaultyPublisher([workforce()]) as publisher, pytest.raises(OSError, match="No space left"):
        fetch_series(SeriesId.WORKFORCE, client(publisher, folder), folder)
