"""meta.freshness: what a series and its tables cover, and when the next edition is due."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.conftest import MakeRow, MakeStaged, figure, staged_file
from transforms.catalogue import ReleaseSchedule
from transforms.series import TABLES, workforce, wres
from warehouse.building.build import Build, build
from warehouse.building.series_facts import note_coverage
from warehouse.staging import StagedFile

pytestmark = pytest.mark.slow

MADE = Build("b", "2026-11-27T00:00:00+00:00", "published", "f", "0")
MONTHLY = replace(workforce.SERIES, schedule=ReleaseSchedule("monthly", months=1, lag_days=10, grace_days=5))
NEVER_LOADED = wres.SERIES


def held(path: Path, file: StagedFile, announced_on: date | None = None) -> None:
    build(
        path,
        [file],
        MADE,
        catalogue=(MONTHLY, NEVER_LOADED),
        announced={MONTHLY.id: announced_on} if announced_on else {},
    )


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One figure of May 2023, of a series that has an edition a month; another series was never loaded."""
    folder = tmp_path_factory.mktemp("freshness")
    held(folder / "w.duckdb", staged_file(folder, "2023-05", [figure(100.0)]))
    return folder / "w.duckdb"


def test_a_series_its_tables_and_what_was_never_loaded(warehouse: Path) -> None:
    with duckdb.connect(warehouse, read_only=True) as con:
        rows = con.execute(
            "SELECT series, table_name, is_loaded, covered_until, due_on, late_after FROM meta.freshness"
        ).fetchall()
    assert ("nhs-workforce-statistics", "turnover", True, None, None, None) in rows
    workforce = ("nhs-workforce-statistics", "workforce", True, date(2023, 5, 31), date(2023, 7, 10), date(2023, 7, 15))
    assert workforce in rows
    assert ("wres", None, False, None, None, None) in rows


def test_an_announced_day_goes_before_the_rhythm(
    tmp_path: Path, staged: MakeStaged, row: MakeRow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.building.build.build_marts", lambda *_, **__: None)
    held(tmp_path / "w.duckdb", staged("2023-05", [row(100.0)]), date(2023, 8, 1))
    with duckdb.connect(tmp_path / "w.duckdb") as con:
        con.execute("UPDATE meta.edition SET coverage_end = DATE '2023-05-31'")
        due = con.execute("SELECT due_on FROM meta.freshness WHERE is_loaded AND table_name IS NULL").fetchall()
    assert due == [(date(2023, 8, 1),)]


def test_an_empty_mart_says_what_is_not_loaded(warehouse: Path) -> None:
    """A table or a view, whether it reads the core table itself or through another mart."""
    with duckdb.connect(warehouse, read_only=True) as con:
        described = dict(
            con.execute("""
                SELECT table_name, comment FROM duckdb_tables() WHERE schema_name = 'marts'
                UNION ALL SELECT view_name, comment FROM duckdb_views() WHERE schema_name = 'marts'
            """).fetchall()
        )
    for mart in ("leadership_turnover", "wres_leadership", "leadership_diversity_wres_trust", "vacancy_context"):
        assert "Without rows in this file: not loaded are" in described[mart]


def test_a_loaded_table_without_a_period_is_not_called_missing(warehouse: Path) -> None:
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core; CREATE SCHEMA meta")
        con.execute(f"ATTACH '{warehouse}' AS built (READ_ONLY)")
        con.execute("CREATE TABLE meta.series_table AS FROM built.meta.series_table WHERE FALSE")
        con.execute("INSERT INTO meta.series_table VALUES ('s', 'staff_survey', FALSE, NULL)")
        for table in TABLES:
            con.execute(f"CREATE TABLE core.{table} AS FROM built.core.{table}")
        con.execute("INSERT INTO core.staff_survey BY NAME SELECT 's' AS series")
        note_coverage(con)
        assert con.execute("SELECT is_loaded, covered_until FROM meta.series_table").fetchall() == [(True, None)]
