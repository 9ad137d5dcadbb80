"""The marts of the staff survey: shares of answers, ethnic groups, sectors of a trust, claims."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.leadership_figures import MADE, Row, figures
from warehouse.building.build import build

pytestmark = pytest.mark.slow

SURVEY = "nhs-staff-survey"
TIMES = {"Never": 90.0, "1 to 2": 6.0, "3 to 5": 2.0, "6 to 10": 1.0, "More than 10": 1.0}
REPORTED = {"Yes, I reported it": 30.0, "No": 50.0, "Don't know": 15.0, "Not applicable": 5.0}


def answers(question: str, number: str, shares: dict[str, float | None], **about: object) -> list[Row]:
    """A block of answers by 500 people; all trusts where `about` says nothing else."""
    known = {"survey_year": 2024, "results_of": "all trusts", "ethnic_group": "All", "weighting": "Occupation Group"}
    asked = {"question": question, "question_number": number, "question_text": number, "respondents": 500.0}
    return [
        known | asked | {"answer": answer, "measure": "share_percent", "value": value} | about
        | ({"value_status": "c"} if value is None else {})
        for answer, value in shares.items()
    ]  # fmt: skip


def group(name: str, ethnic_group: str) -> Row:
    breakdown = {"breakdown": "Ethnic background (summary)", "breakdown_group": name, "ethnic_group": ethnic_group}
    return {"results_of": "group of all trusts"} | breakdown


def unit(code: str, of: str | None = None) -> Row:
    level = "part of an organisation" if of else "organisation"
    return {"results_of": level, "reporting_unit": code, "org_code": of or code, "benchmark_group": "Community Trusts"}


def detailed() -> list[Row]:
    return [
        *answers("bullying_by_managers", "Q14b", TIMES),
        *answers("bullying_reported", "Q14d", REPORTED),
        *answers("discrimination_by_staff", "Q16b", {"Yes": 9.0, "No": 91.0}),
        *answers("discrimination_by_staff", "Q16b", {"Yes": 7.0, "No": 93.0}, **group("White staff", "White")),
        *answers("discrimination_by_staff", "Q16b", {"Yes": 15.0, "No": 85.0}, **group("All other", "BME")),
        *answers("discrimination_by_staff", "Q16b", {"Yes": 12.0, "No": 88.0}, **unit("RAA")),
        *answers("discrimination_by_staff", "Q16b", {"Yes": 13.0, "No": 87.0}, **unit("RBB")),
        *answers("discrimination_by_staff", "Q16b", {"Yes": 11.0, "No": 89.0}, **unit("R1F1", "R1F")),
        *answers("safe_to_speak_up", "Q25e", {"Agree": 60.0, "Perhaps": 40.0}),
        *answers("secure_to_raise_clinical_concerns", "Q20a", {"Agree": None, "Disagree": None}, **unit("RAA")),
        *answers("fair_career_progression", "Q15", {"Yes": 55.0, "No": 45.0}, ethnic_group=None, breakdown="Age",
                 breakdown_group="66+", results_of="group of all trusts"),
    ]  # fmt: skip


def benchmark() -> list[Row]:
    figure = {"survey_year": 2024, "question": "discrimination_by_staff", "benchmark_group": "Community Trusts"}
    return [
        figure
        | {"reporting_unit": "RAA", "org_code": "RAA", "printed_variable": "q16b", "measure": "share_percent"}
        | {"ethnic_group": ethnic_group, "weighting": weighting, "value": value}
        for ethnic_group, weighting, value in (
            ("All", None, 12.0),
            ("White", "Unweighted", 8.0),
            ("BME", "Unweighted", 14.0),
        )
    ]


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder: Path = tmp_path_factory.mktemp("survey")
    staged = [
        figures(folder, SURVEY, "2024", "staff_survey_answer", detailed()),
        figures(folder, SURVEY, "2024", "staff_survey", benchmark()),
    ]
    build(folder / "candidate.duckdb", staged, MADE)
    with duckdb.connect(folder / "candidate.duckdb", read_only=True) as connection:
        yield connection


@pytest.fixture
def culture(con: duckdb.DuckDBPyConnection) -> Callable[[str, str], list[tuple[object, ...]]]:
    def rows(columns: str, where: str) -> list[tuple[object, ...]]:
        survey = "figure_basis LIKE 'staff survey file%'"
        return con.execute(
            f"SELECT {columns} FROM marts.leadership_culture WHERE {survey} AND {where} ORDER BY ALL"
        ).fetchall()

    return rows


Rows = Callable[[str, str], list[tuple[object, ...]]]


def test_a_share_is_that_of_the_answers_counted(culture: Rows) -> None:
    assert culture("answer_value, answers, value_status", "question = 'bullying_by_managers'") == [(10.0, 500, None)]


def test_answers_left_out_are_in_no_base_and_named(culture: Rows) -> None:
    ((value, people, caveat),) = culture("answer_value, answers, caveat", "question = 'bullying_reported'")
    assert (value, people) == (37.5, None)
    assert "all answers but Don't know, Not applicable; 500 answers with them" in str(caveat)


def test_an_answer_nobody_mapped_gives_no_share(culture: Rows) -> None:
    ((value, status, caveat),) = culture("answer_value, value_status, caveat", "question = 'safe_to_speak_up'")
    assert (value, status) == (None, "x")
    assert "Not yet classified which of the answers count." in str(caveat)


def test_suppressed_answers_give_no_share(culture: Rows) -> None:
    where = "question = 'secure_to_raise_clinical_concerns'"
    assert culture("answer_value, value_status", where) == [(None, "c")]


def test_other_groups_of_staff_are_not_taken_for_all(culture: Rows) -> None:
    assert culture("*", "question = 'fair_career_progression'") == []


def test_ethnic_groups_stand_beside_white_staff(culture: Rows) -> None:
    where = "geography_level = 'England' AND question = 'discrimination_by_staff'"
    assert culture("ethnic_group, answer_value, gap_points", where) == [
        ("All", 9.0, None),
        ("BME", 15.0, 8.0),
        ("White", 7.0, None),
    ]


def test_an_organisation_has_one_row_whichever_workbook_prints_it(culture: Rows) -> None:
    where = "area_code IN ('RAA', 'RBB') AND question = 'discrimination_by_staff' AND ethnic_group = 'All'"
    assert culture("area_code, answer_value, figure_basis", where) == [
        ("RAA", 12.0, "staff survey file"),
        ("RBB", 13.0, "staff survey file, computed from its answers"),
    ]


def test_rates_by_ethnic_group_are_said_to_be_unweighted(culture: Rows) -> None:
    ((gap, caveat),) = culture("gap_points, caveat", "area_code = 'RAA' AND ethnic_group = 'BME'")
    assert gap == 6.0
    assert "Unweighted" in str(caveat)


def test_a_sector_of_a_trust_is_not_counted_as_a_trust(culture: Rows) -> None:
    assert culture("geography_level, area_code, org_code", "org_code = 'R1F'") == [
        ("Part of an organisation", "R1F1", "R1F")
    ]


def test_claims_on_culture_are_held_against_the_national_results(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT claim_id, value_latest, compared_value_latest, denominator_latest, holds_latest, verdict_latest
        FROM marts.speech_claims WHERE claim_id IN ('S5.6', 'S5.9', 'S5.12', 'S6.5', 'S6.8') ORDER BY ALL
    """).fetchall()
    assert rows == [
        ("S5.12", 100.0, None, 1.0, None, "not known: no figure was claimed"),
        ("S5.6", 10.0, None, 500.0, None, "not known: no figure was claimed"),
        ("S5.9", 15.0, 7.0, 500.0, True, "true"),
        ("S6.5", None, None, None, None, "not known: no figure is loaded"),
        ("S6.8", None, None, None, None, "not known: no figure is loaded"),
    ]


def test_the_evidence_names_the_question(con: duckdb.DuckDBPyConnection) -> None:
    (source,) = con.execute("SELECT source FROM marts.speech_claims WHERE claim_id = 'S5.9'").fetchall()[0]
    assert "nhs-staff-survey 2024: core.staff_survey_answer, Q16b" in source
