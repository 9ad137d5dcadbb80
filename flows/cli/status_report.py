"""Prints the answer of `workforce status`. It imports neither Polars nor Prefect, so that the command is quick."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import show_table
from flows.freshness import SeriesFreshness


def show_status(series: Iterable[SeriesFreshness], build: str, out: Console, *, warning: str = "") -> None:
    """Print one line per series, then the sentence on the last build, and a warning if there is one."""
    table = Table("series", "newest period", "edition", "last looked", "refreshed", "due", title="Series")
    for each in series:
        table.add_row(*each)
    show_table(table, out)
    out.print(build, highlight=False)
    if warning:
        out.print(f"[yellow]Warning:[/] {escape(warning)}", highlight=False)
