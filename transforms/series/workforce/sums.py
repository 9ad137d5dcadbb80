"""The workforce workbook against itself: every printed total and its parts, and its tables against each other."""

from __future__ import annotations

import polars as pl

from transforms.errors import IncompleteFile, LayoutChanged, RepeatedFigure, TotalsDisagree
from transforms.reading.grid import ROW, cell_name
from transforms.reading.vocabulary import vocabulary
from transforms.series.workforce.people import AREA, LOOK, cell_of, check_people, few_counted_twice, named

ROUNDING = 0.001
"""FTE is printed to five decimals: the parts of one total, some hundred at most, stay well within this."""

LOST_MONTHS = 3
"""Months by which a sheet may begin later than another and still be taken for one that lost columns."""

FIGURE = ["measure", "period_end", "staff_group", *AREA]


def check_sums(rows: pl.DataFrame, *, file: str, pairs: tuple[tuple[str, str], ...]) -> None:
    """Nothing where all tables of the workbook agree, in every month; `pairs` are sheets of headcount and of FTE.

    FTE (full-time equivalents) adds up to its total, over areas and over staff groups. A person with two posts is
    counted in both parts, so a total of people lies between its largest part and the sum of its parts, and near that.
    Raises `TotalsDisagree` for a total and parts that cannot be right, `IncompleteFile` for a month, staff group or
    area that one sheet has and another lacks, `LayoutChanged` for an area that two sheets place or name differently,
    `RepeatedFigure` for a figure that two sheets print with two values, and the errors of `check_people`. Totals with
    a part that is not a number are left alone.
    """
    level = pl.col("geography_level")
    rows = rows.with_columns(
        above=pl.when(level == "Organisation")
        .then(pl.coalesce("icb_code", "region_code"))
        .when(level == "Integrated care system")
        .then("region_code")
        .when(level == "Region")
        .then(pl.lit("England"))
    )
    _check_months(rows, file)
    for pair in pairs:
        _check_same_areas(rows.filter(pl.col("source_sheet").is_in(pair)), file)
    _check_same_extent(rows, file)
    _check_one_place(rows, file)
    _check_one_name(rows, file)
    _check_one_value(rows, file)
    _check_areas(rows, file)
    _check_staff_groups(rows, file)
    check_people(rows, file=file)


def _check_months(rows: pl.DataFrame, file: str) -> None:
    months = rows.select("source_sheet", "period_end").unique().sort("source_sheet", "period_end")
    before = pl.col("period_end").shift(1).over("source_sheet")
    after_gap = months.with_columns(before=before).filter(
        pl.col("before").dt.offset_by("1mo").dt.month_end() != pl.col("period_end")
    )
    if after_gap.height:
        sheet, month, last = after_gap.row(0)
        column = rows.filter(source_sheet=sheet, period_end=month)["source_column"][0]
        raise IncompleteFile(
            "months are missing between two columns, or a column is headed with a wrong month",
            file=file,
            sheet=sheet,
            cell=f"column {cell_name(1, column).rstrip('1')}",
            expected=f"the month after {last:%B %Y}",
            found=f"{month:%B %Y}",
            do=LOOK,
        )


def _check_same_areas(rows: pl.DataFrame, file: str) -> None:
    """The sheet of headcount and that of FTE print the same areas, staff groups and months."""
    key = [*FIGURE[1:]]
    alone = rows.filter(pl.struct(key).is_unique()).sort("source_sheet", "source_row", "source_column")
    if alone.height:
        first = alone.row(0, named=True)
        other = next(sheet for sheet in rows["source_sheet"].unique().sort() if sheet != first["source_sheet"])
        raise IncompleteFile(
            f"{alone.height} figures of one table have no counterpart in the other",
            file=file,
            sheet=other,
            expected=f"a row and column for {named(first)}, as in sheet {first['source_sheet']!r}, {cell_of(first)}",
            found="none",
            do=LOOK,
        )


def _check_same_extent(rows: pl.DataFrame, file: str) -> None:
    """Sheets over time have the same months, and sheets by staff group the same staff groups, in each measure.

    A sheet that begins much later than another is one of its own extent; one that begins a little later lost columns.
    """
    for name, what, lost in (("period_end", "months", LOST_MONTHS), ("staff_group", "staff groups", None)):
        sheets = rows.group_by("source_sheet", "measure", maintain_order=True).agg(pl.col(name).unique().sort())
        several = sheets.filter(pl.col(name).list.len() > 1)
        widest = several.sort(pl.col(name).list.len(), maintain_order=True).tail(1)
        lacking = several.join(widest.select(all=name, other="source_sheet"), how="cross").with_columns(
            missing=pl.col("all").list.set_difference(name)
        )
        number = pl.col("missing").list.len()
        lacking = lacking.filter(number.is_between(1, lost) if lost else number > 0)
        if lacking.height:
            first = lacking.row(0, named=True)
            raise IncompleteFile(
                f"the {first['measure']} of {len(first['missing'])} {what} is missing",
                file=file,
                sheet=first["source_sheet"],
                expected=f"the {what} of sheet {first['other']!r}",
                found="no " + ", ".join(map(str, sorted(first["missing"])[:5])),
                do=LOOK,
            )


def _check_one_name(rows: pl.DataFrame, file: str) -> None:
    """A code has one name in all sheets, and a name one code; capital letters and signs aside."""
    plain = pl.col("area_name").str.to_lowercase().str.replace_all(r"[^a-z0-9]", "")
    named = (
        rows.unique(["source_sheet", *AREA, "area_name"], keep="first", maintain_order=True)
        .with_columns(plain=plain)
        .drop_nulls("plain")
        .sort("source_sheet", ROW)
    )
    for one, other in (("area_code", "plain"), ("plain", "area_code")):
        several = named.filter(pl.col(other).n_unique().over("geography_level", one) > 1)
        if several.height:
            first = several.filter(
                pl.struct("geography_level", one) == several.select(pl.struct("geography_level", one)).to_series()[0]
            )
            raise LayoutChanged(
                "one code has two names, or two codes have one name",
                file=file,
                sheet=first["source_sheet"][0],
                cell=f"row {first[ROW][0]}",
                expected="one name for one code in all sheets",
                found="; ".join(
                    f"{each['source_sheet']}, row {each[ROW]}: {each['area_code']} {each['area_name']}"
                    for each in first.head(6).iter_rows(named=True)
                ),
                do=LOOK,
            )


def _check_one_place(rows: pl.DataFrame, file: str) -> None:
    placed = rows.group_by("source_sheet", *AREA, "above").agg(pl.col(ROW).first()).sort("source_sheet", ROW)
    moved = placed.filter(pl.col("above").n_unique().over(AREA) > 1)
    if moved.height:
        first = moved.filter(pl.struct(AREA) == moved.select(pl.struct(AREA)).to_series()[0])
        raise LayoutChanged(
            "two sheets place the same area differently",
            file=file,
            sheet=first["source_sheet"][0],
            cell=f"row {first[ROW][0]}",
            expected=f"{first['area_code'][0]} under one region or system in all sheets",
            found="; ".join(f"{sheet}, row {row}: {above}" for sheet, *_, above, row in first.iter_rows()),
            do=LOOK,
        )


def _check_one_value(rows: pl.DataFrame, file: str) -> None:
    sheets = rows.filter(pl.struct(FIGURE).is_duplicated())
    differing = sheets.filter((pl.col("value").max() - pl.col("value").min()).over(FIGURE) > ROUNDING).sort(
        *FIGURE, "source_sheet"
    )
    if differing.height:
        first, second = differing.head(2).iter_rows(named=True)
        raise RepeatedFigure(
            f"{differing.height} figures differ from the same figure in another sheet",
            file=file,
            sheet=first["source_sheet"],
            cell=cell_of(first),
            expected=f"{second['value']}, as in sheet {second['source_sheet']!r}, {cell_of(second)} ({named(first)})",
            found=str(first["value"]),
            do=LOOK,
        )


def _check_areas(rows: pl.DataFrame, file: str) -> None:
    key = ["source_sheet", "measure", "period_end", "staff_group"]
    # No part is itself a total of the others: a system's row is a part of its region, an organisation's of its system.
    parts = rows.filter(pl.col("above").is_not_null()).group_by(*key, "above").agg(_sums())
    totals = rows.filter(pl.col("geography_level") != "Organisation").with_columns(above="area_code")
    _refuse_beyond(totals.drop("area_name").join(parts, on=[*key, "above"]), "areas", file)


def _check_staff_groups(rows: pl.DataFrame, file: str) -> None:
    groups = vocabulary("staff_group").select(staff_group="label", total_group="parent").drop_nulls().unique()
    several = rows.filter(pl.col("staff_group").n_unique().over("source_sheet") > 1)
    key = ["source_sheet", "measure", "period_end", *AREA]
    parts = several.join(groups, on="staff_group").group_by(*key, "total_group").agg(_sums())
    # A workbook that leaves a staff group out has no sum to hold against the total.
    whole = groups.group_by("total_group").len("groups")
    complete = parts.join(whole, on="total_group").filter(pl.col("count") == pl.col("groups"))
    totals = several.with_columns(total_group="staff_group")
    _refuse_beyond(totals.join(complete, on=[*key, "total_group"]), "staff groups", file)


def _sums() -> list[pl.Expr]:
    value = pl.col("value")
    return [
        value.sum().alias("sum"),
        value.max().alias("largest"),
        pl.len().alias("count"),
        value.null_count().alias("unknown"),
    ]


def _refuse_beyond(totals: pl.DataFrame, parts: str, file: str) -> None:
    off = pl.col("value") - pl.col("sum")
    beyond = totals.filter(
        (pl.col("unknown") == 0)
        & pl.when(pl.col("measure") == "fte")
        .then(off.abs() > ROUNDING)
        .otherwise((off > 0) | (pl.col("value") < pl.col("largest")) | (-off > few_counted_twice(pl.col("value"))))
    ).sort("source_sheet", ROW, "source_column")
    if beyond.height:
        first = beyond.row(0, named=True)
        adds_up = "add up to it" if first["measure"] == "fte" else "add up to it or little more, none of them larger"
        raise TotalsDisagree(
            f"{parts} and their printed total disagree in {beyond.height} places",
            file=file,
            sheet=first["source_sheet"],
            cell=cell_of(first),
            expected=f"a total whose {first['count']} {parts} {adds_up} ({named(first)})",
            found=f"total {first['value']}, sum of {parts} {first['sum']:.5f}, largest {first['largest']}",
            do=LOOK,
        )
