"""Validation rules for the figures of the Workforce Race Equality Standard."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.errors import (
    NotWhatItClaims,
    RepeatedFigure,
    TotalsDisagree,
    UnclearUnit,
    UnreadableValue,
    WorkforceError,
)
from transforms.reading.refuse import Row, cell_of, named, refuse_rows
from transforms.series.wres.tables import WRES_INDICATOR

MEASURES = {
    "1": ["percent", "headcount"],
    "2": ["likelihood_ratio", "percent"],
    "3": ["likelihood_ratio", "percent"],
    "4": ["likelihood_ratio", "percent"],
    "5": ["percent"],
    "6": ["percent"],
    "7": ["percent"],
    "8": ["percent"],
    "9": ["percent", "headcount", "percentage_points"],
}
DIRECTIONS = {"2": "White / BME", "3": "BME / White", "4": "White / BME"}
"""Indicator -> which likelihood is divided by which; in all three, a ratio above 1 is worse for BME staff."""

GROUPS = ["White", "BME", "Unknown"]
EXACT = 1e-9
FURTHEST = 50
"""Largest plausible ratio of two likelihoods, and its reciprocal the smallest; other values are not ratios."""
OF_STAFF = ["1", "9"]
"""Indicators that count staff: in England, and over `MANY` or more areas, most staff are white."""
MANY = 20


@dataclass(frozen=True)
class IntakeRule:
    """A validation rule: rows matching `broken` are invalid; the column at fault and what is expected there."""

    column: str
    broken: pl.Expr
    expected: str
    problem: str
    error: type[WorkforceError] = UnreadableValue


INDICATOR, MEASURE, VALUE = pl.col("indicator"), pl.col("measure"), pl.col("value")
NUMERATOR, DENOMINATOR = pl.col("numerator"), pl.col("denominator")
IS_RATIO = MEASURE == "likelihood_ratio"
PRINTED_HALF = 0.5 * pl.lit(10.0) ** (-pl.col("decimals")) + EXACT
"""Half a unit of the last printed decimal."""

RULES = (
    IntakeRule(
        "measure",
        ~MEASURE.is_in(INDICATOR.replace_strict(MEASURES, return_dtype=pl.List(pl.String))),
        "; ".join(f"{indicator}: {' or '.join(measures)}" for indicator, measures in MEASURES.items()),
        "the indicator has no such measure",
    ),
    IntakeRule(
        "ethnic_group",
        IS_RATIO & (pl.col("ethnic_group").ne_missing(INDICATOR.replace_strict(DIRECTIONS, default=None))),
        "; ".join(f"{indicator}: {direction}" for indicator, direction in DIRECTIONS.items()),
        "the ratio is not in the direction that the standard defines",
        UnclearUnit,
    ),
    IntakeRule(
        "ethnic_group",
        ~IS_RATIO & ~pl.col("ethnic_group").is_in(GROUPS).fill_null(value=False),
        ", ".join(GROUPS),
        "the figure has no valid ethnic group",
    ),
    IntakeRule(
        "pay_cluster",
        ~INDICATOR.is_in(["1", "9"]) & (pl.col("pay_cluster") != "All"),
        "All",
        "only indicators 1 and 9 have pay clusters",
    ),
    IntakeRule(
        "area_code",
        (pl.col("geography_level") == "England") != (pl.col("area_code") == "England"),
        "England with the level England, an ODS code otherwise",
        "the code does not fit the geography level",
    ),
    IntakeRule(
        "denominator",
        NUMERATOR.is_null() != DENOMINATOR.is_null(),
        "numerator and denominator both, or neither",
        "numerator or denominator is missing",
    ),
    IntakeRule(
        "numerator",
        NUMERATOR.is_not_null() & MEASURE.is_in(["likelihood_ratio", "headcount", "percentage_points"]),
        "blank: only a share has them; enter the two likelihoods of a ratio as separate rows, White and BME",
        "a figure that is not a share has a numerator",
    ),
    IntakeRule(
        "numerator", NUMERATOR > DENOMINATOR, "no more than the denominator", "the numerator exceeds the denominator"
    ),
    IntakeRule(
        "value",
        (MEASURE == "percent") & ~VALUE.is_between(0, 100),
        "0 to 100",
        "the value is not a percentage",
        UnclearUnit,
    ),
    IntakeRule(
        "value",
        (MEASURE == "percent") & (VALUE > 0) & (VALUE <= 1) & NUMERATOR.is_null(),
        "percent, 0 to 100, with numerator and denominator where it is 1 or less",
        "a share of at most 1 may be a fraction, 0.17 for 17 percent",
        UnclearUnit,
    ),
    IntakeRule("value", IS_RATIO & (VALUE <= 0), "more than 0", "the value is not a ratio", UnclearUnit),
    IntakeRule(
        "value",
        IS_RATIO & ~VALUE.is_between(1 / FURTHEST, FURTHEST),
        f"1/{FURTHEST} to {FURTHEST}, 1 where both likelihoods are the same",
        "the value is not a ratio of two likelihoods",
        UnclearUnit,
    ),
    IntakeRule(
        "value",
        (MEASURE == "percentage_points") & (VALUE.abs() > 100),
        "-100 to 100",
        "the value is not a difference of percentages",
    ),
    IntakeRule(
        "value",
        (MEASURE == "headcount") & ((VALUE < 0) | (VALUE.round() != VALUE)),
        "a whole number of people",
        "the number of people is not whole",
    ),
    IntakeRule(
        "value",
        (MEASURE == "percent") & ((VALUE - 100 * NUMERATOR / DENOMINATOR).abs() > PRINTED_HALF),
        "100 x numerator / denominator, rounded as printed",
        "the value does not follow from its numerator and denominator",
        TotalsDisagree,
    ),
)


def check(rows: pl.DataFrame) -> None:
    """Check that every row follows the rules; `rows` are rows of core.wres_indicator with decimals (as printed).

    Raises the error of the first broken rule, with row and column.
    """
    for rule in RULES:
        _hold(rows, rule)
    _check_once(rows)
    _check_ratios(rows)
    _check_groups(rows)


def _check_once(rows: pl.DataFrame) -> None:
    key = WRES_INDICATOR.key
    refuse_rows(
        rows.filter(pl.struct(key).is_duplicated()).sort(*key, "source_row"),
        RepeatedFigure,
        "a figure is given twice",
        column=0,
        expected="each figure once",
        found=lambda row: named(row, key),
        do="keep the row that is right",
        shown=2,
    )


def _check_ratios(rows: pl.DataFrame) -> None:
    """Check that a ratio equals the quotient of its two likelihoods, if these are given, to its printed precision."""
    of = ["wres_year", "geography_level", "area_code", "indicator"]
    shares = rows.filter(MEASURE == "percent").with_columns(likelihood=NUMERATOR / DENOMINATOR)
    white, bme = (
        shares.filter(pl.col("ethnic_group") == group).select(*of, pl.col("likelihood").alias(group))
        for group in GROUPS[:2]
    )
    ratios = rows.filter(IS_RATIO).join(white, on=of).join(bme, on=of)
    upside_down = INDICATOR == "3"
    exact = pl.when(upside_down).then(pl.col("BME") / pl.col("White")).otherwise(pl.col("White") / pl.col("BME"))
    wrong = ratios.with_columns(exact=exact).filter((VALUE - pl.col("exact")).abs() > PRINTED_HALF).sort("source_row")
    refuse_rows(
        wrong,
        TotalsDisagree,
        "a ratio does not follow from its two likelihoods",
        column=0,
        expected="{exact:.4f} ({ethnic_group})",
        found="{value:g}",
        do="check which likelihood is divided by which, and the numbers of people",
    )


def _check_groups(rows: pl.DataFrame) -> None:
    """Check that there are more white than BME staff in England and over many areas; otherwise groups are exchanged."""
    of = ["wres_year", "geography_level", "indicator", "pay_cluster", "measure"]
    staff = rows.filter(INDICATOR.is_in(OF_STAFF) & MEASURE.is_in(["percent", "headcount"]) & VALUE.is_not_null())
    white, bme = (
        staff.filter(pl.col("ethnic_group") == group).select(*of, "area_code", VALUE.alias(group), "source_row")
        for group in GROUPS[:2]
    )
    sums = (
        white.join(bme.drop("source_row"), on=[*of, "area_code"])
        .group_by(of)
        .agg(pl.col("White", "BME").sum(), pl.len().alias("areas"), pl.col("source_row").min())
    )
    enough = (pl.col("geography_level") == "England") | (pl.col("areas") >= MANY)
    refuse_rows(
        sums.filter(enough & (pl.col("White") < pl.col("BME"))).sort("source_row"),
        NotWhatItClaims,
        "figures of white and of BME staff seem to be exchanged",
        expected="more white than BME staff (indicator {indicator}, {pay_cluster}, {geography_level})",
        found="{White:g} white and {BME:g} BME ({measure}, {areas} areas)",
        do="compare the two groups with the report",
    )


def _hold(rows: pl.DataFrame, rule: IntakeRule) -> None:
    refuse_rows(
        rows.filter(rule.broken.fill_null(value=False)).sort("source_row"),
        rule.error,
        rule.problem,
        cell=lambda row: _cell(row, rule.column),
        expected=f"{rule.column}: {rule.expected}",
        found=f"{{{rule.column}!r}} (indicator {{indicator}}, {{measure}})",
        do="correct the row; if it was published so, leave it out and report it to the publisher",
    )


def _cell(row: Row, column: str) -> str:
    return cell_of(row) if column == "value" else f"row {row['source_row']}, {column}"
