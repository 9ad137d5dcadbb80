"""Records what drills found: `results.csv` of the package, which the site reads, and RESULTS.md, which is made from it.

`record` writes one line for a drill, variant and seed; a later run replaces it. A new kind of drill is declared in
`warehouse/site/drills`. `python -m tests.drills.results` writes RESULTS.md anew, for example after a merge.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from warehouse.site.drills import KINDS, RESULTS, DrillResult, read_results, write_results

MARKDOWN = Path(__file__).with_name("RESULTS.md")
SHOWN_FAILURES = 20


def record(
    *,
    drill: str,
    variant: str,
    seed: int,
    tried: int,
    failed: int,
    note: str = "",
    failures: Sequence[str] = (),
    into: Path | None = None,
) -> None:
    """Write or replace the line of a drill, variant and seed.

    Args:
        drill: A name in `warehouse.site.drills.KINDS`.
        variant: What was tried, for example "served, sqlite" or the family of readers.
        seed: What the random choices were made from; 0 for a drill that is a list.
        tried: How many tries there were.
        failed: How many of them failed.
        note: One line on what was tried, without a line break.
        failures: A line for each failure; the first ones are listed below the table.
        into: A folder for both files, made where it is missing; by default they are written where they belong.
    """
    if drill not in KINDS:
        raise KeyError(f"Declare the drill {drill!r} in warehouse/site/drills; known are {', '.join(KINDS)}.")
    if into:
        into.mkdir(parents=True, exist_ok=True)
    table, markdown = (into / RESULTS.name, into / MARKDOWN.name) if into else (RESULTS, MARKDOWN)
    result = DrillResult(
        drill,
        variant,
        seed,
        datetime.now(UTC).date(),
        f"{platform.system()}, {os.cpu_count()} processors",
        tried,
        failed,
        _one_line(note),
        "; ".join(_one_line(each) for each in failures[:SHOWN_FAILURES]),
    )
    before = read_results(table) if table.exists() else []
    results = sorted([*(each for each in before if each.key != result.key), result])
    write_results(results, table)
    markdown.write_text(as_markdown(results), encoding="utf-8")


class Tried(Protocol):
    """One try of a drill; its text says what was tried and what was found."""

    @property
    def wrong(self) -> tuple[str, ...]:
        """What was wrong after it."""


Try = TypeVar("Try", bound=Tried)


def tell_and_record(
    tries: Iterable[Try],
    *,
    drill: str,
    variant: str,
    seed: int,
    into: Path | None,
    note_of: Callable[[Sequence[Try]], str] = lambda _: "",
) -> int:
    """Print a line for each try, and record all so far after it; return 1 if any failed, else 0."""
    done: list[Try] = []
    began = time.monotonic()
    for each in tries:
        done.append(each)
        sys.stdout.write(f"{len(done)} after {time.monotonic() - began:.0f} s: {each}\n")
        sys.stdout.flush()
        failures = [str(each) for each in done if each.wrong]
        record(
            drill=drill,
            variant=variant,
            seed=seed,
            tried=len(done),
            failed=len(failures),
            note=note_of(done),
            failures=failures,
            into=into,
        )
    return int(any(each.wrong for each in done))


def as_markdown(results: Sequence[DrillResult]) -> str:
    """Return the text of RESULTS.md."""
    lines = ["# Drills and their results", "", "Written by `python -m tests.drills` from `warehouse/site/drills/`.", ""]
    lines += [
        f"* **{each.name}**: {each.tries} It has failed if {each.fails_if}."
        for each in KINDS.values()
        if any(result.drill == each.name for result in results)
    ]
    lines += [
        "",
        "| Drill | Variant | Seed | Day | Machine | Tried | Failed | Note |",
        "| --- | --- | ---: | --- | --- | ---: | ---: | --- |",
    ]
    lines += [
        f"| {each.drill} | {each.variant} | {each.seed} | {each.day:%-d %B %Y} | {each.machine} |"
        f" {each.tried:,} | {each.failed:,} | {each.note} |"
        for each in results
    ]
    failures = [f"* {', '.join(map(str, each.key))}: {each.failures}" for each in results if each.failures]
    return "\n".join([*lines, *(["", *failures] if failures else []), ""])


def _one_line(text: str) -> str:
    return " ".join(text.split()).replace("|", "/")


if __name__ == "__main__":
    MARKDOWN.write_text(as_markdown(read_results()), encoding="utf-8")
