"""The publisher's own notes on the quality of its workforce data.

Source: NHS England, NHS Workforce Statistics, "NHS Workforce Statistics, <Month Year> Data Quality Annex.xlsx",
sheets "DQ Annex - Core NHS" and "DQ Annex - Wider NHS".
"""

from __future__ import annotations

import re

import polars as pl

from transforms.errors import LayoutChanged
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.body import figure_rows
from transforms.reading.grid import ROW, Grid, cell_name, normal, read_grids
from transforms.reading.months import SHORT_MONTHS
from transforms.reading.organisation_codes import WIDER_NHS, require_codes
from transforms.reading.periods import month_named
from transforms.reading.refuse import NEW_LAYOUT
from transforms.reading.unread import Unread, unread_sheets, with_unread
from transforms.series.workforce.tables import DATA_QUALITY_NOTE

FILE_NAME = re.compile(r"NHS Workforce Statistics, .*Data Quality Annex\.xlsx$", re.IGNORECASE)
SHEET = "DQ Annex - "

PRINTED = {  # heading -> column
    "reference number": "reference_number",
    "level": "level",
    "organisation code": "org_code",
    "organisation name": "org_name",
    "data month impacted": "months",
    "issue type": "issue_type",
    "issue details": "details",
}
NOT_READ = {"related issues", "further information", "added or updated"}
NATIONAL = "ENG"
"""Printed in place of an organisation's code in a national note."""

MONTH = r"([A-Z][a-z]{2,8})[ -]([0-9]{4}|[0-9]{2})"
CELL = r"^([0-9]{4})-([0-9]{2})-[0-9]{2}(?: 00:00:00)?$"


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises the annex by its sheet names; the edition is the month in the file name."""
    if file.kind != "xlsx" or not any(sheet.startswith(SHEET) for sheet in file.sheets):
        return None
    month = month_named(file.plain_name) or month_named(file.hint)
    if month is None:
        return None
    return Edition(f"{month:%Y-%m}", f"Data Quality Annex, {month:%B %Y}", month.isoformat())


def read(file: PublishedFile) -> dict[str, pl.DataFrame]:
    """Rows of core.data_quality_note: one per reference and organisation, from both sheets.

    A note printed in several rows for one organisation becomes one row; its months and texts are joined with "; ".
    `months` is as printed; `period_start` and `period_end` are month ends, NULL if no month is printed ("every year").
    """
    sheets = [sheet for sheet in file.sheets if sheet.startswith(SHEET)]
    grids = read_grids(file.path, file=file.name, sheets=sheets)
    notes = pl.concat(_notes(grid) for grid in grids.values())
    unread = unread_sheets(file.sheets, sheets)
    unread += [Unread("column", grid.sheet, text) for grid in grids.values() for text in _unknown(grid)]
    joined = pl.col("level", "org_name", "months", "issue_type", "details").drop_nulls()
    frames = {
        "data_quality_note": notes.group_by(DATA_QUALITY_NOTE.key, maintain_order=True).agg(
            pl.when(joined.count() > 0).then(joined.unique(maintain_order=True).str.join("; ")),
            _unless_open(pl.col("period_start").min(), "period_start"),
            _unless_open(pl.col("period_end").max(), "period_end"),
            pl.col("source_sheet", ROW, "source_column").first(),
        )
    }
    return with_unread(frames, unread)


READER = Reader(
    name="data-quality-annex",
    version=3,
    title="NHS Workforce Statistics, Data Quality Annex (.xlsx)",
    tables=(DATA_QUALITY_NOTE,),
    recognise=recognise,
    read=read,
)


def _notes(grid: Grid) -> pl.DataFrame:
    columns, ignored = _columns(grid, header := grid.header(["Reference Number", "Issue Details"]))
    first, *others = (columns[name] for name in PRINTED.values())
    rows = figure_rows(grid, after=header, labels=[first], figures=others, ignored=ignored)
    text = grid.text.join(rows.select(ROW), on=ROW, maintain_order="left")
    notes = text.select(
        ROW,
        *(pl.col(f"c{column}").str.replace_all("\u00a0", " ").alias(name) for name, column in columns.items()),
        source_sheet=pl.lit(grid.sheet),
        source_column=pl.lit(0),
    ).with_columns(
        pl.when(pl.col("org_code") != NATIONAL).then(pl.col("org_code")),
        period_start=_month_end(pl.col("months"), first=True),
        period_end=_month_end(pl.col("months"), first=False),
    )
    require_codes(
        notes, "org_code", form=WIDER_NHS, name="org_name", blank=True, place=columns["org_code"], sheet=grid.sheet
    )
    return notes


def _columns(grid: Grid, header: int) -> tuple[dict[str, int], list[int]]:
    headings = {normal(text): column for column, text in grid.row(header).items()}
    unknown = [heading for heading in headings if heading not in PRINTED and heading not in NOT_READ]
    missing = [heading for heading in PRINTED if heading not in headings]
    if missing:
        raise LayoutChanged(
            "the headings of the notes are not those this reader knows",
            sheet=grid.sheet,
            cell=cell_name(header, headings[unknown[0]]) if unknown else f"row {header}",
            expected=", ".join(PRINTED),
            found=", ".join(headings),
            do=NEW_LAYOUT,
        )
    return {name: headings[heading] for heading, name in PRINTED.items()}, [
        column for heading, column in headings.items() if heading not in PRINTED
    ]


def _unknown(grid: Grid) -> list[str]:
    headings = grid.row(grid.header(["Reference Number", "Issue Details"])).values()
    return [heading for heading in headings if normal(heading) not in {*PRINTED, *NOT_READ}]


def _month_end(months: pl.Expr, *, first: bool) -> pl.Expr:
    """The first or last month end of 'Dec-11 - Sep-12', 'Mar-25' or a date cell; of 'Mar-25 onwards' only the first."""
    one, two = rf"^{MONTH}$", rf"^{MONTH}\s*(?:-|–|to)\s*{MONTH}$"
    onwards = rf"^{MONTH} onwards$"
    forms = [_named(months, one, 1), _named(months, two, 1 if first else 3)]
    if first:
        forms.append(_named(months, onwards, 1))
    cell = months.str.extract(CELL, 1) + months.str.extract(CELL, 2)
    return (pl.coalesce(*forms, cell) + "01").str.to_date("%Y%m%d", strict=False).dt.month_end()


def _named(months: pl.Expr, form: str, group: int) -> pl.Expr:
    numbers = {month.title(): f"{number:02}" for number, month in enumerate(SHORT_MONTHS, start=1)}
    month = months.str.extract(form, group).str.head(3).replace_strict(numbers, default=None, return_dtype=pl.String)
    year = months.str.extract(form, group + 1)
    return pl.when(year.str.len_chars() == 2).then("20" + year).otherwise(year) + month


def _unless_open(of_all: pl.Expr, column: str) -> pl.Expr:
    """The aggregate `of_all`, or NULL if one of the joined rows has no month, as the note then has no such limit."""
    return pl.when(pl.col(column).null_count() == 0).then(of_all).alias(column)
