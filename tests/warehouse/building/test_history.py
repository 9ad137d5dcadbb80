from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.series import TABLES
from warehouse.building.build import Build, fill, prepare
from warehouse.errors import CorrectionDoesNotApply

Make = Callable[..., Any]


@pytest.fixture
def whole(built: Callable[[str], Path]) -> duckdb.DuckDBPyConnection:
    """A complete warehouse with one figure, including marts."""
    return duckdb.connect(built("published"), read_only=True)


@pytest.fixture
def candidate(core_of: Callable[..., duckdb.DuckDBPyConnection]) -> Callable[..., duckdb.DuckDBPyConnection]:
    """Builds core.workforce of staged files; the history does not depend on marts."""
    return lambda *files: core_of(files)


def test_a_value_printed_again_is_stored_once(candidate: Make, staged: Make, row: Make) -> None:
    con = candidate(staged("2023-05", [row(100.0)]), staged("2023-06", [row(100.0)]))
    assert con.execute("SELECT edition, value FROM core.workforce").fetchall() == [("2023-05", 100.0)]
    assert con.execute("SELECT count(*) FROM meta.revision").fetchone() == (0,)


def test_a_changed_value_is_a_revision_with_both_cells(candidate: Make, staged: Make, row: Make) -> None:
    con = candidate(staged("2023-05", [row(100.0)]), staged("2023-06", [row(101.0, source_row=12)]))
    assert con.execute("SELECT value FROM core.workforce ORDER BY edition_order").fetchall() == [(100.0,), (101.0,)]
    assert con.execute("SELECT value FROM core.workforce_latest").fetchall() == [(101.0,)]
    figure, *revision = con.execute(
        "SELECT figure, measure, old_value, new_value, old_edition, new_edition, old_row, new_row FROM meta.revision"
    ).fetchall()[0]
    assert revision == ["headcount", 100.0, 101.0, "2023-05", "2023-06", 11, 12]
    assert json.loads(figure)["area_code"] == "England"


def test_a_value_that_goes_and_comes_back_is_two_revisions(candidate: Make, staged: Make, row: Make) -> None:
    editions = [staged(f"2023-0{month}", [row(value)]) for month, value in ((5, 1.0), (6, 2.0), (7, 1.0))]
    con = candidate(*editions)
    assert con.execute("SELECT count(*) FROM meta.revision").fetchone() == (2,)


def test_a_figure_suppressed_later_is_a_revision_and_is_not_filled(candidate: Make, staged: Make, row: Make) -> None:
    con = candidate(staged("2023-05", [row(100.0)]), staged("2023-06", [row(None, value_status="c")]))
    assert con.execute("SELECT value, value_status FROM core.workforce_latest").fetchall() == [(None, "c")]


def test_rounding_in_the_last_place_is_not_a_revision(candidate: Make, staged: Make, row: Make) -> None:
    con = candidate(staged("2023-05", [row(0.1 + 0.2)]), staged("2023-06", [row(0.3)]))
    assert con.execute("SELECT count(*) FROM meta.revision").fetchone() == (0,)


def test_as_of_shows_what_was_published_by_that_day(candidate: Make, staged: Make, row: Make) -> None:
    con = candidate(
        staged("2023-05", [row(100.0)], published_on="2023-08-31"),
        staged("2023-06", [row(101.0)], published_on="2023-09-28"),
    )

    def seen(day: date) -> list[Any]:
        return con.execute("SELECT value FROM core.workforce_as_of(?::DATE)", [day]).fetchall()

    assert seen(date(2023, 8, 30)) == []
    assert seen(date(2023, 8, 31)) == [(100.0,)]
    assert seen(date(2023, 9, 28)) == [(101.0,)]


def test_a_file_issued_again_under_its_name_is_a_later_edition(candidate: Make, staged: Make, row: Make) -> None:
    con = candidate(
        staged("2023-05", [row(100.0)], name="a.xlsx", retrieved="2023-08-31T09:30:00+00:00"),
        staged("2023-05", [row(90.0)], name="a.xlsx", retrieved="2023-09-04T09:30:00+00:00"),
    )
    assert con.execute("SELECT issue FROM meta.edition ORDER BY edition_order").fetchall() == [(1,), (2,)]
    assert con.execute("SELECT old_value, new_value FROM meta.revision").fetchall() == [(100.0, 90.0)]
    assert con.execute("SELECT count(*) FROM meta.repeated_figure").fetchone() == (0,)


def test_one_edition_that_prints_a_figure_twice_with_two_values_is_noted(
    candidate: Make, staged: Make, row: Make
) -> None:
    con = candidate(
        staged("2023-05", [row(100.0), row(99.0, source_sheet="2. NHSE, Org & SG - HC", source_row=8, source_column=7)])
    )
    noted = con.execute(
        "SELECT value, other_value, core.cell_name(source_row, source_column), other_source_sheet,"
        " core.cell_name(other_source_row, other_source_column) FROM meta.repeated_figure"
    ).fetchall()
    assert noted == [(100.0, 99.0, "C11", "2. NHSE, Org & SG - HC", "G8")]
    assert con.execute("SELECT count(*) FROM core.workforce").fetchone() == (1,)


def test_a_figure_printed_twice_with_one_value_is_one_row(candidate: Make, staged: Make, row: Make) -> None:
    con = candidate(staged("2023-05", [row(100.0), row(100.0, source_sheet="2", source_row=8)]))
    assert con.execute("SELECT count(*) FROM core.workforce").fetchone() == (1,)
    assert con.execute("SELECT count(*) FROM meta.repeated_figure").fetchone() == (0,)


@pytest.mark.parametrize(
    ("row_number", "column", "name"), [(7, 3, "C7"), (1, 26, "Z1"), (1, 27, "AA1"), (1, 702, "ZZ1"), (5, 703, "AAA5")]
)
def test_cells_are_named_as_a_spreadsheet_shows_them(
    whole: duckdb.DuckDBPyConnection, row_number: int, column: int, name: str
) -> None:
    assert whole.execute("SELECT core.cell_name(?, ?)", [row_number, column]).fetchone() == (name,)


def test_every_table_view_and_column_says_what_it_is(whole: duckdb.DuckDBPyConnection) -> None:
    silent = whole.execute("""
        SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE comment IS NULL
        UNION ALL
        SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL
        UNION ALL
        SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns()
        WHERE NOT internal AND comment IS NULL
    """).fetchall()
    assert silent == []


class TestCorrections:
    """A correction of a printed figure, with the printed value it expects."""

    @pytest.fixture
    def candidate(self, made: Build) -> Iterator[Callable[..., duckdb.DuckDBPyConnection]]:
        """Builds core.workforce of staged files in memory, after the corrections are read."""
        with duckdb.connect() as con:

            def filled(*files: Any) -> duckdb.DuckDBPyConnection:
                prepare(con, made)
                fill(con, files, [TABLES["workforce"]])
                return con

            yield filled

    @pytest.fixture
    def correct(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[str, str], None]:
        """Replaces the corrections by one entry for England's figure: `expect` and 'set = …' or 'drop = true'."""

        def put(expect: str, change: str) -> None:
            file = tmp_path / "corrections.toml"
            file.write_text(f"""
                [[correction]]
                series = "nhs-workforce-statistics"
                edition = "2023-05"
                table = "workforce"
                expect = {expect}
                {change}
                reason = "misprint"
                source = "the publisher"
                by = "data steward"
                date = 2023-06-02
                [correction.where]
                period_end = 2023-05-31
                geography_level = "England"
                area_code = "England"
                staff_group = "All staff groups"
                measure = "headcount"
            """)
            monkeypatch.setattr("warehouse.building.corrections.FILE", file)

        return put

    def test_it_replaces_the_printed_value_and_says_so(
        self, candidate: Make, staged: Make, row: Make, correct: Make
    ) -> None:
        correct("100", "set = 110")
        con = candidate(staged("2023-05", [row(100.0)]))
        assert con.execute("SELECT value FROM core.workforce").fetchall() == [(110.0,)]
        assert con.execute("SELECT printed_value, corrected_value FROM meta.applied_correction").fetchall() == [
            (100.0, 110.0)
        ]

    def test_it_can_drop_a_figure(self, candidate: Make, staged: Make, row: Make, correct: Make) -> None:
        correct("100", "drop = true")
        assert candidate(staged("2023-05", [row(100.0)])).execute("FROM core.workforce").fetchall() == []

    def test_it_stops_the_build_once_the_publisher_mends_the_figure(
        self, candidate: Make, staged: Make, row: Make, correct: Make
    ) -> None:
        correct("100", "set = 110")
        with pytest.raises(CorrectionDoesNotApply, match="remove the correction"):
            candidate(staged("2023-05", [row(110.0)]))

    def test_it_waits_for_an_edition_that_is_not_loaded(
        self, candidate: Make, staged: Make, row: Make, correct: Make
    ) -> None:
        correct("100", "set = 110")
        con = candidate(staged("2023-06", [row(100.0)]))
        assert con.execute("SELECT value FROM core.workforce").fetchall() == [(100.0,)]
