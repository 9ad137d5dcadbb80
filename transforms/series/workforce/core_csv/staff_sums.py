"""Consistency of staff in post (Core 1) in every month: areas and staff groups against their totals."""

from __future__ import annotations

import polars as pl

from transforms.errors import IncompleteFile, TotalsDisagree
from transforms.reading.refuse import REPORT, named, refuse_rows
from transforms.reading.vocabulary import vocabulary
from transforms.series.workforce.core_csv.totals import contradicts
from transforms.tables.staff import GEOGRAPHY_LEVELS

GROUP = ["measure", "period_end", "staff_group"]
AREA = ["measure", "period_end", "geography_level", "area_code"]
CELL = [*AREA, "staff_group"]
PRINTED = ["value", "geography_level", "area_code", "source_sheet", "source_row"]


def check_staff_sums(rows: pl.DataFrame, levels: set[str]) -> None:
    """Check that every printed total agrees with its printed parts; a figure that is not printed counts as zero.

    `rows` are the rows of core.workforce of one zip, `levels` the geography levels its members have. FTE adds up over
    areas and over staff groups; a total of people lies between its largest part and the sum of its parts. Totals with a
    part that is not a number are not checked. Raises `TotalsDisagree`, and `IncompleteFile` for a missing level, month
    or total, or if all parts of a total are missing.
    """
    _check_levels(rows, levels)
    _check_months(rows)
    for measure in rows["measure"].unique().sort():
        figures = rows.filter(measure=measure).select(
            *GROUP, *PRINTED, "icb_code", "region_code", level=pl.col("geography_level").replace_strict(_DEPTHS)
        )
        _check_areas(figures)
        _check_staff_groups(figures)


_DEPTHS = {level: depth for depth, level in enumerate(GEOGRAPHY_LEVELS)}


def _check_levels(rows: pl.DataFrame, levels: set[str]) -> None:
    newest = rows.filter(pl.col("period_end") == pl.col("period_end").max())
    missing = [level for level in GEOGRAPHY_LEVELS if level in levels - set(newest["geography_level"])]
    if missing:
        raise IncompleteFile(
            "the newest month has no figures of a level of geography",
            sheet=newest["source_sheet"][0],
            expected=", ".join(level for level in GEOGRAPHY_LEVELS if level in levels),
            found="none of " + ", ".join(missing),
            do=REPORT,
        )


def _check_months(rows: pl.DataFrame) -> None:
    """Check that no month is missing in a monthly file."""
    months = rows.select("period_end").unique().sort("period_end").with_columns(before=pl.col("period_end").shift(1))
    steps = months.drop_nulls().with_columns(
        follows=pl.col("before").dt.offset_by("1mo").dt.month_end() == pl.col("period_end")
    )
    gaps = steps.filter(~pl.col("follows"))
    if gaps.height * 2 <= steps.height:
        refuse_rows(
            gaps.join(rows.unique("period_end", keep="first"), on="period_end", maintain_order="left"),
            IncompleteFile,
            "months are missing, or a month has a wrong date",
            column=0,
            expected="the month after {before:%B %Y}",
            found="{period_end:%B %Y}",
        )


def _check_areas(rows: pl.DataFrame) -> None:
    """Check regions against England, systems against their region, organisations against their system."""
    levels = set(rows["level"])
    above = (
        pl.when(pl.col("level") == 3)
        .then(pl.coalesce("icb_code", "region_code"))
        .when(pl.col("level") == 2)
        .then("region_code")
        .when(pl.col("level") == 1)
        .then(pl.lit("England"))
    )
    over = pl.when((pl.col("level") == 3) & pl.col("icb_code").is_null()).then(1).otherwise(pl.col("level") - 1)
    parts = rows.with_columns(above=above, over=over).filter(pl.col("above").is_not_null())
    totals = rows.filter(pl.col("level") < 3, (pl.col("level") + 1).is_in(levels)).with_columns(above="area_code")
    _refuse(totals, parts.filter(pl.col("over").is_in(levels)), [*GROUP, "above"], "areas")


def _check_staff_groups(rows: pl.DataFrame) -> None:
    """Check main groups against all staff, groups against their main group, grades of doctors against all doctors."""
    printed = set(rows["staff_group"])
    groups = vocabulary("staff_group").select(staff_group="label", above="parent").drop_nulls().unique()
    groups = groups.filter(pl.col("above").is_in(printed), pl.col("staff_group").is_in(printed))
    parts = rows.join(groups, on="staff_group")
    totals = rows.filter(pl.col("staff_group").is_in(groups["above"].implode())).with_columns(above="staff_group")
    _refuse(totals, parts, [*AREA, "above"], "staff groups")


def _refuse(totals: pl.DataFrame, parts: pl.DataFrame, same: list[str], what: str) -> None:
    value = pl.col("value")
    summed = parts.group_by(same).agg(
        value.sum().alias("sum"),
        value.max().alias("largest"),
        pl.len().alias("count"),
        value.null_count().alias("unknown"),
        pl.col("source_sheet").first().alias("part_sheet"),
        pl.col("source_row").min().alias("part_row"),
    )
    both = totals.join(summed, on=same, how="full", coalesce=True).filter(
        pl.col("unknown").fill_null(0) == 0, value.is_not_null() | pl.col("source_row").is_null()
    )
    has_both = pl.col("source_row").is_not_null() & (pl.col("count").fill_null(0) > 0)
    wrong = (
        both.with_columns(pl.col("value", "sum", "largest", "count").fill_null(0), total=value, has_both=has_both)
        .filter(contradicts(value, pl.col("sum")))
        .sort(same)
        .with_columns(
            source_sheet=pl.coalesce("source_sheet", "part_sheet"), source_row=pl.coalesce("source_row", "part_row")
        )
    )
    for rows, error in ((wrong.filter(~pl.col("has_both")), IncompleteFile), (wrong, TotalsDisagree)):
        refuse_rows(
            rows,
            error,
            f"{what} and their printed total disagree",
            expected=lambda row: f"{what} that agree with their total ({named(row, dict.fromkeys(['above', *GROUP]))})",
            found=f"total {{total}}, sum of {{count}} {what} {{sum:.5f}}",
        )
