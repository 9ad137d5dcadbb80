"""Location of the blocks of a vacancy sheet, found by headings and labels and not by fixed positions.

A block is a heading ('Nursing workforce vacancy FTE'), a header row (Region, Sector, one label per quarter) below it,
and rows down to 'Grand Total'. Blank rows and columns, notes and repeated header rows are ignored; any other cell that
is not part of a block is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import polars as pl

from transforms.errors import LayoutChanged, RepeatedFigure, UnmappedLabel
from transforms.reading.grid import ROW, Grid
from transforms.reading.refuse import ASK_WHICH, REPORT, error_at
from transforms.reading.vocabulary import key, vocabulary
from transforms.series.vacancies.quarters import looks_like_quarter, quarter_end

Labels = dict[int, dict[int, str]]
"""Row -> column -> label, normalised by `vocabulary.key`."""

WORDS = {"All staff": r"\btotal\b|\ball staff\b", "Registered nursing": r"\bnurs", "Medical": r"\bmedic|\bdoctor"}
"""Staff group -> regular expression for words that denote it in the name of a sheet."""

HEADER = "a header row Region | Sector | one label per quarter"
GRAND_TOTAL = {"grand total", "england", "england total"}


@dataclass(frozen=True)
class Block:
    """The contents and location of one block. Rows and columns are counted from 1."""

    staff_group: str
    measure: str
    heading: tuple[int, int]
    header: int
    first_column: int
    sector_column: int
    quarters: dict[int, str]
    """Column -> printed label."""
    end: int
    repeated_headers: tuple[int, ...]

    @property
    def last_column(self) -> int:
        """Last column with a label in the header row."""
        return max(self.sector_column, *self.quarters)


@cache
def headings() -> dict[str, tuple[str, str]]:
    """Heading of a block -> (staff group, measure), for every known heading."""
    groups = vocabulary("vacancy_staff_group").select(key(pl.col("printed")).alias("group"), "label")
    measures = vocabulary("vacancy_measure").select(key(pl.col("printed")).alias("measure"), to="label")
    return {
        f"{group} {measure}": (label, to) for group, label, measure, to in groups.join(measures, how="cross").rows()
    }


def labels_of(grid: Grid) -> Labels:
    """The sheet's text cells that are not numbers, by row and column."""
    everywhere = grid.melt(rows=(1, grid.text.height), columns=grid.columns)
    words = (
        everywhere.filter(pl.col("printed").is_not_null() & pl.col("number").is_null())
        .select(ROW, "source_column", key(pl.col("printed")).alias("label"))
        .sort(ROW, "source_column")
    )
    found: Labels = {}
    for row, column, label in words.iter_rows():
        found.setdefault(row, {})[column] = label
    return found


def find_blocks(grid: Grid, labels: Labels) -> list[Block]:
    """The blocks of a sheet from top to bottom; [] for a sheet without blocks.

    Raises `LayoutChanged` for a header row without a heading, a heading without a header row, quarters without a header
    row or a block without Grand Total; `UnmappedLabel` for an unknown column or a sheet name with another staff group;
    `RepeatedFigure` for a repeated column or block.
    """
    anchors = [(row, column) for row, cells in labels.items() for column, label in cells.items() if label == "region"]
    anchors = [(row, column) for row, column in anchors if _is_header(labels[row])]
    _no_orphan_quarters(grid, labels, {row for row, _ in anchors})
    blocks: list[Block] = []
    for row, column in anchors:
        if not any(row in block.repeated_headers and block.first_column == column for block in blocks):
            beside = [place for at, place in anchors if at == row]
            blocks.append(_block(grid, labels, (row, column), beside=beside, above=blocks))
    if blocks:
        _every_heading_used(grid, labels, blocks)
    return blocks


def _is_header(cells: dict[int, str]) -> bool:
    return "sector" in cells.values() or any(looks_like_quarter(label) for label in cells.values())


def _no_orphan_quarters(grid: Grid, labels: Labels, headers: set[int]) -> None:
    for row, cells in labels.items():
        quarters = [column for column, label in cells.items() if looks_like_quarter(label)]
        if quarters and row not in headers and (len(quarters) > 1 or "sector" in cells.values()):
            problem, found = "a row with quarters has no heading 'Region'", " | ".join(list(cells.values())[:4])
            raise error_at(grid, (row, min(cells)), LayoutChanged, problem, expected=HEADER, found=found)


def _block(grid: Grid, labels: Labels, at: tuple[int, int], *, beside: list[int], above: list[Block]) -> Block:
    row, column = at
    right = min((other for other in beside if other > column), default=max(labels[row]) + 1)
    cells = {place: label for place, label in labels[row].items() if column <= place < right}
    sectors = [place for place, label in cells.items() if label == "sector"]
    if len(sectors) != 1:
        problem, found = "the header row does not have one column 'Sector'", " | ".join(list(cells.values())[:4])
        raise error_at(grid, at, LayoutChanged, problem, expected=HEADER, found=found)
    quarters = {place: label for place, label in cells.items() if place not in (column, sectors[0])}
    _quarters_fit(grid, row, column, quarters)
    left = max((other for other in beside if other < column), default=0)
    top = max((block.end for block in above if block.end < row), default=0)
    heading = _heading(grid, labels, (top, row), (left, right), (row, column))
    end, repeated = _extent(grid, labels, row, column, cells)
    group, measure = headings()[labels[heading[0]][heading[1]]]
    _sheet_name_fits(grid, group, heading)
    if any((group, measure) == (block.staff_group, block.measure) for block in above):
        problem, expected = "two blocks have the same heading", "one block of vacancies and one of rates"
        raise error_at(grid, heading, RepeatedFigure, problem, expected=expected, do=ASK_WHICH)
    return Block(group, measure, heading, row, column, sectors[0], quarters, end, repeated)


def _quarters_fit(grid: Grid, row: int, column: int, quarters: dict[int, str]) -> None:
    """Check that every column is a quarter, none repeated, in ascending or descending order."""
    read = {place: quarter_end(label) for place, label in quarters.items()}
    for place, quarter in read.items():
        if quarter is None:
            raise error_at(
                grid,
                (row, place),
                UnmappedLabel,
                "a column is not a quarter, or the two parts of its label disagree",
                expected="a label such as 2018/19 Q1 (Jun-18)",
                found=repr(quarters[place]),
                do="ask the publisher which quarter is meant; if it is a new kind of column, add it to the reader",
            )
    ends = [(quarter[0], place) for place, quarter in read.items() if quarter]
    if not ends:
        raise error_at(grid, (row, column), LayoutChanged, "the header row names no quarter", expected=HEADER)
    twice = [place for number, (end, place) in enumerate(ends) if end in {other for other, _ in ends[:number]}]
    if twice:
        problem, found = "a quarter comes twice in one block", repr(quarters[twice[0]])
        raise error_at(
            grid, (row, twice[0]), RepeatedFigure, problem, expected="each quarter once", found=found, do=ASK_WHICH
        )
    steps = [(after[0] > before[0], after[1]) for before, after in pairwise(ends)]
    wrong = [place for up, place in steps if up != steps[0][0]]
    if wrong:
        problem, found = "the quarters are out of order", repr(quarters[wrong[0]])
        raise error_at(
            grid, (row, wrong[0]), LayoutChanged, problem, expected="quarters in order of time", found=found, do=REPORT
        )


def _heading(
    grid: Grid, labels: Labels, rows: tuple[int, int], columns: tuple[int, int], header: tuple[int, int]
) -> tuple[int, int]:
    above = [
        (row, column, label)
        for row, cells in labels.items()
        if rows[0] < row < rows[1]
        for column, label in cells.items()
        if columns[0] < column < columns[1]
    ]
    known = [(row, column) for row, column, label in above if label in headings()]
    if len(known) == 1:
        return known[0]
    raise error_at(
        grid,
        header,
        LayoutChanged,
        "a block has more than one heading" if known else "a block has no known heading",
        expected="one heading above it such as " + " | ".join(list(headings())[:2]),
        found=" | ".join(label for *_, label in above[-3:]) or "nothing above it",
        do="if the publisher renamed it, add it to transforms/vocabularies/vacancy_measure.csv",
    )


def _extent(grid: Grid, labels: Labels, header: int, column: int, cells: dict[int, str]) -> tuple[int, tuple[int, ...]]:
    """The number of the Grand Total's row, and the numbers of the rows that repeat the header."""
    repeated: list[int] = []
    for row in (row for row in labels if row > header):
        label = labels[row].get(column, "")
        here = {place: word for place, word in labels[row].items() if place in range(min(cells), max(cells) + 1)}
        if label in GRAND_TOTAL:
            return row, tuple(repeated)
        if any(word in headings() for word in here.values()):
            break
        if label == "region" or "sector" in here.values():
            if here != cells:
                wrong = next(place for place in cells if here.get(place) != cells[place])
                problem, found = "a header row inside a block differs from the block's own", repr(here.get(wrong))
                raise error_at(grid, (row, wrong), LayoutChanged, problem, expected=cells[wrong], found=found)
            repeated.append(row)
    problem, expected = "a block has no Grand Total", "a last row 'Grand Total'"
    raise error_at(grid, (header, column), LayoutChanged, problem, expected=expected, do=REPORT)


def _sheet_name_fits(grid: Grid, staff_group: str, heading: tuple[int, int]) -> None:
    said = [group for group, words in WORDS.items() if re.search(words, grid.sheet.lower())]
    if said and said != [staff_group]:
        problem, expected = "the sheet's name and the block's heading name different staff groups", " or ".join(said)
        raise error_at(grid, heading, UnmappedLabel, problem, expected=expected, found=staff_group, do=ASK_WHICH)


def _every_heading_used(grid: Grid, labels: Labels, blocks: list[Block]) -> None:
    used = {block.heading for block in blocks}
    for row, cells in labels.items():
        for column, label in cells.items():
            if label in headings() and (row, column) not in used:
                problem = "a heading has no block below it"
                raise error_at(grid, (row, column), LayoutChanged, problem, expected=HEADER, found=repr(label))
