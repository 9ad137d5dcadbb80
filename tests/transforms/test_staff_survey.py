from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from transforms.errors import LayoutChanged, NotWhatItClaims, UnclearUnit, UnmappedLabel, UnreadableValue
from transforms.series import reader_for, staff_survey
from transforms.sources import PublishedFile, read_tables

NAME = "NSS-Benchmark-report-excel-data-for-2021-2025-v2.xlsx"
ACUTE = "Acute&Acute Community Trusts"
DESCRIBED = {  # variable -> what the sheet Notes says of it, in our words: the publisher's are not at hand
    "q14a": "Harassment, bullying or abuse from patients or the public",
    "q14b": "Harassment, bullying or abuse from managers",
    "q14c": "Harassment, bullying or abuse from other colleagues",
    "q14d": "Last experience of harassment, bullying or abuse was reported",
    "q15": "Acts fairly on career progression / promotion",
    "q16b": "Discrimination from manager / team leader or other colleagues",
    "q19a": "Staff involved in an error, near miss or incident are treated fairly",
    "q19b": "Encourages us to report errors, near misses or incidents",
    "q19c": "Ensures that reported errors do not happen again",
    "q19d": "Feedback about changes after reported errors",
    "q20a": "Secure raising concerns about unsafe clinical practice",
    "q20b": "Confident that the organisation would address my concern",
    "q25e": "I feel safe to speak up about anything",
    "q25f": "If I spoke up I am confident my concern would be addressed",
    "PP3_2": "Sub-score: Raising concerns",
    "PP1_3": "Sub-score: Diversity and equality",
    "q3a": "A question on another subject",
}
Sheets = dict[str, list[list[Any]]]


def workbook(newest: int = 2025) -> Sheets:
    """A workbook as it is described: two years, two groups; every share is 0.125 of 400 answers, every score 6.5."""
    names, first, second = (
        ["org_id", "org_name", "org_type_reporting_name"],
        ["RJ1", "Guy's", "Acute"],
        ["RXL", "B", "A"],
    )
    for variable in DESCRIBED:
        for year in (newest - 1, newest):
            value = 6.5 if variable.startswith("PP") else 0.125
            names += [f"{variable}_{year}", f"{variable}_n_{year}"]
            first += [value, 400]
            second += [value / 2, 400]
        names.append(f"{variable}_{newest}_sig")
        first.append("Higher")
        second.append(None)
    notes = [["Variable", "Description"], *([name, text] for name, text in DESCRIBED.items())]
    return {
        "Notes": notes,
        "Organisation Benchmark groups": [["org_id", "group"], ["RJ1", ACUTE]],
        ACUTE: [names, first, second],
        "Ambulance Trusts": [[*names], ["RRU", "London Ambulance", "Ambulance", *first[3:]]],
    }


def written(folder: Path, sheets: Sheets) -> PublishedFile:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return PublishedFile(path, NAME)


def put(sheets: Sheets, heading: str, value: object, *, row: int = 1, sheet: str = ACUTE) -> None:
    sheets[sheet][row][sheets[sheet][0].index(heading)] = value


def test_the_workbook_is_recognised_by_its_columns_and_its_edition_is_the_newest_year(tmp_path: Path) -> None:
    reader, edition = reader_for(written(tmp_path, workbook()))
    assert reader is staff_survey.READER
    assert (edition.series, edition.edition, edition.coverage_end) == ("nhs-staff-survey", "2025", "2025-11-30")


def test_a_workbook_of_another_kind_is_not_recognised(tmp_path: Path) -> None:
    assert staff_survey.recognise(written(tmp_path, {"Notes": [["a"]], "Trusts": [["code", "name"]]})) is None


def test_shares_become_percent_and_scores_stay_as_they_are(tmp_path: Path) -> None:
    rows = read_tables(staff_survey.READER, written(tmp_path, workbook()))["staff_survey"]
    found = rows.filter(pl.col("org_code") == "RJ1", pl.col("survey_year") == 2025).select(
        "question", "printed_variable", "measure", "value", "respondents"
    )
    assert ("bullying_by_managers", "q14b", "share_percent", 12.5, 400.0) in found.rows()
    assert ("raising_concerns_score", "PP3_2", "score", 6.5, 400.0) in found.rows()
    assert found.height == 16
    assert set(rows["benchmark_group"]) == {ACUTE, "Ambulance Trusts"}


def test_each_figure_knows_its_cell(tmp_path: Path) -> None:
    sheets = workbook()
    put(sheets, "q14b_2025", 0.5)
    rows = staff_survey.read(written(tmp_path, sheets))["staff_survey"].filter(pl.col("value") == 50)
    place = sheets[ACUTE][0].index("q14b_2025") + 1
    assert rows.select("source_sheet", "source_row", "source_column").rows() == [(ACUTE, 2, place)]


@pytest.mark.parametrize(
    ("value", "count", "status"),
    [(None, 7, "c"), ("*", 7, "c"), ("<10", None, "c"), (None, None, "x")],
)
def test_what_the_publisher_suppressed_stays_so(value: object, count: object, status: str, tmp_path: Path) -> None:
    sheets = workbook()
    put(sheets, "q14b_2025", value)
    put(sheets, "q14b_n_2025", count)
    rows = staff_survey.read(written(tmp_path, sheets))["staff_survey"]
    found = rows.filter(pl.col("value").is_null())
    assert found.select("question", "survey_year", "value_status").rows() == [("bullying_by_managers", 2025, status)]


def test_numbers_move_between_editions(tmp_path: Path) -> None:
    sheets = workbook(2022)
    moved = {"q19a": "q18a", "q19b": "q18b", "q19c": "q18c", "q19d": "q18d", "q20a": "q19a", "q20b": "q19b"}
    moved |= {"q25e": "q23e", "q25f": "q23f"}

    def renumber(text: object) -> object:
        variable, _, rest = str(text).partition("_")
        return "_".join(part for part in (moved.get(variable, variable), rest) if part) if text else text

    for sheet in (ACUTE, "Ambulance Trusts"):
        sheets[sheet][0] = [renumber(text) for text in sheets[sheet][0]]
    sheets["Notes"] = [[renumber(name), text] for name, text in sheets["Notes"]]
    rows = staff_survey.read(written(tmp_path, sheets))["staff_survey"]
    found = rows.select("question", "printed_variable").unique()
    assert ("secure_to_raise_clinical_concerns", "q19a") in found.rows()
    assert ("fair_treatment_after_errors", "q18a") in found.rows()


def heading(old: str, new: str) -> Callable[[Sheets], None]:
    def do(sheets: Sheets) -> None:
        put(sheets, old, new, row=0)

    return do


def cell(name: str, value: object) -> Callable[[Sheets], None]:
    return lambda sheets: put(sheets, name, value)


def note(variable: str, text: str) -> Callable[[Sheets], None]:
    def do(sheets: Sheets) -> None:
        sheets["Notes"] = [[name, text if name == variable else said] for name, said in sheets["Notes"]]

    return do


def without(sheet: str) -> Callable[[Sheets], None]:
    return lambda sheets: sheets.update({sheet: [["x"]]})


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (heading("q14b_2025", "Q14b % 2025"), LayoutChanged, "Q14b % 2025"),
        (heading("q14b_2025", "burnout_2025"), UnmappedLabel, "burnout"),
        (heading("q14b_2025", "q99_2025"), LayoutChanged, "q14b_2025"),
        (heading("q14b_n_2025", "q99_n_2025"), LayoutChanged, "q14b_n_2025"),
        (heading("org_id", "code"), LayoutChanged, "org_id"),
        (note("q14b", "I would recommend my organisation"), LayoutChanged, "bullying_by_managers"),
        (without("Notes"), LayoutChanged, "no description"),
        (cell("q14b_2025", 12.5), UnclearUnit, "no fraction of 1"),
        (cell("PP3_2_2025", 65), UnclearUnit, "between 0 and 10"),
        (cell("q14b_n_2025", 9), UnclearUnit, "should be suppressed"),
        (cell("q14b_2025", "low"), UnreadableValue, "low"),
        (cell("org_id", None), NotWhatItClaims, "row 2"),
        (cell("org_id", "RXL"), NotWhatItClaims, "RXL"),
    ],
)
def test_a_changed_workbook_stops_and_the_place_is_named(
    change: Callable[[Sheets], None], error: type[Exception], message: str, tmp_path: Path
) -> None:
    sheets = workbook()
    change(sheets)
    with pytest.raises(error, match=message):
        staff_survey.read(written(tmp_path, sheets))


def test_an_edition_whose_numbers_nobody_checked_stops(tmp_path: Path) -> None:
    with pytest.raises(UnmappedLabel, match="2026"):
        staff_survey.read(written(tmp_path, workbook(2026)))
