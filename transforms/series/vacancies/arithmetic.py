"""Consistency of the figures of the vacancy sheets: unit of the rates, totals, and establishment (number of posts).

The workbook does not state reliably whether rates are percentages or fractions. Vacancies divided by the rate give the
establishment, about 1.5 million posts for all staff, which is plausible for only one of the two units.
"""

from __future__ import annotations

import polars as pl

from transforms.errors import LayoutChanged, RepeatedFigure, TotalsDisagree, UnclearUnit
from transforms.reading.refuse import ASK_WHICH, Row, cell_of, refuse_rows
from transforms.reading.vocabulary import vocabulary

KEY = ["staff_group", "region", "sector", "quarter_end"]
WHICH = "{staff_group}, {region}, {sector}, {quarter_end}"
"""Template for messages that identifies the figure of a row."""
PLACES = 12
"""Decimal places beyond which a stored number is only floating-point error."""
NOISE = 1e-9
"""Largest relative floating-point error of a sum."""
RATES = (1.0, 30.0)
"""Limits of England's rate in percent, so that vacancies in another unit are not accepted with implausible rates."""
STEP = 0.2
"""Largest permitted change of England's establishment from one quarter to the next, as a share."""


def checked(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells of all blocks, as `cells.read_blocks` returns them, after all checks and with rates in percent (0-100).

    Raises `LayoutChanged` for blocks with different rows, `TotalsDisagree` for parts that do not add up,
    `RepeatedFigure` for a quarter of a staff group that repeats the quarter before, `UnclearUnit` for rates that do not
    fit the vacancies and a consistent establishment.
    """
    fte = cells.filter(pl.col("measure") == "vacancy_fte")
    rate = cells.filter(pl.col("measure") == "vacancy_rate_percent")
    _same_rows(fte, rate)
    _same_order(cells)
    _no_quarter_again(fte)
    _vacancies_add_up(fte)
    factors = _units(fte, rate)
    rate = rate.join(factors, on="staff_group", maintain_order="left").with_columns(
        percent=pl.col("value") * pl.col("factor")
    )
    _establishments_add_up(_establishments(fte, rate))
    percent = pl.col("percent").round(PLACES)
    return pl.concat([fte, rate.with_columns(value=percent).select(fte.columns)])


def _same_rows(fte: pl.DataFrame, rate: pl.DataFrame) -> None:
    for one, other, name in ((fte, rate, "rates"), (rate, fte, "vacancies")):
        refuse_rows(
            one.join(other, on=KEY, how="anti", maintain_order="left"),
            LayoutChanged,
            "a figure has no counterpart in the other block",
            expected=f"the same region, sector and quarter in the block of {name}",
            found=WHICH,
        )
    twice = pl.concat([fte, rate]).filter(~pl.struct(*KEY, "measure").is_first_distinct())
    refuse_rows(twice, RepeatedFigure, "a figure comes twice", found=WHICH, do=ASK_WHICH)


def _same_order(cells: pl.DataFrame) -> None:
    """Check that regions and sectors have the same order in all blocks, which detects two exchanged labels."""
    rows = cells.filter(pl.col("sector") != "All sectors").unique(
        ["staff_group", "measure", "region", "sector"], keep="first", maintain_order=True
    )
    regions = rows.unique(["staff_group", "measure", "region"], keep="first", maintain_order=True)
    for name, frame, over in (
        ("region", regions, ["staff_group", "measure"]),
        ("sector", rows, ["staff_group", "measure", "region"]),
    ):
        longest = frame.with_columns(n=pl.len().over(over)).sort("n", descending=True, maintain_order=True)
        order = longest.select(pl.col(name).unique(maintain_order=True)).with_row_index("place")
        wrong = frame.join(order, on=name, maintain_order="left").filter(
            pl.col("place").cast(pl.Int32).diff().over(over) < 0
        )
        refuse_rows(
            wrong.with_columns(order=pl.lit(", ".join(order[name]))),
            LayoutChanged,
            f"the {name}s are in another order than in other blocks",
            expected="{order}",
            found=f"{{{name}}}",
        )


def _no_quarter_again(fte: pl.DataFrame) -> None:
    """Check that no quarter of a staff group has exactly the figures of the quarter before.

    Such a column was probably not updated. A quarter in which all staff groups repeat their figures is accepted.
    """
    before = pl.col("value").shift(1).over("staff_group", "region", "sector", order_by="quarter_end")
    columns = (
        fte.with_columns(is_same=pl.col("value").eq_missing(before) & (pl.col("value") != 0))
        .filter(pl.col("value").is_not_null() & (pl.col("value") != 0))
        .group_by("staff_group", "quarter_end")
        .agg(again=pl.col("is_same").all())
    )
    some = columns.filter("again").join(columns.filter(~pl.col("again")), on="quarter_end", how="semi")
    stale = fte.join(some, on=["staff_group", "quarter_end"], maintain_order="left")
    refuse_rows(
        stale,
        RepeatedFigure,
        "a quarter repeats every figure of the quarter before",
        expected="figures of {staff_group} for the quarter ending {quarter_end}, as the other staff groups have them",
        do="the column may not have been updated: ask the publisher",
    )


def _decimals(cells: pl.DataFrame) -> pl.DataFrame:
    """By staff group, in `half`, half a unit of the last printed decimal: the largest rounding error of a figure."""
    value = pl.col("value")
    exact = [
        pl.when(((value - value.round(places)).abs() < 10.0 ** -(PLACES + 1) * value.abs().clip(1)).all()).then(
            pl.lit(0.5 * 10.0**-places)
        )
        for places in range(PLACES)
    ]
    return cells.group_by("staff_group", maintain_order=True).agg(
        pl.coalesce(*exact, pl.lit(0.5 * 10.0**-PLACES)).alias("half")
    )


def _parts_and_totals(figures: pl.DataFrame) -> pl.DataFrame:
    """The rows of totals, with the sums over their parts (sectors, regions) of the columns amount and spread.

    Added columns: parts, some_unknown (a part has no figure), parts_spread (sum of rounding errors), some_printed.
    """
    over = ["staff_group", "quarter_end"]
    add_up = [
        pl.col("amount").sum().alias("parts"),
        (pl.col("amount").is_null() & ~pl.col("nil")).any().alias("some_unknown"),
        pl.col("spread").sum().alias("parts_spread"),
        (~pl.col("nil")).any().alias("some_printed"),
    ]
    england = pl.col("region") == "England"
    total = pl.col("sector") == "All sectors"
    sectors = figures.filter(~total).group_by([*over, "region"]).agg(add_up)
    regions = figures.filter(total & ~england).group_by(over).agg(add_up).with_columns(region=pl.lit("England"))
    totals = figures.filter(total)
    return totals.join(
        pl.concat([sectors, regions], how="diagonal"), on=[*over, "region"], how="left", maintain_order="left"
    )


def _do_not_add_up() -> pl.Expr:
    slack = pl.col("spread") + pl.col("parts_spread") + NOISE * pl.col("amount").abs()
    over = pl.col("parts") - pl.col("amount")
    unequal = pl.when("some_unknown").then(over > slack).otherwise(over.abs() > slack)
    return pl.when(pl.col("amount").is_not_null()).then(unequal).otherwise(pl.col("nil") & pl.col("some_printed"))


def _vacancies_add_up(fte: pl.DataFrame) -> None:
    figures = fte.join(_decimals(fte), on="staff_group", maintain_order="left")
    figures = figures.with_columns(amount=pl.col("value"), spread=pl.when("nil").then(0.0).otherwise("half"))
    totals = _parts_and_totals(figures)
    refuse_rows(totals.filter(pl.col("parts").is_null()), TotalsDisagree, "a total has no parts", found=WHICH)
    regions = fte.filter(pl.col("sector") != "All sectors").join(
        totals, on=["staff_group", "region", "quarter_end"], how="anti", maintain_order="left"
    )
    refuse_rows(regions, TotalsDisagree, "a region has no total", found="{region}")
    refuse_rows(
        totals.filter(_do_not_add_up()),
        TotalsDisagree,
        "the parts of {region} do not add up to its total",
        expected="{parts:,.5f}, the sum of the parts",
        found=lambda row: ("no figure" if row["value"] is None else str(row["value"])) + _without_figure(fte, row),
        do=ASK_WHICH,
    )


def _without_figure(fte: pl.DataFrame, total: Row) -> str:
    """The cells without a figure among a total's parts, for the message; a dash or blank counts as zero in the sum."""
    of_quarter = fte.filter(staff_group=total["staff_group"], quarter_end=total["quarter_end"])
    england = pl.col("region") == "England"
    parts = ~england & (pl.col("sector") == "All sectors")
    if total["region"] != "England":
        parts = (pl.col("region") == total["region"]) & (pl.col("sector") != "All sectors")
    blank = of_quarter.filter(parts & pl.col("value").is_null())
    names = [cell_of(row) for row in blank.iter_rows(named=True)]
    return f"; a dash, a blank or a symbol instead of a figure in {', '.join(names[:5])}" if names else ""


def _units(fte: pl.DataFrame, rate: pl.DataFrame) -> pl.DataFrame:
    """By staff group, in `factor`, the factor 1 or 100 that converts its rates to percent, determined from England.

    Raises `UnclearUnit` if neither or both factors give a plausible establishment and rate.
    """
    bounds = (
        vocabulary("vacancy_staff_group")
        .select(
            pl.col("label").alias("staff_group"),
            pl.col("establishment_from", "establishment_to").cast(pl.Float64),
        )
        .unique()
    )
    england = (
        rate.filter(pl.col("region") == "England")
        .join(fte.select(*KEY, fte="value"), on=KEY, maintain_order="left")
        .join(bounds, on="staff_group", how="left", maintain_order="left")
    )
    posts = pl.col("fte") / pl.col("value")
    fits = {
        factor: (posts * 100 / factor).is_between("establishment_from", "establishment_to")
        & (pl.col("value") * factor).is_between(*RATES)
        for factor in (1, 100)
    }
    read = england.filter(pl.col("value").is_not_null() & pl.col("fte").is_not_null()).with_columns(
        factor=pl.when(fits[1] & fits[100].not_()).then(1.0).when(fits[100] & fits[1].not_()).then(100.0)
    )
    usual = read.group_by("staff_group").agg(usual=pl.col("factor").drop_nulls().mode().first())
    unclear = read.join(usual, on="staff_group", maintain_order="left").filter(
        pl.col("factor").is_null() | (pl.col("factor") != pl.col("usual"))
    )
    missing = rate.join(usual, on="staff_group", how="anti", maintain_order="left")
    refuse_rows(
        pl.concat([unclear, missing], how="diagonal"),
        UnclearUnit,
        "a rate fits its vacancies neither as a percentage nor as a fraction",
        expected="vacancies divided by a plausible establishment for England, as in the block's other quarters",
        found="{fte} vacancies at a rate of {value}",
        do="check the unit of the rates and the headings of the two blocks",
    )
    return usual.rename({"usual": "factor"})


def _establishments(fte: pl.DataFrame, rate: pl.DataFrame) -> pl.DataFrame:
    """The rows of `rate` with `amount`, the establishment (posts) that follows from vacancies and rate, and `spread`.

    `spread` is the largest rounding error of `amount`. `amount` is NULL if vacancies and rate are zero or missing.
    """
    halves = _decimals(rate.filter(pl.col("value").is_not_null())).rename({"half": "half_rate"})
    both = rate.join(
        fte.join(_decimals(fte), on="staff_group").select(*KEY, "half", fte="value", fte_nil="nil"),
        on=KEY,
        maintain_order="left",
    ).join(halves, on="staff_group", maintain_order="left")
    _printed_together(both)
    zero = (pl.col("percent") == 0) & (pl.col("fte") == 0)
    posts = pl.when(zero).then(None).otherwise(pl.col("fte") / pl.col("percent") * 100)
    spread = posts.abs() * pl.col("half_rate") / pl.col("value").abs() + pl.col("half") / pl.col("percent").abs() * 100
    both = both.with_columns(amount=posts, spread=pl.when(zero).then(0.0).otherwise(spread).fill_null(0.0))
    impossible = both.filter((pl.col("percent").abs() > 100) | (pl.col("amount") <= 0) | pl.col("amount").is_infinite())
    refuse_rows(
        impossible,
        UnclearUnit,
        "a rate is impossible for its vacancies",
        expected="a rate between 0 and 100 percent, with the sign of the vacancies",
        found="{fte} vacancies at {percent} percent",
        do=ASK_WHICH,
    )
    return both


def _printed_together(both: pl.DataFrame) -> None:
    """Check that a rate is printed if and only if its vacancies are; for zero vacancies the rate may be a dash."""
    number, fte = pl.col("value").is_not_null(), pl.col("fte").is_not_null()
    dash = pl.col("nil") & (pl.col("fte") == 0)
    alone = both.filter((pl.col("nil") & fte & ~dash) | (number & pl.col("fte_nil")))
    refuse_rows(
        alone,
        TotalsDisagree,
        "vacancies are printed without their rate, or a rate without its vacancies",
        expected="both figures, or neither",
        found="vacancies {fte}, rate {value}",
    )


def _establishments_add_up(both: pl.DataFrame) -> None:
    figures = both.with_columns(nil=pl.col("nil") & pl.col("fte_nil"))
    wrong = _parts_and_totals(figures).filter(_do_not_add_up() & pl.col("amount").is_not_null())
    refuse_rows(
        wrong,
        UnclearUnit,
        "the rates of {region} and of its parts give different establishments",
        expected="vacancies / rate = {parts:,.1f} posts, the sum over the parts",
        found="{fte} / {percent} percent = {amount:,.1f} posts",
        do="check these rates, their unit and their vacancies; ask the publisher",
    )
    _consistent_in_time(both)
    _within_all_staff(both)


def _consistent_in_time(both: pl.DataFrame) -> None:
    england = both.filter(pl.col("region") == "England").sort("staff_group", "quarter_end")
    before = pl.col("amount").shift(1).over("staff_group")
    refuse_rows(
        england.filter((pl.col("amount") / before - 1).abs() > STEP),
        UnclearUnit,
        "England's establishment changes too much from one quarter to the next",
        expected=f"a change of less than {STEP:.0%} between two quarters",
        found="{amount:,.0f} posts",
        do="check vacancies and rates of this quarter",
    )


def _within_all_staff(both: pl.DataFrame) -> None:
    """Check that nursing and medical posts together are no more than all posts."""
    on = ["region", "sector", "quarter_end"]
    all_staff = pl.col("staff_group") == "All staff"
    parts = both.filter(~all_staff).group_by(on).agg(parts=pl.col("amount").sum(), parts_spread=pl.col("spread").sum())
    slack = pl.col("spread") + pl.col("parts_spread") + NOISE * pl.col("amount")
    wrong = (
        both.filter(all_staff)
        .join(parts, on=on, maintain_order="left")
        .filter(pl.col("parts") > pl.col("amount") + slack)
    )
    refuse_rows(
        wrong,
        TotalsDisagree,
        "nursing and medical posts are more than all posts",
        expected="at least {parts:,.1f} posts",
        found="{amount:,.1f}",
    )
