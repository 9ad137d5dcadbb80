"""Changes of the vacancy workbook that carry meaning: each must stop the file."""

from __future__ import annotations

from random import Random

from tests.transforms.series.vacancies.vacancy_places import (
    ADVERTS,
    STAFF_GROUPS,
    Change,
    any_figure,
    any_record,
    any_row,
    block_rows,
    headers,
    is_total,
    kind,
)
from tests.transforms.series.vacancies.vacancy_workbook import Book, Cells

STOPS: dict[str, Change] = {}
"""Must stop."""


@kind(STOPS)
def a_row_less(book: Book, random: Random) -> None:
    sheet, row = any_row(book, random)
    del sheet[row]


@kind(STOPS)
def a_header_or_heading_less(book: Book, random: Random) -> None:
    sheet = book[random.choice(STAFF_GROUPS)]
    del sheet[random.choice(headers(sheet)) - random.randrange(2)]


@kind(STOPS)
def a_column_less(book: Book, random: Random) -> None:
    """Region, sector, the first quarter, the last, or one between."""
    name = random.choice([*STAFF_GROUPS, ADVERTS])
    place = random.choice(range(len(book[name][-1]) if name == ADVERTS else len(book[name][headers(book[name])[0]])))
    for row in book[name]:
        del row[place : place + 1]


@kind(STOPS)
def the_first_or_last_quarter_less_in_every_sheet(book: Book, random: Random) -> None:
    place = random.choice([2, -1])
    for name in STAFF_GROUPS:
        for row in book[name]:
            if len(row) > 2:
                del row[place]


@kind(STOPS)
def a_label_renamed(book: Book, random: Random) -> None:
    sheet = book[random.choice(STAFF_GROUPS)]
    block = random.randrange(2)
    header = headers(sheet)[block]
    place = random.choice([(header - 1, 0), (header, 0), (header, 1), (header, random.randrange(2, 34))])
    rows = [row for row in block_rows(sheet, block) if sheet[row][1]]
    place = random.choice([place, (random.choice(rows), 1), (random.choice([r for r in rows if sheet[r][0]]), 0)])
    sheet[place[0]][place[1]] = random.choice(
        ["Other", "Dental workforce vacancy FTE", "London North", "2026/27 Q3 (Jun-26)"]
    )


@kind(STOPS)
def a_label_of_another(book: Book, random: Random) -> None:
    """A region, sector, total, quarter or heading named like another one of its kind."""
    sheet = book[random.choice(STAFF_GROUPS)]
    block = random.randrange(2)
    header, rows = headers(sheet)[block], block_rows(sheet, block)
    quarters = [(header, place) for place in range(2, len(sheet[header]))]
    alike = [
        [(row, 0) for row in rows if sheet[row][0] and sheet[row][1]],
        [(row, 0) for row in rows if is_total(sheet[row])],
        [(row, 1) for row in rows if sheet[row][1]],
        quarters,
        [(number - 1, 0) for number in headers(sheet)],
    ]
    places = random.choice(alike)
    (row, column), other = random.sample(places, 2)
    if sheet[row][column] == sheet[other[0]][other[1]]:
        other = next(place for place in places if sheet[place[0]][place[1]] != sheet[row][column])
    sheet[row][column] = sheet[other[0]][other[1]]


@kind(STOPS)
def two_labels_exchanged(book: Book, random: Random) -> None:
    """In one block, or in both: two sectors of a region, two regions with their totals, two quarters, the headings."""
    sheet = book[random.choice(STAFF_GROUPS)]
    what, blocks = random.randrange(4), random.choice([[0], [1], [0, 1]])
    regions = random.sample(["East of England", "London", "Midlands", "North West", "South East", "South West"], 2)
    quarters = random.sample(range(2, 34), 2)
    start = random.randrange(0, 42, 6)
    sectors = random.sample(range(start, start + 5), 2)
    for block in blocks:
        rows, header = block_rows(sheet, block), sheet[headers(sheet)[block]]
        if what == 0:
            one, other = (sheet[rows[place]] for place in sectors)
            one[1], other[1] = other[1], one[1]
        elif what == 1:
            names = {a + end: b + end for a, b in (regions, regions[::-1]) for end in ("", " Total")}
            for row in rows:
                sheet[row][0] = names.get(str(sheet[row][0]), sheet[row][0])
        elif what == 2:
            header[quarters[0]], header[quarters[1]] = header[quarters[1]], header[quarters[0]]
        else:
            one, other = (sheet[number - 1] for number in headers(sheet))
            one[0], other[0] = other[0], one[0]
            break


@kind(STOPS)
def two_staff_groups_exchanged(book: Book, random: Random) -> None:
    """The sheets' names alone, or names and headings together."""
    one, other = random.sample(STAFF_GROUPS, 2)
    book[one], book[other] = book[other], book[one]
    if random.randrange(2):
        for this, that in ((one, other), (other, one)):
            for header in headers(book[this]):
                heading = str(book[this][header - 1][0])
                book[this][header - 1][0] = heading.replace(that.split()[0], this.split()[0])


@kind(STOPS)
def a_label_blank(book: Book, random: Random) -> None:
    sheet = book[random.choice(STAFF_GROUPS)]
    block = random.randrange(2)
    header, rows = headers(sheet)[block], block_rows(sheet, block)
    labels = [(row, column) for row in rows for column in (0, 1) if sheet[row][column]]
    top = [(header - 1, 0), *((header, place) for place in range(len(sheet[header])))]
    row, column = random.choice(random.choice([labels, top]))
    sheet[row][column] = None


@kind(STOPS)
def a_figure_blank(book: Book, random: Random) -> None:
    sheet, row, column = any_figure(book, random)
    sheet[row][column] = random.choice([None, "", "-"])


@kind(STOPS)
def figures_of_a_row_blank(book: Book, random: Random) -> None:
    sheet, row = any_row(book, random)
    sheet[row][2:] = [None] * len(sheet[row][2:])


@kind(STOPS)
def a_figure_unreadable(book: Book, random: Random) -> None:
    sheet, row, column = any_figure(book, random)
    sheet[row][column] = random.choice(["n.a.?", "12,5", "#REF!", "12.1%", "about 40"])


@kind(STOPS)
def units_exchanged_in_part(book: Book, random: Random) -> None:
    """Rates of a row, a quarter, a region or a cell as percent among fractions."""
    sheet, row, column = any_figure(book, random)
    rows = block_rows(sheet, 1)
    row = random.choice(rows)
    region = range(rows[0] + (row - rows[0]) // 6 * 6, min(rows[0] + (row - rows[0]) // 6 * 6 + 6, rows[-1] + 1))
    part = random.choice(
        [
            [(row, place) for place in range(2, len(sheet[row]))],
            [(number, column) for number in rows],
            [(number, place) for number in region for place in range(2, len(sheet[number]))],
            [(row, column)],
        ]
    )
    for number, place in part:
        figure = sheet[number][place]
        assert isinstance(figure, float)
        sheet[number][place] = figure * 100


@kind(STOPS)
def units_of_a_block_wrong(book: Book, random: Random) -> None:
    """Vacancies in hundreds or thousands, rates per thousand; in one sheet or in all of them."""
    block = random.randrange(2)
    factor = random.choice([0.001, 0.01, 1000, 10, 0.1] + [100] * (block == 0))
    for name in random.choice([STAFF_GROUPS, [random.choice(STAFF_GROUPS)]]):
        sheet = book[name]
        for row in block_rows(sheet, block):
            sheet[row][2:] = [cell * factor if isinstance(cell, float) else cell for cell in sheet[row][2:]]


@kind(STOPS)
def a_quarter_twice(book: Book, random: Random) -> None:
    """A column, its label or its figures once more; beside itself or at the end."""
    sheet = book[random.choice(STAFF_GROUPS)]
    header = headers(sheet)[random.randrange(2)]
    place = random.randrange(2, len(sheet[header]))
    target = random.choice([place, len(sheet[header])])
    renamed = random.randrange(2)
    for row in sheet:
        if len(row) > place:
            row.insert(target, row[place])
    if renamed:
        sheet[header][target] = "2026/27 Q1 (Jun-26)"


@kind(STOPS)
def a_row_twice(book: Book, random: Random) -> None:
    sheet, row = any_row(book, random)
    sheet.insert(random.choice([row, row + 1, block_rows(sheet, 0)[-1]]), list(sheet[row]))


@kind(STOPS)
def a_block_twice(book: Book, random: Random) -> None:
    sheet = book[random.choice(STAFF_GROUPS)]
    block = random.randrange(2)
    rows = [list(row) for row in sheet[headers(sheet)[block] - 1 : block_rows(sheet, block)[-1] + 1]]
    if random.randrange(2):
        sheet.extend([[None], *rows])
    else:
        book["More"] = rows


@kind(STOPS)
def a_total_broken(book: Book, random: Random) -> None:
    sheet, row = any_row(book, random, total=True)
    _nudge(sheet, row, random)


@kind(STOPS)
def a_part_broken(book: Book, random: Random) -> None:
    sheet, row = any_row(book, random, total=False)
    _nudge(sheet, row, random)


def _nudge(sheet: Cells, row: int, random: Random) -> None:
    place = random.randrange(2, len(sheet[row]))
    figure = sheet[row][place]
    assert isinstance(figure, float)
    sheet[row][place] = random.choice([figure * 1.0001, figure + figure / 50, -figure, 0.0, figure * 10])


@kind(STOPS)
def two_figures_exchanged(book: Book, random: Random) -> None:
    sheet, row, column = any_figure(book, random)
    place = random.choice([number for number in range(2, len(sheet[row])) if sheet[row][number] != sheet[row][column]])
    sheet[row][column], sheet[row][place] = sheet[row][place], sheet[row][column]


@kind(STOPS)
def a_row_shifted(book: Book, random: Random) -> None:
    sheet, row = any_row(book, random)
    if random.randrange(2):
        sheet[row].insert(random.randrange(len(sheet[row])), None)
    else:
        del sheet[row][random.randrange(2, len(sheet[row]))]


@kind(STOPS)
def a_figure_outside_every_block(book: Book, random: Random) -> None:
    sheet = book[random.choice([*STAFF_GROUPS, ADVERTS])]
    sheet.insert(0, [None] * random.randrange(40) + [float(random.randrange(100))])


@kind(STOPS)
def a_record_of_adverts_less(book: Book, random: Random) -> None:
    sheet, row = any_record(book, random)
    del sheet[row]


@kind(STOPS)
def a_record_of_adverts_twice(book: Book, random: Random) -> None:
    sheet, row = any_record(book, random)
    sheet.insert(random.randrange(1, len(sheet)), list(sheet[row]))


@kind(STOPS)
def a_cell_of_adverts_blank(book: Book, random: Random) -> None:
    sheet, row = any_record(book, random)
    sheet[row][random.randrange(4)] = None


@kind(STOPS)
def a_label_of_adverts_renamed(book: Book, random: Random) -> None:
    sheet, row = any_record(book, random)
    row = random.choice([0, row])
    sheet[row][random.randrange(3)] = random.choice(["Other", "London (Y61)", "2016-13", "April"])


@kind(STOPS)
def a_month_of_adverts_less(book: Book, random: Random) -> None:
    month = random.choice(["2016-04", "2026-03", "2020-01"])
    book[ADVERTS] = [row for row in book[ADVERTS] if row[0] != month]


@kind(STOPS)
def a_figure_of_adverts_on_another_scale(book: Book, random: Random) -> None:
    sheet, row = any_record(book, random)
    figure = sheet[row][3]
    assert isinstance(figure, float)
    sheet[row][3] = figure * random.choice([0.01, 0.1, 0.4, 2.5, 10, 100])


@kind(STOPS)
def adverts_of_two_regions_exchanged_in_a_month(book: Book, random: Random) -> None:
    """The smallest region and the largest."""
    sheet, row = any_record(book, random)
    month, group = sheet[row][:2]
    here = [each for each in sheet if each[:2] == [month, group] and isinstance(each[3], float)]
    few, many = min(here, key=lambda each: float(str(each[3]))), max(here, key=lambda each: float(str(each[3])))
    few[3], many[3] = many[3], few[3]


@kind(STOPS)
def a_quarter_not_filled_in_anew(book: Book, random: Random) -> None:
    """Vacancies and rates of one sheet repeat those of the quarter before."""
    sheet = book[random.choice(STAFF_GROUPS)]
    place = random.choice([len(sheet[headers(sheet)[0]]) - 1, random.randrange(3, 34)])
    for block in range(2):
        for row in block_rows(sheet, block):
            sheet[row][place] = sheet[row][place - 1]
