"""The sample's files are made once by one state of the code, and made again by another."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.sample import is_in_the_sample, kept, sample_site
from flows.sample.kept import keeping
from flows.series import SeriesId


class Maker:
    """Makes a file and counts how often."""

    def __init__(self) -> None:
        self.__module__, self.__qualname__ = "flows.sample", "maker"
        self.calls = 0

    def __call__(self, number: int) -> bytes:
        self.calls += 1
        return b"file %d" % number


def test_a_file_is_made_once_and_then_taken_from_the_folder(tmp_path: Path) -> None:
    first, second = Maker(), Maker()
    assert [keeping(tmp_path)(first, number) for number in (1, 2, 1)] == [b"file 1", b"file 2", b"file 1"]
    assert first.calls == 2
    assert keeping(tmp_path)(second, 2) == b"file 2"
    assert second.calls == 0


def test_other_code_makes_the_file_again_and_forgets_the_old_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeping(tmp_path)(Maker(), 1)
    old = list(tmp_path.glob("*/*"))
    monkeypatch.setattr(kept, "_code", lambda: "other")
    after = Maker()
    assert keeping(tmp_path)(after, 1) == b"file 1"
    assert after.calls == 1
    assert not [path for path in old if path.exists()]


def test_the_kept_sample_is_the_sample(tmp_path: Path) -> None:
    assert sample_site(tmp_path) == sample_site(tmp_path) == sample_site()


def test_a_series_is_in_the_sample_where_the_site_shows_it() -> None:
    shown = {str(each.series) for each in sample_site()}
    assert {series for series in SeriesId if is_in_the_sample(series)} == shown
