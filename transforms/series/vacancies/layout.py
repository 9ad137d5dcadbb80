"""Where the blocks of a vacancy sheet are: found by headings and labels, never by position.

A block is a heading ('Nursing workforce vacancy FTE'), a header row (Region, Sector, one label a quarter) below it,
and rows down to 'Grand Total'. Blank rows and columns, notes and a repeated header row carry no meaning; anything else
does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import polars as pl

from transforms.errors import LayoutChanged, RepeatedFigure, UnmappedLabel, WorkforceError
from transforms.reading.grid import ROW, Grid, cell_name
from transforms.reading.vocabulary import key, vocabulary
from transforms.series.vacancies.quarters import looks_like_quarter, quarter_end

Labels = dict[int, dict[int, str]]
"""Row -> column -> label, compared by its key."""

WORDS = {"All staff": r"\btotal\b|\ball staff\b", "Registered nursing": r"\bnurs", "Medical": r"\bmedic|\bdoctor"}
"""Words of a sheet's name that say which staff group it holds."""

GRAND_TOTAL = {"grand total", "england", "england total"}


@dataclass(frozen=True)
class Block:
    """One block: what it holds and where. Rows and columns are counted from 1."""

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
    """Every heading a block may have -> (staff group, measure)."""
    groups = vocabulary("vacancy_staff_group").select(key(pl.col("printed")).alias("group"), "label")
    measures = vocabulary("vacancy_measure").select(key(pl.col("printed")).alias("measure"), to="label")
    return {
        f"{group} {measure}": (label, to) for group, label, measure, to in groups.join(measures, how="cross").rows()
    }


def labels_of(grid: Grid) -> Labels:
    """The sheet's cells that are words, not numbers, by row and column."""
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


def stop(kind: type[WorkforceError], problem: str, grid: Grid, row: int, column: int, **more: str) -> WorkforceError:
    """The error at one cell of a sheet."""
    return kind(problem, file=grid.file, sheet=grid.sheet, cell=cell_name(row, column), **more)


def find_blocks(grid: Grid, labels: Labels) -> list[Block]:
    """The blocks of a sheet from top to bottom, [] for a sheet without any.

    Raises `LayoutChanged` for a header without heading, a heading without header, quarters without a header or a block
    without its Grand Total; `UnmappedLabel` for a column or sheet name that does not fit; `RepeatedFigure` for a column
    or block that comes twice.
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
            raise stop(
                LayoutChanged, "quarters stand in a row that has no heading 'Region'", grid, row, min(cells),
                expected="Region | Sector | one label a quarter",
                found=" | ".join(list(cells.values())[:4]),
                do="compare with the last edition; if a heading was renamed, add it to the reader",
            )  # fmt: skip


def _block(grid: Grid, labels: Labels, at: tuple[int, int], *, beside: list[int], above: list[Block]) -> Block:
    row, column = at
    right = min((other for other in beside if other > column), default=max(labels[row]) + 1)
    cells = {place: label for place, label in labels[row].items() if column <= place < right}
    sectors = [place for place, label in cells.items() if label == "sector"]
    if len(sectors) != 1:
        raise stop(
            LayoutChanged, "the header row does not have one column 'Sector'", grid, row, column,
            expected="Region | Sector | one label a quarter", found=" | ".join(list(cells.values())[:4]),
            do="compare with the last edition",
        )  # fmt: skip
    quarters = {place: label for place, label in cells.items() if place not in (column, sectors[0])}
    _quarters_fit(grid, row, column, quarters)
    left = max((other for other in beside if other < column), default=0)
    top = max((block.end for block in above if block.end < row), default=0)
    heading = _heading(grid, labels, (top, row), (left, right), (row, column))
    end, repeated = _extent(grid, labels, row, column, cells)
    group, measure = headings()[labels[heading[0]][heading[1]]]
    _sheet_name_fits(grid, group, heading)
    if any((group, measure) == (block.staff_group, block.measure) for block in above):
        raise stop(
            RepeatedFigure, "two blocks have the same heading", grid, *heading,
            expected="one block of vacancies and one of rates", do="ask the publisher which of the two holds",
        )  # fmt: skip
    return Block(group, measure, heading, row, column, sectors[0], quarters, end, repeated)


def _quarters_fit(grid: Grid, row: int, column: int, quarters: dict[int, str]) -> None:
    """Every column is a quarter, none twice, in order of time (either way round)."""
    read = {place: quarter_end(label) for place, label in quarters.items()}
    for place, quarter in read.items():
        if quarter is None:
            raise stop(
                UnmappedLabel, "a column is not a quarter, or the two parts of its label disagree", grid, row, place,
                expected="a label such as 2018/19 Q1 (Jun-18)", found=repr(quarters[place]),
                do="ask the publisher which quarter is meant; a new kind of column wants a place in the reader",
            )  # fmt: skip
    ends = [(quarter[0], place) for place, quarter in read.items() if quarter]
    if not ends:
        raise stop(LayoutChanged, "the header row names no quarter", grid, row, column, do="compare with the last one")
    twice = [place for number, (end, place) in enumerate(ends) if end in {other for other, _ in ends[:number]}]
    if twice:
        raise stop(
            RepeatedFigure, "a quarter comes twice in one block", grid, row, twice[0],
            expected="each quarter once", found=repr(quarters[twice[0]]), do="ask the publisher which column holds",
        )  # fmt: skip
    steps = [(after[0] > before[0], after[1]) for before, after in pairwise(ends)]
    wrong = [place for up, place in steps if up != steps[0][0]]
    if wrong:
        raise stop(
            LayoutChanged, "the quarters are out of order", grid, row, wrong[0],
            expected="quarters in order of time", found=repr(quarters[wrong[0]]),
            do="labels may have been exchanged: check against the last edition",
        )  # fmt: skip


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
    raise stop(
        LayoutChanged,
        "a block has more than one heading" if known else "a block has no heading that is known",
        grid, *header, expected="one heading above it such as " + " | ".join(list(headings())[:2]),
        found=" | ".join(label for *_, label in above[-3:]) or "nothing above it",
        do="if the publisher renamed it, add it to transforms/vocabularies/vacancy_measure.csv",
    )  # fmt: skip


def _extent(grid: Grid, labels: Labels, header: int, column: int, cells: dict[int, str]) -> tuple[int, tuple[int, ...]]:
    """The Grand Total's row, and the rows before it where the header is printed again."""
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
                raise stop(
                    LayoutChanged, "a header row inside a block differs from the block's own", grid, row, wrong,
                    expected=cells[wrong], found=repr(here.get(wrong)), do="ask the publisher what these rows are",
                )  # fmt: skip
            repeated.append(row)
    raise stop(
        LayoutChanged, "a block has no Grand Total", grid, header, column,
        expected="a last row 'Grand Total'", do="compare with the last edition: rows may be missing",
    )  # fmt: skip


def _sheet_name_fits(grid: Grid, staff_group: str, heading: tuple[int, int]) -> None:
    said = [group for group, words in WORDS.items() if re.search(words, grid.sheet.lower())]
    if said and said != [staff_group]:
        raise stop(
            UnmappedLabel, "the sheet's name and the block's heading name different staff groups", grid, *heading,
            expected=" or ".join(said), found=staff_group, do="ask the publisher which of the two holds",
        )  # fmt: skip


def _every_heading_used(grid: Grid, labels: Labels, blocks: list[Block]) -> None:
    used = {block.heading for block in blocks}
    for row, cells in labels.items():
        for column, label in cells.items():
            if label in headings() and (row, column) not in used:
                raise stop(
                    LayoutChanged, "a heading has no block below it", grid, row, column,
                    expected="a header row Region | Sector | quarters", found=repr(label),
                    do="compare with the last edition: the header row may be missing or renamed",
                )  # fmt: skip
