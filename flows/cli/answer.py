"""Prints the answer of `workforce sql` as a table. Only DuckDB is needed for it."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from warehouse.asking.query import Answer


def show_answer(answer: Answer, out: Console) -> None:
    """Print the rows as a table, and the number of all rows where not all are shown."""
    table = Table(*map(escape, answer.columns))
    for row in answer.rows:
        # A cell such as "[p]" is text, not a style of rich.
        table.add_row(*("" if cell is None else escape(str(cell)) for cell in row))
    out.print(table, highlight=False)
    if len(answer.rows) < answer.total:
        shown = f"{len(answer.rows):,} rows … of {answer.total:,}; use --format or LIMIT, or --rows 0 for all of them."
        out.print(shown, highlight=False, markup=False)
