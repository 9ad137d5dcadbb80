"""A sheet of a workbook as a grid: the text of each cell, the number it stores, and its row and column.

Numbers are the stored ones, not the displayed ones; the text of a numeric cell is rounded to nine decimals.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import fastexcel
import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims
from transforms.opening.formulas import refuse_unsaved_results
from transforms.reading.text import plain_name

ROW = "source_row"


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

    @property
    def columns(self) -> list[int]:
        """Column numbers, from 1."""
        return [int(name[1:]) for name in self.text.columns if name != ROW]

    def row(self, number: int) -> dict[int, str]:
        """The filled cells of one row: column number -> text."""
        found = self.text.row(number - 1, named=True)
        return {int(name[1:]): value for name, value in found.items() if name != ROW and value is not None}

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
        cells = self.text.filter(pl.col(ROW) > after).select(
            ROW, pl.concat_list(pl.exclude(ROW).str.replace_all(r"\s+", " ").str.to_lowercase()).alias("cells")
        )
        found = cells.filter(pl.all_horizontal(pl.col("cells").list.contains(label) for label in sorted(wanted)))
        if found.is_empty():
            raise LayoutChanged(
                "no row holds all the headings that identify this table",
                file=self.file,
                sheet=self.sheet,
                expected=" | ".join(labels),
                found="headings such as " + " | ".join(self._likely_headings()),
                do="compare with the last edition; if the publisher renamed a heading, add it to the reader",
            )
        return int(found[ROW][0])

    def _likely_headings(self) -> list[str]:
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

    def melt_rows(self, rows: pl.DataFrame, columns: Sequence[int]) -> pl.DataFrame:
        """Like `melt`, for the rows in column `source_row` of a frame; its other columns are kept."""
        names = [f"c{column}" for column in columns]
        places = rows[ROW].cast(pl.UInt32) - 1
        known = pl.concat([rows, self.numbers.select(names)[places]], how="horizontal")
        # `unpivot` returns one column after the other, so each column number repeats once per row.
        return (
            known.unpivot(names, index=rows.columns, value_name="number")
            .with_columns(
                self.text.select(names)[places].unpivot(names, value_name="printed")["printed"],
                pl.Series("source_column", columns, dtype=pl.Int32).repeat_by(rows.height).explode(),
            )
            .drop("variable")
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
        with ThreadPoolExecutor() as pool:
            grids = pool.map(lambda sheet: _grid(content, there[sheet], decimals, name), wanted)
            return dict(zip(wanted, grids, strict=True))
    except fastexcel.FastExcelError as error:
        raise NotWhatItClaims(
            "the file cannot be read as a workbook",
            file=name,
            expected="an .xlsx or .xls workbook",
            found=str(error).splitlines()[0],
            do="fetch the file again; a web page or a cut-off download was probably saved under this name",
        ) from error


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


def _grid(content: bytes, sheet: str, decimals: int | None, file: str) -> Grid:
    text = _load(content, sheet, "string")
    numbers = None if decimals is None else _numbers_in(text, decimals)
    if numbers is None:
        numbers = _only_numbers(_load(content, sheet, "float"), text)
    return Grid(file, plain_name(sheet), text, numbers)


def _numbers_in(text: pl.DataFrame, decimals: int) -> pl.DataFrame | None:
    """The numbers in the text cells (source_row, c1, c2, …), or None if one has more than `decimals` decimals."""
    number = pl.exclude(ROW).cast(pl.Float64, strict=False)
    numbers = text.select(ROW, pl.when(number.is_finite()).then(number))
    shifted = pl.exclude(ROW) * 10**decimals
    longer = numbers.select(pl.any_horizontal(((shifted - shifted.round()).abs() > 1e-3).any()))
    return None if longer.width and longer.item() else numbers


def _load(content: bytes, sheet: str, dtype: str) -> pl.DataFrame:
    loaded = fastexcel.read_excel(content).load_sheet(sheet, header_row=None, skip_rows=0, dtypes=dtype)  # type: ignore[call-overload]
    frame = _text(loaded) if dtype == "string" else loaded.to_polars()
    # fastexcel drops empty leading columns, so names are made from each column's index in the sheet.
    frame.columns = [f"c{column.absolute_index + 1}" for column in loaded.available_columns()]
    return frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int32))


def _text(loaded: fastexcel.ExcelSheet) -> pl.DataFrame:
    batch, errors = loaded.to_arrow_with_errors()
    frame = pl.DataFrame(pl.from_arrow(batch))
    # Without this, an error cell such as #N/A would be read as an empty one.
    for error in errors.errors if errors else ():
        frame[error.position] = "#" + error.detail.partition("Error(")[2].rstrip(")'")
    trimmed = pl.all().str.strip_chars()
    return frame.select(pl.when(trimmed != "").then(trimmed))


def _only_numbers(numbers: pl.DataFrame, text: pl.DataFrame) -> pl.DataFrame:
    """`numbers` with NULL in place of what fastexcel wrongly reads as numbers: TRUE, FALSE, 'inf' and 'nan'."""
    names = [name for name in numbers.columns if name != ROW]
    both = numbers.with_columns(text.select(pl.col(names).is_in(["true", "false"]).name.suffix("_truth")))
    return both.select(
        ROW,
        *(
            pl.when(pl.col(name).is_finite() & ~pl.col(f"{name}_truth").fill_null(False)).then(pl.col(name))
            for name in names
        ),
    )
