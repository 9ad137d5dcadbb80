"""Checks of headcount in the workforce workbook against full-time equivalents (FTE) and the months before and after.

Headcount does not add up (a person may be counted in several groups), so totals alone detect few errors. Comparison
with FTE and with the neighbouring months detects most others. All figures of the edition of May 2023 (165 months,
273,432 figures) are within the limits below, most by a factor of two; each limit states the measured values.
"""

from __future__ import annotations

import polars as pl

from transforms.errors import IncompleteFile, LayoutChanged, TotalsDisagree, UnreadableValue
from transforms.reading.grid import ROW, cell_name
from transforms.reading.keys import with_keys
from transforms.reading.refuse import Row, refuse_rows

AREA = ["geography_level", "area_code"]
FIGURE = ["measure", "period_end", "staff_group", *AREA]
LINE = ["source_sheet", "measure", *AREA, "staff_group"]
KEYS = {"figure": FIGURE, "place": FIGURE[1:], "line": LINE, "in_line": [*LINE, "period_end"]}
"""Whole numbers in place of several columns, as in `reading.keys`; `in_line` orders the figures of a line by month."""
FEW = 10
"""People by which every headcount may differ from the expected one, because in small groups one contract matters."""
MANY = 10_000
SHARE, SHARE_OF_MANY = 0.03, 0.01
"""Share by which a headcount, up to 10,000 people and above, may differ from what the neighbouring months suggest.

Measured: at most 6 people of less than a thousand, 1.7 % of less than ten thousand, 0.6 % of more.
"""
COUNTED_TWICE = 0.03
"""Share by which the parts of a headcount may exceed it. Measured: at most 1.9 % for 120 people or more."""
LEAST, MOST = 0.98, 6.0
"""Limits of people per FTE, in addition to `FEW`. Measured: 0.96 (33.3 FTE, 32 people) to 5.0 for 100 people or more:
a person may work more than full time, and bank staff far less."""
JUMP = 0.15
"""Change from one month to the next, as difference of natural logarithms, above which two rows may be exchanged."""
GOES_ON = 0.02
"""Largest difference of logarithms between each row and the other row's month before, in headcount and in FTE.

Measured: never this small in both. The smallest was 0.048, when ambulance staff were reclassified in April 2019.
"""

WHICH = "({geography_level} {area_code}, {staff_group}, {period_end})"
"""Template for messages that identifies the figure of a row of core.workforce."""


def check_people(rows: pl.DataFrame) -> None:
    """Check that every headcount is plausible; `rows` are the rows of core.workforce from all tables of the workbook.

    Raises `UnreadableValue` for a headcount that is not a whole number or a figure below zero, `IncompleteFile` for
    people without FTE or FTE without people, `TotalsDisagree` for a headcount that does not fit its FTE or the
    neighbouring months, `LayoutChanged` for two rows of a table that are exchanged from one month to the next.
    """
    rows = rows if set(KEYS) <= set(rows.columns) else with_keys(rows, **KEYS)
    _check_whole(rows)
    beside = _beside_fte(rows)
    _check_together(rows, beside)
    _check_ratio(rows, beside)
    _check_months_beside(rows, beside)
    _check_exchanged(rows)


def few_counted_twice(total: pl.Expr) -> pl.Expr:
    """The number of people by which the sum of the parts of a headcount may exceed it."""
    return FEW + COUNTED_TWICE * total


def _check_whole(rows: pl.DataFrame) -> None:
    value = pl.col("value")
    refuse_rows(
        rows.filter((value < 0) | ((pl.col("measure") == "headcount") & (value != value.round()))),
        UnreadableValue,
        "a headcount is not a whole number, or a figure is below zero",
        expected="whole numbers of people, and full-time equivalents (FTE) of zero or more",
        found="{value}",
    )


def _beside_fte(rows: pl.DataFrame) -> pl.DataFrame:
    """The headcounts beside the FTE of the same area, staff group and month.

    Columns: at and fte_at (positions of the two rows in `rows`), people, fte, no_people and no_fte (whether the cell is
    blank), line, in_line. The other columns are left out, because copying them takes most of the time.
    """
    cells = rows.select(
        "measure", "place", "line", "in_line", "value", is_blank=pl.col("value_status").eq_missing("x")
    ).with_row_index("at")
    fte = cells.filter(measure="fte").select("place", fte_at="at", fte="value", no_fte="is_blank")
    people = cells.filter(measure="headcount").select(
        "place", "at", "line", "in_line", people="value", no_people="is_blank"
    )
    return people.join(fte.filter(pl.col("place").is_first_distinct()), on="place")


def _printed(rows: pl.DataFrame, beside: pl.DataFrame) -> pl.DataFrame:
    """All columns of the headcounts in `beside`, in order, with fte, fte_sheet, fte_row and fte_column."""
    beside = beside.sort("at")
    cell = rows.select(fte_sheet="source_sheet", fte_row=ROW, fte_column="source_column")
    others = beside.select(name for name in beside.columns if name not in rows.columns)
    return pl.concat([rows[beside["at"]], cell[beside["fte_at"]], others], how="horizontal")


def _check_together(rows: pl.DataFrame, beside: pl.DataFrame) -> None:
    people, fte = pl.col("people"), pl.col("fte")
    # A symbol explains why there is no figure; a blank next to a figure means that a figure was lost.
    lost = (people.is_null() & pl.col("no_people") & fte.is_not_null()) | (
        fte.is_null() & pl.col("no_fte") & people.is_not_null()
    )
    refuse_rows(
        _printed(rows, beside.filter(lost | ((people == 0) != (fte == 0)))),
        IncompleteFile,
        "people are printed without full-time equivalents (FTE), or the other way round",
        expected=f"people where there are FTE, and only there {WHICH}",
        found=_people_and_fte,
    )


def _check_ratio(rows: pl.DataFrame, beside: pl.DataFrame) -> None:
    people, fte = pl.col("people"), pl.col("fte")
    refuse_rows(
        _printed(rows, beside.filter((people < LEAST * fte - FEW / 3) | (people > MOST * fte + FEW))),
        TotalsDisagree,
        "headcount and full-time equivalents (FTE) cannot both be right",
        expected=f"about as many people as FTE, or up to {MOST:g} times as many {WHICH}",
        found=_people_and_fte,
    )


def _check_months_beside(rows: pl.DataFrame, beside: pl.DataFrame) -> None:
    """Check that people per FTE are between the values of the month before and the month after, or close to them."""
    lines = beside.sort("in_line").with_columns(ratio=pl.col("people") / pl.col("fte"))
    near = [pl.when(pl.col("line").shift(by) == pl.col("line")).then(pl.col("ratio").shift(by)) for by in (1, -1)]
    near = [pl.when(each.is_finite()).then(each) for each in near]
    people = pl.col("people")
    may_be_off = FEW + SHARE * people.clip(0, MANY) + SHARE_OF_MANY * (people - MANY).clip(0)
    # The first and last month have one neighbour only, so it is unknown which of the two months is wrong.
    between = lines.with_columns(before=near[0], after=near[1]).drop_nulls(["before", "after"])
    off = between.with_columns(
        least=pl.min_horizontal("before", "after") * pl.col("fte"),
        most=pl.max_horizontal("before", "after") * pl.col("fte"),
    ).filter((people > 0) & (pl.max_horizontal(pl.col("least") - people, people - pl.col("most")) > may_be_off))
    refuse_rows(
        _printed(rows, off).sort("source_sheet", ROW, "source_column"),
        TotalsDisagree,
        "a headcount does not go with its full-time equivalents (FTE) as in the months beside it",
        expected=f"{{least:.0f}} to {{most:.0f}} people for {{fte:g}} FTE {WHICH}",
        found="{value:g}",
    )


def _check_exchanged(rows: pl.DataFrame) -> None:
    """Raise `LayoutChanged` for two rows that each continue the values of the other: their labels were exchanged.

    Both measures must be exchanged; if only one is, the check of people per FTE detects it.
    """
    positive = rows.select("line", "in_line", "value").with_row_index("at").filter(pl.col("value") > 0).sort("in_line")
    before = pl.when(pl.col("line").shift(1) == pl.col("line")).then(pl.col("value").shift(1))
    moves = positive.select("at", "value", before=before)
    jumps = moves.filter((pl.col("value") / pl.col("before")).log().abs() > JUMP)
    jumped = pl.concat([rows[jumps["at"]], jumps.select("before")], how="horizontal")
    key = ["source_sheet", "measure", "period_end", "geography_level"]
    both = jumped.join(jumped.select(*key, "area_code", "staff_group", "value", "before"), on=key, suffix="_other")
    both = both.filter(pl.struct("area_code", "staff_group") != pl.struct("area_code_other", "staff_group_other"))

    def far(one: str, other: str) -> pl.Expr:
        return (pl.col(one) / pl.col(other)).log().abs()

    near = both.filter((far("value", "before_other") < GOES_ON) & (far("value_other", "before") < GOES_ON))
    pair = ["period_end", *AREA, "staff_group", "area_code_other", "staff_group_other"]
    exchanged = near.filter(pl.col("measure").n_unique().over(pair) > 1).sort("source_sheet", ROW, "source_column")
    refuse_rows(
        exchanged,
        LayoutChanged,
        "two lines of a table change places from one month to the next",
        expected=f"about {{before:g}}, as the month before {WHICH}",
        found="{value:g}, where {area_code_other}, {staff_group_other} was at {before_other:g} and is at"
        " {value_other:g}",
    )


def _people_and_fte(row: Row) -> str:
    fte_cell = cell_name(row["fte_row"], row["fte_column"])
    return f"{row['value']} people, {row['fte']} FTE in {row['fte_sheet']!r}, {fte_cell}"
