"""Prints the answer of `workforce inspect`: a table with errors below it, or one JSON object per file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from flows.cli.consoles import show_table
from flows.cli.exit_codes import ExitCode
from flows.fetching.inspection import Inspection


def show_inspected(found: Iterable[Inspection], out: Console, *, as_json: bool) -> int:
    """Print the result for each file; return the exit code: 3 where one is refused, else 0."""
    refused = 0
    table = Table("file", "outcome", "taken for", "series and edition", "figures", "table", "rows", "values", "sum")
    below: list[str] = []
    for each in found:
        refused += each.outcome == "refused"
        if as_json:
            # Flushed per file, so that another program can follow. JSON escapes everything that is not ASCII.
            out.file.write(json.dumps(asdict(each), default=str) + "\n")
            out.file.flush()
        else:
            _add(table, each)
            below += _below(each)
    if not as_json:
        show_table(table, out)
        for line in below:
            out.print(escape(line), highlight=False, soft_wrap=True)
    return ExitCode.GAPS if refused else ExitCode.DONE


def _add(table: Table, each: Inspection) -> None:
    first = (
        _printable(each.file),
        each.outcome,
        each.reader,
        f"{each.series} {each.edition}".strip(),
        each.figure_kind,
    )
    if not each.tables:
        table.add_row(*map(escape, first))
    for number, one in enumerate(each.tables):
        values = "" if one.values is None else f"{one.values:,}"
        added = "" if one.sum is None else f"{one.sum:,.2f}"
        labels = first if number == 0 else ("",) * len(first)
        table.add_row(*map(escape, labels), one.table, f"{one.rows:,}", values, added)


def _below(each: Inspection) -> list[str]:
    """The error, the statement on illustrative figures, parts not read, and rules not passed: one line each."""
    name = _printable(each.file)
    lines = [f"{name}: {each.outcome}: {_printable(each.error)}"] if each.error else []
    if each.illustrative:
        lines.append(
            f"{name}: states that its figures are illustrative ({each.illustrative!r}); take it in with --illustrative"
        )
    lines += [f"{name}: not read: {_part(part)}" for part in each.unread if not part["is_known"]]
    for check in each.checks or []:
        lines.append(f"{name}: {check['outcome']}: {check['rule']} ({check['severity']}; {check['rows']:,} rows)")
        lines.append(f"    {check['message']} What to do: {check['do']}.")
        lines += [f"    - {_cell(cell)}" for cell in check["cells"]]
    return lines


def _part(part: dict[str, object]) -> str:
    where = f" in {part['source_sheet']!r}" if part["source_sheet"] and part["source_sheet"] != part["name"] else ""
    return f"{part['kind']} {part['name']!r}{where}: {part['why']}"


def _cell(cell: dict[str, object]) -> str:
    place = " > ".join(str(cell[name]) for name in ("sheet", "cell") if cell[name])
    return f"{place or 'the file'}: {cell['figure']}: expected {cell['expected']}, found {cell['found']}"


def _printable(text: str) -> str:
    """Text that any terminal can show: file names may contain bytes that are not valid text."""
    return text.encode("utf-8", "replace").decode()
