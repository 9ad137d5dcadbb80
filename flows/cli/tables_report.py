"""Prints the tables of a warehouse and the columns of one: of `workforce tables`."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.answer import show_rows
from flows.cli.consoles import show_table
from warehouse.asking.tables import Listed, ListedColumn


def show_tables(tables: Iterable[Listed], out: Console) -> None:
    """Print a table of names, rows and descriptions for each group. Rows of views are not counted."""
    for group, members in groupby(tables, key=lambda each: each.group):
        shown = Table(title=escape(group))
        shown.add_column("table")
        shown.add_column("rows", justify="right")
        shown.add_column("description")
        for each in members:
            rows = "view" if each.rows is None else f"{each.rows:,}"
            shown.add_row(each.name, rows, escape(each.description))
        show_table(shown, out)
    out.print("Columns of one: workforce tables NAME", markup=False)


def show_columns(table: Listed, columns: Iterable[ListedColumn], out: Console) -> None:
    """Print what a table is, and its columns with type, unit and description."""
    rows = "A view." if table.rows is None else f"{table.rows:,} rows."
    out.print(f"[bold]{escape(table.name)}[/]", highlight=False)
    out.print(f"{table.description} {rows}", highlight=False, markup=False)
    listed = ((each.name, each.type, each.unit, each.description) for each in columns)
    show_rows(("column", "type", "unit", "description"), (False,) * 4, listed, out)
