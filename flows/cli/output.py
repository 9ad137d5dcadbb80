"""Prints the outcome of runs, what was fetched, editions and checks."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from flows.cli.consoles import show_table
from flows.cli.exit_codes import ExitCode, exit_code_of
from flows.editions import EditionFile
from flows.fetching.results import FetchedSeries, TakenFile
from flows.pipeline import RefusedFile
from flows.results import CELL_HEADINGS, Outcome, cell_texts
from transforms.plain_text import plain
from warehouse.folder import DataFolder

if TYPE_CHECKING:
    from expectations.report import Report


@contextmanager
def working(err: Console, first: str) -> Iterator[None]:
    """Show a spinner with the newest log line of the project and the elapsed time while the block runs."""
    log = logging.getLogger("workforce")
    level, propagate = log.level, log.propagate
    with Progress(SpinnerColumn(), TimeElapsedColumn(), TextColumn("{task.description}"), console=err) as shown:
        task = shown.add_task(first, total=None)
        handler = logging.Handler(logging.INFO)

        def show(record: logging.LogRecord) -> None:
            error = record.exc_info[1] if record.exc_info else None
            said = plain(f"{record.getMessage()}: {error}" if error else record.getMessage())
            if record.levelno > logging.WARNING:
                shown.console.print(escape(said), highlight=False)
            shown.update(task, description=escape(said[:120]))

        handler.emit = show  # type: ignore[method-assign]
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False
        try:
            yield
        finally:
            log.removeHandler(handler)
            log.setLevel(level)
            log.propagate = propagate


def show_outcome(outcome: Outcome, out: Console, err: Console, *, as_json: bool = False) -> int:
    """Print how a refresh ended; return the exit code. With `as_json` print one JSON object on standard output."""
    if as_json:
        out.file.write(json.dumps(outcome.as_dict()) + "\n")
        return exit_code_of(outcome.ending)
    _show_placed(outcome, out)
    _show_gaps(outcome, out, err)
    if outcome.failing:
        err.print(outcome.failing, highlight=False, markup=False)
    if outcome.figure_kind == "illustrative":
        out.print("[yellow]Illustrative figures: not statistics.[/]")
    out.print(f"[bold]{outcome.sentence()}.[/]", highlight=False)
    for name, place in (("Warehouse", outcome.warehouse), ("Rejected candidate and report", outcome.rejected)):
        if place:
            out.print(f"{name}: {place}", highlight=False, markup=False)
    return exit_code_of(outcome.ending)


def _show_gaps(outcome: Outcome, out: Console, err: Console) -> None:
    listed = {each.why for each in outcome.refused if each.findings}
    for gap in outcome.gaps:
        if gap not in listed:
            err.print(f"[yellow]Gap:[/] {escape(gap)}", highlight=False)
    for each in outcome.refused:
        _show_refused(each, err)
    for part in outcome.unread:
        out.print(f"Not read: {part}", highlight=False, markup=False)
    for sentence in outcome.taken_out:
        out.print(f"Taken out: {sentence}", highlight=False, markup=False)
    for sentence in outcome.set_aside:
        out.print(f"Set aside: {sentence}", highlight=False, markup=False)


def _show_refused(refused: RefusedFile, err: Console) -> None:
    """Print a refused file: for each rule its message, up to five cells with old and new value, and what to do."""
    for finding in refused.findings:
        name = escape(refused.record.file_name)
        sentence = f"{name}: refused by {finding.rule}: {escape(finding.message)} What to do: {escape(finding.do)}."
        err.print(f"[yellow]Gap:[/] {sentence}", highlight=False, soft_wrap=True)
        table = Table(*CELL_HEADINGS)
        for cell in finding.cells:
            table.add_row(*map(escape, cell_texts(cell)))
        show_table(table, err)


def _show_placed(outcome: Outcome, out: Console) -> None:
    if not outcome.placed:
        return
    table = Table("file", "taken for", "series and edition", "outcome", title="Placed files")
    for each in outcome.placed:
        table.add_row(escape(str(each.path)), each.taken_for, f"{each.series} {each.edition}".strip(), each.outcome)
    show_table(table, out)


def show_damage(damage: Iterable[str], err: Console) -> None:
    """Print what is damaged in the archive."""
    for sentence in damage:
        err.print(f"[bold red]Error:[/] {escape(sentence)}", highlight=False)


def show_check(report: Report, docs: Path, out: Console) -> None:
    """Print the outcomes of the checks and where the Data Docs are."""
    out.print(report.text(), highlight=False, markup=False)
    out.print(f"Data Docs: {docs}", highlight=False, markup=False)


def show_editions(rows: Iterable[EditionFile], out: Console) -> None:
    """Print the files of editions in the given order."""
    table = Table("series", "edition", "file", "status", "read", "SHA-256", "published", "retrieved", title="Editions")
    for row in rows:
        table.add_row(
            row.series,
            row.edition,
            escape(row.file),
            row.status,
            "yes" if row.read else "no",
            row.sha256[:12],
            row.published_on,
            row.retrieved_at[:16],
        )
    show_table(table, out)


@contextmanager
def fetching(err: Console) -> Iterator[Callable[[str, int, int | None], None]]:
    """A progress bar per file that is being downloaded; yields the callback that moves them."""
    with Progress(TextColumn("{task.description}"), BarColumn(), DownloadColumn(), console=err) as bars:
        known: dict[str, TaskID] = {}

        def move(name: str, done: int, whole: int | None) -> None:
            if name not in known:
                known[name] = bars.add_task(escape(plain(name)), total=whole)
            bars.update(known[name], completed=done, total=whole)

        yield move


def show_fetched(done: list[FetchedSeries], out: Console, err: Console) -> int:
    """Print what was fetched, per series; return the exit code."""
    table = Table("series", "new", "re-issued", "unchanged", "requests", title="Fetched")
    for each in done:
        counts = (len(each.new), len(each.reissued), len(each.unchanged), each.requests)
        table.add_row(each.series, *(str(count) for count in counts))
    show_table(table, out)
    failures = [gap for each in done for gap in each.gaps]
    for failure in failures:
        err.print(f"[yellow]Gap:[/] {escape(failure)}", highlight=False)
    return ExitCode.GAPS if failures else ExitCode.DONE


def show_inbox(taken: list[TakenFile], folder: DataFolder, out: Console) -> int:
    """Print what became of the files in the inbox; return the exit code."""
    table = Table("file", "taken for", "series and edition", "outcome", title=f"Inbox {escape(str(folder.inbox))}")
    for each in taken:
        table.add_row(
            escape(str(each.path)),
            escape(each.taken_for or each.why),
            f"{each.series} {each.edition}".strip(),
            each.inbox_outcome,
        )
    show_table(table, out)
    return ExitCode.DONE if all(each.is_archived for each in taken) else ExitCode.GAPS
