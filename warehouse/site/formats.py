"""Tables of pages: rows of answers as text, with numeric columns marked and reasons where there is no number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from markupsafe import Markup, escape

from warehouse.asking.answers import FIGURE, Row
from warehouse.asking.formats import is_numeric, shown_value


@dataclass(frozen=True)
class PageCell:
    """One cell of a table: its text, whether it is a number (aligned right) and whether it stands for no figure."""

    text: str
    is_number: bool = False
    is_missing: bool = False

    @cached_property
    def heading(self) -> str:
        """The cell as HTML where it begins a row."""
        return f'<th scope="row">{escape(self.text)}</th>'

    @cached_property
    def html(self) -> str:
        """The cell as HTML elsewhere in a row."""
        kind = f"{'n' if self.is_number else ''}{' none' if self.is_missing else ''}"
        return f'<td class="{kind}">{escape(self.text)}</td>' if kind else f"<td>{escape(self.text)}</td>"


@dataclass(frozen=True)
class TableRow:
    """A row of a table: its cells, and the address of its provenance ('' where it has none)."""

    cells: tuple[PageCell, ...]
    figure_id: str = ""

    @property
    def html(self) -> Markup:
        """Its cells as HTML. In a template they took six times as long, and a site has 55,000 of them."""
        first, *others = self.cells
        return Markup(first.heading + "".join([each.html for each in others]))  # noqa: S704 - escaped by each cell


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


@lru_cache(maxsize=2**16, typed=True)
def cell(name: str, value: Any, status: str | None = None) -> PageCell:
    """A value of the column `name` as a cell."""
    return PageCell(shown_value(name, value, status), is_numeric(name), is_missing=value is None)
