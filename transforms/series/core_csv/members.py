"""Members of a zip: which of them are read, by which headings, and their records as a lazy frame."""

from __future__ import annotations

import codecs
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import IO

import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims, UnmappedLabel, WorkforceError
from transforms.reading.grid import ROW
from transforms.reading.records import read_records
from transforms.reading.vocabulary import vocabulary
from transforms.sources import PublishedFile

SAME_AS = {"DATE": "DATA_MONTH", "AFC_BAND": "GRADE", "TOTAL": "VALUE", "TOTAL_FTE": "FTE", "HC": "HEADCOUNT"}
"""Headings of older layouts -> those of the newer ones."""

FIGURES = ({"DATA_TYPE", "VALUE"}, {"FTE"}, {"FTE", "HEADCOUNT"}, {"HEADCOUNT"})
"""The headings under which figures stand, in each layout."""

NAME_OF_EDITION = re.compile(r"^nhs workforce statistics,( [a-z]+ \d{4})? |, [a-z]{3,4}-\d{2}$")
NOT_WANTED = "not wanted"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """A CSV in the zip that is read: into which table, whose staff, and its headings in our spelling."""

    name: str
    table: str
    population: str
    headings: tuple[str, ...]

    def place(self, heading: str) -> int:
        """Column number of a heading, from 1."""
        return self.headings.index(heading) + 1


def known_members(file: PublishedFile) -> list[str]:
    """Members that the vocabulary knows by name, read or not."""
    return [name for name in file.members if _stem(name) in _by_name()]


def wanted_members(file: PublishedFile) -> list[Member]:
    """The members to read, in the zip's order.

    Raises `UnmappedLabel` for a member known neither by its headings nor by its name, `LayoutChanged` where one known
    by name has other headings, `NotWhatItClaims` for a member whose path leads out of the zip.
    """
    with zipfile.ZipFile(file.path) as archive:
        names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
        found = [_member(archive, name, file.name) for name in names]
    members = [member for member in found if member is not None]
    tables = [(member.table, member.population, member.headings) for member in members]
    if len(set(tables)) < len(tables):
        raise LayoutChanged(
            "two members of the zip have the same headings",
            file=file.name,
            expected="each table once",
            found=", ".join(member.name for member in members),
            do="look at both; leave one out of the zip if it is a copy",
        )
    return members


@contextmanager
def scan_member(file: PublishedFile, member: Member) -> Iterator[pl.LazyFrame]:
    """The member's records, lazily: `source_row` (the heading is record 1) and its fields as trimmed text.

    Embedded NUL bytes are dropped; bytes that are no UTF-8 are read as Windows-1252. Raises `NotWhatItClaims` where the
    member is damaged. Collect within the context: the text lies in a temporary folder.
    """
    with TemporaryDirectory() as folder:
        text = Path(folder) / "member.csv"
        try:
            _write_text(file, member, text, "utf-8")
        except UnicodeDecodeError:
            _write_text(file, member, text, "windows-1252")
        lazy = pl.scan_csv(
            text, infer_schema=False, new_columns=list(member.headings), row_index_name=ROW, row_index_offset=2
        )
        fields = pl.exclude(ROW).str.strip_chars().replace("", None)
        try:
            yield lazy.with_columns(pl.col(ROW).cast(pl.Int32), fields)
        except pl.exceptions.ComputeError as error:
            raise LayoutChanged(
                "the records cannot be read as a table",
                file=file.name,
                sheet=member.name,
                expected=f"{len(member.headings)} fields in each record",
                found=str(error).splitlines()[0],
                do="open the member; if the publisher's file is damaged, report it and leave it out",
            ) from error


def _member(archive: zipfile.ZipFile, name: str, file: str) -> Member | None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise NotWhatItClaims("a member's path leads out of the zip", file=file, sheet=name, do="do not open this file")
    named = _by_name().get(_stem(name))
    if named and named["label"] == NOT_WANTED:
        return None
    headings = _headings(archive, name, file) if path.suffix.lower() == ".csv" else ()
    for figures in FIGURES:
        kind = _by_headings().get(frozenset(headings) - figures)
        if kind and figures <= set(headings):
            return Member(name, kind["label"], kind["population"], headings)
    raise _not_known(name, headings, named, file)


def _not_known(name: str, headings: tuple[str, ...], named: dict[str, str] | None, file: str) -> WorkforceError:
    if named is None:
        return UnmappedLabel(
            "the zip has a member that nobody knows",
            file=file,
            sheet=name,
            expected="a member of transforms/vocabularies/csv_member.csv, by its headings or its name",
            found=", ".join(headings) or "no CSV",
            do="decide whether it is wanted and add a line to transforms/vocabularies/csv_member.csv",
        )
    expected = named["headings"].split(" ")
    missing = [heading for heading in expected if heading not in headings]
    strange = [heading for heading in headings if heading not in {*expected, *set().union(*FIGURES)}]
    return LayoutChanged(
        "the headings are not those this reader knows",
        file=file,
        sheet=name,
        cell="row 1",
        expected=", ".join(expected) + ", and DATA_TYPE with VALUE, or FTE with or without HEADCOUNT",
        found=f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(strange) or 'none'};"
        f" all: {', '.join(headings)}",
        do="compare with the last edition; add the new layout to transforms/vocabularies/csv_member.csv",
    )


@cache
def _by_name() -> dict[str, dict[str, str]]:
    return {_stem(row["printed"]): row for row in vocabulary("csv_member").iter_rows(named=True)}


@cache
def _by_headings() -> dict[frozenset[str], dict[str, str]]:
    rows = vocabulary("csv_member").drop_nulls("headings").iter_rows(named=True)
    return {frozenset(row["headings"].split(" ")): row for row in rows}


def _headings(archive: zipfile.ZipFile, name: str, file: str) -> tuple[str, ...]:
    with _opened(archive, name, file) as stream:
        printed = read_records(stream.readline(CHUNK), file=file, sheet=name).columns[1:]
    spelt = [re.sub(r"[^A-Z0-9]+", "_", heading.upper()).strip("_") for heading in printed]
    return tuple(SAME_AS.get(heading, heading) for heading in spelt)


def _stem(name: str) -> str:
    """A member's name without folder, ending, edition, commas and case."""
    plain = re.sub(r"\.(csv|xlsx)$", "", PurePosixPath(name.replace("\\", "/")).name.lower())
    return " ".join(NAME_OF_EDITION.sub("", plain).replace(",", "").split())


def _write_text(file: PublishedFile, member: Member, text: Path, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    with (
        zipfile.ZipFile(file.path) as archive,
        _opened(archive, member.name, file.name) as source,
        text.open("wb") as target,
    ):
        while chunk := source.read(CHUNK):
            target.write(decoder.decode(chunk.replace(b"\x00", b"")).encode())
        target.write(decoder.decode(b"", final=True).encode())


@contextmanager
def _opened(archive: zipfile.ZipFile, name: str, file: str) -> Iterator[IO[bytes]]:
    try:
        with archive.open(name) as stream:
            yield stream
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise NotWhatItClaims(
            "a member of the zip is damaged", file=file, sheet=name, found=str(error), do="fetch it again"
        ) from error
