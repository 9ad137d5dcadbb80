"""Prints ready questions and their answers: of `workforce ask`."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.markup import escape

from flows.cli.answer import show_rows, show_total
from flows.cli.consoles import indented
from warehouse.asking.formats import is_numeric, shown_value
from warehouse.asking.questions import ReadyQuestion, ready_questions
from warehouse.asking.ready import ReadyAnswer


def show_questions(out: Console) -> None:
    """List the ready questions by topic: name, and the question in words; those with a parameter say so."""
    for topic, questions in groupby(ready_questions(), key=lambda each: each.topic):
        out.print(f"[bold]{escape(topic)}[/]")
        for each in questions:
            option = " --org NAME" if each.parameters else ""
            out.print(indented(f"[cyan]{each.name}[/]{option}", 2), highlight=False)
            out.print(indented(escape(each.title), 6), highlight=False)
    out.print(
        "Ask one: workforce ask NAME. Questions of one trust or board: workforce ask NAME --org guys", markup=False
    )


def show_ready_answer(answer: ReadyAnswer, rows: int | None, out: Console) -> None:
    """Print an answer: sentence, source, table of up to `rows` rows (None: all), caveats and SQL."""
    question = answer.question
    out.print(f"[bold]{escape(question.title)}[/]", highlight=False)
    if answer.organisation:
        out.print(f"{answer.organisation.name} ({answer.organisation.code})", highlight=False, markup=False)
    if answer.figure_kind == "illustrative":
        out.print("[yellow]Illustrative figures: not statistics.[/]")
    out.print(answer.sentence, highlight=False, markup=False)
    out.print(f"Source: {question.source}.{answer.editions}", highlight=False, markup=False)
    out.print()
    shown = answer.rows[:rows]
    numeric = [is_numeric(name) for name in question.columns]
    show_rows(list(question.columns.values()), numeric, [_cells(question, row) for row in shown], out)
    show_total(len(shown), len(answer.rows), out)
    out.print()
    for caveat in (question.caveat, *answer.caveats):
        out.print(f"Caveat: {caveat}", highlight=False, markup=False)
    out.print()
    out.print("SQL:", highlight=False)
    # Not wrapped: a line of SQL that is copied from a terminal stays one line.
    out.print(answer.sql, highlight=False, markup=False, soft_wrap=True)


def _cells(question: ReadyQuestion, row: Mapping[str, Any]) -> list[str]:
    return [shown_value(name, row[name], row.get("value_status")) for name in question.columns]
