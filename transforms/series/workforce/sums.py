"""Consistency of the workforce workbook: printed totals against their parts, and its tables against each other."""

from __future__ import annotations

import polars as pl

from transforms.errors import IncompleteFile, LayoutChanged, RepeatedFigure, TotalsDisagree
from transforms.reading.grid import ROW, cell_name
from transforms.reading.keys import with_keys
from transforms.reading.refuse import Row, as_first, cell_of, in_words, refuse_rows
from transforms.reading.vocabulary import vocabulary
from transforms.series.workforce.people import AREA, FIGURE, KEYS, WHICH, check_people, few_counted_twice

ROUNDING = 0.001
"""Largest rounding difference of a sum: FTE is printed to five decimals, and a total has some hundred parts."""

LOST_MONTHS = 3
"""A sheet that begins up to this many months later than another has lost columns; one that begins later has not."""


def with_above(rows: pl.DataFrame) -> pl.DataFrame:
    """`rows`, which have geography_level, region_code and icb_code, with `above`: the code of the next larger area."""
    level = pl.col("geography_level")
    above = (
        pl.when(level == "Organisation")
        .then(pl.coalesce("icb_code", "region_code"))
        .when(level == "Integrated care system")
        .then("region_code")
        .when(level == "Region")
        .then(pl.lit("England"))
    )
    return rows.with_columns(above=above)


def check_sums(rows: pl.DataFrame, labels: pl.DataFrame | None = None, *, pairs: tuple[tuple[str, str], ...]) -> None:
    """Check that all tables of the workbook agree in every month.

    `rows` are the rows of core.workforce from all tables; each of `pairs` is a sheet of headcount and its sheet of FTE.
    `labels`, as in `with_keys`, makes no difference to what is checked; with it `rows` has `above` too.
    FTE (full-time equivalents) adds up to its total over areas and over staff groups. A person with two posts is
    counted in both parts, so a total of people is at least its largest part and at most, but close to, the sum of its
    parts. Totals with a part that is not a number are not checked.

    Raises `TotalsDisagree` for a total that contradicts its parts, `IncompleteFile` for a month, staff group or area
    that is missing from one sheet, `LayoutChanged` for an area with different parents or names in two sheets,
    `RepeatedFigure` for a figure with different values in two sheets, and the errors of `check_people`.
    """
    rows = with_keys(
        with_above(rows) if labels is None else rows,
        labels,
        **KEYS,
        month=["source_sheet", "measure", "period_end"],
        group=["source_sheet", "measure", "staff_group"],
        area=["source_sheet", *AREA, "above", "area_name"],
        sum_over_areas=["source_sheet", "measure", "period_end", "staff_group", "above"],
        sum_over_groups=["source_sheet", "measure", "period_end", *AREA],
    )
    months, groups, areas = (rows[rows[key].arg_unique()] for key in ("month", "group", "area"))
    _check_months(months)
    for pair in pairs:
        _check_same_areas(rows, pair)
    _check_same_extent(months, "period_end", "months", LOST_MONTHS)
    _check_same_extent(groups, "staff_group", "staff groups")
    _check_one_place(areas)
    _check_one_name(areas)
    _check_one_value(rows)
    _check_areas(rows)
    _check_staff_groups(rows)
    check_people(rows)


def _check_months(months: pl.DataFrame) -> None:
    months = (
        months.unique(["source_sheet", "period_end"], keep="first")
        .sort("source_sheet", "period_end")
        .with_columns(before=pl.col("period_end").shift(1).over("source_sheet"))
    )
    refuse_rows(
        months.select("source_sheet", "source_column", "period_end", "before").filter(
            pl.col("before").dt.offset_by("1mo").dt.month_end() != pl.col("period_end")
        ),
        IncompleteFile,
        "months are missing between two columns, or a column is headed with a wrong month",
        cell=lambda row: f"column {cell_name(1, row['source_column']).rstrip('1')}",
        expected="the month after {before:%B %Y}",
        found="{period_end:%B %Y}",
    )


def _check_same_areas(rows: pl.DataFrame, pair: tuple[str, str]) -> None:
    """Check that the sheet of headcount and the sheet of FTE have the same areas, staff groups and months."""
    is_alone = pl.col("place").is_unique()
    found = rows.select("place", "source_sheet").with_row_index("at").filter(pl.col("source_sheet").is_in(pair))
    alone = rows[found.filter(is_alone)["at"]].sort("source_sheet", ROW, "source_column")
    first, last = found["source_sheet"].min(), found["source_sheet"].max()
    other = pl.when(pl.col("source_sheet") == first).then(pl.lit(last)).otherwise(pl.lit(first))
    refuse_rows(
        alone.rename({ROW: "its_row"}).with_columns(its_sheet="source_sheet", source_sheet=other),
        IncompleteFile,
        "a figure of one table has no counterpart in the other",
        expected=f"a row and column for the figure in sheet {{its_sheet!r}}, row {{its_row}} {WHICH}",
        found="none",
    )


def _check_same_extent(rows: pl.DataFrame, name: str, what: str, lost: int | None = None) -> None:
    """Check that sheets over time have the same months, and sheets by staff group the same staff groups, per measure.

    `name` is the column with the months or staff groups; `rows` has each of them once per sheet and measure. Sheets
    with only one of them are not compared. With `lost`, a sheet that lacks more is meant to be shorter.
    """
    sheets = rows.group_by("source_sheet", "measure", maintain_order=True).agg(pl.col(name).unique().sort())
    several = sheets.filter(pl.col(name).list.len() > 1)
    widest = several.sort(pl.col(name).list.len(), maintain_order=True).tail(1)
    lacking = several.join(widest.select(all=name, other="source_sheet"), how="cross").with_columns(
        missing=pl.col("all").list.set_difference(name)
    )
    number = pl.col("missing").list.len()
    lacking = lacking.filter(number.is_between(1, lost) if lost else number > 0).with_columns(number=number)
    refuse_rows(
        lacking,
        IncompleteFile,
        f"{{number}} {what} of {{measure}} are missing",
        expected=f"the {what} of sheet {{other!r}}",
        found=lambda row: "no " + ", ".join(map(str, sorted(row["missing"])[:5])),
    )


def _check_one_name(areas: pl.DataFrame) -> None:
    """Check that a code has one name in all sheets and a name one code, ignoring case and punctuation."""
    plain = pl.col("area_name").str.to_lowercase().str.replace_all(r"[^a-z0-9]", "")
    named = (
        areas.unique(["source_sheet", *AREA, "area_name"], keep="first", maintain_order=True)
        .with_columns(plain=plain)
        .drop_nulls("plain")
        .sort("source_sheet", ROW)
    )
    for one, other in (("area_code", "plain"), ("plain", "area_code")):
        several = named.filter(pl.col(other).n_unique().over("geography_level", one) > 1)
        refuse_rows(
            as_first(several, ["geography_level", one]),
            LayoutChanged,
            "one code has two names, or two codes have one name",
            expected="one name for one code in all sheets",
            found="{source_sheet}, row {source_row}: {area_code} {area_name}",
            shown=6,
        )


def _check_one_place(areas: pl.DataFrame) -> None:
    placed = (
        areas.select("source_sheet", *AREA, "above", ROW)
        .unique(["source_sheet", *AREA, "above"], keep="first")
        .sort("source_sheet", ROW)
    )
    moved = placed.filter(pl.col("above").n_unique().over(AREA) > 1)
    refuse_rows(
        as_first(moved, AREA),
        LayoutChanged,
        "the same area is in different regions or systems in two sheets",
        expected="{area_code} in one region or system in all sheets",
        found="{source_sheet}, row {source_row}: {above}",
        shown=6,
    )


def _check_one_value(rows: pl.DataFrame) -> None:
    sheets = rows.select("figure", "value").with_row_index("at").filter(pl.col("figure").is_duplicated())
    differing = sheets.filter((pl.col("value").max() - pl.col("value").min()).over("figure") > ROUNDING)
    refuse_rows(
        rows[differing["at"]].sort(*FIGURE, "source_sheet"),
        RepeatedFigure,
        "a figure differs from the same figure in another sheet",
        expected=f"one value in all sheets {WHICH}",
        found=lambda row: f"{row['value']} in sheet {row['source_sheet']!r}, {cell_of(row)}",
        shown=2,
    )


def _check_areas(rows: pl.DataFrame) -> None:
    key = ["source_sheet", "measure", "period_end", "staff_group", "above"]
    # Each row is a part of the next higher level only: an organisation of its system, a system of its region.
    parts = rows.select("sum_over_areas", "value", "above").with_row_index("at").drop_nulls("above")
    sums = parts.group_by("sum_over_areas").agg(pl.col("at").first(), *_sums())
    parts = pl.concat([rows.select(key)[sums["at"]], sums.drop("at", "sum_over_areas")], how="horizontal")
    totals = rows.filter(pl.col("geography_level") != "Organisation").with_columns(above="area_code")
    _refuse_beyond(totals.drop("area_name").join(parts, on=key), "areas")


def _check_staff_groups(rows: pl.DataFrame) -> None:
    groups = vocabulary("staff_group").select(staff_group="label", total_group="parent").drop_nulls().unique()
    several = rows.filter(pl.col("staff_group").n_unique().over("source_sheet") > 1)
    key = "sum_over_groups"
    parts = several.select(key, "value", "staff_group").join(groups, on="staff_group")
    parts = parts.group_by(key, "total_group").agg(_sums())
    # If the workbook leaves out a staff group, the sum of the others cannot be compared with the total.
    whole = groups.group_by("total_group").len("groups")
    complete = parts.join(whole, on="total_group").filter(pl.col("count") == pl.col("groups"))
    totals = several.with_columns(total_group="staff_group")
    _refuse_beyond(totals.join(complete, on=[key, "total_group"]), "staff groups")


def _sums() -> list[pl.Expr]:
    value = pl.col("value")
    return [
        value.sum().alias("sum"),
        value.max().alias("largest"),
        pl.len().alias("count"),
        value.null_count().alias("unknown"),
    ]


def _refuse_beyond(totals: pl.DataFrame, parts: str) -> None:
    off = pl.col("value") - pl.col("sum")
    beyond = totals.filter(
        (pl.col("unknown") == 0)
        & pl.when(pl.col("measure") == "fte")
        .then(off.abs() > ROUNDING)
        .otherwise((off > 0) | (pl.col("value") < pl.col("largest")) | (-off > few_counted_twice(pl.col("value"))))
    ).sort("source_sheet", ROW, "source_column")
    refuse_rows(
        beyond,
        TotalsDisagree,
        f"{parts} and their printed total disagree",
        expected=lambda row: f"a total whose {row['count']} {parts} {_adds_up(row)} {in_words(WHICH, row)}",
        found=f"total {{value}}, sum of {parts} {{sum:.5f}}, largest {{largest}}",
    )


def _adds_up(row: Row) -> str:
    return "add up to it" if row["measure"] == "fte" else "add up to it or slightly more, none of them larger"
