"""Checks of staff by category, grade and personal characteristic against their printed totals."""

from __future__ import annotations

import polars as pl

from transforms.errors import IncompleteFile, TotalsDisagree
from transforms.reading.grid import ROW
from transforms.reading.refuse import named, refuse_rows

CELL = ["population", "period_end", "staff_group", "role_group", "grade", "characteristic", "measure"]
SAME_STAFF = [name for name in CELL if name != "characteristic"]
SOME = 5
"""Largest number of missing items that a message lists."""

NEARLY_ALL, ENOUGH = 0.8, 10
"""An undocumented rule applies to a file if at least this share of at least this number of cells follow it."""


FEW = 5
"""The number for figures that two members print: five equal figures cannot be a coincidence."""


def rounding(parts: pl.Expr) -> pl.Expr:
    """The rounding difference possible between an FTE total and the sum of `parts` parts, printed to five decimals."""
    return pl.max_horizontal(pl.lit(0.001), (parts + 1) * 0.00001)


def contradicts(total: pl.Expr, parts: pl.Expr) -> pl.Expr:
    """Whether a printed total contradicts `parts`, the sum of its parts.

    The frame also needs the columns measure, count (number of parts) and largest (the largest part). Total FTE must be
    the sum; total headcount may be less, as a person may be in two parts, but not less than the largest part.
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
    """The rows of `cells` that break a rule that nearly all follow; no rows if the rule does not apply to the file.

    The rule applies if there are at least `enough` rows and at least the share `share` of them follow it.
    """
    broken = cells.filter(~holds)
    is_rule = cells.height >= enough and broken.height <= (1 - share) * cells.height
    return broken if is_rule else broken.clear()


def check_category_totals(rows: pl.DataFrame) -> None:
    """Check that categories agree with their printed total: FTE adds up, and a headcount total is at most the sum.

    `rows` are rows of core.person_characteristic. A person in two roles may be in two categories, so total headcount
    may be less than the sum. Figures with a suppressed category or without a total are not checked. Raises
    `TotalsDisagree`.
    """
    _check_categories(_sums(rows))


def on_another_scale(cells: pl.DataFrame, value: str, other: str, *, enough: int = ENOUGH) -> pl.DataFrame:
    """The rows whose `value` is a constant multiple of `other`, if nearly all rows of the file have that multiple.

    Such a file has one of the two figures in another unit. No rows are returned if the multiple is 1 or differs.
    """
    ratio = pl.col(value) / pl.col(other)
    compared = cells.filter(pl.col(value) > 0, pl.col(other) > 0)
    near = ((ratio / ratio.median()) - 1).abs() < 0.0001
    same = compared.filter(near)
    is_scale = compared.height >= enough and same.height >= NEARLY_ALL * compared.height
    return same.filter((ratio.median() - 1).abs() > 0.001) if is_scale else same.clear()


def check_people(rows: pl.DataFrame, staff: pl.DataFrame | None) -> None:
    """Check that totals agree with their categories, with each other, and with `staff` (core.workforce, or None).

    `rows` are rows of core.person_characteristic. Raises `TotalsDisagree`, and `IncompleteFile` for a total without
    categories or categories without a total.
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
    """Check that totals and categories occur together, if the file prints both for the characteristic."""
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
        found=lambda row: "only the total" if row["totals"] else "only categories",
    )


def _check_totals_there(sums: pl.DataFrame) -> None:
    """Check that every characteristic has totals, if at least half of them do."""
    kinds = sums.group_by("population", "measure", "characteristic").agg(
        has=(pl.col("totals") > 0).any(), source_sheet=pl.col("source_sheet").first(), source_row=pl.col(ROW).min()
    )
    without = kinds.filter(~pl.col("has") & (pl.col("has").mean().over("population", "measure") >= 0.5))
    refuse_rows(
        without.sort("population", "measure", "characteristic"),
        IncompleteFile,
        "a characteristic has no totals",
        expected="all staff by {characteristic}, as by other characteristics ({measure})",
        found="only categories",
    )


def _check_characteristics(totals: pl.DataFrame) -> None:
    """Check that the total of a staff group and grade is the same for every characteristic, if it is in most cases."""
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
    # A total of zero need not be printed for every characteristic.
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
    """Check that FTE of the grades adds up to all grades, if it does in a quarter of the cases."""
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
    # A sum of a dozen grades that equals the total to five decimals is not a coincidence, so a quarter is enough.
    agree = (pl.col("total") - pl.col("parts")).abs() <= rounding(pl.col("count"))
    wrong = where_it_holds(sums, agree, share=0.25)
    _refuse(wrong, "the FTE of all grades is not the sum of the grades", of=cell)


def _check_staff(totals: pl.DataFrame, staff: pl.DataFrame) -> None:
    """Check that the FTE of trusts' staff by characteristic equals the FTE in Core 1, if it does in most cases."""
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
    _refuse(wrong, "the FTE of staff by characteristic differs from the FTE by staff group")


def _refuse(wrong: pl.DataFrame, problem: str, *, of: list[str] = CELL) -> None:
    refuse_rows(
        wrong.sort(of),
        TotalsDisagree,
        problem,
        expected=lambda row: f"{row['total']} ({named(row, of)})",
        found="{parts}",
    )
