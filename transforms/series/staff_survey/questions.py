"""Functions for both kinds of Staff Survey workbook: question numbers, organisation codes, benchmark groups."""

from __future__ import annotations

import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims, UnclearUnit, UnmappedLabel
from transforms.reading.grid import ROW
from transforms.reading.organisation_codes import ORGANISATION, WITH_SECTORS, require_codes
from transforms.reading.refuse import NEW_LAYOUT, refuse_rows
from transforms.reading.vocabulary import translate, vocabulary

FEWEST = 10
"""Smallest number of answers for which the publisher prints a result."""


def mapped(edition: int) -> pl.DataFrame:
    """The variables of a survey year that correspond to one of our questions.

    Columns: variable (its name in that year), asked_from, question, ethnic_group, measure, described_by. Raises
    `UnmappedLabel` for a year that staff_survey_variable.csv does not cover.
    """
    lines = vocabulary("staff_survey_variable").with_columns(
        pl.col("first_edition", "last_edition", "asked_from").cast(pl.Int32)
    )
    found = lines.filter(pl.lit(edition).is_between(pl.col("first_edition"), pl.col("last_edition")))
    if found.is_empty():
        raise UnmappedLabel(
            f"the question numbers of the survey of {edition} are not mapped yet",
            expected=f"a survey of {lines['first_edition'].sort()[0]} to {lines['last_edition'].sort()[-1]}",
            found=str(edition),
            do="compare the questionnaires, then extend transforms/vocabularies/staff_survey_variable.csv",
        )
    return found.select("variable", "asked_from", "question", "ethnic_group").join(
        vocabulary("staff_survey_question").select("question", "measure", "described_by"), on="question", validate="m:1"
    )


def check_wording(described: pl.DataFrame) -> None:
    """Check that each variable's printed description contains every word that identifies its question.

    `described` has variable, question, described_by (words separated by semicolons), description, source_sheet and
    cell. Raises `LayoutChanged` for the first variable without such a description.
    """
    words = described.with_columns(pl.col("described_by").str.split(";")).explode("described_by")
    fits = pl.col("description").str.to_lowercase().str.contains(pl.col("described_by"), literal=True)
    refuse_rows(
        words.filter(~fits.fill_null(value=False)),
        LayoutChanged,
        "{variable} is not described as the question {question}",
        cell=lambda row: row["cell"] or "",
        expected="a description with {described_by!r}",
        found=lambda row: repr(row["description"]) if row["description"] else "no description",
        do="question numbers changed: correct transforms/vocabularies/staff_survey_variable.csv",
    )


def organisations(rows: pl.DataFrame, *, sheet: str, column: int) -> pl.DataFrame:
    """`rows` with org_code added and benchmark_group replaced by its label; one row per organisation.

    `rows` has source_row, reporting_unit (code as printed), org_name and benchmark_group (as printed). Raises
    `NotWhatItClaims` for a missing or repeated code, `LayoutChanged` for an invalid code, `UnmappedLabel` for an
    unknown part of an organisation or benchmark group.
    """
    unit = pl.col("reporting_unit")
    no_rows = pl.DataFrame({ROW: [None], "reporting_unit": ["no rows"]}) if rows.is_empty() else rows.clear()
    for bad in (rows.filter(unit.is_null()), rows.filter(unit.is_duplicated()), no_rows):
        refuse_rows(
            bad,
            NotWhatItClaims,
            "a code is missing or repeated, or the sheet has no rows",
            sheet=sheet,
            column=column,
            expected="a code in each row that is not empty, each code once",
            found="{reporting_unit!r}",
            do=NEW_LAYOUT,
        )
    require_codes(rows, "reporting_unit", form=WITH_SECTORS, name="org_name", place=column, sheet=sheet)
    parts = vocabulary("staff_survey_organisation").select(reporting_unit="printed", whole="org_code")
    found = rows.join(parts, on="reporting_unit", how="left", validate="m:1", maintain_order="left").with_columns(
        org_code=pl.coalesce("whole", pl.when(unit.str.contains(ORGANISATION)).then(unit))
    )
    refuse_rows(
        found.filter(pl.col("org_code").is_null()),
        UnmappedLabel,
        "a code is neither an organisation's nor that of a listed part of an organisation",
        sheet=sheet,
        column=column,
        expected="a code of an organisation, or a part that is listed in staff_survey_organisation.csv",
        found="{reporting_unit!r}",
        do="find out what it identifies and add it to transforms/vocabularies/staff_survey_organisation.csv",
        shown=5,
    )
    return translate(found.drop("whole"), "benchmark_group", "staff_survey_group", sheet=sheet)


def check_respondents(answers: pl.DataFrame, *, sheet: str = "") -> None:
    """Check that numbers of answers are whole, and that no result of fewer than `FEWEST` answers is printed.

    `answers` has source_row, source_column, value and respondents. Raises `UnclearUnit`.
    """
    people = pl.col("respondents")
    for bad, problem in (
        (people.is_not_null() & ((people < 0) | (people != people.round())), "a number of answers is not whole"),
        (pl.col("value").is_not_null() & (people < FEWEST), "a result is printed that should be suppressed"),
    ):
        refuse_rows(
            answers.filter(bad),
            UnclearUnit,
            problem,
            sheet=sheet,
            expected=f"a whole number of answers, and no result of fewer than {FEWEST}",
            found="{value} of {respondents:g} answers",
            do="look at the two columns: they may be exchanged or shifted",
        )
