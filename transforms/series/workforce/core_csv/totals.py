"""Categories, grades and characteristics of the staff against the totals printed beside them."""

from __future__ import annotations

import polars as pl

from transforms.errors import IncompleteFile, TotalsDisagree
from transforms.reading.grid import ROW
from transforms.reading.refuse import named, refuse_rows

CELL = ["population", "period_end", "staff_group", "role_group", "grade", "characteristic", "measure"]
SAME_STAFF = [name for name in CELL if name != "characteristic"]
SOME = 5
"""How many of several findings a message names."""

NEARLY_ALL, ENOUGH = 0.8, 10
"""Share and number of cells that must keep a rule which no document states before the others are held to it."""


FEW = 5
"""Enough of them where the same figure stands in two members: no chance makes five of these alike."""


def rounding(parts: pl.Expr) -> pl.Expr:
    """How far FTE, published to five places, can differ from the sum of so many parts."""
    return pl.max_horizontal(pl.lit(0.001), (parts + 1) * 0.00001)


def contradicts(total: pl.Expr, parts: pl.Expr) -> pl.Expr:
    """Whether a printed total cannot be that of its `parts` (their sum), beside columns measure, count and largest.

    FTE is their sum. A person counted in two parts makes a total of people less than it, but no less than one of them.
    """
    off = total - parts
    return (
        pl.when(pl.col("measure") == "fte")
        .then(off.abs() > rounding(pl.col("count")))
        .otherwise((off > 0) | (total < pl.col("largest")))
    )


def where_it_holds(
    cells: pl.DataFrame, holds: pl.Expr, *, share: float = NEARLY_ALL, enough: int = ENOUGH
) -> pl.DataFrame:
    """The cells that break a rule which nearly all others of the file keep; none where it is no rule of the file."""
    broken = cells.filter(~holds)
    is_rule = cells.height >= enough and broken.height <= (1 - share) * cells.height
    return broken if is_rule else broken.clear()


def check_category_totals(rows: pl.DataFrame) -> None:
    """Nothing where FTE of the categories adds up to the printed total, and headcount does not exceed it.

    Cells with a suppressed category, or without a total, are left alone. Raises `TotalsDisagree`. A person in two
    roles may be recorded in two categories, so a total of people may be less than the sum of its categories.
    """
    _check_categories(_sums(rows))


def on_another_scale(cells: pl.DataFrame, value: str, other: str, *, enough: int = ENOUGH) -> pl.DataFrame:
    """The cells, where nearly all values of a file are one and the same multiple of the others; none otherwise."""
    ratio = pl.col(value) / pl.col(other)
    compared = cells.filter(pl.col(value) > 0, pl.col(other) > 0)
    near = ((ratio / ratio.median()) - 1).abs() < 0.0001
    same = compared.filter(near)
    is_scale = compared.height >= enough and same.height >= NEARLY_ALL * compared.height
    return same.filter((ratio.median() - 1).abs() > 0.001) if is_scale else same.clear()


def check_people(rows: pl.DataFrame, staff: pl.DataFrame | None) -> None:
    """Nothing where totals and categories agree, and totals with each other and with `staff` (core.workforce or None).

    Raises `TotalsDisagree`, and `IncompleteFile` where a total stands without categories, or they without it.
    """
    sums = _sums(rows)
    _check_categories(sums)
    _check_both_there(sums)
    _check_totals_there(sums)
    totals = sums.filter(totals=1).filter(pl.col("total").is_not_null())
    _check_characteristics(totals)
    _check_grades(totals)
    if staff is not None:
        _check_staff(totals, staff)


def _sums(rows: pl.DataFrame) -> pl.DataFrame:
    level, value = pl.col("category_level"), pl.col("value")
    parts = level.is_in(["group", "unknown"])
    return rows.group_by(CELL).agg(
        total=value.filter(level == "total").first(),
        totals=(level == "total").sum(),
        parts=value.filter(parts).sum(),
        count=parts.sum(),
        groups=(level == "group").sum(),
        details=(level == "detail").sum(),
        largest=value.filter(parts).max(),
        suppressed=value.is_null().any(),
        source_sheet=pl.col("source_sheet").first(),
        source_row=pl.col(ROW).min(),
    )


def _check_categories(sums: pl.DataFrame) -> None:
    told = (pl.col("groups") > 0) | (pl.col("details") == 0)
    sums = sums.filter((pl.col("totals") == 1) & (pl.col("count") > 0) & told & ~pl.col("suppressed"))
    wrong = sums.filter(contradicts(pl.col("total"), pl.col("parts")))
    _refuse(wrong, "a printed total and its categories disagree")


def _check_both_there(sums: pl.DataFrame) -> None:
    """Where a file prints a characteristic with totals and categories, no cell has the one without the other."""
    kind = ["population", "characteristic", "measure"]
    has_both = (pl.col("totals") > 0) & (pl.col("count") > 0)
    alone = sums.filter(has_both.any().over(kind)).filter(
        ~has_both & ~pl.col("suppressed") & ((pl.col("total").fill_null(0) > 0) | (pl.col("parts") > 0))
    )
    refuse_rows(
        alone.sort(CELL),
        IncompleteFile,
        "a total has no categories, or categories have no total",
        expected=lambda row: f"total and categories of {named(row, CELL)}",
        found=lambda row: "its total alone" if row["totals"] else "its categories alone",
    )


def _check_totals_there(sums: pl.DataFrame) -> None:
    """Where half of the characteristics have totals, each has."""
    kinds = sums.group_by("population", "measure", "characteristic").agg(
        has=(pl.col("totals") > 0).any(), source_sheet=pl.col("source_sheet").first(), source_row=pl.col(ROW).min()
    )
    without = kinds.filter(~pl.col("has") & (pl.col("has").mean().over("population", "measure") >= 0.5))
    refuse_rows(
        without.sort("population", "measure", "characteristic"),
        IncompleteFile,
        "a characteristic has no totals",
        expected="all staff by {characteristic}, as by other characteristics ({measure})",
        found="its categories alone",
    )


def _check_characteristics(totals: pl.DataFrame) -> None:
    """The staff of a group and grade are the same whatever characteristic they are counted by, where a file has it."""
    spread = pl.col("total").max() - pl.col("total").min()
    same = totals.group_by(SAME_STAFF).agg(
        total=pl.col("total").max(),
        parts=pl.col("total").min(),
        spread=spread,
        count=pl.len(),
        kinds=pl.col("characteristic").n_unique(),
        source_sheet=pl.col("source_sheet").first(),
        source_row=pl.col(ROW).min(),
    )
    allowed = pl.when(pl.col("measure") == "fte").then(rounding(pl.col("count"))).otherwise(0)
    wrong = where_it_holds(same, pl.col("spread") <= allowed)
    _refuse(wrong, "totals of the same staff differ between characteristics", of=SAME_STAFF)
    period = ["population", "period_end", "measure"]
    # A total of nobody need not be printed for every characteristic.
    same = same.filter(pl.col("total") > 0).with_columns(most=pl.col("kinds").max().over(period))
    few = where_it_holds(same, pl.col("kinds") == pl.col("most"), share=0.95)
    refuse_rows(
        few.sort(SAME_STAFF),
        IncompleteFile,
        "characteristics are missing",
        expected=lambda row: f"{row['most']} characteristics of {named(row, SAME_STAFF)}",
        found="{kinds}",
    )


def _check_grades(totals: pl.DataFrame) -> None:
    """FTE over grades is that of all grades, where a file prints both so."""
    cell = [name for name in CELL if name != "grade"]
    whole = pl.col("grade") == "All grades"
    sums = (
        totals.filter(measure="fte")
        .group_by(cell)
        .agg(
            total=pl.col("total").filter(whole).first(),
            parts=pl.col("total").filter(~whole).sum(),
            count=(~whole).sum(),
            source_sheet=pl.col("source_sheet").first(),
            source_row=pl.col(ROW).min(),
        )
        .filter(pl.col("count") > 0)
        .with_columns(pl.col("total").fill_null(0))
    )
    # A dozen grades that give their total to the fifth decimal do so by no chance.
    agree = (pl.col("total") - pl.col("parts")).abs() <= rounding(pl.col("count"))
    wrong = where_it_holds(sums, agree, share=0.25)
    _refuse(wrong, "FTE of all grades is not that of its grades", of=cell)


def _check_staff(totals: pl.DataFrame, staff: pl.DataFrame) -> None:
    """Trusts' staff counted by characteristic are those of Core 1, where a zip prints both so."""
    named = pl.when(pl.col("role_group").str.starts_with("All ")).then(pl.col("staff_group")).otherwise("role_group")
    england = staff.filter(geography_level="England", measure="fte").select(
        "period_end", pl.col("staff_group").alias("named"), pl.col("value").alias("in_post")
    )
    both = (
        totals.filter(measure="fte", grade="All grades", population="NHS trusts and core organisations")
        .with_columns(named=named.str.replace(r"^HCHS doctors - ", ""))
        .join(england.drop_nulls("in_post"), on=["period_end", "named"])
    )
    wrong = where_it_holds(both, (pl.col("total") - pl.col("in_post")).abs() <= 0.001, enough=FEW)
    if wrong.is_empty():
        wrong = on_another_scale(both, "total", "in_post", enough=FEW)
    wrong = wrong.with_columns(total="in_post", parts="total")
    _refuse(wrong, "staff by characteristic are not those by staff group")


def _refuse(wrong: pl.DataFrame, problem: str, *, of: list[str] = CELL) -> None:
    refuse_rows(
        wrong.sort(of),
        TotalsDisagree,
        problem,
        expected=lambda row: f"{row['total']} ({named(row, of)})",
        found="{parts}",
    )
