"""What becomes of a changed file: by itself as inspecting and its checks find it, and after the unchanged file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import polars as pl

from expectations.gate import found_by
from expectations.one_file import attach_facts, check_file, rules_for
from expectations.report import Result
from expectations.suites import RULES
from flows.fetching.http.limits import SizeLimits
from flows.fetching.inspection import _staged, digest
from flows.fetching.intake import RecognisedFile, recognise, refusal
from tests.mutations.books import Book
from transforms.published_file import read_tables
from transforms.reading.unread import UNREAD_PART
from warehouse.asking.trial import holding
from warehouse.staging import StagedFile

IDENTICAL, READER, RULE = "identical", "refused by its reader", "refused by a rule"
BESIDE, REVISED, SILENT = "refused beside the unchanged", "reported as a revision or a note", "without a word"
NOTICES = ("edition.added", "edition.same_file")
"""Rules that only warn, and whose findings are reports of what the later of two files has that the earlier has not."""
LONGEST_MESSAGE = 1_500
OUTCOMES = (IDENTICAL, READER, RULE, BESIDE, REVISED, SILENT)


@dataclass(frozen=True)
class Judged:
    """`outcome` is one of `OUTCOMES`; `why` the rule or the error; `warned` the rules that warn of the file alone.

    `fault` is what is wrong with an error: it is of a library and not of ours, or does not name the file and a remedy.
    """

    outcome: str
    why: str = ""
    warned: tuple[str, ...] = ()
    fault: str = ""


@dataclass(frozen=True)
class Read:
    """A file that could be read: its frames, and a digest of each that does not depend on where the rows stand."""

    known: RecognisedFile
    frames: Mapping[str, pl.DataFrame]
    staged: StagedFile

    @property
    def meaning(self) -> dict[str, str]:
        """What two files that say the same have in common."""
        edition = self.known.edition
        # Numbers closer than a millionth are one figure to the warehouse too (warehouse.sql.SAME).
        near = pl.col(pl.Float64).round(5)
        read = {name: digest(frame.with_columns(near)) for name, frame in self.frames.items() if name != UNREAD_PART}
        return read | {"edition": f"{edition.series} {edition.edition}"}


class Judge:
    """Judges changed copies of one file in a trial warehouse; `folder` is for what it writes."""

    def __init__(self, con: duckdb.DuckDBPyConnection, book: Book, folder: Path) -> None:
        self.con, self.folder, self.number, self.book = con, folder, 0, book
        attach_facts(con, datetime.now(UTC).date())
        base = self._read(book)
        self.base, self.meaning = base, base.meaning
        tables = list(base.staged.parquet)
        with holding(con, base.staged):
            self.known_beside = _counted([found_by(con, rule) for rule in rules_for(tables)])
            results = check_file(con, tables)
        self.known, self.warned = _counted(results), _counted(results, warnings=True)

    def judge(self, book: Book, *, quick: bool = False) -> Judged:
        """The outcome of one changed file. `quick` runs the rules only where no revision and no note tells of it."""
        try:
            read = self._read(book)
        except BaseException as error:
            _, why = refusal(error, book.name)
            return Judged(READER, why, fault=fault_of(why, book.name))
        if read.meaning == self.meaning:
            return Judged(IDENTICAL)
        if quick and (told := self._told(read)):
            return Judged(REVISED, f"{told} reported")
        with holding(self.con, read.staged):
            results = check_file(self.con, list(read.staged.parquet))
        if refused := self._worse(results, self.known):
            return Judged(RULE, refused)
        warned = tuple(sorted(_counted(results, warnings=True) - self.warned))
        return self._after_the_unchanged(read, warned)

    def _after_the_unchanged(self, read: Read, warned: tuple[str, ...]) -> Judged:
        with holding(self.con, self.base.staged, read.staged):
            tables = {*self.base.staged.parquet, *read.staged.parquet}
            results = [found_by(self.con, rule) for rule in rules_for(tables)]
            told = self._told_now(read)
        if refused := self._worse(results, self.known_beside):
            return Judged(BESIDE, refused, warned)
        return Judged(REVISED if told else SILENT, f"{told} reported", warned)

    def _told(self, read: Read) -> int:
        """How many revisions and notes there are when the file is published after the unchanged one."""
        if noted := len(set(_notes(read)) - set(_notes(self.base))):
            return noted
        with holding(self.con, self.base.staged, read.staged):
            return self._told_now(read)

    def _told_now(self, read: Read) -> int:
        told = sum(
            int(self.con.execute(f"SELECT count(*) FROM meta.{table}").fetchall()[0][0])
            for table in ("revision", "withdrawn_figure", "attribute_change")
        )
        told += sum(found_by(self.con, RULES[name]).failing_rows for name in NOTICES)
        return told + len(set(_notes(read)) - set(_notes(self.base)))

    def _worse(self, results: Sequence[Result], known: Counter[str]) -> str:
        """The rules that take more out than they do of the unchanged file."""
        return ", ".join(sorted(rule for rule, rows in _counted(results).items() if rows > known[rule]))

    def _read(self, book: Book) -> Read:
        self.number += 1
        place = self.folder / str(self.number) / (book.hint or "inbox")
        place.mkdir(parents=True)
        path = place / book.name
        path.write_bytes(book.content())
        known = recognise(path, hint=book.hint, address=book.name, limits=SizeLimits())
        frames = read_tables(known.reader, known.file)
        staged_in = place / "staged"
        staged_in.mkdir()
        return Read(known, frames, _staged(known, frames, staged_in))


def fault_of(why: str, name: str) -> str:
    """What is wrong with the message of an error that a user reads, '' where nothing is."""
    if "ended in an unexpected error" in why:
        return "an exception of another kind"
    if not why.startswith(name) or "What to do: " not in why:
        return "no file or no remedy"
    return "too long" if len(why) > LONGEST_MESSAGE else ""


def _notes(read: Read) -> list[tuple[object, ...]]:
    """What the file's reading says is not read."""
    return read.frames[UNREAD_PART].rows() if UNREAD_PART in read.frames else []


def _counted(results: Sequence[Result], *, warnings: bool = False) -> Counter[str]:
    """Failing rows by rule, of rules that take a file or rows out, or of those that warn."""
    wanted = {"warned"} if warnings else {"failed", "rows taken out"}
    return Counter({each.rule.id: max(each.failing_rows, 1) for each in results if each.outcome in wanted})
