"""A mart as an accessible workbook, in the layout of the Analysis Function's guidance on spreadsheets.

A cover, contents, notes, the meaning of each column, and the data: one table a sheet from column A, marked as a table,
with its name and what is in it above it. Number cells hold numbers or nothing, codes and editions are text, days are
dates. No cell is a formula.

XlsxWriter writes all but the rows of the data, for which it needs 5 µs a cell (gptables, which is made for this layout,
18); `rows_xml` writes those column by column, at 0.7 µs a cell, into the place of a model row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import polars as pl

from transforms.value_status import STATUS_WORDS
from warehouse.exports.facts import MartFacts

MOST_ROWS = 100_000
"""Marts of more rows get no workbook: Excel holds 1,048,576, and takes minutes to lay out far fewer."""
MOST_CHARACTERS = 32_767
"""The longest text of a cell."""

CREATED = datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed time, so that the same rows make the same file
FIRST_EXCEL_DAY = 25_569
"""1970-01-01 as Excel counts days."""
ROWS_AT_ONCE = 10_000
WIDTHS = (11, 60)
"""Narrowest and widest column, in characters."""

TITLE: dict[str, Any] = {"bold": True, "font_size": 16}
SUBTITLE: dict[str, Any] = {"bold": True, "font_size": 14}
BODY: dict[str, Any] = {"font_name": "Arial", "font_size": 12}
HEADING: dict[str, Any] = {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}
WRAPPED: dict[str, Any] = {"text_wrap": True}
LINK: dict[str, Any] = {"underline": 1, "font_color": "#0563C1"}
WHOLE: dict[str, Any] = {"align": "right"}
DECIMAL: dict[str, Any] = {"num_format": "#,##0.0##", "align": "right"}
"""Three decimals at most are shown; the cell holds them all."""
DAY: dict[str, Any] = {"num_format": "yyyy-mm-dd", "align": "right"}

ILLUSTRATIVE = "ILLUSTRATIVE FIGURES: made up for a trial. None of them is a statistic."
DATA = "Data"


@dataclass(frozen=True)
class Sheet:
    """A sheet with one table: what stands above it, its headings and its rows of text or numbers."""

    name: str
    title: str
    above: tuple[str, ...]
    headings: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    widths: tuple[float, ...]
    table: str


def why_no_workbook(rows: int, longest: int) -> str:
    """Why a mart of so many rows, with a text of so many characters, gets no workbook; '' where it gets one."""
    if rows > MOST_ROWS:
        return f"{rows:,} rows are more than the {MOST_ROWS:,} of a workbook; the other forms have them all."
    if longest > MOST_CHARACTERS:
        return f"A text of {longest:,} characters is longer than a cell of a workbook; the other forms hold it."
    return ""


def write_workbook(parquet: Path, path: Path, mart: MartFacts) -> str:
    """Write the rows of a mart's Parquet file as a workbook; return why it is not written, else ''."""
    frame = _plain(pl.read_parquet(parquet, glob=False))
    longest = {name: width or 0 for name, width in frame.select(_lengths(frame)).row(0, named=True).items()}
    if why := why_no_workbook(frame.height, max(longest.values(), default=0)):
        return why
    structure, first_row, styles = _structure(mart, frame, longest)
    with ZipFile(BytesIO(structure)) as made, ZipFile(path, "w", ZIP_DEFLATED, compresslevel=1) as out:
        data_sheet, data_table = _last(made, "xl/worksheets/sheet"), _last(made, "xl/tables/table")
        for name in made.namelist():
            # Days of a zip begin in 1980: the same rows make the same bytes.
            member = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.compress_type = ZIP_DEFLATED
            content = made.read(name)
            if name != data_sheet:
                out.writestr(member, _as_long(content, first_row, frame.height) if name == data_table else content)
                continue
            before, after = _without_model(_as_long(content, first_row, frame.height).decode(), first_row)
            with out.open(member, "w") as sheet:
                sheet.write(before.encode())
                for start in range(0, frame.height, ROWS_AT_ONCE):
                    part = frame.slice(start, ROWS_AT_ONCE)
                    sheet.write("".join(rows_xml(part, first_row + start, styles)).encode())
                sheet.write(after.encode())
    return ""


def _plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as text; a number that is none, as nothing."""
    lists = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.List)]
    floats = [name for name, dtype in frame.schema.items() if dtype.is_float()]
    return frame.with_columns(
        *(pl.col(name).cast(pl.List(pl.String)).list.join(", ") for name in lists),
        *(pl.when(pl.col(name).is_finite()).then(name) for name in floats),
    )


def _lengths(frame: pl.DataFrame) -> list[pl.Expr]:
    """The longest text of each column, in characters."""
    return [pl.col(name).cast(pl.String).str.len_chars().max() for name in frame.columns]


def rows_xml(frame: pl.DataFrame, first_row: int, styles: Sequence[int]) -> pl.Series:
    """Rows as elements of SpreadsheetML, the first with the number `first_row`; `styles`: each column's cell format."""
    from xlsxwriter.utility import xl_col_to_name

    number = pl.int_range(first_row, first_row + frame.height, dtype=pl.Int32).cast(pl.String)
    cells = [
        _cell_xml(name, dtype, xl_col_to_name(place), number, style)
        for place, ((name, dtype), style) in enumerate(zip(frame.schema.items(), styles, strict=True))
    ]
    return frame.select(pl.concat_str(pl.lit('<row r="'), number, pl.lit('">'), *cells, pl.lit("</row>"))).to_series()


def _cell_xml(name: str, dtype: pl.DataType, letters: str, number: pl.Expr, style: int) -> pl.Expr:
    kind, (opening, closing), value = "", ("<v>", "</v>"), pl.col(name)
    if dtype == pl.String:
        kind, (opening, closing) = ' t="inlineStr"', ('<is><t xml:space="preserve">', "</t></is>")
        value = _escaped(value)
    elif dtype == pl.Boolean:
        kind, value = ' t="b"', value.cast(pl.Int8)
    elif dtype == pl.Date:
        value = value.cast(pl.Int32) + FIRST_EXCEL_DAY
    start, middle = pl.lit(f'<c r="{letters}'), pl.lit(f'" s="{style}"{kind}>{opening}')
    return pl.concat_str(start, number, middle, value.cast(pl.String), pl.lit(f"{closing}</c>")).fill_null("")


def _escaped(text: pl.Expr) -> pl.Expr:
    """A text for XML, without characters that XML does not allow; _x0041_ would be read as the letter of that code."""
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        text = text.str.replace_all(character, entity, literal=True)
    return text.str.replace_all(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "").str.replace_all(
        r"_(x[0-9A-Fa-f]{4}_)", "_x005F_${1}"
    )


def _structure(mart: MartFacts, frame: pl.DataFrame, longest: dict[str, int]) -> tuple[bytes, int, list[int]]:
    """The workbook with one model row of data: its bytes, the number of that row, and each column's cell format."""
    from xlsxwriter import Workbook

    out = BytesIO()
    book = Workbook(out, {"in_memory": True})
    book.set_properties(
        {
            "title": mart.name,
            "subject": mart.about,
            "author": "NHS Workforce",
            "comments": " ".join([*([ILLUSTRATIVE] if mart.is_illustrative else []), *_licences(mart)]),
            "created": CREATED,
        }
    )
    book.set_size(1200, 800)
    formats = {
        name: book.add_format(BODY | fmt)
        for name, fmt in {
            "title": TITLE,
            "cover_title": TITLE | WRAPPED,
            "subtitle": SUBTITLE | WRAPPED,
            "link": LINK,
            "heading": HEADING,
            "number_heading": HEADING | {"align": "right"},
            "wrapped": WRAPPED,
            "plain": {},
            "number": WHOLE,
            "decimal": DECIMAL,
            "day": DAY,
        }.items()
    }
    _write_cover(book, formats, mart)
    listed = [_columns(mart), _data(mart, frame, longest)]
    for sheet in (_contents(listed), _notes(mart), *listed):
        first_row = _write_sheet(book, formats, sheet, frame if sheet.name == DATA else None)
    book.close()
    content = out.getvalue()
    with ZipFile(BytesIO(content)) as made:
        styles = re.findall(
            rf'<c r="[A-Z]+{first_row}" s="(\d+)"', made.read(_last(made, "xl/worksheets/sheet")).decode()
        )
    return content, first_row, [int(style) for style in styles]


def _last(made: ZipFile, beginning: str) -> str:
    """The member of the workbook with the highest number: the data are its last sheet and table."""
    members = [name for name in made.namelist() if name.startswith(beginning)]
    return max(members, key=lambda name: int(re.sub(r"\D", "", name)))


def _as_long(content: bytes, first_row: int, rows: int) -> bytes:
    """A sheet or table that says of itself that it ends in its model row, with its real last row."""
    last_row = first_row + max(rows, 1) - 1
    return re.sub(rb'( ref="[A-Z]+\d+:[A-Z]+)\d+"', rb'\g<1>%d"' % last_row, content, count=1)


def _without_model(sheet: str, row: int) -> tuple[str, str]:
    """What stands before and after the model row of a sheet."""
    start = sheet.index(f'<row r="{row}"')
    return sheet[:start], sheet[sheet.index("</row>", start) + len("</row>") :]


def _write_cover(book: Any, formats: dict[str, Any], mart: MartFacts) -> None:
    sheet = book.add_worksheet("Cover")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 85)
    lines = [(mart.name, "cover_title")]
    lines += [(ILLUSTRATIVE, "subtitle")] if mart.is_illustrative else []
    lines += [("Introductory information", "subtitle"), (mart.about, "wrapped")]
    lines += [(f"Source: {mart.source}", "wrapped")] if mart.source else []
    lines += [("Licence and attribution", "subtitle"), *((text, "wrapped") for text in _licences(mart))]
    lines += [
        ("About these data", "subtitle"),
        (
            "Collected by NHS Workforce, an independent project. The publishers' pages have the figures as printed:",
            "wrapped",
        ),
        *((f"{each.title}: {each.landing}", "wrapped") for each in mart.rights if each.landing),
    ]
    for row, (text, fmt) in enumerate(lines):
        sheet.write_string(row, 0, text, formats[fmt])


def _licences(mart: MartFacts) -> list[str]:
    stated = [f"{each.title} ({each.publisher}): {each.licence}. {each.attribution}" for each in mart.rights]
    stated += sorted({f"{each.licence}: {address}" for each in mart.rights if (address := each.licence_address)})
    if mart.cites:
        stated.append("Cited headlines: the rows name the page they are cited from.")
    return stated


def _contents(sheets: Sequence[Sheet]) -> Sheet:
    return Sheet(
        "Contents",
        "Table of contents",
        ("This worksheet contains one table.",),
        ("Sheet name", "Table description"),
        (("Notes", "Notes"), *((sheet.name, sheet.title) for sheet in sheets)),
        (20, 80),
        "contents_table",
    )


def _notes(mart: MartFacts) -> Sheet:
    reasons = ", ".join(f"{code}: {words}" for code, words in STATUS_WORDS.items())
    names = {column.name for column in mart.columns}
    notes = [
        f"Each row: {mart.grain}" if mart.grain else "",
        mart.caveats[:1].upper() + mart.caveats[1:],
        "An empty cell means that there is no value, never zero."
        + (f" Columns whose name ends in status say why a figure is missing ({reasons})." if _says_why(names) else ""),
        "Percentages are 0 to 100. Units are in the names of the columns; headcounts are people and never add up.",
        ILLUSTRATIVE if mart.is_illustrative else "",
    ]
    return Sheet(
        "Notes",
        "Notes",
        ("This worksheet contains one table.",),
        ("Note number", "Note text"),
        tuple(enumerate((note for note in notes if note), start=1)),
        (14, 100),
        "notes_table",
    )


def _says_why(names: set[str]) -> bool:
    return any(name.endswith("status") for name in names)


def _columns(mart: MartFacts) -> Sheet:
    return Sheet(
        "Columns",
        f"Columns of {mart.name} and what they mean",
        ("This worksheet contains one table.",),
        ("Column", "Meaning"),
        tuple((column.name, column.about) for column in mart.columns),
        (max(20, *(len(column.name) + 3 for column in mart.columns)), 100),
        "columns_table",
    )


def _data(mart: MartFacts, frame: pl.DataFrame, longest: dict[str, int]) -> Sheet:
    narrow, wide = WIDTHS
    empty = "" if frame.height else " It has no rows in this release."
    said = (
        f"This worksheet contains one table of {frame.height:,} rows.{empty} An empty cell means that there is no"
        " value; the sheets Notes and Columns explain the table."
    )
    return Sheet(
        DATA,
        f"{mart.name}: {mart.about}",
        (
            *([ILLUSTRATIVE] if mart.is_illustrative else []),
            said,
        ),
        tuple(frame.columns),
        (),
        tuple(min(max(narrow, len(name) + 2, longest[name] + 2), max(wide, len(name) + 2)) for name in frame.columns),
        mart.name,
    )


def _write_sheet(book: Any, formats: dict[str, Any], content: Sheet, frame: pl.DataFrame | None) -> int:
    """Write a sheet; of the data (`frame`) one model row. Returns the number of the first row under the headings."""
    sheet = book.add_worksheet(content.name)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 0, content.title, formats["title"])
    for row, text in enumerate(content.above, start=1):
        sheet.write_string(row, 0, text, formats["plain"])
    top = 1 + len(content.above)
    for column, width in enumerate(content.widths):
        sheet.set_column(column, column, width)
    is_number = [_is_number(dtype) for dtype in frame.dtypes] if frame is not None else [False] * len(content.headings)
    headings = [
        {"header": name, "header_format": formats["number_heading" if number else "heading"]}
        for name, number in zip(content.headings, is_number, strict=True)
    ]
    # XlsxWriter goes through every cell of a table: that of the data is one row long here, `_as_long` says the rest.
    sheet.add_table(
        top,
        0,
        top + max(1, len(content.rows)),
        len(headings) - 1,
        {"name": content.table, "columns": headings, "autofilter": False, "style": None},
    )
    if frame is not None:
        for column, dtype in enumerate(frame.dtypes):
            sheet.write_blank(top + 1, column, None, formats[_format(dtype)])
    for row, cells in enumerate(content.rows, start=top + 1):
        for column, cell in enumerate(cells):
            _write_cell(sheet, formats, row, column, cell, is_link=content.name == "Contents" and column == 0)
    return top + 2


def _write_cell(sheet: Any, formats: dict[str, Any], row: int, column: int, cell: Any, *, is_link: bool) -> None:
    if is_link:
        sheet.write_url(row, column, f"internal:'{cell}'!A1", formats["link"], cell)
    elif isinstance(cell, int):
        sheet.write_number(row, column, cell, formats["number"])
    else:
        sheet.write_string(row, column, cell, formats["wrapped"])


def _format(dtype: pl.DataType) -> str:
    if dtype == pl.Date:
        return "day"
    return "decimal" if dtype.is_float() else "number" if _is_number(dtype) else "wrapped"


def _is_number(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype == pl.Date
