"""Inspection of files without taking them in: nothing is archived and no data folder is written to."""

from __future__ import annotations

import hashlib
import math
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from flows.fetching.http.limits import SizeLimits
from flows.fetching.intake import RecognisedFile, files_below, hint_below, recognise, refusal
from transforms.published_file import read_tables
from transforms.reading.unread import UNREAD_PART
from transforms.series import TABLES
from transforms.tables.declare import SOURCE

if TYPE_CHECKING:
    import duckdb

    from expectations.report import Result
    from warehouse.staging import StagedFile

CELLS = 5
"""Maximum number of cells shown for a rule that a file does not pass."""


@dataclass(frozen=True)
class TableRead:
    """A table that a file gives. `values` rows have a number, `nulls` have none; `sum` is the sum of all values.

    The three are None for a table without values. `digest` does not depend on the order of rows or their place in the
    file.
    """

    table: str
    rows: int
    values: int | None
    nulls: int | None
    sum: float | None
    digest: str


@dataclass(frozen=True)
class Inspection:
    """The result for one file. `file` is the path as given.

    `unread` are parts that are not read; `checks` are the rules that did not pass (None: not checked), `checks_run` the
    number of rules. A file that fails a rule of severity 'reject file' is 'refused', with the rule in `error`.
    """

    file: str
    outcome: Literal["read", "refused", "not known"]
    error: str = ""
    reader: str = ""
    reader_version: int | None = None
    series: str = ""
    edition: str = ""
    title: str = ""
    figure_kind: str = ""
    illustrative: str = ""
    tables: list[TableRead] = field(default_factory=list)
    unread: list[dict[str, Any]] = field(default_factory=list)
    checks_run: int | None = None
    checks: list[dict[str, Any]] | None = None


def inspect(paths: Sequence[Path], *, check: bool = False, limits: SizeLimits | None = None) -> Iterator[Inspection]:
    """Inspect each file, and each file below a folder, one after the other.

    With `check` every file that can be read is checked by every rule that needs no other file. Errors about a file are
    not raised.
    """
    with ExitStack() as stack:
        checker = stack.enter_context(_checker()) if check else None
        for start in paths:
            for path, hint in _files(start):
                yield _inspect(path, hint, checker, limits or SizeLimits())


def _files(start: Path) -> Iterator[tuple[Path, str]]:
    if start.is_dir():
        yield from ((path, hint_below(start, path)) for path in files_below(start))
    else:
        yield start, Path(os.path.abspath(start)).parent.name  # noqa: PTH100 - a link is not to be followed


def _inspect(path: Path, hint: str, checker: _Checker | None, limits: SizeLimits) -> Inspection:
    facts: dict[str, Any] = {"file": str(path)}
    try:
        known = recognise(path, hint=hint, address=str(path), limits=limits)
        facts |= _facts(known)
        frames = read_tables(known.reader, known.file, last_year=datetime.now(UTC).year + 1)
        facts["unread"] = frames[UNREAD_PART].to_dicts() if UNREAD_PART in frames else []
        facts["tables"] = [_table(name, frame) for name, frame in frames.items() if name != UNREAD_PART]
        if checker:
            facts |= checker.check(known, frames)
    except BaseException as error:
        outcome, why = refusal(error, path.name)
        return Inspection(outcome=outcome, error=why, **facts)
    return Inspection(outcome="refused" if facts.get("error") else "read", **facts)


def _facts(known: RecognisedFile) -> dict[str, Any]:
    return {
        "reader": known.reader.name,
        "reader_version": known.reader.version,
        "series": known.edition.series,
        "edition": known.edition.edition,
        "title": known.edition.title,
        "figure_kind": known.figure_kind,
        "illustrative": known.illustrative,
    }


def _table(name: str, frame: pl.DataFrame) -> TableRead:
    if "value" not in TABLES[name].values:
        return TableRead(name, frame.height, None, None, None, digest(frame))
    numbers = frame["value"].drop_nulls()
    # fsum does not depend on the order of the rows.
    return TableRead(name, frame.height, len(numbers), frame.height - len(numbers), math.fsum(numbers), digest(frame))


def digest(frame: pl.DataFrame) -> str:
    """SHA-256 of the rows, without the columns that give their place in the file, whatever their order."""
    rows = frame.drop([column.name for column in SOURCE], strict=False)
    hashed = hashlib.sha256(",".join(rows.columns).encode())
    # -0.0 and 0.0 are the same figure; NULL is written as nothing and an empty text as "".
    number = pl.col(pl.Float64)
    rows = rows.with_columns(pl.when(number == 0).then(0.0).otherwise(number).name.keep())
    rows = rows.sort(pl.all(), nulls_last=True)
    for part in rows.iter_slices(50_000):
        hashed.update(part.write_csv(include_header=False).encode())
    return hashed.hexdigest()


@contextmanager
def _checker() -> Iterator[_Checker]:
    from expectations.one_file import attach_facts
    from warehouse.asking.trial import trial_warehouse

    with trial_warehouse() as con, tempfile.TemporaryDirectory(prefix="workforce-inspect-") as folder:
        attach_facts(con, datetime.now(UTC).date())
        yield _Checker(con, Path(folder))


@dataclass(frozen=True)
class _Checker:
    """Checks one file after the other in one trial warehouse. `folder` is for the frames of the current file."""

    con: duckdb.DuckDBPyConnection
    folder: Path

    def check(self, known: RecognisedFile, frames: Mapping[str, pl.DataFrame]) -> dict[str, Any]:
        """`checks_run`, `checks` and `error` for a file that could be read."""
        from expectations.one_file import check_file
        from warehouse.asking.trial import holding

        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            staged = _staged(known, frames, Path(folder))
            with holding(self.con, staged):
                results = check_file(self.con, staged.parquet)
        failed = [each for each in results if each.error or (each.outcome == "failed" and _rejects_file(each))]
        return {
            "checks_run": len(results),
            "checks": [_shown(each) for each in results if each.outcome != "passed"],
            "error": _sentence(known.file.name, failed),
        }


def _rejects_file(result: Result) -> bool:
    return result.severity == "reject file"


def _shown(result: Result) -> dict[str, Any]:
    cells = ("sheet", "cell", "figure", "value", "expected", "found")
    return {
        "rule": result.rule.id,
        "severity": result.severity,
        "outcome": result.outcome,
        "rows": result.failing_rows + result.known_rows,
        "message": result.error or result.rule.message,
        "do": result.rule.guidance,
        "cells": [{name: row[name] for name in cells} for row in result.examples[:CELLS]],
    }


def _sentence(name: str, failed: Sequence[Result]) -> str:
    if not failed:
        return ""
    first = failed[0]
    found = f"{name}: the file fails {len(failed)} check{'s' * (len(failed) != 1)}. "
    place = next((f" at {row['sheet']} {row['cell']}".rstrip() for row in first.examples if row["cell"]), "")
    return f"{found}{first.rule.id}{place}: {first.error or first.rule.message} What to do: {first.rule.guidance}."


def _staged(known: RecognisedFile, frames: Mapping[str, pl.DataFrame], folder: Path) -> StagedFile:
    from warehouse.archive import Record, sha256_of
    from warehouse.staging import StagedFile

    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet", compression="uncompressed")
    record = Record(
        series=known.edition.series,
        edition=known.edition.edition,
        publisher="",
        file_name=known.file.name,
        address="",
        retrieved_at=datetime.now(UTC).isoformat(timespec="seconds"),
        licence="",
        attribution="",
        figure_kind=known.figure_kind,
        sha256=sha256_of(known.file.path),
        size_bytes=known.file.path.stat().st_size,
    )
    return StagedFile(record, known.reader.name, known.reader.version, known.edition, folder, parsed=True)
