"""A sheet of a workbook as a grid: the text of each cell, the number it stores, and its row and column.

Numbers are the stored ones, not the displayed ones; the text of a numeric cell is rounded to nine decimals.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, repeat
from pathlib import Path

import fastexcel
import polars as pl

from transforms.errors import LayoutChanged, unreadable_workbook
from transforms.opening.formulas import refuse_unsaved_results
from transforms.reading.text import plain_name

ROW = "source_row"
DECIMALS_OF_TEXT = 9
"""Decimals in the text of a numeric cell: as `decimals` of `read_grids` it gives the numbers of the text, unchecked."""
TOP_ROWS = 40
"""Rows in which a table's headings are looked for first."""


def cell_name(row: int, column: int) -> str:
    """The name a spreadsheet shows for a cell: row 7, column 3 is C7."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"


@dataclass(frozen=True)
class Grid:
    """One sheet. `text` and `numbers` have a column `source_row` (from 1) and columns 'c1', 'c2', … (A, B, …).

    `text` holds every cell as text, trimmed, blanks as NULL; `numbers` holds the stored number or NULL.
    """

    file: str
    sheet: str
    text: pl.DataFrame
    numbers: pl.DataFrame

    @cached_property
    def columns(self) -> list[int]:
        """Column numbers, from 1."""
        return [int(name[1:]) for name in self.text.columns if name != ROW]

    @cached_property
    def _top(self) -> list[tuple[str | None, ...]]:
        """The text of the first rows, which are looked at several times: taking it from the frame takes longest."""
        return self.text.drop(ROW).head(TOP_ROWS).rows()

    def _filled(self, cells: Sequence[str | None]) -> dict[int, str]:
        return {column: text for column, text in zip(self.columns, cells, strict=True) if text is not None}

    def row(self, number: int) -> dict[int, str]:
        """The filled cells of one row: column number -> text."""
        return self._filled(self._top[number - 1] if number <= TOP_ROWS else self.text.row(number - 1)[1:])

    def rows(self, *, before: int | None = None) -> Iterator[tuple[int, dict[int, str]]]:
        """Row number and filled cells of every row that is not empty, or only of those above row `before`."""
        for number in range(1, min(self.text.height + 1, before or self.text.height + 1)):
            if written := self.row(number):
                yield number, written

    def header(self, labels: Sequence[str], *, after: int = 0) -> int:
        """Number of the first row after `after` that holds all of `labels`, ignoring case and repeated spaces.

        Raises `LayoutChanged` if there is none.
        """
        wanted = {normal(label) for label in labels}
        below = (cells for _, *cells in self.text[max(TOP_ROWS, after) :].iter_rows())
        for number, cells in enumerate(chain(self._top[after:], below), start=after + 1):
            filled = [text for text in cells if text is not None]
            if len(filled) >= len(wanted) and wanted <= set(map(normal, filled)):
                return number
        raise LayoutChanged(
            "no row holds all the headings that identify this table",
            file=self.file,
            sheet=self.sheet,
            expected=" | ".join(labels),
            found="headings such as " + " | ".join(self._likely_headings()),
            do="compare with the last edition; if the publisher renamed a heading, add it to the reader",
        )

    def _likely_headings(self) -> list[str]:
        if not self.columns:
            return []
        widest = self.text.select(ROW, n=pl.sum_horizontal(pl.exclude(ROW).is_not_null())).sort("n", ROW).tail(1)
        return list(self.row(int(widest[ROW][0])).values())[:12] if widest.height else []

    def melt(self, *, rows: tuple[int, int], columns: Sequence[int]) -> pl.DataFrame:
        """The cells of a block, one row per cell: source_row, source_column, printed (text), number.

        `rows` is the first and the last row, both included. Empty cells are kept, because a blank where a figure
        belongs must be reported.
        """
        names = [f"c{column}" for column in columns]
        inside = pl.col(ROW).is_between(*rows)
        long = {
            name: frame.filter(inside).unpivot(names, index=ROW, variable_name="column", value_name=name)
            for name, frame in (("printed", self.text), ("number", self.numbers))
        }
        # A sheet without any cell has columns of type Null.
        return long["printed"].select(
            pl.col(ROW).cast(pl.Int32),
            pl.col("column").str.slice(1).cast(pl.Int32).alias("source_column"),
            pl.col("printed").cast(pl.String),
            long["number"]["number"].cast(pl.Float64),
        )

    def melt_rows(self, rows: pl.DataFrame, columns: pl.DataFrame) -> pl.DataFrame:
        """Like `melt`, for the rows in column `source_row` of `rows` and the columns in `source_column` of `columns`.

        The other columns of both frames are kept; the cells of one column follow those of the one before.
        """
        names = [f"c{column}" for column in columns["source_column"]]
        places = rows[ROW].cast(pl.UInt32) - 1
        number, printed = (
            grid.select(names)[places].unpivot(names, variable_name="column", value_name=name)[name].cast(dtype)
            for grid, name, dtype in ((self.numbers, "number", pl.Float64), (self.text, "printed", pl.String))
        )
        # Whole numbers as indices of rows and columns: a join would take longer than all else.
        cell, height = pl.int_range(rows.height * len(names), dtype=pl.UInt32, eager=True), max(rows.height, 1)
        return pl.concat(
            [
                rows[cell % height],
                columns.with_columns(pl.col("source_column").cast(pl.Int32))[cell // height],
                pl.DataFrame([number, printed]),
            ],
            how="horizontal",
        )


def normal(label: str) -> str:
    """A label in lower case with single spaces, for comparing."""
    return " ".join(label.split()).lower()


def read_grids(
    path: Path, *, file: str = "", sheets: Sequence[str] | None = None, decimals: int | None = None
) -> Mapping[str, Grid]:
    """Sheet name (normalised by `plain_name`) -> grid, for every sheet of a workbook or only those of `sheets`.

    `decimals` is the largest number of decimals the publisher prints. If it is given, numbers are parsed from the text
    (nine decimals), which halves the reading time; a sheet with more decimals than that is read a second time for its
    stored numbers.

    Raises `NotWhatItClaims` if the bytes are not a workbook, `LayoutChanged` for two sheets with the same name.
    """
    name = file or path.name
    content = path.read_bytes()
    try:
        names = fastexcel.read_excel(content).sheet_names
        there = {plain_name(sheet): sheet for sheet in names}
        _refuse_alike(names, name)
        wanted = [sheet for sheet in there if sheets is None or sheet in sheets]
        if content.startswith(b"PK"):
            refuse_unsaved_results(content, wanted, file=name)
        grids = _in_turn(content, wanted, lambda book, sheet: _grid(book, there[sheet], decimals, name))
        return {sheet: grids[sheet] for sheet in wanted}
    except fastexcel.FastExcelError as error:
        raise unreadable_workbook(error, name) from error


def _refuse_alike(names: Sequence[str], file: str) -> None:
    plain = [plain_name(name) for name in names]
    twice = [name for place, name in enumerate(plain) if name in plain[:place]]
    if twice:
        raise LayoutChanged(
            "two sheet names differ only in spaces and kinds of dash",
            file=file,
            sheet=twice[0],
            cell="A1",
            do="ask the publisher which of the two sheets is right",
        )


def _in_turn(
    content: bytes, sheets: Sequence[str], read: Callable[[fastexcel.ExcelReader, str], Grid]
) -> dict[str, Grid]:
    """Read the sheets, one thread per processor; each thread opens the workbook once and takes the next sheet."""
    waiting = iter(sheets)

    def some(_: None) -> dict[str, Grid]:
        book = fastexcel.read_excel(content)
        return {sheet: read(book, sheet) for sheet in waiting}

    threads = min(len(sheets), os.cpu_count() or 1)
    with ThreadPoolExecutor(max(threads, 1)) as pool:
        return {sheet: grid for grids in pool.map(some, repeat(None, threads)) for sheet, grid in grids.items()}


def _grid(book: fastexcel.ExcelReader, sheet: str, decimals: int | None, file: str) -> Grid:
    names, text = _load(book, sheet, "string")
    numbers = None if decimals is None else _numbers_in(text, decimals)
    if numbers is None:
        numbers = _only_numbers(_load(book, sheet, "float")[1], text)
    return Grid(file, plain_name(sheet), _as_sheet(text, names), _as_sheet(numbers, names))


def _as_sheet(cells: pl.Series, names: Sequence[str]) -> pl.DataFrame:
    """The cells of all columns, one column below the other, as a frame with source_row and a column per name."""
    height = len(cells) // max(len(names), 1)
    return pl.DataFrame(
        [
            pl.Series(ROW, range(1, height + 1), dtype=pl.Int32),
            *(cells.slice(place * height, height).alias(name) for place, name in enumerate(names)),
        ]
    )


def _numbers_in(text: pl.Series, decimals: int) -> pl.Series | None:
    """The numbers in the text of cells, or None if one has more than `decimals` decimals."""
    numbers = _finite(text.cast(pl.Float64, strict=False))
    shifted = numbers * 10**decimals
    return None if ((shifted - shifted.round()).abs() > 1e-3).any() else numbers


def _load(book: fastexcel.ExcelReader, sheet: str, dtype: str) -> tuple[list[str], pl.Series]:
    """Names of a sheet's columns, and the cells of all columns as one series, one column below the other.

    One series, because one call for all cells takes far less time than one call for each column.
    """
    loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes=dtype)  # type: ignore[call-overload]
    # fastexcel drops empty leading columns, so names are made from each column's index in the sheet.
    names = [f"c{column.absolute_index + 1}" for column in loaded.available_columns()]
    if dtype == "float":
        return names, _one_below_the_other(loaded.to_polars(), pl.Float64())
    batch, errors = loaded.to_arrow_with_errors()
    frame = pl.DataFrame(pl.from_arrow(batch))
    # Without this, an error cell such as #N/A would be read as an empty one.
    for error in errors.errors if errors else ():
        frame[error.position] = "#" + error.detail.partition("Error(")[2].rstrip(")'")
    trimmed = _one_below_the_other(frame, pl.String()).str.strip_chars()
    return names, trimmed.set(trimmed == "", None)


def _one_below_the_other(frame: pl.DataFrame, dtype: pl.DataType) -> pl.Series:
    # A sheet without any cell has columns of type Null.
    columns = frame.cast({name: dtype for name, own in frame.schema.items() if own != dtype}).get_columns()
    return pl.concat(columns, rechunk=True) if columns else pl.Series(dtype=dtype)


def _only_numbers(numbers: pl.Series, text: pl.Series) -> pl.Series:
    """`numbers` with NULL in place of what fastexcel wrongly reads as numbers: TRUE, FALSE, 'inf' and 'nan'."""
    return _finite(numbers).set(text.is_in(["true", "false"]), None)


def _finite(numbers: pl.Series) -> pl.Series:
    return numbers.set(~numbers.is_finite(), None)
