"""The vacancy workbook, changed in every way that can be thought of: it reads the same, or it stops at a cell.

No change may give a table that is silently another. What carries no meaning must read the same; what carries meaning
must stop. Most changes are made to the cells in memory; a few go through a real file.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Mapping
from copy import copy
from pathlib import Path
from random import Random

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.vacancy_workbook import RECONSTRUCTED, Book, Cell, Cells, book_of, grid_of, later_edition, write
from transforms.errors import WorkforceError
from transforms.reading.grid import Grid, read_grids
from transforms.series.vacancies import READER, read_workbook
from transforms.sources import PublishedFile, read_tables
from transforms.tables import TABLES

TOTAL, NURSING, MEDICAL, ADVERTS = (
    "Total 2018 onwards",
    "Nursing 2018 onwards",
    "Medical 2018 onwards",
    "ESR source data",
)
STAFF_GROUPS = [TOTAL, NURSING, MEDICAL]
PLACE = ["source_sheet", "source_row", "source_column"]
TRIES = 7
"""Changes of each kind; those with few possibilities give fewer."""

Change = Callable[[Book, Random], object]
SAME: dict[str, Change] = {}
STOPS: dict[str, Change] = {}
EITHER: dict[str, Change] = {}


def kind(kinds: dict[str, Change]) -> Callable[[Change], Change]:
    def enter(change: Change) -> Change:
        kinds[change.__name__.replace("_", " ")] = change
        return change

    return enter


# ---- where things are in the book ----


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


# ---- what carries no meaning: must read the same ----


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


# ---- what carries meaning: must stop ----


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


# ---- what may be read either way, but never otherwise ----


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


# ---- the property ----


@pytest.fixture(scope="module")
def book(published: Path) -> Book:
    return book_of(read_grids(published / RECONSTRUCTED))


@pytest.fixture(scope="module")
def grids(book: Book) -> dict[str, Grid]:
    return {name: grid_of(name, cells) for name, cells in book.items()}


@pytest.fixture(scope="module")
def right(grids: Mapping[str, Grid]) -> dict[str, pl.DataFrame]:
    return meaning(read_workbook(grids))


def meaning(tables: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables without the place each figure was read at, in one order.

    The marker is kept aside: it is what the publisher added to a quarter, and no part of its figures.
    """
    return {
        name: frame.select(pl.exclude(*PLACE, "quarter_marker")).sort(TABLES[name].key)
        for name, frame in tables.items()
    }


def outcome(changed: Book, whole: Book, grids: Mapping[str, Grid], right: Mapping[str, pl.DataFrame]) -> str:
    """'same', 'stopped', or what went wrong."""
    there = {
        name.strip(): grids[name] if cells == whole.get(name) else grid_of(name.strip(), cells)
        for name, cells in changed.items()
    }
    try:
        read = meaning(read_workbook(there))
    except WorkforceError as error:
        return "stopped" if error.sheet and error.cell and error.do else f"no sheet or cell in: {error}"
    return "same" if all(alike(read[name], right[name]) for name in right) else "silently another table"


def alike(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    """The same rows; a value may differ by what writing a binary fraction as decimals does to its last digit."""
    off = (one["value"] - other["value"]).abs().max() if one.height == other.height else None
    return one.drop("value").equals(other.drop("value")) and (
        one["value"].is_null().equals(other["value"].is_null()) and isinstance(off, float) and off < 1e-9
    )


def copied(book: Book) -> Book:
    return {name: [copy(row) for row in cells] for name, cells in book.items()}


def test_every_change_reads_the_same_or_stops_at_a_cell(
    book: Book, grids: dict[str, Grid], right: dict[str, pl.DataFrame], capsys: pytest.CaptureFixture[str]
) -> None:
    tally: Counter[tuple[str, str]] = Counter()
    wrong: list[str] = []
    allowed = [(SAME, {"same"}), (STOPS, {"stopped"}), (EITHER, {"same", "stopped"})]
    kinds = {name: results for changes, results in allowed for name in changes}

    def attempt(name: str) -> Callable[[], None]:
        @settings(
            max_examples=TRIES, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(st.integers(min_value=0, max_value=2**32))
        def one(seed: int) -> None:
            changed = copied(book)
            (SAME | STOPS | EITHER)[name](changed, Random(seed))
            result = outcome(changed, book, grids, right)
            tally[name, result if result in {"same", "stopped"} else "WRONG"] += 1
            if result not in kinds[name]:
                wrong.append(f"{name} (seed {seed}): {result}")

        return one

    for name in kinds:
        attempt(name)()
    lines = [
        f"  {tally[name, 'same']:4} / {tally[name, 'stopped']:4} / {tally[name, 'WRONG']:4}  {name}" for name in kinds
    ]
    head = f"\n{sum(tally.values())} changes of the vacancy workbook: read the same / stopped / silently another"
    with capsys.disabled():
        sys.stdout.write("\n".join([head, *lines, ""]))
    assert not wrong, "\n".join(wrong)
    assert sum(tally.values()) >= 300


def test_a_marked_quarter_keeps_its_marker(book: Book) -> None:
    marked = copied(book)
    marked[NURSING][headers(marked[NURSING])[0]][33] = "2025/26 Q4 (Mar-26) [p]"
    read = read_workbook({name: grid_of(name, cells) for name, cells in marked.items()})["vacancy"]
    found = read.filter(pl.col("quarter_marker").is_not_null())
    assert found.select("quarter_marker", "staff_group", "measure").unique().rows() == [
        ("p", "Registered nursing", "vacancy_fte")
    ]
    assert found["quarter_end"].unique().dt.to_string().to_list() == ["2026-03-31"]
    assert found.height == 43


@pytest.mark.parametrize(
    "name", ["a blank column more", "blocks moved", "rates as percent", "region codes in brackets"]
)
def test_a_changed_file_on_disk_reads_the_same(
    book: Book, right: dict[str, pl.DataFrame], tmp_path: Path, name: str
) -> None:
    changed = copied(book)
    SAME[name](changed, Random(7))
    path = write(changed, tmp_path / "nhs-vac-stats-apr15-mar26-eng-tables.xlsx")
    read = meaning(read_tables(READER, PublishedFile(path, path.name)))
    assert all(alike(read[table], right[table]) for table in right)


def test_a_broken_file_on_disk_stops_with_its_name(book: Book, tmp_path: Path) -> None:
    changed = copied(book)
    STOPS["a total broken"](changed, Random(7))
    path = write(changed, tmp_path / "nhs-vac-stats-apr15-mar26-eng-tables.xlsx")
    with pytest.raises(WorkforceError) as stopped:
        read_tables(READER, PublishedFile(path, path.name))
    assert stopped.value.file == path.name
    assert stopped.value.sheet


def test_a_later_edition_with_a_changed_past_reads_whole(
    published: Path, right: dict[str, pl.DataFrame], tmp_path: Path
) -> None:
    path = later_edition(published, tmp_path)
    file = PublishedFile(path, path.name)
    edition = READER.recognise(file)
    assert edition is not None
    assert edition.edition == "2026-06"
    later = meaning(read_tables(READER, file))["vacancy"]
    key = list(TABLES["vacancy"].key)
    both = right["vacancy"].join(later, on=key)
    revised = both.filter(pl.col("value").round(9) != pl.col("value_right").round(9))
    assert both.height == right["vacancy"].height
    assert later.height == both.height + 258
    assert revised.height == 6
    assert revised["area_code"].unique().sort().to_list() == ["England", "Y56"]
