"""Who answered, in the detailed spreadsheets of the NHS Staff Survey: an organisation, all trusts, a group of staff."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.errors import NotWhatItClaims
from transforms.reading.grid import ROW, Grid, normal
from transforms.reading.refuse import NEW_LAYOUT, refuse_rows
from transforms.reading.vocabulary import translate
from transforms.series.staff_survey.questions import organisations

ABOUT = {  # kind -> heading (lower case) -> column of the table
    "organisational": {
        "ods code": "reporting_unit",
        "organisation name": "org_name",
        "benchmarking group": "benchmark_group",
        "region": "region",
        "ics": "ics",
        "weighting": "weighting",
    },
    "national": {
        "base": "base",
        "breakdown": "breakdown",
        "breakdown subgroup": "breakdown_group",
        "weighting": "weighting",
    },
}
ETHNIC_GROUPS = "ethnic background (summary)"
NONE = "-"


class Respondents:
    """Who answered, by row of a sheet. Sheets of a workbook with the same labels in the same cells are read once."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._labels = pl.DataFrame()
        self._places: dict[str, int] = {}
        self._rows = pl.DataFrame()

    def rows(self, grid: Grid, header: int) -> pl.DataFrame:
        """The rows with answers: source_row and the columns of core.staff_survey_answer that identify respondents."""
        about = ABOUT[self.kind]
        places = {about[normal(text)]: c for c, text in grid.row(header).items() if normal(text) in about}
        is_filled = grid.text[header:].select(pl.any_horizontal(pl.exclude(ROW).is_not_null())).to_series()
        labels = grid.text[header:].select(ROW, **{name: pl.col(f"c{column}") for name, column in places.items()})
        labels = labels.filter(is_filled)
        if places != self._places or not labels.equals(self._labels):
            self._rows = _whose(grid, labels, places, self.kind)
            self._labels, self._places = labels, places
        return self._rows


def _whose(grid: Grid, rows: pl.DataFrame, places: Mapping[str, int], kind: str) -> pl.DataFrame:
    # '-' in these columns means that there is no value.
    rows = rows.with_columns(
        pl.when(pl.exclude(ROW, "weighting") != NONE).then(pl.exclude(ROW, "weighting")).name.keep()
    )
    if kind == "organisational":
        found = organisations(rows, sheet=grid.sheet, column=places["reporting_unit"])
        part = pl.col("reporting_unit") != pl.col("org_code")
        level = pl.when(part).then(pl.lit("part of an organisation")).otherwise(pl.lit("organisation"))
        found = found.with_columns(results_of=level, ethnic_group=pl.lit("All"))
    else:
        found = _groups(grid, rows, places)
    wanted = ("results_of", "reporting_unit", "org_code", "org_name", "region", "ics", "breakdown", "breakdown_group")
    columns = (*wanted, "benchmark_group", "ethnic_group", "weighting")
    return found.select(
        ROW, *(pl.col(name) if name in found.columns else pl.lit(None, pl.String).alias(name) for name in columns)
    )


def _groups(grid: Grid, rows: pl.DataFrame, places: Mapping[str, int]) -> pl.DataFrame:
    """The rows of the national results, with results_of and ethnic_group: all trusts, and each group of a breakdown."""
    whole, group = pl.col("breakdown").is_null(), pl.col("breakdown_group").is_null()
    wrong = rows.filter(
        (pl.col("base").str.to_lowercase() != "national").fill_null(value=True)
        | (whole != group)
        | pl.struct("breakdown", "breakdown_group").is_duplicated()
    )
    if rows.filter(whole).height != 1:
        wrong = pl.concat([wrong, rows.filter(whole), rows.head(1)])
    refuse_rows(
        wrong,
        NotWhatItClaims,
        "the rows of the sheet are not one for all trusts and one for each group of staff",
        file=grid,
        column=places["breakdown"],
        expected="'National' in each row, breakdown and subgroup together, each once; one row without them",
        found="{base} | {breakdown} | {breakdown_group}",
        do=NEW_LAYOUT,
    )
    summary = pl.col("breakdown").str.to_lowercase() == ETHNIC_GROUPS
    rows = rows.with_columns(ethnic_group=pl.when(summary).then("breakdown_group"))
    rows = translate(rows, "ethnic_group", "staff_survey_ethnic_group", sheet=grid.sheet)
    return rows.with_columns(
        results_of=pl.when(whole).then(pl.lit("all trusts")).otherwise(pl.lit("group of all trusts")),
        ethnic_group=pl.when(whole).then(pl.lit("All")).otherwise("ethnic_group"),
    )
