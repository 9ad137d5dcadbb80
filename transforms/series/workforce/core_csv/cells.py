"""Checks of cells: blank labels, headcount that is not a whole number, headcount compared with FTE."""

from __future__ import annotations

import polars as pl

from transforms.errors import LayoutChanged, UnreadableValue
from transforms.reading.grid import ROW
from transforms.reading.refuse import refuse_rows
from transforms.series.workforce.core_csv.members import FIGURE_HEADINGS, Member

MAY_BE_BLANK = {
    "CLUSTER_GROUP",
    "BENCHMARK_GROUP",
    "STAFF_GROUP_SORT_ORDER",
    "STAFF_GROUP_2",
    "CARE_SETTING",
    "LEVEL",
    "PRIMARY_AREA_OF_WORK",
    "SECONDARY_AREA_OF_WORK",
    "TERTIARY_AREA_OF_WORK",
}
"""Labels that may be blank: an area above organisation level has no cluster, some staff have no area of work."""

LEAST_FTE = 0.1
"""Smallest average FTE per person; the average of chairs and non-executive directors, who work least, is higher."""

ENOUGH = 8
"""Smallest number of cells per measure for comparing people and FTE of a month: in one cell FTE may exceed people."""


def refuse_blanks(records: pl.LazyFrame, member: Member) -> None:
    """Check that every record has its labels and a figure. Raises `UnreadableValue` with the first that does not."""
    labels = [name for name in member.headings if name not in {*MAY_BE_BLANK, *FIGURE_HEADINGS, *member.beside}]
    figures = [name for name in member.headings if name in FIGURE_HEADINGS]
    blank = pl.any_horizontal(pl.col(labels).is_null()) | pl.all_horizontal(pl.col(figures).is_null())
    if "DATA_TYPE" in figures:
        blank = blank | pl.any_horizontal(pl.col("DATA_TYPE", "VALUE").is_null())
    first = records.filter(blank).select(ROW, *labels, *figures).head(1).collect()
    refuse_rows(
        first,
        UnreadableValue,
        "a record has a blank where a label or a figure belongs",
        sheet=member.name,
        expected="every label, and a figure or the symbol for one",
        found=lambda row: "nothing under " + ", ".join(name for name in (*labels, *figures) if row[name] is None),
        do="look at the record; if the file was damaged in the download, fetch it again",
    )


def require_people(cells: pl.DataFrame, *, sheet: str) -> None:
    """Check that headcount is whole and, by month, at least the FTE and at most ten times the FTE.

    `cells` has period_end, measure, value, source_row and source_column. Raises `UnreadableValue` for a headcount that
    is not a whole number, `LayoutChanged` if headcount and FTE seem to be exchanged.
    """
    value, people = pl.col("value"), pl.col("measure") == "headcount"
    refuse_rows(
        cells.filter(people & (value != value.floor()) | (value < 0)),
        UnreadableValue,
        "a headcount is not a whole number, or a figure is below zero",
        sheet=sheet,
        expected="whole numbers of people, and full-time equivalents (FTE) of zero or more",
        found="{value} ({measure})",
    )
    fte, heads = value.filter(pl.col("measure") == "fte"), value.filter(people)
    months = cells.group_by("period_end").agg(
        fte=fte.sum(), heads=heads.sum(), cells=fte.count(), others=heads.count(), source_row=pl.col(ROW).min()
    )
    compared = months.filter((pl.col("cells") >= ENOUGH) & (pl.col("cells") == pl.col("others"))).sort("period_end")
    refuse_rows(
        compared.filter((pl.col("heads") < pl.col("fte")) | (pl.col("fte") < LEAST_FTE * pl.col("heads"))),
        LayoutChanged,
        lambda row: (
            f"there are {'fewer' if row['heads'] < row['fte'] else 'far more'} people than full-time equivalents"
        ),
        sheet=sheet,
        expected=f"in {{period_end:%B %Y}}, people and their full-time equivalents (FTE), of {LEAST_FTE} to 1 each",
        found="{heads:.0f} people and {fte:.2f} FTE",
    )
