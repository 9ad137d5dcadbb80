"""NHS staff in post, from England to organisation, by staff group and month.

Source: NHS England, NHS Workforce Statistics, "NHS Workforce Statistics, <Month Year> England and Organisation.xlsx":
table 1 England by staff group over time (headcount above FTE), tables 2 and 3 organisations by staff group for the
edition's month, tables 4 and 5 organisations over time.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from itertools import accumulate

import polars as pl

from transforms.errors import LayoutChanged, RepeatedFigure
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.areas import area_columns, areas
from transforms.reading.body import figure_rows
from transforms.reading.grid import ROW, Grid, cell_name, normal, read_grids
from transforms.reading.keys import LABELS
from transforms.reading.months import SHORT_MONTHS, last_day
from transforms.reading.periods import month_named, printed_date
from transforms.reading.refuse import ASK_WHICH, NEW_LAYOUT, OTHER_CONTENTS, refuse_rows
from transforms.reading.symbols import value_and_status
from transforms.reading.unread import NOT_KNOWN, Unread, unread_sheets, with_unread
from transforms.reading.vocabulary import translate
from transforms.series.workforce.sums import check_sums, with_above
from transforms.series.workforce.tables import EVERY_AREA, WORKFORCE
from transforms.tables.declare import Scope

FILE_NAME = re.compile(r"NHS Workforce Statistics, \w+ [0-9]{4} England and Organisation", re.IGNORECASE)

ENGLAND_OVER_TIME = "1. England"
BY_STAFF_GROUP = ("2. NHSE, Org & SG - HC", "3. NHSE, Org & SG - FTE")
OVER_TIME = ("4. All Staff, NHSE & Org - HC", "5. All Staff, NHSE & Org - FTE")
TABLES = (ENGLAND_OVER_TIME, *BY_STAFF_GROUP, *OVER_TIME)

MEASURES = {  # unit as printed above a block or a table, or at the end of a sheet's name -> measure
    "headcount": "headcount",
    "full time equivalent (fte)": "fte",
    "full time equivalent": "fte",
    "hc": "headcount",
    "fte": "fte",
}
NOT_READ = {  # columns that are calculated from the others
    "latest monthly change",
    "latest monthly change (%)",
    "annual change",
    "annual change (%)",
}
LIKE_A_MONTH = re.compile("|".join(SHORT_MONTHS) + r"|[0-9]{4}", re.IGNORECASE)
"""Headings that may be a month: a column with such a heading must not be skipped as unread."""

ALL_STAFF_GROUPS = "All staff groups"
TOP_ROWS = 30
DECIMALS = 5
"""The publisher prints full-time equivalents to five decimals."""

Labelled = tuple[pl.DataFrame, pl.DataFrame]
"""The labels of the rows of a table, and its cells, with the position of the row in `LABELS`.

The labels are joined to the cells of all tables at once, because text in hundreds of thousands of rows takes most time.
"""


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises the workbook by its name or sheets; the edition is the month in its name or in tables 2 and 3."""
    named = FILE_NAME.search(file.plain_name)
    if file.kind != "xlsx":
        return None
    if not named and not set(BY_STAFF_GROUP) <= set(file.sheets):
        return None
    month = month_named(file.plain_name) if named else None
    month = month or _month_of(read_grids(file.path, file=file.name, sheets=BY_STAFF_GROUP))
    return Edition(f"{month:%Y-%m}", f"NHS Workforce Statistics, {month:%B %Y}", month.isoformat())


def read(file: PublishedFile) -> dict[str, pl.DataFrame]:
    """Rows of core.workforce from all five tables (headcount in people, FTE in full-time equivalents).

    A figure that several tables print has one row per table. Raises `LayoutChanged` for a missing sheet or heading or
    an unknown column or row, `UnmappedLabel` for an unknown staff group, `UnreadableValue` for a cell that is neither
    number nor symbol, `RepeatedFigure` for a row or column that a sheet has twice, and the errors of `check_sums` for
    tables that contradict each other.
    """
    grids = read_grids(file.path, file=file.name, sheets=TABLES, decimals=DECIMALS)
    missing = [sheet for sheet in TABLES if sheet not in grids]
    if missing:
        raise LayoutChanged(
            "sheets are missing: " + ", ".join(missing),
            expected=", ".join(TABLES),
            found=", ".join(file.sheets),
            do="check that this is the whole workbook; if the publisher renamed sheets, change the reader",
        )
    month = _month_of(grids)
    unread = unread_sheets(file.sheets, TABLES)
    tables = [
        _england_over_time(grids[ENGLAND_OVER_TIME], unread),
        *(_by_staff_group(grids[sheet], month, unread) for sheet in BY_STAFF_GROUP),
        *(_over_time(grids[sheet], unread) for sheet in OVER_TIME),
    ]
    for sheet, (_, cells) in zip(TABLES, tables, strict=True):
        _check_month(cells["period_end"].max() == month, month, sheet, str(cells["period_end"].max()))
    if FILE_NAME.search(file.plain_name):
        _check_month(month_named(file.plain_name) == month, month, "", "another month in the file's name")
    rows, labels = _with_labels(tables)
    check_sums(rows, labels, pairs=(BY_STAFF_GROUP, OVER_TIME))
    return with_unread({"workforce": WORKFORCE.conform(rows.drop(LABELS, "above"))}, unread)


READER = Reader(
    name="workforce-workbook",
    version=6,
    title="NHS Workforce Statistics, England and Organisation (.xlsx, to August 2025)",
    tables=(WORKFORCE,),
    recognise=recognise,
    read=read,
    # Table 1 has every staff group of England in every month; the others have them for the newest month only.
    scopes=(
        EVERY_AREA,
        Scope("workforce", ("period_end", "measure"), only=(("geography_level", "England"),)),
    ),
)


def _england_over_time(grid: Grid, unread: list[Unread]) -> Labelled:
    header, periods = _dated_columns(grid)
    labels = [column for column in grid.columns if column < min(periods)]
    above = {column: MEASURES[normal(text)] for column, text in grid.row(header).items() if normal(text) in MEASURES}
    strange = [column for column in labels if column in grid.row(header) and column not in above]
    if strange:
        raise _strange_heading(grid, header, strange[0])
    over_all = next(iter(above.values()), None)
    beside = _beside(grid, header, {*labels, *periods}, unread)
    rows = figure_rows(
        grid, after=header, labels=labels, figures=list(periods), ignored=beside, blocks=MEASURES
    ).select(
        ROW,
        source_column=pl.lit(labels[-1]),
        staff_group=pl.concat_str([f"c{column}" for column in labels], separator=" | ", ignore_nulls=True),
        measure=pl.coalesce(pl.col("block").replace_strict(MEASURES), pl.lit(over_all, pl.String)),
    )
    _refuse_repeated(grid, rows, ["staff_group", "measure"])
    refuse_rows(
        rows.filter(pl.col("measure").is_null()),
        LayoutChanged,
        "no heading says whether the figures of this row are headcount or full-time equivalents",
        file=grid,
        column=0,
        expected="HEADCOUNT or FULL TIME EQUIVALENT (FTE) above the row",
        found="none",
        do=NEW_LAYOUT,
    )
    rows = translate(rows, "staff_group", "staff_group", sheet=grid.sheet).drop("source_column")
    england = {"geography_level": "England", "area_code": "England", "area_name": "England"}
    rows = rows.with_columns(
        *(pl.lit(value).alias(name) for name, value in england.items()),
        *(pl.lit(None, pl.String).alias(name) for name in ("region_code", "icb_code", "org_code")),
    )
    return _long(grid, rows, pl.DataFrame({"source_column": list(periods), "period_end": list(periods.values())}))


def _by_staff_group(grid: Grid, month: date, unread: list[Unread]) -> Labelled:
    header = grid.header(["Total", "Professionally qualified clinical staff"])
    headings = grid.row(header)
    first = next(column for column, text in headings.items() if normal(text) == "total")
    columns = pl.DataFrame(
        [(header, column, text) for column, text in headings.items() if column >= first],
        schema={"source_row": pl.Int32, "source_column": pl.Int32, "staff_group": pl.String},
        orient="row",
    )
    columns = translate(columns, "staff_group", "staff_group", sheet=grid.sheet)
    _refuse_repeated(grid, columns, ["staff_group"])
    return _by_area(grid, header, columns.drop(ROW).with_columns(period_end=pl.lit(month)), unread)


def _over_time(grid: Grid, unread: list[Unread]) -> Labelled:
    header, periods = _dated_columns(grid)
    columns = pl.DataFrame({"source_column": list(periods), "period_end": list(periods.values())})
    return _by_area(grid, header, columns.with_columns(staff_group=pl.lit(ALL_STAFF_GROUPS)), unread)


def _by_area(grid: Grid, header: int, columns: pl.DataFrame, unread: list[Unread]) -> Labelled:
    figures = columns["source_column"].to_list()
    places = area_columns(grid, header, min(figures))
    rows = figure_rows(
        grid,
        after=header,
        labels=sorted(places.values()),
        figures=figures,
        ignored=_beside(grid, header, {*places.values(), *figures}, unread),
    )
    found = areas(grid, rows, places).with_columns(measure=pl.lit(_measure_of(grid, header)))
    return _long(grid, found, columns)


def _long(grid: Grid, rows: pl.DataFrame, columns: pl.DataFrame) -> Labelled:
    if rows.is_empty():
        raise LayoutChanged("the table is empty", sheet=grid.sheet, expected="rows of figures", do=NEW_LAYOUT)
    own = [ROW, LABELS, *(name for name in rows.columns if name == "staff_group")]
    cells = grid.melt_rows(rows.with_row_index(LABELS).select(own), columns)
    labels = rows.drop(own, strict=False).with_columns(source_sheet=pl.lit(grid.sheet))
    return labels, value_and_status(cells, sheet=grid.sheet).drop("printed", "number")


def _with_labels(tables: Sequence[Labelled]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The cells of all tables, each with its labels, and the labels of the rows of all tables, once."""
    labels = with_above(pl.concat([each for each, _ in tables], how="diagonal", rechunk=True))
    before = [0, *accumulate(each.height for each, _ in tables)]
    cells = [
        cells.with_columns(pl.col(LABELS) + first).select(tables[0][1].columns)
        for first, (_, cells) in zip(before, tables, strict=False)
    ]
    rows = pl.concat(cells, rechunk=True)
    return rows.hstack(labels[rows[LABELS]]), labels


def _dated_columns(grid: Grid) -> tuple[int, dict[int, date]]:
    """The number of the row with months as headings, and column number -> month end."""
    top = grid.text.head(TOP_ROWS).unpivot(index=ROW).with_columns(date=printed_date(pl.col("value")))
    dated = top.filter(pl.col("date").is_not_null()).with_columns(pl.col("variable").str.slice(1).cast(pl.Int32))
    if dated.is_empty():
        raise LayoutChanged(
            "no row has months as headings",
            sheet=grid.sheet,
            expected="month ends such as 2009-09-30 above the columns",
            found="none in the first rows",
            do=NEW_LAYOUT,
        )
    header = int(dated[ROW].to_list()[0])
    periods = dict(dated.filter(pl.col(ROW) == header).select("variable", "date").iter_rows())
    _refuse_strange_headings(grid, header, periods)
    odd = [column for column, day in periods.items() if day != last_day(day.year, day.month)]
    if odd or len(set(periods.values())) < len(periods):
        raise LayoutChanged(
            "the months above the columns are not month ends, or a month is there twice",
            sheet=grid.sheet,
            cell=cell_name(header, odd[0]) if odd else f"row {header}",
            expected="the last day of each month, once",
            found=", ".join(str(periods[column]) for column in odd[:5]) or "a month twice",
            do=NEW_LAYOUT,
        )
    return header, periods


def _beside(grid: Grid, header: int, read: Collection[int], unread: list[Unread]) -> list[int]:
    """The numbers of the columns with a heading that are not in `read`; each is added to the list `unread`."""
    others = {column: text for column, text in grid.row(header).items() if column not in read}
    known = {text: normal(text) in NOT_READ for text in others.values()}
    why = {True: "it is calculated from the other columns", False: NOT_KNOWN}
    unread += [Unread("column", grid.sheet, text, why[known[text]], known[text]) for text in others.values()]
    return list(others)


def _refuse_strange_headings(grid: Grid, header: int, periods: Collection[int]) -> None:
    """Raise `LayoutChanged` for an unknown heading between the months, or one after them that may be a month."""
    for column, text in grid.row(header).items():
        among = min(periods) < column < max(periods) and column not in periods and normal(text) not in NOT_READ
        if among or (column > max(periods) and LIKE_A_MONTH.search(text)):
            raise _strange_heading(grid, header, column)


def _strange_heading(grid: Grid, header: int, column: int) -> LayoutChanged:
    text = grid.row(header)[column]
    return LayoutChanged(
        f"a column has the unknown heading {text!r}",
        sheet=grid.sheet,
        cell=cell_name(header, column),
        expected="month ends, and " + ", ".join(sorted(NOT_READ)),
        found=text,
        do=NEW_LAYOUT,
    )


def _above(grid: Grid, header: int) -> Iterable[str]:
    return (normal(text) for _, cells in grid.rows(before=header) for text in cells.values())


def _measure_of(grid: Grid, header: int) -> str:
    """The measure in the sheet's name, its title and the cell above the headings; raises if they differ."""
    ends = [text.rpartition(" - ")[2] for text in (*_above(grid, header), normal(grid.sheet))]
    found = {MEASURES[end] for end in ends if end in MEASURES}
    if len(found) != 1:
        raise LayoutChanged(
            "the sheet does not say whether it holds headcount or full-time equivalents",
            sheet=grid.sheet,
            expected="'headcount' or 'full time equivalent' in the title and over the headings",
            found=" and ".join(sorted(found)) or "neither",
            do=NEW_LAYOUT,
        )
    return found.pop()


def _month_of(grids: Mapping[str, Grid]) -> date:
    """The month in the titles of tables 2 and 3."""
    found = {
        (sheet, text, month_named(text))
        for sheet in BY_STAFF_GROUP
        for text in _above(grids[sheet], TOP_ROWS)
        if text.endswith("monthly data")
    }
    months = {month for *_, month in found}
    if len(months) == 1 and (month := months.pop()) is not None:
        return month
    raise LayoutChanged(
        "the tables by staff group do not say which one month they are for",
        sheet=" and ".join(BY_STAFF_GROUP),
        expected="a heading such as 'May 2023 monthly data' in both",
        found=", ".join(sorted(text for _, text, _ in found)) or "none",
        do=NEW_LAYOUT,
    )


def _check_month(agrees: bool, month: date, sheet: str, found: str) -> None:
    if not agrees:
        raise LayoutChanged(
            "the workbook has different months in different places",
            sheet=sheet,
            expected=f"{month:%B %Y}, as the tables by staff group say",
            found=found,
            do=OTHER_CONTENTS,
        )


def _refuse_repeated(grid: Grid, labels: pl.DataFrame, key: list[str]) -> None:
    refuse_rows(
        labels.filter(pl.struct(key).is_duplicated()).with_columns(pl.col("source_column").fill_null(1)),
        RepeatedFigure,
        "the sheet has the same staff group twice",
        file=grid,
        expected="each staff group once",
        found="{staff_group}",
        do=ASK_WHICH,
        shown=6,
    )
