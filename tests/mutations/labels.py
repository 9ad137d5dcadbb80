"""Changes of labels: renamed, exchanged, blank, of another parent, of another month."""

from __future__ import annotations

import re
from random import Random

from tests.mutations.books import Book
from tests.mutations.places import DATED, any_label, any_table, kind, layout, spoken
from tests.transforms.series.vacancies.vacancy_workbook import Cells

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _renamed(label: str, random: Random) -> str:
    letters = [place for place, letter in enumerate(label) if letter.isalpha()]
    ways = [label + " (other)", label + "s", "Other " + label]
    if letters:
        place = random.choice(letters)
        ways.append(label[:place] + random.choice("aeiXY") + label[place + 1 :])
    return random.choice(ways)


def _replace(book: Book, table: str, column: int, names: dict[object, str]) -> None:
    """Replace labels in a column throughout."""
    for row in book.own(table):
        if column < len(row) and row[column] in names:
            row[column] = names[row[column]]


@kind(weight=2)
def a_label_renamed(book: Book, random: Random) -> str:
    found = any_label(book, random)
    if not found:
        return ""
    table, row, column = found
    label = str(book.tables[table][row][column])
    other = _renamed(label, random)
    book.own(table)[row][column] = other
    return spoken(book, table, row, column, f"{label!r} -> {other!r}")


@kind
def a_label_renamed_throughout(book: Book, random: Random) -> str:
    found = any_label(book, random)
    if not found:
        return ""
    table, row, column = found
    label = str(book.tables[table][row][column])
    other = _renamed(label, random)
    _replace(book, table, column, {label: other})
    return spoken(book, table, row, column, f"throughout {label!r} -> {other!r}")


@kind
def a_label_blank(book: Book, random: Random) -> str:
    found = any_label(book, random)
    if not found:
        return ""
    table, row, column = found
    label = book.tables[table][row][column]
    book.own(table)[row][column] = None
    return spoken(book, table, row, column, f"{label!r} -> blank")


@kind(weight=2)
def a_row_under_another_label(book: Book, random: Random) -> str:
    """One label of one row replaced by another of its column: another parent, staff group, kind."""
    found = any_label(book, random)
    if not found:
        return ""
    table, row, column = found
    where, label = layout(book.tables[table]), book.tables[table][row][column]
    others = sorted({str(where.at(other, column)) for other in where.records if where.at(other, column)} - {str(label)})
    if not others:
        return ""
    other = random.choice(others)
    book.own(table)[row][column] = other
    return spoken(book, table, row, column, f"{label!r} -> {other!r}")


@kind(weight=2)
def two_labels_exchanged(book: Book, random: Random) -> str:
    """Two labels of one column change places, once."""
    found = any_label(book, random)
    if not found:
        return ""
    table, row, column = found
    where, label = layout(book.tables[table]), book.tables[table][row][column]
    rows = [other for other in where.records if where.at(other, column) not in (None, "", label)]
    if not rows:
        return ""
    near = random.choice(rows)
    other = where.at(near, column)
    cells = book.own(table)
    cells[row][column], cells[near][column] = other, label
    return spoken(book, table, row, column, f"{label!r} and {other!r} of row {near + 1} exchanged")


@kind(weight=2)
def two_labels_exchanged_throughout_a_table(book: Book, random: Random) -> str:
    return _exchanged(book, random, everywhere=False)


@kind
def two_labels_exchanged_in_every_table(book: Book, random: Random) -> str:
    return _exchanged(book, random, everywhere=True)


def _exchanged(book: Book, random: Random, *, everywhere: bool) -> str:
    found = any_label(book, random)
    if not found:
        return ""
    table, row, column = found
    where, label = layout(book.tables[table]), str(book.tables[table][row][column])
    others = sorted({str(where.at(other, column)) for other in where.records if where.at(other, column)} - {label})
    if not others:
        return ""
    other = random.choice(others)
    for name in book.tables if everywhere else [table]:
        columns = range(len(book.tables[name][-1]) + 40) if everywhere else [column]
        cells = book.own(name)
        names: dict[object, str] = {label: other, other: label}
        for line in cells:
            for place in columns:
                if place < len(line) and line[place] in names:
                    line[place] = names[line[place]]
    return spoken(book, table, row, column, f"{other!r} and {label!r} exchanged {'everywhere' * everywhere}")


def _months(cells: Cells) -> list[tuple[int, int]]:
    body = [*range(min(45, len(cells))), *range(45, len(cells), max(1, len(cells) // 60))]
    return [
        (row, column)
        for row in body
        for column, cell in enumerate(cells[row])
        if isinstance(cell, str) and len(cell) < 40 and DATED.search(cell)
    ]


def _other_time(text: str, random: Random) -> str:
    """Another month or another year in the same form."""
    iso = re.search(r"(\d{4}-)(\d\d)(-\d\d)?", text)
    if iso and random.randrange(2):
        month = (int(iso[2]) - 1 + random.choice([1, 11])) % 12 + 1
        return text.replace(iso[0], f"{iso[1]}{month:02d}{'-28' if iso[3] else ''}")
    named = re.search("|".join(MONTHS), text)
    if named and random.randrange(2):
        return text.replace(named[0], random.choice([name for name in MONTHS if name != named[0]]), 1)
    year = re.search(r"(19|20)\d\d", text)
    if year:
        return text.replace(year[0], str(int(year[0]) + random.choice([-10, -1, 1])), 1)
    return re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), text, count=1)


@kind(weight=2)
def a_month_changed(book: Book, random: Random) -> str:
    table = any_table(book, random)
    places = _months(book.tables[table])
    if not places:
        return ""
    row, column = random.choice(places)
    text = str(book.tables[table][row][column])
    other = _other_time(text, random)
    book.own(table)[row][column] = other
    return spoken(book, table, row, column, f"{text!r} -> {other!r}") if other != text else ""


@kind
def a_month_changed_throughout(book: Book, random: Random) -> str:
    table = any_table(book, random)
    places = _months(book.tables[table])
    if not places:
        return ""
    row, column = random.choice(places)
    text = str(book.tables[table][row][column])
    other = _other_time(text, random)
    if other == text:
        return ""
    for name in book.tables if random.randrange(2) else [table]:
        for line in book.own(name):
            line[:] = [other if cell == text else cell for cell in line]
    return spoken(book, table, row, column, f"throughout {text!r} -> {other!r}")
