"""Changes of whole rows and columns: removed, repeated, moved, exchanged, in another unit."""

from __future__ import annotations

from random import Random

from tests.mutations.books import Book, number_of
from tests.mutations.places import any_figure, any_table, kind, layout, spoken
from tests.mutations.single_cells import _like, _printed


def _row(book: Book, random: Random) -> tuple[str, int]:
    table = any_table(book, random)
    return table, random.choice(layout(book.tables[table]).records)


@kind(weight=2)
def a_row_removed(book: Book, random: Random) -> str:
    table, row = _row(book, random)
    said = spoken(book, table, row, None, "removed")
    del book.own(table)[row]
    return said


@kind
def a_run_of_rows_removed(book: Book, random: Random) -> str:
    table, row = _row(book, random)
    number = random.choice([3, 8, 30])
    said = spoken(book, table, row, None, f"{number} rows removed")
    del book.own(table)[row : row + number]
    return said


@kind
def a_row_twice(book: Book, random: Random) -> str:
    table, row = _row(book, random)
    cells = book.own(table)
    cells.insert(row + 1, list(cells[row]))
    return spoken(book, table, row, None, "twice")


@kind
def a_row_twice_with_other_figures(book: Book, random: Random) -> str:
    found = any_figure(book, random)
    if not found:
        return ""
    table, row, column = found
    cells = book.own(table)
    cells.insert(row + 1, list(cells[row]))
    cells[row + 1][column] = _like(cells[row][column], _printed((number_of(cells[row][column]) or 0.0) + 1))
    return spoken(book, table, row, column, "twice, once 1 more")


@kind
def a_row_moved_by_one(book: Book, random: Random) -> str:
    table, row = _row(book, random)
    cells = book.own(table)
    if row + 1 >= len(cells) or cells[row] == cells[row + 1]:
        return ""
    cells[row], cells[row + 1] = cells[row + 1], cells[row]
    return spoken(book, table, row, None, "moved by one")


@kind
def a_row_moved_far(book: Book, random: Random) -> str:
    table, row = _row(book, random)
    said = spoken(book, table, row, None, "moved far")
    other = random.choice(layout(book.tables[table]).records)
    cells = book.own(table)
    cells.insert(other, cells.pop(row))
    return said if other != row else ""


@kind(weight=2)
def the_figures_of_two_rows_exchanged(book: Book, random: Random) -> str:
    table, row = _row(book, random)
    where = layout(book.tables[table])
    near = [other for other in where.records if 0 < abs(other - row) < 40]
    if not near:
        return ""
    other = random.choice(near)
    columns = where.figure_columns
    cells = book.own(table)
    before = list(cells[row])
    for column in columns:
        if column < min(len(cells[row]), len(cells[other])):
            cells[row][column], cells[other][column] = cells[other][column], cells[row][column]
    return spoken(book, table, row, None, f"figures exchanged with row {other + 1}") if cells[row] != before else ""


def _columns(book: Book, random: Random) -> tuple[str, list[int]]:
    table = any_table(book, random)
    where = layout(book.tables[table])
    return table, where.figure_columns if random.randrange(3) else [*where.label_columns, *where.figure_columns]


def _titled(book: Book, table: str, column: int, what: str) -> str:
    where = layout(book.tables[table])
    return f"{table[:60]} column {column + 1} ({str(where.at(where.header, column))[:50]}): {what}"


@kind(weight=2)
def a_column_removed(book: Book, random: Random) -> str:
    table, columns = _columns(book, random)
    if not columns:
        return ""
    column = random.choice(columns)
    said = _titled(book, table, column, "removed")
    for row in book.own(table):
        del row[column : column + 1]
    return said


@kind
def a_column_removed_from_every_table(book: Book, random: Random) -> str:
    """The column under one heading, from every table that has it."""
    table, columns = _columns(book, random)
    if not columns or len(book.tables) < 2:
        return ""
    column = random.choice(columns)
    where = layout(book.tables[table])
    heading = where.at(where.header, column)
    said = _titled(book, table, column, "removed from every table")
    for name in book.tables:
        there = layout(book.tables[name])
        line = book.tables[name][there.header] if book.tables[name] else []
        if heading in line:
            place = line.index(heading)
            for row in book.own(name):
                del row[place : place + 1]
    return said if heading else ""


@kind
def a_column_twice(book: Book, random: Random) -> str:
    table, columns = _columns(book, random)
    if not columns:
        return ""
    column = random.choice(columns)
    for row in book.own(table):
        if column < len(row):
            row.insert(column, row[column])
    return _titled(book, table, column, "twice")


@kind(weight=2)
def two_headings_exchanged(book: Book, random: Random) -> str:
    table, columns = _columns(book, random)
    where = layout(book.tables[table])
    headed = [column for column in columns if where.at(where.header, column)]
    if len(headed) < 2:
        return ""
    one, other = random.sample(headed, 2)
    line = book.own(table)[where.header]
    line[one], line[other] = line[other], line[one]
    return _titled(book, table, one, f"heading exchanged with that of column {other + 1}")


@kind
def the_figures_of_two_columns_exchanged(book: Book, random: Random) -> str:
    table = any_table(book, random)
    where = layout(book.tables[table])
    if len(where.figure_columns) < 2:
        return ""
    place = random.randrange(len(where.figure_columns) - 1)
    one, other = where.figure_columns[place : place + 2]
    for number, row in enumerate(book.own(table)):
        if number > where.header and other < len(row):
            row[one], row[other] = row[other], row[one]
    return _titled(book, table, one, f"figures exchanged with those of column {other + 1}")


@kind
def a_column_one_row_down(book: Book, random: Random) -> str:
    """The figures of one column beside the rows after their own."""
    table = any_table(book, random)
    where = layout(book.tables[table])
    if not where.figure_columns:
        return ""
    column = random.choice(where.figure_columns)
    rows = [row for row in where.records if column < len(where.cells[row])]
    cells = book.own(table)
    values = [cells[row][column] for row in rows]
    for row, value in zip(rows[1:], values, strict=False):
        cells[row][column] = value
    return _titled(book, table, column, "one row down") if len(set(map(str, values))) > 1 else ""


@kind(weight=2)
def a_column_in_another_unit(book: Book, random: Random) -> str:
    """Fractions for percent, percent for fractions, thousands, tens; one column of figures or all of a table."""
    table = any_table(book, random)
    where = layout(book.tables[table])
    if not where.figure_columns:
        return ""
    columns = random.choice([where.figure_columns, [random.choice(where.figure_columns)]])
    factor = random.choice([100, 0.01, 0.001, 10])
    for row in book.own(table)[where.header + 1 :]:
        for column in columns:
            if column < len(row) and number_of(row[column]) is not None:
                row[column] = _like(row[column], _printed((number_of(row[column]) or 0.0) * factor))
    return _titled(book, table, columns[0], f"{len(columns)} columns times {factor}")


@kind
def an_old_column_for_the_new(book: Book, random: Random) -> str:
    """The figures of a column replaced by those of the column before."""
    table = any_table(book, random)
    where = layout(book.tables[table])
    if len(where.figure_columns) < 2:
        return ""
    place = random.choice([len(where.figure_columns) - 1, random.randrange(1, len(where.figure_columns))])
    before, column = where.figure_columns[place - 1 : place + 1]
    for number, row in enumerate(book.own(table)):
        if number > where.header and column < len(row) and number_of(row[before]) is not None:
            row[column] = row[before]
    return _titled(book, table, column, f"figures of column {before + 1}")
