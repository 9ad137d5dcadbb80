"""Cells that cannot be so: labels that are blank, people that are no whole number, people beside their FTE."""

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
"""Labels that not every record has: an area above an organisation has no cluster, some staff no area of work."""

LEAST_FTE = 0.1
"""FTE of a person, in aggregate: the chairs and non-executives of boards, who work least, come to more."""

ENOUGH = 8
"""Cells of each unit from which people and FTE of a month are compared: FTE of single cells may exceed the people."""


def refuse_blanks(records: pl.LazyFrame, member: Member) -> None:
    """Nothing where every record has its labels and a figure. Raises `UnreadableValue` with the first that has not."""
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
    """Nothing where people are whole numbers and, month by month, no fewer than their FTE and not ten times as many.

    Raises `UnreadableValue` for a fraction of a person, `LayoutChanged` where headcount and FTE seem exchanged.
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
