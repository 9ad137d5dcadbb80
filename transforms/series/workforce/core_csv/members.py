"""Members of a zip: identification by their headings, and reading of their records as a lazy frame."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims, WorkforceError
from transforms.opening.zips import opened_member, opened_zip
from transforms.published_file import PublishedFile
from transforms.reading.grid import ROW
from transforms.reading.records import not_a_table, read_records, refuse_cut_off
from transforms.reading.refuse import NEW_LAYOUT
from transforms.reading.text import plain_name, separator_of, undecodable, utf8_chunks
from transforms.reading.unread import Unread, unread_columns
from transforms.reading.vocabulary import vocabulary

SAME_AS = {"DATE": "DATA_MONTH", "AFC_BAND": "GRADE", "TOTAL": "VALUE", "TOTAL_FTE": "FTE", "HC": "HEADCOUNT"}
"""Heading in an older layout -> heading in the newer ones."""

FIGURES = ({"DATA_TYPE", "VALUE"}, {"FTE"}, {"FTE", "HEADCOUNT"}, {"HEADCOUNT"})
"""The headings of the columns with figures, in each layout."""

FIGURE_HEADINGS = frozenset({"DATA_TYPE", "VALUE", "FTE", "HEADCOUNT"})
LEVELS = {"ORG_CODE": "Organisation", "ICS_CODE": "Integrated care system", "NHSE_REGION_CODE": "Region"}
"""Heading of a column of codes -> geography level of a row with such a code, the lowest level first."""

NUMBER_OF_TABLE = re.compile(r"^(core|support) [0-9]+\.")

NAME_OF_EDITION = re.compile(r"^nhs workforce statistics,( [a-z]+ [0-9]{4})? |, [a-z]{3,4}-[0-9]{2}$")
NOT_WANTED = "not wanted"
CHUNK = 1 << 20


@dataclass(frozen=True)
class Member:
    """A CSV in the zip that is read: its table, the population it covers, and its normalised headings."""

    name: str
    table: str
    population: str
    headings: tuple[str, ...]
    beside: tuple[str, ...] = ()
    """The unknown headings among them, which are not read."""

    @property
    def is_of_latest_month(self) -> bool:
        """Whether it holds one month only: members by organisation do, except the one by staff group."""
        return "ORG_CODE" in self.headings and self.table != "workforce"

    @property
    def levels(self) -> set[str]:
        """The geography levels it has: that of its lowest code, and with DATA_LEVEL also the levels above."""
        finest = next((level for heading, level in LEVELS.items() if heading in self.headings), "England")
        above = LEVELS.values() if "DATA_LEVEL" in self.headings else ()
        return {finest, *above, *(("England",) if above else ())}

    def place(self, heading: str) -> int:
        """Column number of a heading, from 1."""
        return self.headings.index(heading) + 1


def known_members(file: PublishedFile) -> list[str]:
    """Names of the members whose name is in the vocabulary, read or not."""
    return [name for name in file.members if _stem(name) in _by_name()]


def wanted_members(file: PublishedFile) -> tuple[list[Member], list[Unread]]:
    """The members to read, in the zip's order, and the parts that are not read: other members, unknown columns.

    Raises `LayoutChanged` if a member with a known name or number has other headings or a table is there twice,
    `NotWhatItClaims` for a member with a path outside the zip or the name of another table.
    """
    with opened_zip(file.path, file.name) as archive:
        found = [_member(archive, name, file.name) for name in file.members]
    members = [member for member in found if isinstance(member, Member)]
    tables = [(member.table, member.population, set(member.headings) - set(member.beside)) for member in members]
    twice = [member for place, member in enumerate(members) if tables[place] in tables[:place]]
    if twice:
        raise LayoutChanged(
            "two members of the zip have the same headings",
            sheet=twice[0].name,
            expected="each table once",
            found=", ".join(member.name for member in members),
            do="look at both; leave one out of the zip if it is a copy",
        )
    unread = [part for part in found if isinstance(part, Unread)]
    return members, unread + [each for member in members for each in unread_columns(member.beside, sheet=member.name)]


@contextmanager
def scan_member(file: PublishedFile, member: Member) -> Iterator[pl.LazyFrame]:
    """The member's records as a lazy frame: source_row (the heading is record 1) and its fields as trimmed text.

    Encodings, line ends and separators are those of `read_records`. Raises `NotWhatItClaims` for a damaged member.
    Collect within the context, because the text is in a temporary folder.
    """
    with TemporaryDirectory() as folder:
        text = Path(folder) / "member.csv"
        try:
            _write_text(file, member, text, "utf-8")
        except UnicodeDecodeError:
            try:
                _write_text(file, member, text, "windows-1252")
            except UnicodeDecodeError as error:
                raise undecodable(error, file.name, member.name) from error
        with text.open("rb") as stream:
            separator = separator_of(stream.readline(CHUNK))
            stream.seek(max(0, text.stat().st_size - CHUNK))
            end = stream.read()
        _refuse_short_records(text, member, file.name)
        refuse_cut_off(end, len(member.headings), separator=separator, file=file.name, sheet=member.name)
        lazy = pl.scan_csv(
            text,
            infer_schema=False,
            new_columns=list(member.headings),
            row_index_name=ROW,
            row_index_offset=2,
            separator=separator,
        )
        fields = pl.exclude(ROW, *member.beside).str.strip_chars().replace("", None)
        try:
            yield lazy.drop(member.beside).with_columns(pl.col(ROW).cast(pl.Int32), fields)
        except pl.exceptions.ComputeError as error:
            raise not_a_table(text.read_bytes(), separator, file=file.name, sheet=member.name) from error


def _refuse_short_records(text: Path, member: Member, file: str) -> None:
    """Check that the member has bytes for the separators of all its records: missing fields would take memory too."""
    with text.open("rb") as stream:
        lines = sum(chunk.count(b"\n") for chunk in iter(lambda: stream.read(CHUNK), b""))
    size, width = text.stat().st_size, len(member.headings)
    if lines * (width - 1) > size + CHUNK:
        raise LayoutChanged(
            "most records have fewer fields than the heading",
            file=file,
            sheet=member.name,
            expected=f"{width} fields in each record",
            found=f"{lines:,} lines in {size:,} bytes",
            do=NEW_LAYOUT,
        )


def _member(archive: zipfile.ZipFile, name: str, file: str) -> Member | Unread:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts:
        raise NotWhatItClaims("a member's path points outside the zip", sheet=name, do="do not open this file")
    named = _by_name().get(_stem(name))
    if named and named["label"] == NOT_WANTED:
        return Unread("member", name, name, named["why"], is_known=True)
    headings = _headings(archive, name, file, required=named is not None) if path.suffix.lower() == ".csv" else ()
    figures = next((each for each in FIGURES if each == FIGURE_HEADINGS & set(headings)), None)
    labels = frozenset(headings) - FIGURE_HEADINGS
    kind = _by_headings().get(labels)
    if kind is None and named and set(named["headings"].split(" ")) <= labels:
        kind = named
    if kind is not None and named is not None and kind["headings"] != named["headings"]:
        raise _under_another_name(name, named, kind)
    if kind is not None and figures is not None and len(set(headings)) == len(headings):
        known = {*kind["headings"].split(" "), *figures}
        beside = tuple(heading for heading in headings if heading not in known)
        return Member(name, kind["label"], kind["population"], headings, beside)
    named = named or _by_number().get(_number(name))
    if named is None:
        return Unread("member", name, name)
    raise _not_known(name, headings, named)


def _not_known(name: str, headings: tuple[str, ...], named: dict[str, str]) -> WorkforceError:
    expected = named["headings"].split(" ")
    missing = [heading for heading in expected if heading not in headings]
    strange = [heading for heading in headings if heading not in {*expected, *FIGURE_HEADINGS}]
    return LayoutChanged(
        "the headings are not those this reader knows",
        sheet=name,
        cell="row 1",
        expected=", ".join(expected) + ", and DATA_TYPE with VALUE, or FTE with or without HEADCOUNT",
        found=f"missing: {', '.join(missing) or 'none'}; unknown: {', '.join(strange) or 'none'};"
        f" all: {', '.join(headings)}",
        do="compare with the last edition; add the new layout to transforms/vocabularies/csv_member.csv",
    )


def _under_another_name(name: str, named: dict[str, str], kind: dict[str, str]) -> WorkforceError:
    return NotWhatItClaims(
        "a member has the name of one table and the headings of another",
        sheet=name,
        expected=f"the headings of {named['printed']!r}: {', '.join(named['headings'].split(' '))}",
        found=f"those of {kind['printed']!r}",
        do="check whether the names of two members are exchanged; report it to the publisher",
    )


@cache
def _by_name() -> dict[str, dict[str, str]]:
    return {_stem(row["printed"]): row for row in vocabulary("csv_member").iter_rows(named=True)}


@cache
def _by_headings() -> dict[frozenset[str], dict[str, str]]:
    rows = vocabulary("csv_member").drop_nulls("headings").iter_rows(named=True)
    return {frozenset(row["headings"].split(" ")): row for row in rows}


@cache
def _by_number() -> dict[str, dict[str, str]]:
    """Number -> table that is read, so that a renamed member with other headings is not taken for a new table."""
    return {_number(row["printed"]): row for row in _by_name().values() if row["headings"] and _number(row["printed"])}


def _number(name: str) -> str:
    found = NUMBER_OF_TABLE.match(_stem(name))
    return found.group() if found else ""


def _headings(archive: zipfile.ZipFile, name: str, file: str, *, required: bool) -> tuple[str, ...]:
    """A member's normalised headings; () for a member that is not `required` and not a table."""
    try:
        with opened_member(archive, name, file) as stream:
            start = stream.read(CHUNK)
        try:
            text = next(utf8_chunks(io.BytesIO(start), CHUNK, "utf-8", file=file, sheet=name))
        except UnicodeDecodeError:
            try:
                text = next(utf8_chunks(io.BytesIO(start), CHUNK, "windows-1252", file=file, sheet=name))
            except UnicodeDecodeError as error:
                raise undecodable(error, file, name) from error
        printed = read_records(_first_record(text), file=file, sheet=name).columns[1:]
    except WorkforceError:
        if required:
            raise
        return ()
    spelt = [re.sub(r"[^A-Z0-9]+", "_", heading.upper()).strip("_") for heading in printed]
    return tuple(SAME_AS.get(heading, heading) for heading in spelt)


def _first_record(text: bytes) -> bytes:
    return text.lstrip(b"\r\n").split(b"\n", 1)[0] + b"\n"


def _stem(name: str) -> str:
    """A member's name in lower case without folder, extension, edition and commas."""
    plain = re.sub(r"\.(csv|xlsx)$", "", plain_name(PurePosixPath(name.replace("\\", "/")).name).lower())
    return " ".join(NAME_OF_EDITION.sub("", plain).replace(",", "").split())


def _write_text(file: PublishedFile, member: Member, text: Path, encoding: str) -> None:
    with (
        opened_zip(file.path, file.name) as archive,
        opened_member(archive, member.name, file.name) as source,
        text.open("wb") as target,
    ):
        target.writelines(utf8_chunks(source, CHUNK, encoding, file=file.name, sheet=member.name))
