"""Two sources of the same measure: published files agree, and a changed figure in either is found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.facts import make_facts
from expectations.gate import found_by
from expectations.suites import RULES, cross_source
from tests.warehouse.leadership_figures import MADE, WORKFORCE, figures, staged
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for
from warehouse.building.build import fill, prepare

pytestmark = pytest.mark.slow

FILES = (
    "nhs-workforce-statistics/NHS Workforce Statistics, May 2023 England and Organisation.xlsx",
    "ethnicity-facts-and-figures/resaved/nhsworkforcedata.xls",
)
NURSES = "core.person_characteristic SET value = {} WHERE role_group = 'Nurses & health visitors'"
JUNE = "period_end = DATE '2022-06-30' AND category_level = 'total' AND grade = 'All grades'"
STAFF_OF_JUNE = "period_end = DATE '2022-06-30' AND measure = 'headcount'"
CITED = """
    INSERT INTO core.vacancy BY NAME
    SELECT 'nhs-vacancy-statistics' AS series, '2022-09' AS edition, 1 AS edition_order, 'vacancies' AS file_sha256,
        'Sheet' AS source_sheet, 7 AS source_row, 28 AS source_column, headline.period_end AS quarter_end,
        CASE cell.area_code WHEN 'England' THEN 'England' ELSE 'Region' END AS geography_level, cell.area_code,
        cell.sector, cell.staff_group, cell.measure, avg(headline.value) AS value
    FROM reference.vacancy_headline AS cell
    INNER JOIN reference.headline AS headline USING (headline_id)
    WHERE cell.treatment = 'comparable' AND cell.sector = 'All sectors'
    GROUP BY ALL
"""


@pytest.fixture(scope="module")
def real(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Staff in post, staff by ethnicity and the cited vacancies, as published."""
    folder = tmp_path_factory.mktemp("real")
    files = []
    for name in FILES:
        file = PublishedFile(published / name, Path(name).name)
        reader, edition = reader_for(file)
        frames = {
            # England and its regions are compared; without the organisations the core table is quick to make.
            table: frame.filter(pl.col("geography_level").is_in(["England", "Region"]))
            for table, frame in read_tables(reader, file).items()
            if "geography_level" in frame.columns
        }
        files.append(staged(folder, edition, Path(name).name, frames))
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS gate")
        make_facts(con, date(2026, 11, 27))
        prepare(con, MADE)
        fill(con, files)
        con.execute(CITED)
        yield con


def found(con: duckdb.DuckDBPyConnection, change: str = "SELECT 1") -> dict[str, int]:
    """Number of rows that each cross-source rule finds after a change; the change is rolled back."""
    con.execute("BEGIN")
    try:
        con.execute(change)
        results = {rule.id: found_by(con, rule) for rule in cross_source.rules()}
    finally:
        con.execute("ROLLBACK")
    return {name: result.failing_rows for name, result in results.items() if result.outcome != "passed"}


def test_real_files_agree_within_the_limits(real: duckdb.DuckDBPyConnection) -> None:
    assert found(real) == {}
    compared = {
        each.id: real.execute(f"SELECT count(*), max(abs(here / there - 1)) FROM ({each.rows})").fetchone()
        for each in cross_source.COMPARISONS
    }
    assert compared["person_characteristic.staff_as_in_workforce"] == (247, 0)
    number, furthest = compared["person_characteristic.role_groups_as_in_workforce"] or ()
    assert (number, round(furthest, 4)) == (57, 0.0017)
    number, furthest = compared["vacancy.establishment_as_in_workforce"] or ()
    assert (number, round(furthest, 3)) == (13, 0.055)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        # Staff by ethnicity: one per cent more in a month, ten times as many, a role group without rows.
        (
            f"UPDATE {NURSES.format('value * 1.01')} AND {JUNE}",
            {"person_characteristic.staff_as_in_workforce", "person_characteristic.role_groups_as_in_workforce"},
        ),
        (
            "UPDATE core.person_characteristic SET value = 10 * value WHERE period_end = DATE '2022-06-30'",
            {
                "person_characteristic.staff_as_in_workforce",
                "person_characteristic.staff_as_in_workforce_far",
                "person_characteristic.role_groups_as_in_workforce",
                "person_characteristic.role_groups_as_in_workforce_far",
            },
        ),
        (
            f"DELETE FROM core.person_characteristic WHERE role_group = 'Ambulance staff' AND {JUNE}",
            {
                "person_characteristic.role_groups_as_in_workforce",
                "person_characteristic.role_groups_as_in_workforce_far",
            },
        ),
        # The same month of the workforce tables.
        (
            f"UPDATE core.workforce SET value = value * 1.01 WHERE {STAFF_OF_JUNE}",
            {"person_characteristic.staff_as_in_workforce", "person_characteristic.role_groups_as_in_workforce"},
        ),
        # Vacancies: a rate of other posts, a rate as a fraction, vacancies times ten.
        (
            "UPDATE core.vacancy SET value = 11 WHERE measure = 'vacancy_rate_percent' AND area_code = 'Y56'",
            {"vacancy.establishment_as_in_workforce"},
        ),
        (
            "UPDATE core.vacancy SET value = value / 100 WHERE measure = 'vacancy_rate_percent'",
            {"vacancy.establishment_as_in_workforce", "vacancy.establishment_as_in_workforce_far"},
        ),
        (
            "UPDATE core.vacancy SET value = value * 10 WHERE measure = 'vacancy_fte'",
            {"vacancy.establishment_as_in_workforce", "vacancy.establishment_as_in_workforce_far"},
        ),
    ],
)
def test_a_changed_figure_in_either_source_is_found(
    real: duckdb.DuckDBPyConnection, change: str, expected: set[str]
) -> None:
    assert set(found(real, change)) == expected


def test_what_is_shown_are_the_cell_both_figures_and_how_many_differ(real: duckdb.DuckDBPyConnection) -> None:
    real.execute("BEGIN")
    real.execute(f"UPDATE {NURSES.format('10 * value')} AND {JUNE}")
    result = found_by(real, RULES["person_characteristic.staff_as_in_workforce_far"])
    real.execute("ROLLBACK")
    (row,) = result.rows.to_dicts()
    assert row["file_name"] == "nhsworkforcedata.xls"
    assert row["cell"]
    assert row["expected"] == "about 356346.0, the headcount in the workforce tables"
    assert row["found"] == "3563460.0, people of all categories; 1 of 247 compared figures of this file differ"


def test_a_zip_and_a_workbook_of_one_month_that_differ_are_refused(tmp_path: Path) -> None:
    place = {"period_end": date(2025, 7, 31), "geography_level": "England", "area_code": "England", "measure": "fte"}
    files = [
        figures(
            tmp_path / kind,
            WORKFORCE,
            "2025-07",
            "workforce",
            [{**place, "staff_group": "Managers", "value": value, "source_sheet": kind}],
        )
        for kind, value in (("workbook", 25000.0), ("Core 1", 25000.1))
    ]
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS gate")
        make_facts(con, date(2026, 11, 27))
        prepare(con, MADE)
        fill(con, files)
        result = found_by(con, RULES["meta.repeated_figure"])
    assert (result.outcome, result.failing_rows) == ("failed", 1)
    told = " ".join(result.rows.select("expected", "found").row(0))
    assert all(value in told for value in ("25000.0", "25000.1"))
