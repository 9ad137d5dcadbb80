"""Prints answers as tables: of `workforce sql` and `workforce ask`. Only DuckDB is needed for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import show_table
from warehouse.asking.query import Answer

NUMBERS = (int, float, Decimal)


def show_answer(answer: Answer, out: Console) -> None:
    """Print the rows as a table, and the number of all rows where not all are shown."""
    numeric = [_is_numeric(row[place] for row in answer.rows) for place in range(len(answer.columns))]
    show_rows(
        answer.columns, numeric, (["" if cell is None else str(cell) for cell in row] for row in answer.rows), out
    )
    show_total(len(answer.rows), answer.total, out)


def show_rows(headings: Sequence[str], numeric: Sequence[bool], rows: Iterable[Iterable[str]], out: Console) -> None:
    """Print rows of text as a table; columns of numbers are aligned right."""
    table = Table()
    for heading, is_number in zip(headings, numeric, strict=True):
        # A heading or cell such as "[p]" is text, not a style of rich.
        table.add_column(escape(heading), justify="right" if is_number else "left")
    for row in rows:
        table.add_row(*map(escape, row))
    show_table(table, out)


def show_total(shown: int, total: int, out: Console) -> None:
    """Say how many rows there are where not all are shown."""
    if shown < total:
        said = f"{shown:,} rows … of {total:,}; use --format or LIMIT, or --rows 0 for all of them."
        out.print(said, highlight=False, markup=False)


def _is_numeric(values: Iterable[Any]) -> bool:
    """Whether the values that are not NULL are numbers, and there is one."""
    known = [value for value in values if value is not None]
    return bool(known) and all(isinstance(value, NUMBERS) and not isinstance(value, bool) for value in known)
