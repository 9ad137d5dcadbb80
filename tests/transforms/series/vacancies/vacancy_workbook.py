"""The vacancy workbook as plain cells that a test may change, and back: to grids in memory, or to a real .xlsx.

`later_edition` writes the workbook that might follow, with one more quarter and one figure of the past revised. Its
figures are illustrative like those it starts from, and never leave a test's folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl
import xlsxwriter

from transforms.reading.grid import ROW, Grid, read_grids

Cell = str | float | None
Cells = list[list[Cell]]
Book = dict[str, Cells]

RECONSTRUCTED = "nhs-vacancy-statistics/reconstructed/nhs-vac-stats-apr15-mar26-eng-tables.xlsx"


def cells_of(grid: Grid) -> Cells:
    """A sheet's cells row by row: numbers, texts, and None for blanks."""
    names = [name for name in grid.text.columns if name != ROW]
    words, numbers = grid.text.select(names).rows(), grid.numbers.select(names).rows()
    before: list[Cell] = [None] * (int(names[0][1:]) - 1)
    return [
        before + [word if number is None else number for word, number in zip(texts, values, strict=True)]
        for texts, values in zip(words, numbers, strict=True)
    ]


def grid_of(sheet: str, cells: Cells, file: str = "vacancies.xlsx") -> Grid:
    """The grid that reading a sheet with these cells gives."""
    width = max(map(len, cells))
    names = [f"c{number + 1}" for number in range(width)]
    columns = [[row[place] if place < len(row) else None for row in cells] for place in range(width)]
    rows = pl.Series(ROW, range(1, len(cells) + 1), dtype=pl.Int32)
    text = [
        [f"{cell:.9g}" if isinstance(cell, float) else (cell or "").strip() or None for cell in column]
        for column in columns
    ]
    number = [[cell if isinstance(cell, float) else None for cell in column] for column in columns]
    return Grid(
        file,
        sheet,
        pl.DataFrame(text, schema=dict.fromkeys(names, pl.String), orient="col").insert_column(0, rows),
        pl.DataFrame(number, schema=dict.fromkeys(names, pl.Float64), orient="col").insert_column(0, rows),
    )


def book_of(grids: Mapping[str, Grid]) -> Book:
    """Every sheet's cells."""
    return {sheet: cells_of(grid) for sheet, grid in grids.items()}


def write(book: Book, path: Path) -> Path:
    """The book as a real workbook."""
    with xlsxwriter.Workbook(path) as workbook:
        for sheet, cells in book.items():
            worksheet = workbook.add_worksheet(sheet)
            for row, line in enumerate(cells):
                worksheet.write_row(row, 0, line)
    return path


def later_edition(published: Path, folder: Path, *, more: float = 10.0) -> Path:
    """The workbook of the next publication, as a file in `folder`: one figure of its past has changed.

    London's acute nursing vacancies at June 2018 are `more` posts higher, and so are London's and England's totals and
    the three rates. Named as the edition to June 2026, with the quarter and the months of adverts that belong to it:
    their figures repeat those of March 2026.
    """
    path = published / RECONSTRUCTED
    book = book_of(read_grids(path))
    for sheet in ("Total 2018 onwards", "Nursing 2018 onwards", "Medical 2018 onwards"):
        for row in book[sheet]:
            row.append("2026/27 Q1 (Jun-26)" if str(row[-1]).endswith("(Mar-26)") else row[-1])
    adverts = book["ESR source data"]
    march = [row for row in adverts if row[0] == "2026-03"]
    adverts.extend([month, *row[1:]] for month in ("2026-04", "2026-05", "2026-06") for row in march)
    nursing = book["Nursing 2018 onwards"]
    blocks = [number for number, row in enumerate(nursing) if row[0] == "Region"]
    for label in (("London", "Acute"), ("London Total", None), ("Grand Total", None)):
        vacancies, rate = (next(row for row in nursing[block:] if (row[0], row[1]) == label) for block in blocks)
        before, share = vacancies[2], rate[2]
        assert isinstance(before, float)
        assert isinstance(share, float)
        vacancies[2], rate[2] = before + more, share * (before + more) / before
    return write(book, folder / "nhs-vac-stats-apr15-jun26-eng-tables.xlsx")
