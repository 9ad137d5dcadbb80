"""Changes of one figure or of the figures of one row."""

from __future__ import annotations

from random import Random

from tests.mutations.books import Book, number_of
from tests.mutations.places import any_figure, kind, layout, spoken
from tests.transforms.series.vacancies.vacancy_workbook import Cell


def _put(book: Book, random: Random, change: object) -> str:
    found = any_figure(book, random)
    if not found:
        return ""
    assert callable(change)
    table, row, column = found
    cell = book.tables[table][row][column]
    changed = change(cell)
    if changed == cell:
        return ""
    book.own(table)[row][column] = changed
    return spoken(book, table, row, column, f"{cell} -> {changed!r}")


def _like(cell: Cell, text: str) -> Cell:
    """The text, as a stored number where the cell was one."""
    return float(text) if isinstance(cell, float) else text


def _printed(cell: Cell) -> str:
    return f"{cell:.9g}" if isinstance(cell, float) else str(cell)


@kind(weight=4)
def one_digit_of_a_figure_changed(book: Book, random: Random) -> str:
    def change(cell: Cell) -> Cell:
        text = _printed(cell)
        place = random.choice([n for n, letter in enumerate(text) if letter.isdigit()] or [0])
        digit = random.choice([each for each in "0123456789" if each != text[place : place + 1]])
        return _like(cell, text[:place] + digit + text[place + 1 :])

    return _put(book, random, change)


@kind(weight=2)
def a_figure_times_ten(book: Book, random: Random) -> str:
    return _put(book, random, lambda cell: _like(cell, _printed((number_of(cell) or 0.0) * 10)))


@kind(weight=2)
def a_figure_divided_by_ten(book: Book, random: Random) -> str:
    return _put(book, random, lambda cell: _like(cell, _printed((number_of(cell) or 0.0) / 10)))


@kind
def a_figure_with_the_other_sign(book: Book, random: Random) -> str:
    return _put(book, random, lambda cell: _like(cell, _printed(-(number_of(cell) or 0.0))))


@kind
def a_decimal_point_lost(book: Book, random: Random) -> str:
    return _put(book, random, lambda cell: _like(cell, _printed(cell).replace(".", "", 1)))


@kind(weight=2)
def a_figure_blank(book: Book, random: Random) -> str:
    return _put(book, random, lambda cell: None if isinstance(cell, float) else "")


@kind
def a_letter_for_a_digit(book: Book, random: Random) -> str:
    def change(cell: Cell) -> Cell:
        text = _printed(cell)
        letter, digit = random.choice([("O", "0"), ("l", "1"), ("S", "5"), ("B", "8")])
        return text.replace(digit, letter, 1) if digit in text else text + letter

    return _put(book, random, change)


@kind
def a_figure_zero(book: Book, random: Random) -> str:
    return _put(book, random, lambda cell: _like(cell, "0"))


@kind(weight=2)
def an_old_figure_for_the_new(book: Book, random: Random) -> str:
    """The figure of the column before, or of the row before where the row has one figure only."""
    found = any_figure(book, random)
    if not found:
        return ""
    table, row, column = found
    where = layout(book.tables[table])
    before = [other for other in where.figures(row) if other < column]
    if before:
        other = where.at(row, before[-1])
    else:
        rows = [near for near in where.records if near < row and number_of(where.at(near, column)) is not None]
        if not rows:
            return ""
        other = where.at(rows[-1], column)
    cell = where.at(row, column)
    if other == cell:
        return ""
    book.own(table)[row][column] = other
    return spoken(book, table, row, column, f"{cell} -> {other!r}")


@kind
def the_figures_of_a_row_times_ten(book: Book, random: Random) -> str:
    return _row_scaled(book, random, 10)


@kind
def the_figures_of_a_row_divided_by_a_hundred(book: Book, random: Random) -> str:
    return _row_scaled(book, random, 0.01)


def _row_scaled(book: Book, random: Random, factor: float) -> str:
    found = any_figure(book, random)
    if not found:
        return ""
    table, row, _ = found
    columns = layout(book.tables[table]).figures(row)
    line = book.own(table)[row]
    for column in columns:
        line[column] = _like(line[column], _printed((number_of(line[column]) or 0.0) * factor))
    return spoken(book, table, row, None, f"times {factor}") if line != book.tables[table][row] or True else ""


@kind(weight=2)
def the_figures_of_a_row_one_column_on(book: Book, random: Random) -> str:
    """Every figure stands under the heading before or after its own."""
    found = any_figure(book, random)
    if not found:
        return ""
    table, row, _ = found
    columns = layout(book.tables[table]).figures(row)
    if len(columns) < 2:
        return ""
    line = book.own(table)[row]
    values = [line[column] for column in columns]
    by = random.choice([1, -1])
    moved = (
        values[by:] + values[:by]
        if random.randrange(2)
        else ([values[0], *values[:-1]] if by > 0 else [*values[1:], values[-1]])
    )
    if moved == values:
        return ""
    for column, value in zip(columns, moved, strict=True):
        line[column] = value
    return spoken(book, table, row, None, f"figures moved by {by}")
