"""Prints the answer of `workforce explain`: the steps from a table's row back to the published cells."""

from __future__ import annotations

import json
from collections.abc import Iterable

import polars as pl
from rich.console import Console
from rich.markup import escape
from rich.syntax import Syntax
from rich.table import Table

from flows.cli.consoles import indented, show_table
from flows.cli.exit_codes import ExitCode
from warehouse.asking.explain import Explanation, Step

EXTENT = {"all": "exactly these rows", "among": "some of these rows; which ones cannot be determined"}


def show_explanation(explanation: Explanation, out: Console, *, sql: bool) -> int:
    """Print an explanation; return the exit code: 1 where a cell does not print its figure."""
    out.print(f"[bold]{explanation.table}[/]", highlight=False)
    out.print(explanation.about, highlight=False, markup=False)
    row = ((name, _shown(value)) for name, value in explanation.row.items())
    show_table(_table("The row", ("column", "value"), row), out)
    for step in explanation.steps:
        _show_step(step, out)
    if sql:
        _show_sql(explanation.steps, out)
    if explanation.figures.height:
        _show_figures(explanation, out)
    elif explanation.cited.is_empty():
        out.print("This row is not derived from any published cell.")
    if explanation.cited.height:
        columns = ("headline_id", "value_text", "publisher", "source_title", "source_url")
        show_table(_frame("Cited figures, kept by hand with their source", explanation.cited, columns), out)
    noted = ("reference_number", "org_code", "months", "issue_type", "details")
    no_notes = (
        "the publisher has none that touch these figures"
        if explanation.notes_loaded
        else "not known, no data quality annex of the series is loaded"
    )
    _show_known("Data quality notes", no_notes, explanation.notes, noted, out)
    compared = ("figure", "old_value", "new_value", "old_edition", "new_edition", "seen_at")
    no_revisions = (
        "none of these figures was printed with another value"
        if explanation.other_editions_loaded
        else "not known, only one edition of the series is loaded"
    )
    _show_known("Revisions", no_revisions, explanation.revisions, compared, out)
    gone = ("figure", "last_value", "last_edition", "withdrawn_edition", "printed_again_edition")
    if explanation.withdrawals.height:
        show_table(_frame("Withdrawn by a later edition", explanation.withdrawals, gone), out)
    corrected = ("figure", "printed_value", "corrected_value", "reason", "source")
    _show_known("Corrections", "none of these figures is corrected here", explanation.corrections, corrected, out)
    return ExitCode.DONE if explanation.holds else ExitCode.ERROR


def _show_step(step: Step, out: Console) -> None:
    extent = EXTENT[step.extent]
    out.print(f"[bold]{step.table}[/] is made from {step.rows:,} rows of [bold]{step.made_from}[/]: {extent}.")
    if step.remark:
        out.print(indented(escape(step.remark), 2), highlight=False)
    out.print(indented(escape(f"where {step.joined_where}"), 2), highlight=False)
    out.print()


def _show_sql(steps: list[Step], out: Console) -> None:
    for table, made_by in {step.table: step.made_by for step in steps}.items():
        out.print(f"[bold]SQL of {table}[/]", highlight=False)
        if out.is_terminal:
            out.print(Syntax(made_by, "sql", background_color="default", word_wrap=True))
        else:
            out.print(made_by, highlight=False, markup=False)


def _show_figures(explanation: Explanation, out: Console) -> None:
    count = explanation.figures.height
    title = f"Published figures: {count} of {count}, each cell opened in the archived file"
    if explanation.total_figures > count:
        cells = f"the first {count} of {explanation.total_figures:,} cells"
        title = f"Published figures: {cells}, each opened in the archived file"
    columns = ("figure", "value", "edition", "file", "sheet", "cell", "the cell prints", "verdict")
    rows = []
    for row in explanation.figures.iter_rows(named=True):
        place = (row["edition"], row["file_name"], row["sheet"], row["cell"])
        value = row["value"] if row["value"] is not None else row["value_status"]
        key = ", ".join(str(part) for part in json.loads(row["figure"]).values() if part is not None)
        rows.append((key, _shown(value), *place, _shown(row["printed"])[:200], row["verdict"]))
    show_table(_table(title, columns, rows), out)
    files = ("file_name", "file_sha256", "address", "page", "retrieved_at")
    for name, sha256, *came in explanation.figures.select(files).unique(maintain_order=True).iter_rows():
        out.print(f"{name}: SHA-256 {sha256}; {'; '.join(map(_shown, came))}", highlight=False, markup=False)


def _show_known(title: str, none: str, known: pl.DataFrame, columns: Iterable[str], out: Console) -> None:
    if known.is_empty():
        out.print(f"{title}: {none}.", highlight=False)
    else:
        show_table(_frame(title, known, columns), out)


def _frame(title: str, frame: pl.DataFrame, columns: Iterable[str]) -> Table:
    names = list(columns)
    return _table(title, names, (map(_shown, row) for row in frame.select(names).iter_rows()))


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    shown = Table(*columns, title=escape(title))
    for row in rows:
        # A cell such as "[p]" is text, not a style of rich.
        shown.add_row(*map(escape, row))
    return shown


def _shown(value: object) -> str:
    return "" if value is None else str(value)
