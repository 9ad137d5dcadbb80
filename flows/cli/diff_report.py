"""Prints the result of `workforce diff` for a terminal, as Markdown, or as an HTML page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape as as_text
from rich.table import Table

from flows.cli.consoles import show_table

if TYPE_CHECKING:
    from warehouse.asking.diff import Difference


class DiffFormat(StrEnum):
    """Output formats of `workforce diff`."""

    TABLE = "table"
    MARKDOWN = "markdown"
    HTML = "html"


@dataclass(frozen=True)
class ReportTable:
    """One table of the report. `numbers` are the positions of numeric columns."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    numbers: tuple[int, ...]


def show_difference(difference: Difference, form: DiffFormat, out: Console) -> None:
    """Print a difference in a format."""
    said, parts = _sentences(difference), _parts(difference)
    if form is DiffFormat.TABLE:
        for sentence in said:
            out.print(sentence, highlight=False)
        for part in parts:
            show_table(_for_terminal(part), out)
    else:
        whole = as_markdown(said, parts) if form is DiffFormat.MARKDOWN else as_html(said, parts)
        out.file.write(whole)


def as_markdown(said: Iterable[str], parts: Iterable[ReportTable]) -> str:
    """The report as Markdown."""
    blocks = ["# Difference between two warehouses", *said]
    for part in parts:
        rule = ["---:" if place in part.numbers else "---" for place in range(len(part.columns))]
        lines = [part.columns, rule, *([_in_a_cell(cell) for cell in row] for row in part.rows)]
        blocks += [f"## {part.title}", "\n".join("| " + " | ".join(line) + " |" for line in lines)]
    return "\n\n".join(blocks) + "\n"


def as_html(said: Iterable[str], parts: Iterable[ReportTable]) -> str:
    """The report as one self-contained HTML page."""
    body = ["<h1>Difference between two warehouses</h1>", *(f"<p>{escape(each)}</p>" for each in said)]
    for part in parts:
        head = "".join(f'<th scope="col">{escape(name)}</th>' for name in part.columns)
        rows = "".join(
            "<tr>" + "".join(_html_cell(cell, place in part.numbers) for place, cell in enumerate(row)) + "</tr>\n"
            for row in part.rows
        )
        body.append(
            f"<h2>{escape(part.title)}</h2>\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"
        )
    return PAGE.format(body="\n".join(body))


PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Difference between two warehouses</title>
<style>
body {{ font: 16px/1.4 sans-serif; margin: 2rem; color: #111; background: #fff; }}
table {{ border-collapse: collapse; }}
th, td {{ padding: 0.2rem 0.6rem; border-bottom: 1px solid #bbb; text-align: left; vertical-align: top; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def _sentences(difference: Difference) -> list[str]:
    before, after = difference.kinds
    said = [f"Before: {difference.before} ({before} figures).", f"After: {difference.after} ({after} figures)."]
    if before != after:
        said.append("The two hold different kinds of figures: illustrative ones are not statistics.")
    differing = difference.differing.height
    of_all = f"of {difference.tables.height} tables"
    said.append(f"{differing} {of_all} differ." if differing else f"None {of_all} differs.")
    return said


def _parts(difference: Difference) -> list[ReportTable]:
    editions = [tuple(map(str, row)) for row in difference.editions.iter_rows()]
    tables = [tuple(map(_shown, row)) for row in difference.differing.iter_rows()]
    changes = [
        (table, measure, _key(row), *map(_shown, numbers))
        for table, measure, row, *numbers in difference.changes.iter_rows()
    ]
    every = (
        ReportTable("Editions", tuple(difference.editions.columns), editions, ()),
        ReportTable("Tables", tuple(difference.tables.columns), tables, (2, 3, 4, 5, 6)),
        ReportTable("Largest changes", tuple(difference.changes.columns), changes, (3, 4, 5, 6)),
    )
    return [part for part in every if part.rows]


def _for_terminal(part: ReportTable) -> Table:
    shown = Table(title=part.title)
    for place, name in enumerate(part.columns):
        shown.add_column(name, justify="right" if place in part.numbers else "left")
    for row in part.rows:
        shown.add_row(*map(as_text, row))
    return shown


def _html_cell(text: str, is_number: bool) -> str:
    return f'<td class="number">{escape(text)}</td>' if is_number else f"<td>{escape(text)}</td>"


def _in_a_cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _key(row: str) -> str:
    return ", ".join(str(part) for part in json.loads(row).values() if part is not None)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.6g}" if abs(value) < 1 else f"{value:,.2f}"
    return "" if value is None else f"{value:,}" if isinstance(value, int) else str(value)
