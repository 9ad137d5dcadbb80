"""Where things are in the vacancy workbook's cells, and how a change of them enters its list."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.transforms.series.vacancies.vacancy_workbook import Book, Cell, Cells

TOTAL, NURSING, MEDICAL, ADVERTS = (
    "Total 2018 onwards",
    "Nursing 2018 onwards",
    "Medical 2018 onwards",
    "ESR source data",
)
STAFF_GROUPS = [TOTAL, NURSING, MEDICAL]

Change = Callable[[Book, Random], object]
"""Changes a book in place, in a way that the random numbers choose."""


def kind(kinds: dict[str, Change]) -> Callable[[Change], Change]:
    """Enters a change into a list under its name in words."""

    def enter(change: Change) -> Change:
        kinds[change.__name__.replace("_", " ")] = change
        return change

    return enter


def headers(sheet: Cells) -> list[int]:
    return [number for number, row in enumerate(sheet) if row[0] == "Region"]


def block_rows(sheet: Cells, block: int) -> range:
    """The rows below a header down to its Grand Total."""
    first = headers(sheet)[block] + 1
    return range(first, next(n for n in range(first, len(sheet)) if sheet[n][0] == "Grand Total") + 1)


def any_figure(book: Book, random: Random) -> tuple[Cells, int, int]:
    sheet = book[random.choice(STAFF_GROUPS)]
    row = random.choice(block_rows(sheet, random.randrange(2)))
    return sheet, row, random.randrange(2, len(sheet[row]))


def any_row(book: Book, random: Random, *, total: bool | None = None) -> tuple[Cells, int]:
    sheet = book[random.choice(STAFF_GROUPS)]
    rows = [row for row in block_rows(sheet, random.randrange(2)) if total is None or is_total(sheet[row]) == total]
    return sheet, random.choice(rows)


def is_total(row: list[Cell]) -> bool:
    return str(row[0]).endswith("Total")


def any_record(book: Book, random: Random) -> tuple[Cells, int]:
    sheet = book[ADVERTS]
    return sheet, random.choice([number for number, row in enumerate(sheet) if isinstance(row[3], float)])


def insert_column(sheet: Cells, place: int) -> None:
    for row in sheet:
        row.insert(place, None)
