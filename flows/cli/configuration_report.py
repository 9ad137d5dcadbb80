"""Prints the answer of `workforce check-config`."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import show_table
from flows.cli.exit_codes import ExitCode
from flows.configuration import FileReport


def show_configuration(reports: Sequence[FileReport], out: Console, err: Console) -> int:
    """Print one line per file, then each error with file, line, what was expected and what to do; the exit code."""
    table = Table("file", "entries in the code", "entries of the operator", "errors", title="Configuration")
    for each in reports:
        entries = "no such file" if each.entries is None else f"{each.entries}"
        table.add_row(escape(str(each.path)), f"{each.packaged}", entries, f"{len(each.errors)}")
    show_table(table, out)
    for report in reports:
        for error in report.errors:
            err.print(f"[bold red]Error:[/] {escape(str(error))}", highlight=False)
    return ExitCode.ERROR if any(report.errors for report in reports) else ExitCode.DONE
