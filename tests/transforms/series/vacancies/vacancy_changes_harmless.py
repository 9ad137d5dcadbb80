"""Changes of the vacancy workbook that carry no meaning, and some whose meaning may be told or not."""

from __future__ import annotations

from random import Random

from tests.transforms.series.vacancies.vacancy_places import (
    ADVERTS,
    MEDICAL,
    NURSING,
    STAFF_GROUPS,
    TOTAL,
    Change,
    any_figure,
    any_row,
    block_rows,
    headers,
    insert_column,
    kind,
)
from tests.transforms.series.vacancies.vacancy_workbook import Book, Cell, Cells

SAME: dict[str, Change] = {}
"""Must read the same."""
EITHER: dict[str, Change] = {}
"""May read the same or stop, but never read otherwise."""


@kind(SAME)
def a_blank_row_more(book: Book, random: Random) -> None:
    sheet = book[random.choice(list(book))]
    sheet.insert(random.randrange(len(sheet) + 1), [None])


@kind(SAME)
def a_blank_column_more(book: Book, random: Random) -> None:
    sheet = book[random.choice(list(book))]
    insert_column(sheet, random.randrange(len(sheet[0]) + 1))


@kind(SAME)
def a_blank_row_or_note_less(book: Book, random: Random) -> None:
    sheet = book[random.choice(STAFF_GROUPS)]
    words = ("Region", "workforce vacancy", "workforce %")
    plain = [n for n, row in enumerate(sheet) if not any(row[1:]) and not any(word in str(row[0]) for word in words)]
    del sheet[random.choice(plain)]


@kind(SAME)
def a_note_more(book: Book, random: Random) -> None:
    sheet = book[random.choice([*STAFF_GROUPS, ADVERTS])]
    notes = ("Note 13: see data quality statement.", "[p] = provisional", "East of England includes Essex.")
    sheet.insert(random.randrange(len(sheet) + 1), [random.choice(notes)])


@kind(SAME)
def the_region_on_every_row(book: Book, random: Random) -> None:
    sheet = book[random.choice(STAFF_GROUPS)]
    region: Cell = None
    for row in block_rows(sheet, random.randrange(2)):
        region = sheet[row][0] or region
        sheet[row][0] = region


@kind(SAME)
def region_codes_in_brackets(book: Book, random: Random) -> None:
    codes = {"East of England": "Y61", "London": "Y56", "Midlands": "Y60", "South East": "Y59", "South West": "Y58"}
    sheet = book[random.choice(STAFF_GROUPS)]
    for row in random.sample(block_rows(sheet, random.randrange(2)), 20):
        name = str(sheet[row][0]).removesuffix(" Total")
        if name in codes:
            sheet[row][0] = str(sheet[row][0]).replace(name, f"{name} ({codes[name]})")


@kind(SAME)
def another_case_or_more_blanks(book: Book, random: Random) -> None:
    sheet = book[random.choice([*STAFF_GROUPS, ADVERTS])]
    words = [
        (row, column) for row, cells in enumerate(sheet) for column, cell in enumerate(cells) if isinstance(cell, str)
    ]
    for row, column in random.sample(words, min(30, len(words))):
        cell = str(sheet[row][column])
        sheet[row][column] = random.choice([cell.upper(), cell.lower(), f"  {cell} ", cell.replace(" ", "  ")])


@kind(SAME)
def the_header_printed_again(book: Book, random: Random) -> None:
    name = random.choice([*STAFF_GROUPS, ADVERTS])
    sheet = book[name]
    header = 0 if name == ADVERTS else random.choice(headers(sheet))
    rows = range(1, len(sheet)) if name == ADVERTS else block_rows(sheet, headers(sheet).index(header))
    sheet.insert(random.choice(rows), list(sheet[header]))


@kind(SAME)
def a_sheet_renamed(book: Book, random: Random) -> None:
    names = {
        TOTAL: ["Total 2018 onwards  ", "TOTAL (2018 onwards)", "All staff 2018 on"],
        NURSING: [" Nursing 2018 onwards", "Nurses 2018 onwards", "nursing"],
        MEDICAL: ["Medical 2018 onwards ", "Medical from 2018", "Doctors"],
        ADVERTS: ["ESR source data ", "ESR Source", "Adverts"],
    }
    old = random.choice(list(names))
    new = random.choice(names[old])
    for name in list(book):
        book[new if name == old else name] = book.pop(name)


@kind(SAME)
def sheets_in_another_order(book: Book, random: Random) -> None:
    for name in random.sample(list(book), len(book)):
        book[name] = book.pop(name)


@kind(SAME)
def blocks_moved(book: Book, random: Random) -> None:
    """The second above the first, or beside it, or both further down or to the right."""
    sheet = book[random.choice(STAFF_GROUPS)]
    first, second = headers(sheet)
    end, last = block_rows(sheet, 0)[-1] + 1, block_rows(sheet, 1)[-1] + 1
    top, middle = sheet[first - 1 : end], sheet[second - 1 : last]
    gap: Cells = [[None] for _ in range(random.randrange(4))]
    way = random.randrange(3)
    if way == 0:
        sheet[first - 1 : last] = [*middle, *gap, *top]
    elif way == 1:
        space: list[Cell] = [None] * random.randrange(3)
        sheet[first - 1 : last] = [one + space + other for one, other in zip(top, middle, strict=True)]
    else:
        shift: list[Cell] = [None] * random.randrange(1, 4)
        sheet[first - 1 : last] = [shift + row for row in [*top, *gap, *middle]]


@kind(SAME)
def rates_as_percent(book: Book, random: Random) -> None:
    sheet = book[random.choice(STAFF_GROUPS)]
    for row in block_rows(sheet, 1):
        sheet[row][2:] = [cell * 100 if isinstance(cell, float) else cell for cell in sheet[row][2:]]


@kind(SAME)
def a_quarter_marked(book: Book, random: Random) -> None:
    sheet = book[random.choice(STAFF_GROUPS)]
    header = sheet[random.choice(headers(sheet))]
    place = random.randrange(2, len(header))
    header[place] = f"{header[place]}{random.choice([' [p]', '[p]', ' [r]'])}"


@kind(SAME)
def columns_of_adverts_moved(book: Book, random: Random) -> None:
    places = random.sample(range(4), 4)
    book[ADVERTS] = [[row[place] for place in places] for row in book[ADVERTS]]


@kind(SAME)
def adverts_in_another_order(book: Book, random: Random) -> None:
    records = book[ADVERTS][1:]
    random.shuffle(records)
    book[ADVERTS][1:] = records


@kind(EITHER)
def columns_moved(book: Book, random: Random) -> None:
    """Two whole columns with their labels change places."""
    sheet = book[random.choice(STAFF_GROUPS)]
    one, other = random.sample(range(len(sheet[headers(sheet)[0]])), 2)
    for row in sheet:
        if len(row) > max(one, other):
            row[one], row[other] = row[other], row[one]


@kind(EITHER)
def rows_moved(book: Book, random: Random) -> None:
    sheet, row = any_row(book, random)
    line = sheet.pop(row)
    sheet.insert(random.choice(block_rows(sheet, 0)), line)


@kind(EITHER)
def a_cell_of_any_kind_changed(book: Book, random: Random) -> None:
    sheet, row, column = any_figure(book, random)
    column = random.randrange(len(sheet[row]))
    others = [cell for line in random.sample(sheet, 5) for cell in line] + [None, "Total", "*x", 1e9]
    sheet[row][column] = random.choice(others)
