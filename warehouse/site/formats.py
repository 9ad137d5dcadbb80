"""How values are shown: one form for each kind of column, told by the column's name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from transforms.tables.declare import STATUS_WORDS
from warehouse.site.answers import FIGURE, Row

LABELS = {"fte": "FTE", "lower_middle": "lower middle", "upper_middle": "upper middle"}
"""Values of the warehouse that are no words."""


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
    if value is None:
        missing = STATUS_WORDS.get(status or "", "no figure") if is_numeric(name) else "–"
        return PageCell(missing, is_numeric(name), is_missing=True)
    return PageCell(show(name, value), is_numeric(name))


def is_numeric(name: str) -> bool:
    """Whether a column of this name holds numbers."""
    return _digits(name) is not None


def show(name: str, value: Any) -> str:
    """A value that is not NULL as text; the column's name decides on digits and sign."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%b}\u00a0{value:%Y}" if name == "month" else short_day(value)
    digits = _digits(name)
    if digits is None or isinstance(value, str):
        return LABELS.get(value, str(value))
    signed = "+" if "points" in name or name.startswith("change") else ""
    text = f"{value:{signed},.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("+-")


def day(value: date) -> str:
    """A day as 31 May 2023."""
    return f"{value.day} {value:%B %Y}"


def short_day(value: date) -> str:
    """A day as 31 May 2023, with the month in three letters and on one line: the form of tables."""
    return f"{value.day}\u00a0{value:%b}\u00a0{value:%Y}"


def moment(text: str) -> str:
    """A UTC time of the warehouse, such as 2026-11-27T12:00:00+00:00, as 27 November 2026."""
    return day(datetime.fromisoformat(text).date()) if text else ""


def _digits(name: str) -> int | None:
    """Decimal places of a numeric column; None for text and dates."""
    if name.endswith(("_percent", "_points", "percent_year_before")) or "_percent_" in name:
        return 1
    if "ratio" in name:
        return 2
    if name in {"value", "answer_value", "lowest", "median", "highest"}:
        return 1
    counts = ("fte", "headcount", "_fte_year_before", "_count", "in_post", "trusts", "employers", "answers", "peers")
    if name.endswith(counts) or name.startswith(("rank", "flow_value", "organisations", "rates_counted", "place")):
        return 0
    return None
