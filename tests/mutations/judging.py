"""What becomes of a changed file: by itself as inspecting and its checks find it, and after the unchanged file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import duckdb
import polars as pl

from expectations.gate import found_by
from expectations.one_file import attach_facts, check_file, rules_for
from expectations.report import Result
from expectations.suites import RULES
from flows.fetching.http.limits import SizeLimits
from flows.fetching.inspection import _staged
from flows.fetching.intake import RecognisedFile, recognise, refusal
from tests.mutations.books import Book
from transforms.published_file import read_tables
from transforms.reading.unread import UNREAD_PART
from transforms.tables.declare import SOURCE
from warehouse.asking.trial import holding
from warehouse.sql import SAME
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
    """A file that could be read: its frames."""

    known: RecognisedFile
    frames: Mapping[str, pl.DataFrame]
    staged: StagedFile

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        """The frames without the columns that give places in the file, and sorted: words first, then numbers."""
        read = {name: each for name, each in self.frames.items() if name != UNREAD_PART}
        placeless = {name: each.drop([column.name for column in SOURCE], strict=False) for name, each in read.items()}
        return {
            name: each.select(pl.exclude(pl.Float64), pl.col(pl.Float64)).sort(pl.all(), nulls_last=True)
            for name, each in placeless.items()
        }

    def says_the_same(self, other: Read) -> bool:
        """Whether both are of one edition and have the same rows; numbers as close as `warehouse.sql.SAME` are one."""
        editions = [(each.known.edition.series, each.known.edition.edition) for each in (self, other)]
        return (
            editions[0] == editions[1]
            and self.tables.keys() == other.tables.keys()
            and all(_alike(table, other.tables[name]) for name, table in self.tables.items())
        )


def _alike(one: pl.DataFrame, other: pl.DataFrame) -> bool:
    words = pl.exclude(pl.Float64)
    return (
        one.schema == other.schema
        and one.select(words).equals(other.select(words))
        and all(
            one[name].is_null().equals(other[name].is_null()) and not ((one[name] - other[name]).abs() > SAME).any()
            for name, dtype in one.schema.items()
            if dtype == pl.Float64()
        )
    )


class Judge:
    """Judges changed copies of one file in a trial warehouse; `folder` is for what it writes."""

    def __init__(self, con: duckdb.DuckDBPyConnection, book: Book, folder: Path) -> None:
        self.con, self.folder, self.number, self.book = con, folder, 0, book
        attach_facts(con, datetime.now(UTC).date())
        self.base = base = self._read(book)
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
        if read.says_the_same(self.base):
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
