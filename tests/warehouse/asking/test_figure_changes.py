"""The figures that a release changed, as its manifest and its page list them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.asking import figure_changes as module
from warehouse.asking.figure_changes import figure_changes

Make = Callable[..., Path]


@pytest.fixture
def after(built: Callable[[Any], Path], tmp_path: Path) -> Make:
    """A copy of a warehouse of one figure, 100.0, with other values."""

    def make(value: float, *, from_other_file: bool = True) -> Path:
        path = tmp_path / f"{value}.duckdb"
        shutil.copyfile(built("published"), path)
        with duckdb.connect(path) as con:
            con.execute("UPDATE core.workforce SET value = ?", [value])
            if from_other_file:
                con.execute("UPDATE meta.source_file SET file_sha256 = 'another'")
        return path

    return make


def test_a_changed_figure_is_listed_with_both_values(built: Callable[[Any], Path], after: Make) -> None:
    found = figure_changes(built("published"), after(120.0))
    assert found["tables"] == [["core.workforce_latest", 0, 0, 1]]
    ((table, measure, figure, before, now),) = found["largest"]
    assert (table, before, now, found["more"]) == ("core.workforce_latest", 100.0, 120.0, 0)
    assert measure
    assert "2023-05-31" in figure
    assert "nhs-workforce-statistics" not in figure


def test_what_is_not_listed_is_counted(
    built: Callable[[Any], Path], after: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_SHOWN", 0)
    found = figure_changes(built("published"), after(120.0))
    assert (found["largest"], found["more"]) == ([], 1)


def test_series_with_the_same_files_are_not_compared(built: Callable[[Any], Path], after: Make) -> None:
    assert figure_changes(built("published"), after(120.0, from_other_file=False))["tables"] == []


def test_tables_known_to_be_unchanged_are_not_compared(built: Callable[[Any], Path], after: Make) -> None:
    known = frozenset({"core.workforce", "marts.organisation"})
    assert figure_changes(built("published"), after(120.0), known)["tables"] == []
    assert figure_changes(built("published"), after(110.0), frozenset({"core.vacancy"}))["tables"]


def test_a_release_of_another_structure_is_not_compared(built: Callable[[Any], Path], after: Make) -> None:
    older = after(90.0)
    with duckdb.connect(older) as con:
        con.execute("DROP TABLE meta.applied_correction")
    assert figure_changes(older, built("published")) == {"tables": [], "largest": [], "more": 0}
