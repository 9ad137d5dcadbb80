"""The public copy has no data of the withheld series, all other data, and works like the complete warehouse."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from warehouse.asking.diff import diff
from warehouse.building.marts import build_marts
from warehouse.public_copy import write_public_copy

pytestmark = pytest.mark.slow

WITHHELD = "nhs-staff-survey"


@pytest.fixture(scope="module")
def copy(sample: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's warehouse without the staff survey."""
    path = tmp_path_factory.mktemp("public") / "workforce.duckdb"
    write_public_copy(sample.warehouse, path, [WITHHELD], "illustrative")
    return path


@pytest.fixture
def con(sample: Any, copy: Path) -> Any:
    """The copy, with the complete warehouse attached."""
    with duckdb.connect(copy, read_only=True) as opened:
        opened.execute(f"ATTACH '{sample.warehouse}' AS whole (READ_ONLY)")
        yield opened


def _tables(con: duckdb.DuckDBPyConnection, column: str) -> list[str]:
    """Tables and views of the copy that have a column."""
    return [
        name
        for (name,) in con.execute(
            "SELECT DISTINCT schema_name || '.' || table_name FROM duckdb_columns() "
            "WHERE database_name = current_database() AND column_name = ? AND NOT internal ORDER BY ALL",
            [column],
        ).fetchall()
    ]


def test_no_row_is_of_the_series(con: duckdb.DuckDBPyConnection) -> None:
    for column in ("series", "source_series"):  # reference.headline has the words of its sources there
        held = [
            table
            for table in _tables(con, column)
            if table not in {"meta.series", "meta.series_table", "meta.freshness"}
            and con.execute(f"FROM {table} WHERE {column} = ?", [WITHHELD]).fetchall()
        ]
        assert held == []


def test_a_mart_that_names_no_series_has_no_value_made_from_it(con: duckdb.DuckDBPyConnection) -> None:
    claim = "SELECT verdict_latest FROM {}marts.speech_claims WHERE claim_id = 'S5.1' AND value_latest IS NOT NULL"
    assert len(con.execute(claim.format("whole.")).fetchall()) == 1
    assert con.execute(claim.format("")).fetchall() == []


def test_every_other_core_row_is_there(con: duckdb.DuckDBPyConnection) -> None:
    for table in _tables(con, "edition_order"):
        if table.startswith("core."):
            missing = f"SELECT * FROM whole.{table} WHERE series <> '{WITHHELD}' EXCEPT ALL FROM {table}"
            assert con.execute(missing).fetchall() == [], table


def test_its_macros_work_and_everything_is_described(con: duckdb.DuckDBPyConnection) -> None:
    assert con.execute("SELECT count(*) > 0 FROM core.workforce_as_of(DATE '2099-01-01')").fetchall() == [(True,)]
    silent = con.execute("""
        SELECT table_name FROM duckdb_columns()
        WHERE database_name = current_database() AND comment IS NULL AND NOT internal
        UNION ALL SELECT view_name FROM duckdb_views()
        WHERE database_name = current_database() AND comment IS NULL AND NOT internal
        UNION ALL SELECT function_name FROM duckdb_functions()
        WHERE database_name = current_database() AND comment IS NULL AND function_type = 'table_macro'
    """).fetchall()
    assert silent == []


@pytest.mark.slow
def test_its_marts_are_those_that_would_be_built_of_its_own_tables(copy: Path, tmp_path: Path) -> None:
    anew = tmp_path / "anew.duckdb"
    shutil.copyfile(copy, anew)
    with duckdb.connect(anew) as opened:
        build_marts(opened, "illustrative")
    found = diff(copy, anew)
    assert found.tables.filter(pl.col("table").str.starts_with("marts.")).height > 30
    assert found.differing.is_empty(), found.differing.rows()


def test_no_mart_is_left_as_in_the_copy_before_that_leaves_out_other_headlines(
    sample: Any, copy: Path, tmp_path: Path
) -> None:
    before, second = tmp_path / "before.duckdb", tmp_path / "second.duckdb"
    shutil.copyfile(copy, before)
    with duckdb.connect(before) as opened:
        opened.execute("DELETE FROM marts.vacancies; DELETE FROM core.pay_gap")
    unchanged = frozenset({"marts.vacancies", "core.pay_gap"})
    same = write_public_copy(sample.warehouse, second, [WITHHELD], "illustrative", before=before, unchanged=unchanged)
    assert same == unchanged
    counts = "SELECT (SELECT count(*) FROM marts.vacancies), (SELECT count(*) FROM core.pay_gap)"
    with duckdb.connect(second, read_only=True) as opened:
        assert opened.execute(counts).fetchall() == [(0, 0)]
    with duckdb.connect(before) as opened:
        opened.execute(
            "DELETE FROM reference.headline WHERE headline_id = (SELECT min(headline_id) FROM core.headline)"
        )
    third = tmp_path / "third.duckdb"
    same = write_public_copy(sample.warehouse, third, [WITHHELD], "illustrative", before=before, unchanged=unchanged)
    assert same == frozenset()
    with duckdb.connect(third, read_only=True) as opened:
        assert opened.execute("SELECT count(*) > 0 FROM marts.vacancies").fetchall() == [(True,)]


def test_a_mart_that_reads_nothing_of_the_series_is_taken_over(sample: Any, tmp_path: Path) -> None:
    whole, copied = tmp_path / "whole.duckdb", tmp_path / "copied.duckdb"
    shutil.copyfile(sample.warehouse, whole)
    with duckdb.connect(whole) as opened:
        opened.execute("DELETE FROM marts.vacancies; DELETE FROM marts.leadership_culture")
    write_public_copy(whole, copied, [WITHHELD], "illustrative")
    with duckdb.connect(copied, read_only=True) as opened:
        assert opened.execute("SELECT count(*) FROM marts.vacancies").fetchall() == [(0,)]
        assert opened.execute("SELECT count(*) > 0 FROM marts.leadership_culture").fetchall() == [(True,)]
