"""Makes and judges the changed copies of one reader's file, the same for the same seed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from random import Random

from tests.mutations import labels, odd_text, rows_columns, single_cells, structures, whole_files
from tests.mutations.books import Book
from tests.mutations.judging import Judge, Judged
from tests.mutations.places import KINDS, WEIGHTS
from tests.mutations.subjects import SUBJECTS
from warehouse.asking.trial import trial_warehouse

CHANGING = (labels, odd_text, rows_columns, single_cells, structures, whole_files)
"""The modules whose changes are in `KINDS`."""


@dataclass(frozen=True)
class Tried:
    """One changed copy: the kind of change, where it is, and what became of it."""

    kind: str
    place: str
    judged: Judged


def run(
    reader: str, *, changes: int, seed: int, kinds: list[str] | None = None, quick: bool = False
) -> Iterator[Tried]:
    """So many changed copies of the reader's file, of every kind in turn; raises `FileNotFoundError` without it.

    With `quick` rules are run only where nothing else tells of the change (`Judge.judge`).
    """
    book = SUBJECTS[reader].book()
    book.fill_cache()
    with tempfile.TemporaryDirectory(prefix="workforce-mutations-") as folder, trial_warehouse() as con:
        judge = Judge(con, book, Path(folder))
        for number, (name, place, changed) in enumerate(
            changed_copies(book, changes, f"{reader} {seed}", kinds), start=1
        ):
            yield Tried(name, place, judge.judge(changed, quick=quick))
            shutil.rmtree(Path(folder) / str(number + 1), ignore_errors=True)


def changed_copies(book: Book, changes: int, seed: str, kinds: list[str] | None) -> Iterator[tuple[str, str, Book]]:
    """Kind, place and changed copy, so many times; the same for the same seed."""
    wanted = [name for name in kinds or KINDS for _ in range(WEIGHTS[name])]
    found = 0
    for tries, name in enumerate(cycle(wanted), start=1):
        if found == changes or tries > 20 * changes:
            return
        changed = book.copy()
        try:
            place = KINDS[name](changed, Random(f"{seed} {name} {tries}"))
        except (IndexError, ValueError):  # `Random` has nothing to choose from: the table has no row or no column
            continue
        if place:
            found += 1
            yield name, place, changed
