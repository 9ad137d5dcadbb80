"""A build that reuses the previous release equals a full build, and copies the unchanged tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.series import is_read
from transforms.tables import Table
from warehouse.building import reuse
from warehouse.building.build import Build, build
from warehouse.staging import StagedFile, Staging

CONTENTS = """
    SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = current_database()
    UNION ALL
    SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE database_name = current_database() AND NOT internal
    ORDER BY ALL
"""
DESCRIBED = """
    SELECT schema_name, table_name, column_name, data_type, comment FROM duckdb_columns()
    WHERE database_name = current_database() AND NOT internal
    UNION ALL
    SELECT schema_name, table_name, NULL, NULL, comment FROM duckdb_tables() WHERE database_name = current_database()
    ORDER BY ALL
"""
COLUMNS = """
    SELECT CASE WHEN data_type = 'DOUBLE' THEN 'round("' || column_name || '", 6)' ELSE '"' || column_name || '"' END
    FROM duckdb_columns()
    WHERE database_name = current_database() AND schema_name || '.' || table_name = ? ORDER BY column_index
"""
"""Columns of a table for SELECT; the last digit of a mean depends on the order in which it was added up."""


@pytest.fixture(scope="module")
def staged(sample: Any) -> list[StagedFile]:
    """The sample's files, from the cache."""
    staging = Staging(sample.warehouse.parent / "staged", sample.archive)
    return [staging.stage(each) for each in sample.archive.records() if is_read(each.series, each.file_name)]


def newest_edition_of(staged: list[StagedFile], series: str) -> str:
    return max(file.edition.edition for file in staged if file.edition.series == series)


@pytest.mark.parametrize("series", ["nhs-workforce-statistics", "nhs-vacancy-statistics"])
def test_one_new_edition_on_the_release_before_gives_what_a_full_build_gives(
    series: str, staged: list[StagedFile], sample: Any, made: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = newest_edition_of(staged, series)
    earlier = [file for file in staged if (file.edition.series, file.edition.edition) != (series, newest)]
    assert 0 < len(earlier) < len(staged)
    kind = replace(made, figure_kind="illustrative")
    build(tmp_path / "before.duckdb", earlier, kind)
    taken: list[str] = []

    def take_over(con: duckdb.DuckDBPyConnection, table: Table) -> None:
        taken.append(table.name)
        reuse.take_over(con, table)

    monkeypatch.setattr("warehouse.building.history.take_over", take_over)
    build(tmp_path / "after.duckdb", staged, kind, before=tmp_path / "before.duckdb")
    fed = {table for file in staged if file.edition.series == series for table in file.parquet}
    assert {"organisation", "staff_survey"} <= set(taken)
    assert not fed & set(taken)
    with duckdb.connect(tmp_path / "after.duckdb", read_only=True) as con:
        con.execute(f"ATTACH '{sample.warehouse}' AS full_build (READ_ONLY)")
        described = con.execute(DESCRIBED).fetchall()
        names = [name for (name,) in con.execute(CONTENTS).fetchall() if name != "meta.build"]
        for name in names:
            columns = ", ".join(column for (column,) in con.execute(COLUMNS, [name]).fetchall())
            one, other = f"SELECT {columns} FROM {name}", f"SELECT {columns} FROM full_build.{name}"
            differing = f"SELECT count(*) FROM (({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one}))"
            assert con.execute(differing).fetchall() == [(0,)], name
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        assert con.execute(DESCRIBED).fetchall() == described
        assert [name for (name,) in con.execute(CONTENTS).fetchall() if name != "meta.build"] == names


def test_a_table_of_which_rows_were_refused_is_built_again(
    staged: list[StagedFile], sample: Any, made: Build, tmp_path: Path
) -> None:
    before = tmp_path / "before.duckdb"
    before.write_bytes(sample.warehouse.read_bytes())
    with duckdb.connect(before) as con:
        con.execute("INSERT INTO meta.rejected_row BY NAME SELECT 'core.pay_gap' AS table_name")
    with duckdb.connect(tmp_path / "after.duckdb") as con:
        reuse.attach(con, before)
        con.execute("CREATE SCHEMA meta")
        con.execute("CREATE TABLE meta.source_file AS FROM before.meta.source_file")
        con.execute("CREATE TABLE meta.edition AS FROM before.meta.edition")
        con.execute("CREATE TABLE meta.staged_file (table_name VARCHAR, series VARCHAR)")
        unchanged = reuse.unchanged_tables(con)
        assert "pay_gap" not in unchanged
        assert "workforce" in unchanged
        con.execute("UPDATE meta.edition SET edition_order = 99 WHERE series = 'nhs-workforce-statistics'")
        assert "workforce" not in reuse.unchanged_tables(con)
