"""Indicators of the Workforce Race Equality Standard, as a table."""

from __future__ import annotations

import polars as pl

from transforms.tables.declare import VALUE, VALUE_STATUS, Column, Ratio, Table, number, text

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
