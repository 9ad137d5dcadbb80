"""A spreadsheet's sheet as a grid: what is written in a cell, what number it stores, and where the cell is.

Numbers are taken as stored, not as displayed: text made from a number is rounded to nine places.
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
        """The written cells of one row, by column number."""
        found = self.text.row(number - 1, named=True)
        return {int(name[1:]): value for name, value in found.items() if name != ROW and value is not None}

    def rows(self, *, before: int | None = None) -> Iterator[tuple[int, dict[int, str]]]:
        """Every row with something written in it, or only those above row `before`."""
        for number in range(1, min(self.text.height + 1, before or self.text.height + 1)):
            if written := self.row(number):
                yield number, written

    def header(self, labels: Sequence[str], *, after: int = 0) -> int:
        """The first row after `after` that holds all of `labels` (case and blanks aside).

        Raises `LayoutChanged` where there is none.
        """
        wanted = {normal(label) for label in labels}
        cells = self.text.filter(pl.col(ROW) > after).select(
            ROW, pl.concat_list(pl.exclude(ROW).str.replace_all(r"\s+", " ").str.to_lowercase()).alias("cells")
        )
        found = cells.filter(pl.all_horizontal(pl.col("cells").list.contains(label) for label in sorted(wanted)))
        if found.is_empty():
            raise LayoutChanged(
                "no row holds the headings this table is found by",
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
        """The cells of a block, one a row: source_row, source_column, printed (text), number.

        `rows` is first and last row, both included. Cells with nothing in them are kept: a blank is a finding.
        """
        names = [f"c{column}" for column in columns]
        inside = pl.col(ROW).is_between(*rows)
        long = {
            name: frame.filter(inside).unpivot(names, index=ROW, variable_name="column", value_name=name)
            for name, frame in (("printed", self.text), ("number", self.numbers))
        }
        # The types of a sheet without any cell are not known.
        return long["printed"].select(
            pl.col(ROW).cast(pl.Int32),
            pl.col("column").str.slice(1).cast(pl.Int32).alias("source_column"),
            pl.col("printed").cast(pl.String),
            long["number"]["number"].cast(pl.Float64),
        )

    def melt_rows(self, rows: pl.DataFrame, columns: Sequence[int]) -> pl.DataFrame:
        """Like `melt`, for the rows of a frame with `source_row` and whatever else is known of each, which is kept."""
        names = [f"c{column}" for column in columns]
        places = rows[ROW].cast(pl.UInt32) - 1
        known = pl.concat([rows, self.numbers.select(names)[places]], how="horizontal")
        # Both come column by column, so the columns' numbers follow from the order.
        return (
            known.unpivot(names, index=rows.columns, value_name="number")
            .with_columns(
                self.text.select(names)[places].unpivot(names, value_name="printed")["printed"],
                pl.Series("source_column", columns, dtype=pl.Int32).repeat_by(rows.height).explode(),
            )
            .drop("variable")
        )


def normal(label: str) -> str:
    """A label with case and runs of blanks taken out, for comparing."""
    return " ".join(label.split()).lower()


def read_grids(
    path: Path, *, file: str = "", sheets: Sequence[str] | None = None, decimals: int | None = None
) -> Mapping[str, Grid]:
    """Every sheet of a workbook as a grid, by the sheet's name (as `plain_name` gives it), or only those of `sheets`.

    Numbers are the stored ones. Where the publisher gives no more than so many `decimals`, saying so halves the work:
    numbers are then taken from the text, which holds nine decimals; a sheet that has a number with more decimals than
    said is read with its stored numbers all the same.

    Raises `NotWhatItClaims` where the bytes are not a workbook, `LayoutChanged` for two sheets of one name.
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
            "this is not a workbook that can be read",
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
            "two sheets have one name but for blanks and dashes",
            file=file,
            sheet=twice[0],
            cell="A1",
            do="ask the publisher which of the two holds",
        )


def _grid(content: bytes, sheet: str, decimals: int | None, file: str) -> Grid:
    text = _load(content, sheet, "string")
    numbers = None if decimals is None else _numbers_in(text, decimals)
    if numbers is None:
        numbers = _only_numbers(_load(content, sheet, "float"), text)
    return Grid(file, plain_name(sheet), text, numbers)


def _numbers_in(text: pl.DataFrame, decimals: int) -> pl.DataFrame | None:
    """The numbers that the text holds, or None where one of them has more decimals."""
    number = pl.exclude(ROW).cast(pl.Float64, strict=False)
    numbers = text.select(ROW, pl.when(number.is_finite()).then(number))
    shifted = pl.exclude(ROW) * 10**decimals
    longer = numbers.select(pl.any_horizontal(((shifted - shifted.round()).abs() > 1e-3).any()))
    return None if longer.width and longer.item() else numbers


def _load(content: bytes, sheet: str, dtype: str) -> pl.DataFrame:
    loaded = fastexcel.read_excel(content).load_sheet(sheet, header_row=None, skip_rows=0, dtypes=dtype)  # type: ignore[call-overload]
    frame = _text(loaded) if dtype == "string" else loaded.to_polars()
    # The reader drops empty leading columns, so the names come from the columns' places in the sheet.
    frame.columns = [f"c{column.absolute_index + 1}" for column in loaded.available_columns()]
    return frame.with_row_index(ROW, offset=1).with_columns(pl.col(ROW).cast(pl.Int32))


def _text(loaded: fastexcel.ExcelSheet) -> pl.DataFrame:
    batch, errors = loaded.to_arrow_with_errors()
    frame = pl.DataFrame(pl.from_arrow(batch))
    # A cell such as #N/A would otherwise come out as an empty one.
    for error in errors.errors if errors else ():
        frame[error.position] = "#" + error.detail.partition("Error(")[2].rstrip(")'")
    trimmed = pl.all().str.strip_chars()
    return frame.select(pl.when(trimmed != "").then(trimmed))


def _only_numbers(numbers: pl.DataFrame, text: pl.DataFrame) -> pl.DataFrame:
    """The loader takes TRUE for 1 and the words 'inf' and 'nan' for numbers; none of them is a figure."""
    names = [name for name in numbers.columns if name != ROW]
    both = numbers.with_columns(text.select(pl.col(names).is_in(["true", "false"]).name.suffix("_truth")))
    return both.select(
        ROW,
        *(
            pl.when(pl.col(name).is_finite() & ~pl.col(f"{name}_truth").fill_null(False)).then(pl.col(name))
            for name in names
        ),
    )
