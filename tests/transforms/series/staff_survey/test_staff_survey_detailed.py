"""The Staff Survey's detailed spreadsheets: the real ones, and what a changed one says."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from transforms.errors import (
    LayoutChanged,
    NotWhatItClaims,
    TotalsDisagree,
    UnclearUnit,
    UnmappedLabel,
    UnreadableValue,
)
from transforms.opening.opened import open_sheet
from transforms.published_file import PublishedFile, read_tables
from transforms.reading.vocabulary import vocabulary
from transforms.series import reader_for
from transforms.series.staff_survey import BENCHMARK, DETAILED

ORGANISATIONS = "NSS24 detailed spreadsheets organisational results.xlsx"
NATIONAL = "NSS24 detailed spreadsheets national results.xlsx"
Sheets = dict[str, list[list[Any]]]
BASE = "Base (number of responses)"
AGREED = ("Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree")
TIMES = ("Never", "1 to 2", "3 to 5", "6 to 10", "More than 10")
ASKED = {  # number -> wording in our words, answers
    "Q14a": ("Harassment, bullying or abuse from patients", TIMES),
    "Q14b": ("Harassment, bullying or abuse from managers", TIMES),
    "Q14c": ("Harassment, bullying or abuse from other colleagues", TIMES),
    "Q14d": ("Last experience of bullying: did you report it", ("Yes, I reported it", "No", "Don't know")),
    "Q15": ("Acts fairly on career progression", ("Yes", "No", "Don't know")),
    "Q16b": ("Discrimination from manager or other colleagues", ("Yes", "No")),
    "Q16c_1": ("Ethnic background", ("Ethnic background",)),
    "Q19a": ("Staff involved in an error are treated fairly", (*AGREED, "Don't know")),
    "Q19b": ("Encourages us to report errors", (*AGREED, "Don't know")),
    "Q19c": ("Ensures that an error does not happen again: not happen again", (*AGREED, "Don't know")),
    "Q19d": ("Feedback about changes after an error", (*AGREED, "Don't know")),
    "Q20a": ("Secure raising concerns about unsafe clinical practice", AGREED),
    "Q20b": ("Confident that the organisation would address it", AGREED),
    "Q25e": ("Safe to speak up", AGREED),
    "Q25f": ("If I spoke up, confident that the organisation would address it", AGREED),
}
SCORES = {"PP1_3": "Diversity and equality", "PP3_2": "Raising concerns"}


@cache
def real(path: Path) -> pl.DataFrame:
    file = PublishedFile(path, path.name)
    return read_tables(DETAILED, file)["staff_survey_answer"]


def test_the_real_organisational_results(published: Path) -> None:
    path = published / "nhs-staff-survey" / ORGANISATIONS
    reader, edition = reader_for(PublishedFile(path, path.name))
    assert reader is DETAILED
    assert (edition.series, edition.edition, edition.coverage_end) == ("nhs-staff-survey", "2024", "2024-11-30")
    rows = real(path)
    assert (rows.height, rows["reporting_unit"].n_unique(), rows["question_number"].n_unique()) == (166742, 263, 154)
    assert rows["value"].null_count() == 645
    assert rows.filter(pl.col("value").is_null()).group_by("value_status").len().sort("value_status").rows() == [
        ("c", 361),
        ("x", 284),
    ]
    guys = rows.filter(reporting_unit="RJ1", question_number="Q15", answer="Yes")
    assert guys.select(pl.col("value").round(2), "respondents", "weighting").rows() == [
        (52.53, 12989, "Occupation Group")
    ]
    units = rows.unique("reporting_unit")
    without = units.filter(pl.col("region").is_null())
    assert dict(without.group_by("benchmark_group").len().rows()) == {
        "CSUs": 4,
        "Community Surgical Services": 1,
        "ICBs": 41,
        "Social Enterprises - Community": 6,
        "Social Enterprises - Mental Health": 1,
    }
    assert units.filter(org_code="R1F")["results_of"].to_list() == ["part of an organisation"] * 2


def test_the_real_national_results(published: Path) -> None:
    rows = real(published / "nhs-staff-survey" / NATIONAL)
    assert (rows.height, rows["value"].null_count()) == (108414, 2337)
    assert rows.filter(results_of="all trusts")["question_number"].n_unique() == 154
    groups = rows.filter(pl.col("breakdown").str.starts_with("Ethnic background")).group_by("breakdown")
    assert dict(groups.agg(pl.col("breakdown_group").n_unique()).rows()) == {
        "Ethnic background (detailed)": 18,
        "Ethnic background (summary)": 2,
    }
    discrimination = rows.filter(pl.col("ethnic_group").is_not_null(), question_number="Q16b", answer="Yes")
    assert dict(discrimination.select("ethnic_group", pl.col("value").round(2)).rows()) == {
        "All": 9.22,
        "White": 6.77,
        "BME": 15.20,
    }


def test_answers_of_the_real_workbooks_that_marts_use_are_all_mapped(published: Path) -> None:
    mapped = vocabulary("staff_survey_answer")
    for name in (ORGANISATIONS, NATIONAL):
        rows = real(published / "nhs-staff-survey" / name)
        used = rows.filter(pl.col("question").is_not_null(), measure="share_percent")
        assert used["question"].n_unique() == 14
        assert used.join(mapped, on=["question", "answer"], how="anti").is_empty()


def test_answers_counted_give_the_results_of_the_benchmark_workbook(published: Path) -> None:
    cases = sorted((published.parent / "cases" / "survey").glob("Benchmark-report*.xlsx"))
    if not cases:
        pytest.skip("the folder of odd files (../shared/cases/survey) is not here")
    benchmark = read_tables(BENCHMARK, PublishedFile(cases[0], cases[0].name))["staff_survey"]
    rows = real(published / "nhs-staff-survey" / ORGANISATIONS)
    counted = rows.join(vocabulary("staff_survey_answer"), on=["question", "answer"]).filter(
        pl.col("counts") != "left out"
    )
    shares = counted.group_by("reporting_unit", "question").agg(
        share=100 * pl.col("value").filter(pl.col("counts") == "yes").sum() / pl.col("value").sum()
    )
    both = benchmark.join(shares, on=["reporting_unit", "question"])
    assert both.height == 14 * 263
    assert (both["value"] - both["share"]).abs().max() < 1e-6


def workbook(kind: str = "organisational", year: int = 2024) -> Sheets:
    """Two sheets as published, a share of all answers alike; 400 answers each."""
    whose = {
        "organisational": (
            ["ODS code", "Organisation name", "Benchmarking group", "Region", "ICS", "Weighting"],
            ["RJ1", "Guy's", "Acute Specialist Trusts", "London", "South East London", "Occupation Group"],
            ["0AR", "A support unit", "CSUs", "-", "-", "Unweighted"],
        ),
        "national": (
            ["Base", "Breakdown", "Breakdown subgroup", "Weighting"],
            ["National", None, None, "Organisation Size and Occupation Group"],
            ["National", "Ethnic background (summary)", "White staff", "Organisation Size"],
        ),
    }[kind]
    sheets: Sheets = {"Notes": [[f"NHS Staff Survey {year} - Detailed Spreadsheets"], [f"{kind.capitalize()} results"]]}
    for name, asked in (("QUESTIONS", ASKED), ("SCORES", {number: (text, ()) for number, text in SCORES.items()})):
        title: list[Any] = [f"NHS Staff Survey {year} - WEIGHTED Results", *[None] * (len(whose[0]) - 1)]
        header, *rows = ([*cells] for cells in whose)
        for number, (text, answers) in asked.items():
            columns = [f"% {answer}" for answer in answers] or [f"{number} - score"]
            title += [f"{number} - {text}", *[None] * len(columns)]
            header += [*columns, BASE]
            share = 100 / len(answers) if len(answers) > 1 else 6.5
            for row in rows:
                row += [*[share] * len(columns), 400]
        sheets[name] = [title, [name], ["A note"], [None], header, *rows]
    return sheets


def written(folder: Path, sheets: Sheets) -> PublishedFile:
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return PublishedFile(path, "NSS24 detailed spreadsheets.xlsx")


@pytest.mark.parametrize("kind", ["organisational", "national"])
def test_a_small_workbook_reads(kind: str, tmp_path: Path) -> None:
    file = written(tmp_path, workbook(kind))
    reader, edition = reader_for(file)
    assert (reader, edition.edition) == (DETAILED, "2024")
    frames = read_tables(reader, file)
    rows = frames["staff_survey_answer"]
    assert rows.height == 2 * (sum(len(answers) for _, answers in ASKED.values()) + len(SCORES))
    assert rows.filter(question_number="PP3_2").select("question", "answer", "measure", "value").rows() == [
        ("raising_concerns_score", "score", "score", 6.5)
    ] * 2  # fmt: skip
    assert rows.filter(question_number="Q16c_1")["question"].null_count() == 2


def test_a_dash_is_no_figure_and_no_region(tmp_path: Path) -> None:
    sheets = workbook()
    place(sheets, "Q14d", 0, "-")
    place(sheets, "Q14d", 1, "-")
    place(sheets, "Q14d", 2, "-")
    place(sheets, "Q16c_1", 0, "-")
    place(sheets, "Q16c_1", 1, "-")
    rows = read_tables(DETAILED, written(tmp_path, sheets))["staff_survey_answer"]
    none = rows.filter(pl.col("value").is_null())
    assert none.select("question_number", "value_status", "respondents").rows() == [
        *[("Q14d", "c", 400.0)] * 3,
        ("Q16c_1", "x", None),
    ]
    assert rows.filter(reporting_unit="0AR")["region"].null_count() == rows.height // 2


def place(sheets: Sheets, number: str, answer: int, value: object, *, row: int = 5) -> None:
    """Put a value into a block's column, counted from 0; row 5 is the first with figures, 4 the headings."""
    titles = sheets["QUESTIONS"][0]
    start = next(column for column, text in enumerate(titles) if str(text).startswith(f"{number} - "))
    sheets["QUESTIONS"][row][start + answer] = value


def cell(number: str, answer: int, value: object, *, row: int = 5) -> Callable[[Sheets], None]:
    return lambda sheets: place(sheets, number, answer, value, row=row)


def label(column: int, value: object, *, row: int = 5, sheet: str = "QUESTIONS") -> Callable[[Sheets], None]:
    def do(sheets: Sheets) -> None:
        sheets[sheet][row][column] = value

    return do


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (cell("Q15", 0, 43.3), TotalsDisagree, "do not add up to 100"),
        (cell("Q15", 0, "-"), TotalsDisagree, "2 of 3 answers shown"),
        (cell("Q16b", 0, 150), UnclearUnit, "not between 0 and 100"),
        (cell("Q16b", 2, 9), UnclearUnit, "should be suppressed"),
        (cell("Q16b", 2, 400.5), UnclearUnit, "is not whole"),
        (cell("Q16b", 2, "-"), UnclearUnit, "has no base"),
        (cell("Q16b", 0, "few"), UnreadableValue, "few"),
        (cell("Q16b", 0, "Yes", row=4), LayoutChanged, "neither an answer"),
        (cell("Q16b", 0, "% No", row=4), LayoutChanged, "neither an answer"),
        (cell("Q16b", 2, "Responses", row=4), LayoutChanged, "Responses"),
        (cell("Q16b", 0, None, row=0), LayoutChanged, "Discrimination|neither an answer"),
        (cell("Q16b", 0, "Q16b Discrimination from manager", row=0), LayoutChanged, "neither an answer"),
        (cell("Q16b", 0, "Q16b - I enjoy my work", row=0), LayoutChanged, "discrimination_by_staff"),
        (cell("Q16b", 0, "Q16x - Discrimination by manager, colleagues", row=0), LayoutChanged, "no description"),
        (
            cell("Q16c_1", 0, "Q15 - Acts fairly on career progression", row=0),
            LayoutChanged,
            "the same question number",
        ),
        (label(0, "Code", row=4), LayoutChanged, "ods code"),
        (label(0, None), NotWhatItClaims, "A6"),
        (label(0, "0AR"), NotWhatItClaims, "0AR"),
        (label(0, "Total"), LayoutChanged, "Total"),
        (label(0, "RJ2"), NotWhatItClaims, "do not hold the same rows"),
        (label(2, "Hospices"), UnmappedLabel, "Hospices"),
        (label(0, "NHS Staff Survey 2023 - WEIGHTED Results", row=0, sheet="SCORES"), NotWhatItClaims, "another year"),
    ],
)
def test_a_changed_workbook_stops_and_the_place_is_named(
    change: Callable[[Sheets], None], error: type[Exception], message: str, tmp_path: Path
) -> None:
    sheets = workbook()
    change(sheets)
    with pytest.raises(error, match=message):
        DETAILED.read(written(tmp_path, sheets))


@pytest.mark.parametrize("later", [label(6, 11.0, sheet="SCORES"), label(0, "Code", row=4, sheet="SCORES")])
def test_of_errors_in_two_sheets_that_of_the_first_is_raised(later: Callable[[Sheets], None], tmp_path: Path) -> None:
    sheets = workbook()
    cell("Q15", 0, 43.3)(sheets)
    later(sheets)
    with pytest.raises(TotalsDisagree, match=r"QUESTIONS > .*do not add up to 100"):
        DETAILED.read(written(tmp_path, sheets))


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (label(2, "Staff who are White", row=6), UnmappedLabel, "Staff who are White"),
        (label(1, None, row=6), NotWhatItClaims, "not one for all trusts"),
        (label(0, "London", row=6), NotWhatItClaims, "not one for all trusts"),
    ],
)
def test_changed_national_results_stop_too(
    change: Callable[[Sheets], None], error: type[Exception], message: str, tmp_path: Path
) -> None:
    sheets = workbook("national")
    change(sheets)
    with pytest.raises(error, match=message):
        DETAILED.read(written(tmp_path, sheets))


def test_a_year_whose_numbers_nobody_compared_stops(tmp_path: Path) -> None:
    with pytest.raises(UnmappedLabel, match="2020"):
        DETAILED.read(written(tmp_path, workbook(year=2020)))


def test_bank_workers_results_are_another_survey(tmp_path: Path) -> None:
    sheets = workbook()
    sheets["Notes"][0] = ["NHS Staff Survey 2024 - Bank only workers - Detailed Spreadsheets"]
    assert DETAILED.recognise(written(tmp_path, sheets)) is None


def test_an_unknown_sheet_is_recorded(tmp_path: Path) -> None:
    sheets = workbook() | {"Response rates": [["Organisation", "Rate"], ["RJ1", 50]]}
    parts = DETAILED.read(written(tmp_path, sheets))["unread_part"]
    assert parts.select("name", "is_known").rows() == [("Notes", True), ("Response rates", False)]


def test_both_workbooks_are_read_from_the_zip_they_are_published_in(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    books = {
        "NSS24/organisational results.xlsx": written(tmp_path / "one", workbook()),
        "NSS24/national results.xlsx": written(tmp_path / "two", workbook("national")),
    }
    path = tmp_path / "zip"
    with zipfile.ZipFile(path, "w") as archive:
        for member, book in books.items():
            archive.write(book.path, member)
        archive.writestr("NSS24/read me.txt", "text")
    file = PublishedFile(path, "NSS24-Detailed-spreadsheets.zip")
    reader, edition = reader_for(file)
    assert (reader, edition.title) == (DETAILED, "NHS Staff Survey 2024, organisational and national results")
    frames = read_tables(reader, file)
    rows = frames["staff_survey_answer"].drop("source_sheet")
    apart = [read_tables(DETAILED, book)["staff_survey_answer"].drop("source_sheet") for book in books.values()]
    assert rows.equals(pl.concat(apart))
    assert frames["unread_part"].filter(kind="member")["name"].to_list() == ["NSS24/read me.txt"]
    first = frames["staff_survey_answer"].row(0, named=True)
    printed = open_sheet(file, first["source_sheet"]).row(first["source_row"])[first["source_column"]]
    assert float(printed) == pytest.approx(first["value"])


def test_a_zip_of_csv_files_is_none_whatever_its_workbook_of_notes_is(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "core.zip", "w") as archive:
        archive.writestr("Core 0. Notes and metadata.xlsx", b"PK\x03\x04 ")
        archive.writestr("Core 1. Staff groups - org, Oct-25.csv", "ORG_CODE\nRJ1\n")
    assert DETAILED.recognise(PublishedFile(tmp_path / "core.zip", "core.zip")) is None
