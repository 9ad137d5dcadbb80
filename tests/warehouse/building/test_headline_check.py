"""Cited headlines compared with the figures of the warehouse at each build."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.leadership_figures import ASIAN, INFRASTRUCTURE, MADE, WHITE, WORKFORCE, by_ethnicity, figures
from warehouse.building.build import build
from warehouse.staging import StagedFile

pytestmark = pytest.mark.slow

MARCH = date(2018, 3, 31)


def staff(group: str, measure: str, value: float) -> dict[str, object]:
    place = {"geography_level": "England", "area_code": "England"}
    return {"period_end": MARCH, **place, "staff_group": group, "measure": measure, "value": value}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """Staff of March 2018 as cited, except the managers."""
    people = [
        staff("All staff groups", "headcount", 1205246),
        staff("Managers", "headcount", 23398 * 10),
        staff("Managers", "fte", 22355.10354),
    ]
    folder = tmp_path_factory.mktemp("checked")
    yield from opened(folder, figures(folder, WORKFORCE, "2018-03", "workforce", people))


def opened(folder: Path, *staged: StagedFile) -> Iterator[duckdb.DuckDBPyConnection]:
    build(folder / "candidate.duckdb", staged, MADE)
    with duckdb.connect(folder / "candidate.duckdb") as con:
        yield con


def line(con: duckdb.DuckDBPyConnection, headline_id: str, columns: str) -> tuple[object, ...] | None:
    asked = f"SELECT {columns} FROM reference.headline_check WHERE headline_id = ?"
    return con.execute(asked, [headline_id]).fetchone()


def test_a_headline_that_the_files_give_agrees(checked: duckdb.DuckDBPyConnection) -> None:
    columns = "measured_value, difference, verdict, answered_by, edition"
    assert line(checked, "workforce-001", columns) == (1205246, 0, "agrees", "core.workforce_latest", "2018-03")
    assert line(checked, "workforce-012", "verdict") == ("agrees",)


def test_a_headline_that_disagrees_stays_visible_with_the_size_of_the_difference(
    checked: duckdb.DuckDBPyConnection,
) -> None:
    columns = "headline_value, measured_value, difference, round(difference_percent), verdict"
    assert line(checked, "workforce-011", columns) == (23398, 233980, 210582, 900, "differs")


def test_what_no_loaded_source_has_is_not_known(checked: duckdb.DuckDBPyConnection) -> None:
    columns = "measured_value, verdict, answered_by"
    unknown = "not known: no figure is loaded"
    assert line(checked, "workforce-003", columns) == (None, unknown, "core.workforce_latest")
    assert line(checked, "survey-031", columns) == (None, unknown, "marts.leadership_culture")
    assert line(checked, "turnover-020", columns) == (None, unknown, "marts.leadership_turnover")
    assert line(checked, "vacancy-012", columns) == (None, unknown, "core.vacancy_latest")
    assert line(checked, "board-clinical-001", columns) == (None, "not known: not measured here", None)


def test_every_headline_has_one_line_with_a_reason(checked: duckdb.DuckDBPyConnection) -> None:
    assert checked.execute("""
        SELECT count(*), count(DISTINCT headline_id), count(verdict), count(reason) FROM reference.headline_check
    """).fetchone() == (624, 624, 624, 624)


def test_twelve_months_of_turnover_answer_headlines_on_joiners(tmp_path: Path) -> None:
    year = {"period_start": date(2024, 10, 31), "period_end": date(2025, 10, 31), "measure": "headcount"}
    whole = {"grade": "All grades", "age_band": "All age bands", "staff_group_level": "group"}
    england = {"geography_level": "England", "area_code": "England", "staff_group": "Managers"}
    london = {"geography_level": "Region", "area_code": "Y56", "area_name": "London", "staff_group": "Managers"}
    rows = [
        {**year, **whole, **place, "flow": flow, "value": value}
        for place, joiners in ((england, 1334.0), (london, 360.0))
        for flow, value in (("in_post_at_start", 27730.0), ("in_post_at_end", 27000.0), ("joiners", joiners))
    ]
    for con in opened(tmp_path, figures(tmp_path, WORKFORCE, "2025-10", "national_turnover", rows)):
        assert line(con, "turnover-004", "measured_value, verdict") == (27730, "agrees")
        assert line(con, "turnover-010", "round(measured_value, 2), verdict") == (4.81, "agrees")
        assert line(con, "turnover-016", "measured_value, verdict") == (1334, "agrees")
        assert line(con, "turnover-019", "measured_value, difference, verdict") == (360, 1, "differs")


def test_shares_by_ethnicity_are_held_against_the_workforce_statistics(tmp_path: Path) -> None:
    rows = by_ethnicity(INFRASTRUCTURE, "Senior managers", "Very Senior Manager", {WHITE: 2010, ASIAN: 189})
    rows += by_ethnicity(INFRASTRUCTURE, "Senior managers", "All grades", {WHITE: 9000, ASIAN: 1000})
    for con in opened(tmp_path, figures(tmp_path, WORKFORCE, "2022-06", "person_characteristic", rows)):
        assert line(con, "ethnicity-012", "round(measured_value, 2), verdict") == (8.59, "agrees")
        assert line(con, "ethnicity-042", "measured_value, verdict") == (2199, "agrees")


def test_a_build_of_illustrative_figures_gives_no_verdict(tmp_path: Path) -> None:
    people = [staff("All staff groups", "headcount", 1205246)]
    build(
        tmp_path / "candidate.duckdb",
        [figures(tmp_path, WORKFORCE, "2018-03", "workforce", people)],
        replace(MADE, figure_kind="illustrative"),
    )
    with duckdb.connect(tmp_path / "candidate.duckdb") as con:
        assert line(con, "workforce-001", "verdict") == ("not comparable",)
