"""Answers to the NHS Staff Survey, as tables: the questions that marts use, and every question."""

from __future__ import annotations

import polars as pl

from transforms.tables.declare import VALUE, VALUE_STATUS, Column, Table, number, text


def _answered(*, by_organisation: bool) -> tuple[Column, ...]:
    """The columns that both tables of the NHS Staff Survey have; `by_organisation`: every row is an organisation's."""
    return (
        text(
            "benchmark_group",
            "Benchmark group by the publisher's long name (reference.staff_survey_group); NULL above organisations.",
            required=by_organisation,
        ),
        text(
            "question",
            "Question by our stable id where marts use it; the wording is in reference.staff_survey_question.",
            required=by_organisation,
        ),
        text(
            "ethnic_group",
            "All, White, or BME (all other ethnic groups combined); NULL where the row is about another group.",
            allowed=("All", "White", "BME"),
            required=by_organisation,
        ),
        text(
            "weighting",
            "How answers were weighted, as printed; 'Unweighted' for rates by ethnic group of the benchmark workbook;"
            " NULL where the workbook does not say (trusts' results are weighted by occupation). Questions for facts"
            " (Q1, Q10a, Q26d, Q27 to Q31a, Q32 to Q35 in 2024) are never weighted.",
            required=False,
        ),
        number("respondents", "Number of answers the share is of (base), as printed."),
        text("measure", "share_percent: share of answers, 0-100; score: 0-10.", allowed=("share_percent", "score")),
        VALUE,
        VALUE_STATUS,
    )


REPORTING_UNIT = (
    "Code as printed: an organisation's, or that of a part of it which the survey reports on separately"
    " (reference.staff_survey_organisation)"
)
SURVEY_ORGANISATION = "ODS code of the organisation; the parts of an organisation have one org_code."

STAFF_SURVEY = Table(
    name="staff_survey",
    grain="survey year x reporting unit x question x ethnic group",
    description=(
        "NHS Staff Survey benchmark results by organisation on bullying, discrimination, fairness after errors and"
        " speaking up; some by ethnic group (WRES indicators 5 to 8), which are unweighted."
    ),
    columns=(
        Column("survey_year", pl.Int32(), "Year of fieldwork (autumn)."),
        text("reporting_unit", REPORTING_UNIT + "."),
        text("org_code", SURVEY_ORGANISATION, refers_to="organisation"),
        text("org_name", "Name as printed.", required=False),
        text("printed_variable", "Variable name as printed in this file, e.g. q14b."),
        *_answered(by_organisation=True),
    ),
    key=("survey_year", "reporting_unit", "question", "ethnic_group", "measure"),
    percents=("share_percent",),
    organisation_name="org_name",
)

STAFF_SURVEY_ANSWER = Table(
    name="staff_survey_answer",
    grain="survey year x reporting unit or group of staff x question x answer",
    description=(
        "NHS Staff Survey detailed results: every question and answer as printed, by organisation, for all trusts"
        " together, and for groups of their staff. The answers to one question add up to 100."
    ),
    columns=(
        Column("survey_year", pl.Int32(), "Year of fieldwork (autumn)."),
        text(
            "results_of",
            "What the row is about: levels overlap, so use one. All trusts; group of all trusts (see breakdown);"
            " organisation; part of an organisation (not in 'organisation' as well).",
            allowed=("all trusts", "group of all trusts", "organisation", "part of an organisation"),
        ),
        text("reporting_unit", REPORTING_UNIT + "; NULL above organisations.", required=False),
        text("org_code", SURVEY_ORGANISATION, required=False, refers_to="organisation"),
        text("org_name", "Name as printed.", required=False),
        text("region", "Region as printed; NULL where the publisher prints none.", required=False),
        text("ics", "Integrated care system as printed; NULL where the publisher prints none.", required=False),
        text("breakdown", "What staff of all trusts are grouped by, as printed; NULL for all of them.", required=False),
        text("breakdown_group", "The group of staff, as printed.", required=False),
        text("question_number", "Number of the question or score in this year's survey, as printed: Q14b, PP3_2."),
        text("question_text", "The question or the name of the score, as printed."),
        text("answer", "The answer, as printed without '% '; 'score' for a score."),
        *_answered(by_organisation=False),
    ),
    key=("survey_year", "results_of", "reporting_unit", "breakdown", "breakdown_group", "question_number", "answer"),
    percents=("share_percent",),
    organisation_name="org_name",
)
