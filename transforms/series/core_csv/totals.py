"""Categories of a personal characteristic against the total printed beside them."""

from __future__ import annotations

import polars as pl

from transforms.errors import TotalsDisagree

CELL = ["population", "period_end", "staff_group", "role_group", "grade", "characteristic", "measure"]
ROUNDING = 0.001
"""FTE is published to five places; the sum of a dozen such numbers is well within this."""


def check_category_totals(rows: pl.DataFrame, *, file: str) -> None:
    """Nothing where FTE of the categories adds up to the printed total, and headcount does not exceed it.

    Cells with a suppressed category, or without a total, are left alone. Raises `TotalsDisagree`. A person in two
    roles may be recorded in two categories, so a total of people may be less than the sum of its categories.
    """
    level, value = pl.col("category_level"), pl.col("value")
    parts = level.is_in(["group", "unknown"])
    sums = (
        rows.group_by(CELL)
        .agg(
            total=value.filter(level == "total").sum(),
            totals=(level == "total").sum(),
            parts=value.filter(parts).sum(),
            groups=(level == "group").sum(),
            largest=value.filter(parts).max(),
            suppressed=value.is_null().any(),
            source_sheet=pl.col("source_sheet").first(),
            source_row=pl.col("source_row").min(),
        )
        .filter((pl.col("totals") == 1) & (pl.col("groups") > 0) & ~pl.col("suppressed"))
    )
    off = pl.col("total") - pl.col("parts")
    wrong = sums.filter(
        pl.when(pl.col("measure") == "fte")
        .then(off.abs() > ROUNDING)
        .otherwise((off > 0) | (pl.col("total") < pl.col("largest")))
    ).sort(CELL)
    if wrong.height:
        first = wrong.row(0, named=True)
        raise TotalsDisagree(
            f"a printed total and its categories disagree in {wrong.height} places",
            file=file,
            sheet=first["source_sheet"],
            cell=f"row {first['source_row']}",
            expected=f"{first['total']} ({', '.join(str(first[name]) for name in CELL)})",
            found=f"{first['parts']}",
            do="look at these rows; if the publisher printed them so, report it and leave the file out",
        )
