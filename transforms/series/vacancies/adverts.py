"""Advertised vacancies by month, region and staff group: the sheet "ESR source data".

One record per row below the header Published month | NWD Staff Group | NHS England region | Vacancy Wte, which may be
repeated between the records. No totals are printed. The checks are therefore that no month, region or staff group is
missing, and that a region's share of a month's adverts is similar to that in the neighbouring months.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

import polars as pl

from transforms.errors import LayoutChanged, RepeatedFigure, TotalsDisagree, UnmappedLabel, UnreadableValue
from transforms.reading.grid import ROW, Grid, cell_name
from transforms.reading.refuse import ASK_WHICH, NEW_LAYOUT, error_at, refuse_rows
from transforms.reading.symbols import value_and_status
from transforms.reading.unread import Unread, unread_columns
from transforms.reading.vocabulary import key, translate, vocabulary
from transforms.series.vacancies.cells import named_region
from transforms.series.vacancies.layout import Labels
from transforms.series.vacancies.tables import VACANCY_ADVERT

HEADER = ("published month", "nwd staff group", "nhs england region", "vacancy wte")
FIRST_MONTH = date(2016, 4, 1)
"""The publisher's records of adverts begin here; a later start means that records were lost."""
MONTH_FORMS = (("", "%Y-%m-%d"), ("-01", "%Y-%m-%d"), ("-01", "%b-%y-%d"), ("-01", "%b %Y-%d"), ("-01", "%B %Y-%d"))


SHARE_FACTOR = 1.7
"""Factor by which a region's share of a month's adverts may exceed, or fall below, all its shares in the two months
before and the two months after.

Measured over 2016 to 2026: at most 1.43, in the months of 2020 when recruitment stopped and restarted.
"""

ADVERTS_AT_LEAST = 50
"""Full-time equivalents of adverts below which a region's share is not checked, as small numbers vary."""

NAMED = re.compile(r"\besr\b|advert", re.IGNORECASE)
"""Words in the name of the sheet with the adverts."""
STOPPED = (date(2022, 9, 30), date(2024, 8, 31))
"""First and last date of the last quarters of editions without adverts: October 2022 until before September 2024."""


def has_adverts(grids: Mapping[str, Grid], labels: Mapping[str, Labels]) -> bool:
    """Whether a sheet has a name or headings like those of the adverts."""
    headed = (len(set(HEADER) & set(cells.values())) > 1 for here in labels.values() for cells in here.values())
    return any(NAMED.search(name) for name in grids) or any(headed)


def no_adverts(last_quarter: date) -> tuple[pl.DataFrame, list[Unread]]:
    """An empty frame of core.vacancy_advert, and the record that the workbook has no sheet of adverts.

    `last_quarter` is the last quarter of the workbook; it tells whether the absence is known.
    """
    known = STOPPED[0] <= last_quarter <= STOPPED[1]
    why = (
        "the publisher's adverts ended in October 2022 and came back by the edition of September 2024"
        if known
        else "this edition has no sheet of adverts, though editions of its time have one: look at the publisher's page"
    )
    columns = {column.name: column.dtype for column in VACANCY_ADVERT.frame_columns}
    return pl.DataFrame(schema=columns), [Unread("absent sheet", "", "ESR source data", why, is_known=known)]


def read_adverts(grids: Mapping[str, Grid], labels: Mapping[str, Labels]) -> tuple[pl.DataFrame, list[Unread]]:
    """Rows of core.vacancy_advert (full-time equivalents), and the columns that are not read.

    Raises `LayoutChanged` if the header or records are missing, `UnmappedLabel` for an unknown region or staff group,
    `UnreadableValue` for a month or figure, `RepeatedFigure` for a repeated record, `TotalsDisagree` for an implausible
    share of a region.
    """
    grid, header = _header(grids, labels)
    columns, beside = _columns(grid, labels[grid.sheet], header)
    records = _records(grid, labels[grid.sheet], header, columns, beside)
    read = _labelled(records, grid, columns)
    _complete(read)
    _shares_go_on(read)
    tidy = read.with_columns(
        geography_level=pl.lit("Region"), area_code="region_code", measure=pl.lit("advertised_fte")
    ).select(column.name for column in VACANCY_ADVERT.frame_columns)
    return tidy, unread_columns(beside.values(), sheet=grid.sheet)


def _header(grids: Mapping[str, Grid], labels: Mapping[str, Labels]) -> tuple[Grid, int]:
    found: list[tuple[Grid, int]] = []
    likely = (0, "", 1, 1)
    for name, grid in grids.items():
        here = labels[name]
        rows = [row for row, cells in here.items() if set(HEADER) <= set(cells.values())]
        found += [(grid, rows[0])] if rows else []
        near = ((len(set(HEADER) & set(cells.values())), name, row, min(cells)) for row, cells in here.items())
        likely = max(likely, max(near, default=likely), key=lambda place: place[0])
    if len(found) == 1:
        return found[0]
    name, row, column = likely[1] or next(iter(grids), ""), likely[2], likely[3]
    raise LayoutChanged(
        "more than one sheet holds adverts" if found else "no sheet has the header of the advertised vacancies",
        sheet=found[1][0].sheet if found else name,
        cell=cell_name(row, column),
        expected=" | ".join(HEADER),
        do=NEW_LAYOUT,
    )


def _columns(grid: Grid, labels: Labels, header: int) -> tuple[dict[str, int], dict[int, str]]:
    """Heading -> column number of the columns that are read, and column number -> heading of the others."""
    read = {place: label for place, label in labels[header].items() if label in HEADER}
    columns = {label: place for place, label in read.items()}
    if len(columns) != len(read):
        problem, place = "a column of the adverts comes twice", (header, min(columns.values()))
        raise error_at(grid, place, RepeatedFigure, problem, expected=" | ".join(HEADER), do=ASK_WHICH)
    return columns, {place: label for place, label in labels[header].items() if place not in read}


def _records(grid: Grid, labels: Labels, header: int, columns: dict[str, int], beside: Collection[int]) -> pl.DataFrame:
    """The rows with a record: source_row, source_sheet, the columns of `HEADER`, number (the figure) and printed.

    Notes (a row with text in a single cell) and repeated headers are left out; any other cell is refused.
    """
    names = [f"c{place}" for place in columns.values()]
    again = [row for row, cells in labels.items() if row > header and cells == labels[header]]
    alone = [row for row, cells in labels.items() if len(cells) == 1 and len(grid.row(row)) == 1]
    words = [row for row in alone if next(iter(labels[row])) != columns[HEADER[3]]]
    above = (pl.col(ROW) <= header) & pl.col("number").is_not_null()
    below = (pl.col(ROW) > header) & ~pl.col(ROW).is_in(words) & pl.col("printed").is_not_null()
    unnamed = ~pl.col("source_column").is_in([*columns.values(), *beside])
    cells = grid.melt(rows=(1, grid.text.height), columns=grid.columns)
    refuse_rows(
        cells.filter(above | (below & unnamed)).sort(ROW),
        LayoutChanged,
        "a cell of the sheet of adverts has no heading",
        file=grid,
        found="{printed!r}",
    )
    data = (pl.col(ROW) > header) & ~pl.col(ROW).is_in([*again, *words])
    figures = grid.numbers.select(ROW, number=f"c{columns[HEADER[3]]}")
    return (
        grid.text.filter(data & pl.any_horizontal(pl.col(names).is_not_null()))
        .select(ROW, *(pl.col(name).alias(label) for label, name in zip(columns, names, strict=True)))
        .join(figures, on=ROW, how="left", maintain_order="left")
        .with_columns(pl.lit(grid.sheet).alias("source_sheet"), pl.col(HEADER[3]).alias("printed"))
    )


def _labelled(records: pl.DataFrame, grid: Grid, columns: dict[str, int]) -> pl.DataFrame:
    def at(label: str) -> pl.Expr:
        return pl.lit(columns[label], pl.Int32).alias("source_column")

    for label in HEADER:
        refuse_rows(
            records.filter(pl.col(label).is_null()).with_columns(at(label)),
            LayoutChanged,
            "a record of the adverts is incomplete",
            expected=f"a value in column '{label}'",
            found=f"{{{label}}}",
        )
    text = key(pl.col(HEADER[0])).str.strip_suffix(" 00:00:00")
    # A sign before the year would be read as one of a year before Christ.
    text = pl.when(text.str.contains(r"^[0-9a-z]")).then(text)
    months = [(text + day).str.to_date(form, strict=False) for day, form in MONTH_FORMS]
    read = records.with_columns(at(HEADER[0]), month=pl.coalesce(*months))
    refuse_rows(
        read.filter(pl.col("month").is_null() | (pl.col("month").dt.day() != 1)),
        UnreadableValue,
        "a record's month cannot be read",
        expected="a month such as 2016-04",
        found=f"{{{HEADER[0]}!r}}",
        do="if the publisher changed the format of months, add it to the reader",
    )
    read = named_region(read.with_columns(at(HEADER[2])), HEADER[2])
    whole = read.filter(pl.col("region") == "England")
    refuse_rows(whole, UnmappedLabel, "'England' in place of a region: the adverts have no totals", do=NEW_LAYOUT)
    read = translate(read.with_columns(at(HEADER[1])), HEADER[1], "vacancy_advert_staff_group", into="nwd_staff_group")
    return value_and_status(read.with_columns(at(HEADER[3])), sheet=grid.sheet)


def _complete(read: pl.DataFrame) -> None:
    """Check that no record is repeated and every month and region has the staff groups that are always printed."""
    twice = read.filter(~pl.struct("month", "region_code", "nwd_staff_group").is_first_distinct())
    refuse_rows(twice, RepeatedFigure, "a record of the adverts comes twice", do=ASK_WHICH)
    refuse_rows(read.filter(pl.col("value") < 0), UnreadableValue, "adverts below zero", found="{value}")
    always = vocabulary("vacancy_advert_staff_group").filter(pl.col("always_printed") == "yes")["label"].unique()
    groups = read.select("nwd_staff_group").unique().filter(pl.col("nwd_staff_group").is_in(always.to_list()))
    start = pl.min_horizontal(pl.col("month").min(), pl.lit(FIRST_MONTH))
    months = read.select(month=pl.date_ranges(start, pl.col("month").max(), "1mo").explode())
    regions = vocabulary("vacancy_region").select("region_code").drop_nulls().unique()
    wanted = months.join(regions, how="cross").join(groups, how="cross")
    missing = wanted.join(read, on=wanted.columns, how="anti").sort(wanted.columns)
    places = read.sort("month", ROW).select("month", "source_sheet", ROW, "source_column").unique("month", keep="first")
    refuse_rows(
        missing.join_asof(places.sort("month"), on="month", strategy="forward"),
        LayoutChanged,
        "a record of the adverts is missing",
        expected="{nwd_staff_group}, {region_code}, {month:%Y-%m}, near this cell",
        found="no such record",
        do="compare with the last edition; if a staff group has months without adverts, set always_printed to no in"
        " transforms/vocabularies/vacancy_advert_staff_group.csv",
    )


def _shares_go_on(read: pl.DataFrame) -> None:
    """Check that a region's share of all adverts of a staff group changes little from month to month."""
    line = ["region_code", "nwd_staff_group"]
    total = pl.col("value").sum().over("month", "nwd_staff_group")
    shares = read.sort(*line, "month").with_columns(total=total, share=pl.col("value") / total)
    near = [pl.col("share").shift(by).over(line) for by in (-2, -1, 1, 2)]
    shares = shares.with_columns(least=pl.min_horizontal(near), most=pl.max_horizontal(near))
    odd = shares.filter(
        (pl.col("share") * SHARE_FACTOR < pl.col("least")) | (pl.col("share") > SHARE_FACTOR * pl.col("most"))
    ).filter(pl.max_horizontal("least", "share") * pl.col("total") >= ADVERTS_AT_LEAST)
    odd = odd.sort(
        pl.max_horizontal(pl.col("least") / pl.col("share"), pl.col("share") / pl.col("most")), descending=True
    )
    refuse_rows(
        odd,
        TotalsDisagree,
        "a region's share of the adverts differs too much from the neighbouring months",
        expected=f"{{least:.1%}} to {{most:.1%}} of adverts of {{nwd_staff_group}}, within a factor of {SHARE_FACTOR}",
        found="{share:.1%} ({value:g}), {region_code}, {month:%Y-%m}",
    )
