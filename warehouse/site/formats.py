"""Tables of pages: rows of answers as text, with numeric columns marked and reasons where there is no number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse.asking.answers import FIGURE, Row
from warehouse.asking.formats import is_numeric, shown_value


@dataclass(frozen=True)
class PageCell:
    """One cell of a table: its text, whether it is a number (aligned right) and whether it stands for no figure."""

    text: str
    is_number: bool = False
    is_missing: bool = False


@dataclass(frozen=True)
class TableRow:
    """A row of a table: its cells, and the address of its provenance ('' where it has none)."""

    cells: tuple[PageCell, ...]
    figure_id: str = ""


@dataclass(frozen=True)
class PageTable:
    """A table as a template shows it: headings with their units, numeric columns marked, rows."""

    headings: tuple[str, ...]
    numeric: tuple[bool, ...]
    rows: tuple[TableRow, ...]


def table_of(rows: Sequence[Row], columns: Mapping[str, str]) -> PageTable:
    """The rows as a table of `columns` (name to heading). NULL is shown as the reason that `value_status` gives."""
    return PageTable(
        tuple(columns.values()),
        tuple(is_numeric(name) for name in columns),
        tuple(
            TableRow(tuple(cell(name, row[name], row.get("value_status")) for name in columns), row.get(FIGURE) or "")
            for row in rows
        ),
    )


def cell(name: str, value: Any, status: str | None = None) -> PageCell:
    """A value of the column `name` as a cell."""
    return PageCell(shown_value(name, value, status), is_numeric(name), is_missing=value is None)
