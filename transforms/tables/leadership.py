"""What is measured of leaders and of the culture they make: pay gap, race equality standard, staff survey."""

from __future__ import annotations

import polars as pl

from transforms.tables.declare import VALUE, VALUE_STATUS, Column, Ratio, Table, date, number, text

PAY_QUARTERS = ("lower", "lower_middle", "upper_middle", "top")
PAY_GAPS = (
    "mean_hourly_pay_gap_percent",
    "median_hourly_pay_gap_percent",
    "mean_bonus_pay_gap_percent",
    "median_bonus_pay_gap_percent",
)
PAY_SHARES = (
    "male_bonus_percent",
    "female_bonus_percent",
    *(f"{sex}_{quarter}_quarter_percent" for quarter in PAY_QUARTERS for sex in ("male", "female")),
)

PAY_GAP = Table(
    name="pay_gap",
    grain="reporting year x employer x measure",
    description=(
        "Gender pay gap reports of NHS employers in England: women's and men's shares of each pay quarter,"
        " differences in pay. Only NHS employers are kept; org_code comes from the reviewed file"
        " reference.pay_gap_employer."
    ),
    columns=(
        text(
            "reporting_year",
            "Publisher's year, '2017-18': snapshot of 31 March (public sector) 2017.",
            is_period=True,
        ),
        date("snapshot_date", "Day the figures are of: 31 March for public bodies."),
        text("employer_name", "Employer's name as printed."),
        text("employer_id", "Publisher's own id (from 2021-22 on).", required=False),
        text(
            "org_code",
            "ODS code at the snapshot date; NULL where no reviewed match exists.",
            required=False,
            refers_to="organisation",
        ),
        text("employer_size", "Size class as printed.", required=False),
        Column(
            "was_due",
            pl.Boolean(),
            "Whether the employer's report was due when the publisher made the file: the newest report in the file was"
            " submitted on or after that day. False: the year was still open, and employers are missing.",
        ),
        text(
            "measure",
            "All in percent, 0-100. *_pay_gap_percent: men's less women's pay as a share of men's (negative: women are"
            " paid more); *_bonus_percent: share of that sex who got a bonus; *_quarter_percent: share of that sex"
            " among the staff of the pay quarter.",
            allowed=(*PAY_GAPS, *PAY_SHARES),
        ),
        VALUE,
        VALUE_STATUS,
    ),
    key=("reporting_year", "employer_name", "measure"),
    percents=PAY_SHARES,
    differences=PAY_GAPS,
    organisation_name="employer_name",
)

WRES_INDICATOR = Table(
    name="wres_indicator",
    grain="year x geography or trust x indicator x group x pay cluster x measure",
    description="Workforce Race Equality Standard indicators 1-9, each with numerator and denominator where known.",
    columns=(
        Column("wres_year", pl.Int32(), "Year of the WRES report."),
        text("geography_level", "England, Region or Organisation.", allowed=("England", "Region", "Organisation")),
        text("area_code", "ODS code of trust or region, or 'England'."),
        text("org_code", "ODS code of the trust; NULL above.", required=False, refers_to="organisation"),
        text("indicator", "1 to 9 as the standard numbers them.", allowed=tuple("123456789")),
        text("ethnic_group", "Whose figure: White, BME, Unknown, or the comparison, e.g. BME / White.", required=False),
        text("pay_cluster", "Band or cluster for indicator 1, part of the board for 9; 'All' otherwise."),
        number("numerator", "People the share or likelihood counts."),
        number("denominator", "People it is counted among: in indicators 1 and 9 those of unknown ethnicity too."),
        text(
            "measure",
            "percent: 0-100; likelihood_ratio: one group's likelihood divided by the other's, as ethnic_group says;"
            " headcount: people; percentage_points: a difference of two percentages.",
            allowed=("percent", "likelihood_ratio", "headcount", "percentage_points"),
        ),
        VALUE,
        VALUE_STATUS,
    ),
    key=("wres_year", "geography_level", "area_code", "indicator", "ethnic_group", "pay_cluster", "measure"),
    percents=("percent",),
    differences=("percentage_points",),
    ratios=(Ratio("percent", "numerator", "denominator"),),
)


def _answered(*, by_organisation: bool) -> tuple[Column, ...]:
    """The columns that both tables of the NHS Staff Survey have; `by_organisation`: no row is above organisations."""
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
