"""Rows of new files are added to a table only where they change nothing of it, and it equals a table made anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.benchmarks import core_months
from tests.warehouse.same_contents import assert_same_contents
from transforms.published_file import Edition
from transforms.series import READERS, TABLES
from warehouse.building import additions, reuse
from warehouse.building.build import Build, build
from warehouse.building.mart_files import Mart, marts
from warehouse.building.rejections import CELL
from warehouse.staging import StagedFile

pytestmark = pytest.mark.slow
TABLE = "workforce_by_grade"
INFO = Build("", "", "illustrative", "", "")
Chosen = list[StagedFile]


@pytest.fixture
def months(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chosen:
    """Five monthly editions of a table."""
    monkeypatch.setattr(core_months, "RECORDS", 300)
    return list(core_months.staged_months(tmp_path / "months", 5))


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the tables to which rows are added."""
    names: list[str] = []
    add = additions.grown_tables

    def noted(*arguments: object) -> reuse.Grown:
        found = add(*arguments)  # type: ignore[arg-type]
        names.extend(found)
        return found

    monkeypatch.setattr("warehouse.building.build.grown_tables", noted)
    return names


def as_edition(file: StagedFile, edition: str, number: int) -> StagedFile:
    """The same figures in another file of another edition."""
    record = replace(file.record, sha256=f"{number:064}", edition=edition, file_name=f"Core {edition}.zip")
    return replace(file, record=record, edition=Edition(edition, "", series=file.edition.series))


def issued_again(file: StagedFile) -> StagedFile:
    """Another issue of a file."""
    record = replace(file.record, sha256="9" * 64, retrieved_at="2025-01-01T09:30:00+00:00")
    return replace(file, record=record)


def with_column(file: StagedFile, folder: Path, **columns: pl.Expr) -> StagedFile:
    """The file with other contents of columns."""
    folder.mkdir()
    pl.read_parquet(file.parquet[TABLE]).with_columns(**columns).write_parquet(folder / f"{TABLE}.parquet")
    return replace(file, folder=folder)


def grown(tmp_path: Path, before: Chosen, after: Chosen) -> None:
    """Build on a release, and compare with a full build."""
    build(tmp_path / "before.duckdb", before, INFO)
    build(tmp_path / "after.duckdb", after, INFO, before=tmp_path / "before.duckdb")
    build(tmp_path / "full.duckdb", after, INFO)
    assert_same_contents(tmp_path / "after.duckdb", tmp_path / "full.duckdb")


@pytest.fixture
def marts_added_to(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Names of the marts to which rows are added -> the first value of the column by which they are."""
    found: dict[str, object] = {}
    first_added = reuse.Reuse.first_added

    def noted(self: reuse.Reuse, mart: str, read: Iterable[str], column: str) -> object:
        first = first_added(self, mart, read, column)
        return first if first is None else found.setdefault(mart, first)

    monkeypatch.setattr(reuse.Reuse, "first_added", noted)
    return found


def test_a_month_more_is_added_to_the_table_of_the_release(
    months: Chosen, tmp_path: Path, added: list[str], marts_added_to: dict[str, object]
) -> None:
    grown(tmp_path, months[:4], months)
    assert added == [TABLE]
    assert marts_added_to == {"marts.leadership_size": date(2006, 5, 31)}


def test_a_month_before_the_others_is_added_to_the_table_but_to_no_mart(
    months: Chosen, tmp_path: Path, added: list[str], marts_added_to: dict[str, object]
) -> None:
    earlier = with_column(months[3], tmp_path / "changed", period_end=pl.lit(date(2005, 12, 31)))
    grown(tmp_path, months[:3], [*months[:3], earlier])
    assert (added, marts_added_to) == ([TABLE], {})


def test_a_month_of_which_rows_are_refused_is_counted_with_all_others(
    months: Chosen, tmp_path: Path, marts_added_to: dict[str, object]
) -> None:
    def refuse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
        return con.execute(f"""
            SELECT 'a.rule' AS rule_id, 'core.{TABLE}' AS table_name, {", ".join(CELL)}, '' AS expected, '' AS found
            FROM core.{TABLE} WHERE period_end = DATE '2006-05-31' LIMIT 1
        """).pl()

    build(tmp_path / "before.duckdb", months[:4], INFO)
    build(tmp_path / "after.duckdb", months, INFO, before=tmp_path / "before.duckdb", refuse=refuse)
    build(tmp_path / "full.duckdb", months, INFO, refuse=refuse)
    assert_same_contents(tmp_path / "after.duckdb", tmp_path / "full.duckdb")
    assert marts_added_to == {}


@pytest.mark.parametrize("mart", [each for each in marts() if each.rows_by], ids=lambda each: each.name)
def test_rows_of_a_mart_that_grows_are_made_from_rows_of_the_same_period_alone(
    months: Chosen, tmp_path: Path, mart: Mart
) -> None:
    build(tmp_path / "whole.duckdb", months, INFO)
    column = mart.rows_by
    assert re.search(rf"ORDER BY\s+([a-z_]+\.)?{column}\b[^)]*\Z", mart.select), "sorted by the column first"
    with duckdb.connect(tmp_path / "whole.duckdb") as con:
        whole = con.execute(mart.select).pl()
        assert whole[column].n_unique() == len(months)
        for (value,) in whole.select(column).unique().rows():
            con.begin()
            for table in TABLES.values():
                if any(each.name == column for each in table.columns):
                    con.execute(f"DELETE FROM core.{table.name} WHERE {column} <> ?", [value])
            assert con.execute(mart.select).pl().equals(whole.filter(pl.col(column) == value))
            con.rollback()


def test_a_figure_that_a_month_prints_twice_is_noted_when_it_is_added(
    months: Chosen, tmp_path: Path, added: list[str]
) -> None:
    rows = pl.read_parquet(months[4].parquet[TABLE])
    (folder := tmp_path / "twice").mkdir()
    again = rows.head(3).with_columns(value=pl.col("value") + 1, source_row=pl.col("source_row") + 100_000)
    pl.concat([rows, again]).write_parquet(folder / f"{TABLE}.parquet")
    grown(tmp_path, months[:4], [*months[:4], replace(months[4], folder=folder)])
    assert added == [TABLE]


@pytest.mark.parametrize(
    "choose",
    [
        pytest.param(lambda months, _: (months[:3], months), id="two editions at once"),
        pytest.param(lambda months, _: (months[1:], months), id="an edition before all others"),
        pytest.param(lambda months, _: ([*months[:2], *months[3:]], months), id="an edition between others"),
        pytest.param(
            lambda months, _: (months[:4], [*months[:4], as_edition(months[2], "2006-09", 77)]),
            id="an edition that prints a month again",
        ),
        pytest.param(
            lambda months, folder: (
                months[:4],
                [
                    *months[:4],
                    as_edition(with_column(months[2], folder, value=pl.col("value") + 1), "2006-09", 77),
                ],
            ),
            id="an edition that revises a month",
        ),
        pytest.param(
            lambda months, folder: (
                months[:4],
                [
                    *months[:4],
                    with_column(
                        months[4],
                        folder,
                        period_end=pl.when(pl.int_range(pl.len()) == 0)
                        .then(pl.lit(date(2006, 3, 31)))
                        .otherwise("period_end"),
                    ),
                ],
            ),
            id="a month with one row of an earlier month",
        ),
        pytest.param(lambda months, _: (months, [*months, issued_again(months[4])]), id="a file issued again"),
        pytest.param(lambda months, _: (months, months[:4]), id="a file gone"),
    ],
)
def test_a_table_of_which_something_else_may_change_is_made_anew(
    choose: Callable[[Chosen, Path], tuple[Chosen, Chosen]], months: Chosen, tmp_path: Path, added: list[str]
) -> None:
    grown(tmp_path, *choose(months, tmp_path / "changed"))
    assert added == []


def test_only_columns_of_the_key_and_of_every_scope_separate_figures() -> None:
    for table in TABLES.values():
        for name in additions.separating(table):
            assert name in table.key
            assert all(
                name in scope.columns for reader in READERS for scope in reader.scopes if scope.table == table.name
            )
    assert "period_end" in additions.separating(TABLES[TABLE])
    # Areas of a month may be moved, whatever the measure.
    assert additions.separating(TABLES["workforce"]) == ["period_end"]
