"""Figures that a later edition of the same scope no longer prints leave the newest values and stay in the history."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from transforms.published_file import Edition
from transforms.series import READERS, TABLES
from warehouse.archive import Record
from warehouse.asking.lookup import one_row
from warehouse.errors import NoSuchRow
from warehouse.staging import StagedFile

pytestmark = pytest.mark.slow

APRIL, MAY = date(2023, 4, 30), date(2023, 5, 31)
KINDS = {
    "workforce-workbook": ("workforce", "nhs-workforce-statistics"),
    "core-csv": ("workforce", "nhs-workforce-statistics"),
    "turnover-benchmarking": ("turnover", "nhs-workforce-statistics"),
    "pay_gap": ("pay_gap", "gender-pay-gap"),
    "ods_list": ("organisation", "ods"),
    "staff-survey": ("staff_survey", "nhs-staff-survey"),
    "wres-intake": ("wres_indicator", "wres"),
}
Row = dict[str, Any]


def place(level: str, code: str, value: float, period: date = APRIL, **changes: Any) -> Row:
    """A row of core.workforce: FTE of all staff of an area."""
    return {
        "period_end": period,
        "geography_level": level,
        "area_code": code,
        "staff_group": "All staff groups",
        "measure": "fte",
        "value": value,
        "org_code": code if level == "Organisation" else None,
    } | changes


def board(code: str, value: float, **changes: Any) -> Row:
    return place("Integrated care system", code, value, icb_code=code, **changes)


def trust(code: str, value: float, **changes: Any) -> Row:
    return place("Organisation", code, value, **changes)


@pytest.fixture
def publish(tmp_path: Path, core_of: Callable[..., duckdb.DuckDBPyConnection]) -> Callable[..., Any]:
    """Builds the core tables of (reader, edition, rows) or (reader, edition, rows, file name)."""
    return lambda *files: core_of([_staged(tmp_path, number, *file) for number, file in enumerate(files)])


def _staged(root: Path, number: int, reader: str, edition: str, rows: list[Row], name: str = "") -> StagedFile:
    table, series = KINDS[reader]
    assert reader in {each.name for each in READERS}
    schema = {column.name: column.dtype for column in TABLES[table].frame_columns}
    placed = [{"source_sheet": "Sheet", "source_row": 7 + at, "source_column": 3, **row} for at, row in enumerate(rows)]
    folder = root / f"{number}"
    folder.mkdir()
    pl.DataFrame(placed, schema=schema).write_parquet(folder / f"{table}.parquet")
    record = Record(
        series=series,
        edition=edition,
        publisher="",
        file_name=name or f"{reader} {edition}",
        address="",
        retrieved_at=f"2026-01-{10 + number}T09:30:00+00:00",
        licence="",
        attribution="",
        sha256=f"{number:064}",
        size_bytes=1,
    )
    return StagedFile(record, reader, 1, Edition(edition, edition, series=series), folder, parsed=True)


def newest(con: duckdb.DuckDBPyConnection, columns: str = "area_code, value", where: str = "TRUE") -> list[Any]:
    return con.execute(f"SELECT {columns} FROM core.workforce_latest WHERE {where} ORDER BY ALL").fetchall()


MERGED = (
    (
        "workforce-workbook",
        "2023-04",
        [
            board("QAA", 60.0),
            board("QBB", 40.0),
            trust("RA1", 60.0, icb_code="QAA"),
            trust("RB1", 40.0, icb_code="QBB"),
        ],
    ),
    (
        "workforce-workbook",
        "2023-05",
        [board("QCC", 100.0), trust("RA1", 60.0, icb_code="QCC"), trust("RB1", 41.0, icb_code="QCC")],
    ),
)


def test_merged_boards_leave_and_their_organisations_are_under_the_new_board(publish: Any) -> None:
    con = publish(*MERGED)
    assert newest(con, where="geography_level = 'Integrated care system'") == [("QCC", 100.0)]
    assert newest(con, "org_code, icb_code, value", "org_code IS NOT NULL") == [
        ("RA1", "QCC", 60.0),
        ("RB1", "QCC", 41.0),
    ]
    assert con.execute("SELECT old_value, new_value FROM meta.revision").fetchall() == [(40.0, 41.0)]


def test_figures_not_printed_again_are_under_the_board_that_the_newest_edition_says(publish: Any) -> None:
    (reader, april, before), after = MERGED
    group = {"staff_group": "Managers", "area_name": "Trust A"}
    old = [trust("RA1", 6.0, icb_code="QAA", **group), board("QAA", 6.0, **group)]
    con = publish((reader, april, [*before, *old]), after)
    managers = "staff_group = 'Managers'"
    assert newest(con, "area_code, icb_code, area_name, value, edition", managers) == [
        ("QAA", "QAA", "Trust A", 6.0, "2023-04"),
        ("RA1", "QCC", "Trust A", 6.0, "2023-04"),
    ]
    assert con.execute(
        f"SELECT DISTINCT icb_code FROM core.workforce WHERE org_code = 'RA1' AND {managers}"
    ).fetchall() == [("QAA",)]
    moved = con.execute("SELECT area_code, icb_code, edition FROM meta.moved_area ORDER BY ALL").fetchall()
    assert moved == [("RA1", "QCC", "2023-05"), ("RB1", "QCC", "2023-05")]
    several = """SELECT org_code FROM core.workforce_latest WHERE org_code IS NOT NULL
        GROUP BY org_code, period_end HAVING count(DISTINCT icb_code) > 1"""
    assert con.execute(several).fetchall() == []


def test_a_name_that_a_later_edition_changes_is_that_of_all_figures_of_the_month(publish: Any) -> None:
    old = [trust("RA1", 6.0, area_name="A Trust"), trust("RA1", 2.0, area_name="A Trust", staff_group="Managers")]
    new = [
        trust("RA1", 6.0, area_name="A University Trust"),
        trust("RA1", 7.0, period=MAY, area_name="A University Trust"),
    ]
    con = publish(("workforce-workbook", "2023-04", old), ("workforce-workbook", "2023-05", new))
    assert newest(con, "DISTINCT area_name", "period_end = DATE '2023-04-30'") == [("A University Trust",)]


def test_a_withdrawn_figure_is_recorded_with_its_last_cell_and_stays_in_history(publish: Any) -> None:
    con = publish(*MERGED)
    recorded = con.execute(
        "SELECT figure, measure, last_value, last_edition, source_row, withdrawn_edition, printed_again_edition"
        " FROM meta.withdrawn_figure ORDER BY figure"
    ).fetchall()
    assert [json.loads(figure)["area_code"] for figure, *_ in recorded] == ["QAA", "QBB"]
    assert recorded[0][1:] == ("fte", 60.0, "2023-04", 7, "2023-05", None)
    assert con.execute("SELECT value FROM core.workforce WHERE area_code = 'QAA'").fetchall() == [(60.0,)]


def test_as_of_knows_it_until_the_day_of_the_edition_without_it(publish: Any) -> None:
    con = publish(*MERGED)

    def boards(day: str) -> list[Any]:
        return con.execute(
            "SELECT area_code FROM core.workforce_as_of(?::DATE)"
            " WHERE geography_level = 'Integrated care system' ORDER BY 1",
            [day],
        ).fetchall()

    assert boards("2026-01-10") == [("QAA",), ("QBB",)]
    assert boards("2026-01-11") == [("QCC",)]


def test_a_figure_printed_again_comes_back_with_its_old_value(publish: Any) -> None:
    con = publish(
        ("workforce-workbook", "2023-04", [trust("RA1", 60.0), trust("RB1", 40.0)]),
        ("workforce-workbook", "2023-05", [trust("RA1", 60.0)]),
        ("workforce-workbook", "2023-06", [trust("RA1", 60.0), trust("RB1", 40.0)]),
        ("workforce-workbook", "2023-07", [trust("RA1", 60.0), trust("RB1", 40.0)]),
    )
    assert newest(con) == [("RA1", 60.0), ("RB1", 40.0)]
    assert con.execute("SELECT withdrawn_edition, printed_again_edition FROM meta.withdrawn_figure").fetchall() == [
        ("2023-05", "2023-06")
    ]
    assert con.execute("SELECT count(*) FROM core.workforce WHERE area_code = 'RB1'").fetchone() == (2,)
    assert con.execute("SELECT count(*) FROM meta.revision").fetchone() == (0,)
    seen = con.execute("SELECT area_code FROM core.workforce_as_of(DATE '2026-01-11')").fetchall()
    assert seen == [("RA1",)]


def test_a_recoded_organisation_counts_once_and_a_removed_one_not_at_all(publish: Any) -> None:
    con = publish(
        ("workforce-workbook", "2023-04", [trust("RA1", 60.0), trust("RB1", 40.0), trust("RC1", 1.0)]),
        ("workforce-workbook", "2023-05", [trust("RA9", 60.0), trust("RB1", 40.0)]),
    )
    assert newest(con) == [("RA9", 60.0), ("RB1", 40.0)]


def test_another_kind_of_file_takes_the_place_of_the_one_before(publish: Any) -> None:
    con = publish(MERGED[0], ("core-csv", "2026-05", [board("QCC", 100.0)]))
    assert newest(con, where="geography_level = 'Integrated care system'") == [("QCC", 100.0)]


def test_a_file_of_narrower_scope_withdraws_nothing_else(publish: Any) -> None:
    nurses = {"staff_group": "Nurses & health visitors"}
    con = publish(
        ("workforce-workbook", "2023-04", [trust("RA1", 60.0), trust("RA1", 30.0, **nurses), board("QAA", 60.0)]),
        # The next edition has staff groups of its own month only, and no boards; then comes one file of one month.
        ("workforce-workbook", "2023-05", [trust("RA1", 60.0), trust("RA1", 31.0, period=MAY, **nurses)]),
        ("core-csv", "2023-06", [trust("RA1", 32.0, period=date(2023, 6, 30))]),
    )
    assert con.execute("SELECT count(*) FROM meta.withdrawn_figure").fetchone() == (0,)
    assert len(newest(con)) == 5


def test_several_files_of_one_edition_are_one_edition(publish: Any) -> None:
    con = publish(
        ("workforce-workbook", "2023-04", [trust("RA1", 60.0), trust("RB1", 40.0)]),
        ("workforce-workbook", "2023-05", [trust("RA1", 60.0)]),
        ("core-csv", "2023-05", [trust("RB1", 40.0)]),
    )
    assert newest(con) == [("RA1", 60.0), ("RB1", 40.0)]


def test_names_that_differ_between_sheets_of_one_edition_are_stored_once(publish: Any) -> None:
    both = [trust("RA1", 60.0, area_name="A TRUST"), trust("RA1", 60.0, area_name="A Trust")]
    con = publish(*(("workforce-workbook", f"2023-0{month}", both) for month in (4, 5, 6)))
    assert con.execute("SELECT edition, area_name FROM core.workforce").fetchall() == [("2023-04", "A TRUST")]


def flow(name: str, value: float) -> Row:
    return {
        "period_start": APRIL,
        "period_end": MAY,
        "org_code": "RA1",
        "staff_group": "All staff groups",
        "flow": name,
        "measure": "headcount",
        "value": value,
    }


def test_a_turnover_row_no_longer_printed_is_not_two_leavers(publish: Any) -> None:
    posts = [flow("in_post_at_start", 100.0), flow("in_post_at_end", 100.0)]
    name = "Turnover benchmarking 2. Staff group and organisation, monthly, May-23.csv"
    con = publish(
        ("turnover-benchmarking", "2023-05", [*posts, flow("leavers", 2.0)], name),
        ("turnover-benchmarking", "2023-05", posts, name),
    )
    flows = con.execute("SELECT flow FROM core.turnover_latest ORDER BY 1").fetchall()
    assert flows == [("in_post_at_end",), ("in_post_at_start",)]


def report(year: str, employer: str) -> Row:
    return {
        "reporting_year": year,
        "snapshot_date": date(2023, 3, 31),
        "employer_name": employer,
        "measure": "mean_hourly_pay_gap_percent",
        "value": 12.0,
    }


def test_a_withdrawn_pay_gap_report_vanishes_and_other_years_stay(publish: Any) -> None:
    con = publish(
        ("pay_gap", "2022-23", [report("2022-23", "A Trust")]),
        ("pay_gap", "2023-24", [report("2023-24", "A Trust"), report("2023-24", "B Trust")], "2023 to 2024.csv"),
        ("pay_gap", "2023-24", [report("2023-24", "A Trust")], "2023 to 2024.csv"),
    )
    held = con.execute("SELECT reporting_year, employer_name FROM core.pay_gap_latest ORDER BY ALL").fetchall()
    assert held == [("2022-23", "A Trust"), ("2023-24", "A Trust")]


def test_a_file_issued_again_takes_the_place_of_its_issue_before_and_of_no_other_file(publish: Any) -> None:
    def share(code: str) -> Row:
        return {
            "wres_year": 2024,
            "indicator": "7",
            "geography_level": "Organisation",
            "area_code": code,
            "staff_level": "All",
            "measure": "percent",
            "ethnic_group": "White",
            "value": 51.0,
        }

    con = publish(
        ("wres-intake", "2024", [share("RA1"), share("RB1")], "north.csv"),
        ("wres-intake", "2024", [share("RC1")], "south.csv"),
        ("wres-intake", "2024", [share("RA1")], "north.csv"),
    )
    assert con.execute("SELECT area_code FROM core.wres_indicator_latest ORDER BY 1").fetchall() == [("RA1",), ("RC1",)]
    assert con.execute("SELECT figure->>'area_code' FROM meta.withdrawn_figure").fetchall() == [("RB1",)]


def test_an_organisation_list_withdraws_its_own_kind_only(publish: Any) -> None:
    def listed(code: str, kind: str) -> Row:
        return {"org_code": code, "kind": kind, "name": code}

    con = publish(
        ("ods_list", "2025-07", [listed("RA1", "trust"), listed("RB1", "trust"), listed("TAA", "care trust")]),
        ("ods_list", "2025-12", [listed("RA1", "trust")]),
    )
    assert con.execute("SELECT org_code FROM core.organisation_latest ORDER BY 1").fetchall() == [("RA1",), ("TAA",)]


def test_who_asks_for_a_withdrawn_figure_is_told_which_edition_left_it_out(publish: Any) -> None:
    con = publish(*MERGED)
    with pytest.raises(NoSuchRow, match="edition 2023-05 does not print it") as told:
        one_row(con, "workforce", {"area_code": "QAA"})
    assert "last printed in edition 2023-04" in str(told.value)
    assert one_row(con, "workforce", {"area_code": "QAA", "edition": "2023-04"}).row["value"] == 60.0


def test_a_dropped_misprint_is_not_recorded_as_withdrawn(
    publish: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "corrections.toml"
    file.write_text("""
        [[correction]]
        series = "nhs-workforce-statistics"
        edition = "2023-05"
        table = "workforce"
        expect = 41
        drop = true
        reason = "misprint"
        source = "the publisher"
        by = "data steward"
        date = 2023-06-02
        [correction.where]
        period_end = 2023-04-30
        geography_level = "Organisation"
        area_code = "RB1"
        staff_group = "All staff groups"
        measure = "fte"
    """)
    monkeypatch.setattr("warehouse.building.corrections.FILE", file)
    con = publish(
        ("workforce-workbook", "2023-04", [trust("RA1", 60.0), trust("RB1", 40.0)]),
        ("workforce-workbook", "2023-05", [trust("RA1", 60.0), trust("RB1", 41.0)]),
    )
    assert con.execute("SELECT count(*) FROM meta.withdrawn_figure").fetchone() == (0,)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
def test_scopes_name_tables_of_their_reader_and_key_columns(reader: Any) -> None:
    tables = {table.name: table for table in reader.tables}
    for scope in reader.scopes:
        assert scope.table in tables
        assert set(scope.columns) <= set(tables[scope.table].key)
        assert {column for column, _ in scope.only} <= set(tables[scope.table].key)
