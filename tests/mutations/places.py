"""Where the figures, labels, months and records of a table are, and how a kind of change enters the list."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from random import Random

from tests.mutations.books import Book, number_of
from tests.transforms.series.vacancies.vacancy_workbook import Cell, Cells

Change = Callable[[Book, Random], str]
"""Changes a book in a way that the random numbers choose and says where; '' where the book has no place for it."""

KINDS: dict[str, Change] = {}
WEIGHTS: dict[str, int] = {}
DATED = re.compile(r"\b(19|20)\d\d\b|\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*[- ]\d|^20\d{4} to", re.I)
FIGURES_AT_LEAST = 0.5
"""Share of a column's written cells that must be numbers, for a column of figures."""


def kind(change: Change | None = None, *, weight: int = 1) -> Callable[[Change], Change] | Change:
    """Enters a change under its name in words; `weight` says how often it is tried in a round."""

    def enter(entered: Change) -> Change:
        name = entered.__name__.replace("_", " ")
        KINDS[name], WEIGHTS[name] = entered, weight
        return entered

    return enter(change) if change else enter


@dataclass(frozen=True)
class Layout:
    """What stands where in a table's cells. Rows and columns count from 0."""

    cells: Cells

    @cached_property
    def header(self) -> int:
        """The row of headings: the first in which every written cell is a text and more than half are written."""
        widest = max((len(row) for row in self.cells), default=0)
        for number, row in enumerate(self.cells[:40]):
            written = [cell for cell in row if cell]
            if len(written) * 2 > widest and not any(isinstance(cell, float) for cell in written):
                return number
        return 0

    @cached_property
    def figure_columns(self) -> list[int]:
        """Columns that hold mostly numbers below the headings."""
        body = self.cells[self.header + 1 :][:400]
        width = max((len(row) for row in body), default=0)
        found = []
        for column in range(width):
            written = [row[column] for row in body if column < len(row) and row[column] not in (None, "")]
            numbers = [cell for cell in written if number_of(cell) is not None]
            if written and len(numbers) > FIGURES_AT_LEAST * len(written):
                found.append(column)
        return found

    @cached_property
    def records(self) -> list[int]:
        """Rows that hold a figure."""
        columns = self.figure_columns
        return [
            number
            for number, row in enumerate(self.cells)
            if number > self.header and any(c < len(row) and number_of(row[c]) is not None for c in columns)
        ] or list(range(self.header + 1, len(self.cells)))

    @cached_property
    def label_columns(self) -> list[int]:
        """Columns beside the figures with something written among the records."""
        width = max((len(self.cells[row]) for row in self.records[:400]), default=0)
        others = [column for column in range(width) if column not in self.figure_columns]
        return [column for column in others if any(self.at(row, column) for row in self.records[:400])]

    def at(self, row: int, column: int) -> Cell:
        """The cell, None beyond the end of its row."""
        return self.cells[row][column] if column < len(self.cells[row]) else None

    def figures(self, row: int) -> list[int]:
        """Columns of the figures in a row."""
        return [column for column in self.figure_columns if number_of(self.at(row, column)) is not None]


_LAYOUTS: dict[int, Layout] = {}


def layout(cells: Cells) -> Layout:
    """The table's layout, worked out once for cells that are not altered."""
    known = _LAYOUTS.get(id(cells))
    if known is None or known.cells is not cells:
        if len(_LAYOUTS) > 100:
            _LAYOUTS.clear()
        known = _LAYOUTS[id(cells)] = Layout(cells)
    return known


def any_table(book: Book, random: Random) -> str:
    """The name of a table with figures."""
    names = [name for name, cells in book.tables.items() if len(cells) > 3 and layout(cells).figure_columns]
    return random.choice(names or list(book.tables))


def any_figure(book: Book, random: Random) -> tuple[str, int, int] | None:
    """Table, row and column of a figure."""
    table = any_table(book, random)
    where = layout(book.tables[table])
    for _ in range(50 if where.records else 0):
        row = random.choice(where.records)
        if columns := where.figures(row):
            return table, row, random.choice(columns)
    return None


def any_label(book: Book, random: Random) -> tuple[str, int, int] | None:
    """Table, row and column of a label in a record."""
    table = any_table(book, random)
    where = layout(book.tables[table])
    for _ in range(50 if where.records else 0):
        if not where.label_columns:
            return None
        row, column = random.choice(where.records), random.choice(where.label_columns)
        if where.at(row, column):
            return table, row, column
    return None


def spoken(book: Book, table: str, row: int, column: int | None = None, what: str = "") -> str:
    """Where a change is, for the list of those nobody saw."""
    line = book.tables[table][row] if row < len(book.tables[table]) else []
    labels = " | ".join(str(cell) for cell in line[:16] if cell and not isinstance(cell, float))[:110]
    place = f"row {row + 1}" + (f", column {column + 1}" if column is not None else "")
    return f"{table[:60]} {place}: {what} ({labels})".strip()
