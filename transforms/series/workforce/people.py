"""Headcount in the workforce workbook against the full-time equivalents (FTE) printed beside it and the months around.

Headcount does not add up, so a total leaves much room for a wrong one. What follows from FTE, from the months before
and after and from how few people are counted twice leaves little. Every limit here holds for all figures of the
edition of May 2023 (165 months, 273,432 figures), most by a factor of two; what was measured stands with each.
"""

from __future__ import annotations

import polars as pl

from transforms.errors import IncompleteFile, LayoutChanged, TotalsDisagree, UnreadableValue
from transforms.reading.grid import ROW, cell_name
from transforms.reading.refuse import Row, refuse_rows

AREA = ["geography_level", "area_code"]
LINE = ["source_sheet", *AREA, "staff_group"]
FEW = 10
"""People by which any headcount may be off what is expected of it: in small groups a single contract tells."""
MANY = 10_000
SHARE, SHARE_OF_MANY = 0.03, 0.01
"""Share of a headcount, up to 10,000 people and beyond, by which it may be off what the months beside it lead to.

Measured: at most 6 people of less than a thousand, 1.7 % of less than ten thousand, 0.6 % of more.
"""
COUNTED_TWICE = 0.03
"""Share by which the parts of a headcount may exceed it. Measured: at most 1.9 % where it is 120 people or more."""
LEAST, MOST = 0.98, 6.0
"""People for each FTE, beside `FEW`. Measured: 0.96 (33.3 FTE, 32 people) to 5.0 among a hundred people or more; a
person may work more than full time, and bank staff far less."""
JUMP = 0.15
"""Change in a month, as a difference of logarithms, from which an exchange of two lines is looked for."""
GOES_ON = 0.02
"""How near, in the same terms, both lines must then be to where the other one was, in headcount and in FTE.

Measured: never in both measures. Nearest came ambulance staff and their support, classified anew in April 2019: 0.048.
"""

WHICH = "({geography_level} {area_code}, {staff_group}, {period_end})"
"""Text of a message: which figure a row of core.workforce is."""


def check_people(rows: pl.DataFrame) -> None:
    """Nothing where every headcount can be right; `rows` are those of core.workforce from all tables.

    Raises `UnreadableValue` for a headcount that is no whole number or not above zero, `IncompleteFile` for people
    without FTE or FTE without people, `TotalsDisagree` for a headcount that its FTE, or the months beside it, do not
    allow, `LayoutChanged` for two lines that change places from one month to the next.
    """
    _check_whole(rows)
    beside = _beside_fte(rows)
    _check_together(beside)
    _check_ratio(beside)
    _check_months_beside(beside)
    _check_exchanged(rows)


def few_counted_twice(total: pl.Expr) -> pl.Expr:
    """People by which the parts of a headcount may add up to more than it."""
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
    """Headcounts with the FTE of the same area, staff group and month in `fte`, and its cell in `fte_cell`."""
    key = [*AREA, "staff_group", "period_end"]
    fte = rows.filter(measure="fte").unique(key, keep="first", maintain_order=True)
    return rows.filter(measure="headcount").join(
        fte.select(
            *key,
            fte="value",
            is_blank=pl.col("value_status") == "x",
            fte_sheet="source_sheet",
            fte_row=ROW,
            fte_column="source_column",
        ),
        on=key,
    )


def _check_together(beside: pl.DataFrame) -> None:
    people, fte = pl.col("value"), pl.col("fte")
    # A symbol says why there is no figure; a blank beside a figure is a lost one.
    lost = (people.is_null() & (pl.col("value_status") == "x") & fte.is_not_null()) | (
        fte.is_null() & pl.col("is_blank") & people.is_not_null()
    )
    refuse_rows(
        beside.filter(lost | ((people == 0) != (fte == 0))),
        IncompleteFile,
        "people are printed without full-time equivalents (FTE), or the other way round",
        expected=f"people where there are FTE, and only there {WHICH}",
        found=_people_and_fte,
    )


def _check_ratio(beside: pl.DataFrame) -> None:
    people, fte = pl.col("value"), pl.col("fte")
    refuse_rows(
        beside.filter((people < LEAST * fte - FEW / 3) | (people > MOST * fte + FEW)),
        TotalsDisagree,
        "headcount and full-time equivalents (FTE) cannot both be right",
        expected=f"about as many people as FTE, or up to {MOST:g} times as many {WHICH}",
        found=_people_and_fte,
    )


def _check_months_beside(beside: pl.DataFrame) -> None:
    """People for each FTE lie near those of the month before or after, or between them."""
    lines = beside.sort(*LINE, "period_end").with_columns(ratio=pl.col("value") / pl.col("fte"))
    near = [pl.col("ratio").shift(by).over(LINE) for by in (1, -1)]
    near = [pl.when(each.is_finite()).then(each) for each in near]
    people = pl.col("value")
    least, most = pl.min_horizontal(*near) * pl.col("fte"), pl.max_horizontal(*near) * pl.col("fte")
    may_be_off = FEW + SHARE * people.clip(0, MANY) + SHARE_OF_MANY * (people - MANY).clip(0)
    # Beside one month only, at the ends of a line, there is no telling which of the two is wrong.
    between = pl.all_horizontal(each.is_not_null() for each in near)
    off = (
        lines.with_columns(least=least, most=most, is_between=between, may_be_off=may_be_off)
        .filter((people > 0) & pl.col("is_between"))
        .filter(pl.max_horizontal(pl.col("least") - people, people - pl.col("most")) > pl.col("may_be_off"))
        .sort("source_sheet", ROW, "source_column")
    )
    refuse_rows(
        off,
        TotalsDisagree,
        "a headcount does not go with its full-time equivalents (FTE) as in the months beside it",
        expected=f"{{least:.0f}} to {{most:.0f}} people for {{fte:g}} FTE {WHICH}",
        found="{value:g}",
    )


def _check_exchanged(rows: pl.DataFrame) -> None:
    """Two lines that each go on where the other one was: their labels changed places in some months.

    Looked for in both measures together: an exchange in one alone shows in the people for each FTE.
    """
    before = pl.col("value").shift(1).over(*LINE, "measure")
    positive = rows.filter(pl.col("value") > 0).sort(*LINE, "measure", "period_end").with_columns(before=before)
    jumped = positive.filter((pl.col("value") / pl.col("before")).log().abs() > JUMP)
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
