"""Detection of files that state that their figures are illustrative: invented for a test or a trial, not statistics.

Searched are the file's name, all texts of a workbook (title sheets, notes, first rows), the beginning and end of a CSV,
and the beginning of each member of a zip. The statement must be about the figures: a note such as "illustrative chart"
does not count.
"""

from __future__ import annotations

import gzip
import html
import re
import zipfile
from collections.abc import Iterator
from typing import IO

from transforms.opening.zips import CHUNK
from transforms.published_file import HEAD_BYTES, PublishedFile

_FIGURES = r"(?:figures|data|numbers|values|statistics|results|counts)"
_MADE_UP = (
    r"(?:illustrative|fictitious|fictional|made[- ]up|invented|synthetic|dummy|simulated|artificial|fake"
    r"|not (?:real|genuine|actual|true)|randomly generated)"
)
_INVENTED = r"(?<!no )(?<!not )(?<!non-)\b(?:illustrative|dummy|synthetic|fictitious|fictional|made[- ]up|mock|fake)"
_PURPOSE = r"for (?:test|testing|training|demonstration|illustration|illustrative) purposes only"
_STATEMENTS = (
    rf"{_INVENTED}\s+(?:\w+\s+)?{_FIGURES}\b",
    # "Figures are illustrative of a trend" and "are made up of two parts" do not mean invented figures.
    rf"\b{_FIGURES}\b[^.;|\n]{{0,40}}\b(?:are|is|were)\s+(?:(?:all|only|purely|just)\s+)?{_MADE_UP}\b(?!\s+of\b)",
    rf"\b{_FIGURES}\b[^.;|\n]{{0,60}}\b{_PURPOSE}\b",
    rf"\bnot (?:real|genuine) {_FIGURES}\b",
    r"\b(?:this is|contains|holds) (?:only )?test data\b",
    r"\btest data only\b",
    # The statement is the whole text of a cell or line.
    r"^[^\w\n]*(?:for )?illustrat(?:ive|ion)(?: (?:purposes )?only)?[^\w\n]*$",
)
_STATEMENT = re.compile("|".join(_STATEMENTS), re.IGNORECASE | re.MULTILINE)
_WORDS = (
    "illustrat",
    "fictitious",
    "fictional",
    "made up",
    "made-up",
    "invented",
    "synthetic",
    "dummy",
    "simulated",
    "mock",
    "artificial",
    "fake",
    "not real",
    "not genuine",
    "not actual",
    "not true",
    "randomly generated",
    "purposes only",
    "test data",
)
"""Every statement contains one of these; searching for them first is many times faster than the regular expression."""

_IN_A_NAME = re.compile(r"(?<![a-z])(?:illustrative|dummy|synthetic|fictitious)(?![a-z])", re.IGNORECASE)
_TEXTS_OF_A_WORKBOOK = re.compile(
    r"xl/(sharedStrings|comments[0-9]*|drawings/.*|worksheets/[^/]*)\.xml|docProps/.*\.xml"
)
_ENDS_OF_A_TEXT = re.compile(rb"</(?:si|c|row|comment|a:p|[\w:]*title|[\w:]*subject|[\w:]*description)>")
_TAG = re.compile(rb"<[^<>]*>")
_LONGEST = 160


def illustrative_statement(file: PublishedFile) -> str:
    """The text in which the file states that its figures are illustrative; '' if it does not.

    A damaged zip or workbook raises the error of the library that opens it: check `file.is_whole` first.
    """
    if named := _IN_A_NAME.search(file.name):
        return f"{named[0]} (in the file's name)"
    return next((said for text in _texts(file) if (said := _said_in(text))), "")


def _said_in(text: str) -> str:
    # With re.IGNORECASE the dotless i matches i, so the search for words must treat them as equal too.
    folded = text.casefold().replace("\u0131", "i")
    found = _STATEMENT.search(text) if any(word in folded for word in _WORDS) else None
    if found is None:
        return ""
    start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _LONGEST // 2)
    line = text[start:].split("\n", 1)[0]
    return " ".join(line[:_LONGEST].split())


def _texts(file: PublishedFile) -> Iterator[str]:
    """The texts of a file in which a statement may be, one cell or record per line."""
    if file.kind == "xlsx":
        yield from _workbook(file)
    elif file.kind == "zip":
        with zipfile.ZipFile(file.path) as archive:
            for member in archive.namelist():
                yield member
                with archive.open(member) as stream:
                    yield _decoded(stream.read(HEAD_BYTES))
    elif file.kind == "xls":
        # An .xls stores a string with one or two bytes per character.
        yield file.path.read_bytes().replace(b"\x00", b"").decode("latin-1")
    elif file.kind == "gz":
        with gzip.open(file.path) as stream:
            yield _decoded(stream.read(HEAD_BYTES))
    else:
        yield _decoded(file.head)
        yield _decoded(_tail(file))


def _workbook(file: PublishedFile) -> Iterator[str]:
    with zipfile.ZipFile(file.path) as archive:
        for member in archive.namelist():
            if _TEXTS_OF_A_WORKBOOK.fullmatch(member):
                with archive.open(member) as stream:
                    # A sheet has texts of its own only if it uses no shared strings; titles are in its first rows.
                    is_sheet = member.startswith("xl/worksheets/")
                    for part in [stream.read(HEAD_BYTES)] if is_sheet else _parts(stream):
                        yield html.unescape(_decoded(_TAG.sub(b"", _ENDS_OF_A_TEXT.sub(b"\n", part))))


def _parts(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in parts that end where a text ends, so that none is cut and none is long, unless a text is."""
    rest = b""
    while chunk := stream.read(CHUNK):
        end = chunk.rfind(b"</")
        if end < 0:
            rest = (rest + chunk)[-CHUNK:]
            continue
        yield rest + chunk[:end]
        rest = chunk[end:]
    yield rest


def _tail(file: PublishedFile) -> bytes:
    with file.path.open("rb") as stream:
        stream.seek(max(0, file.path.stat().st_size - HEAD_BYTES))
        return stream.read(HEAD_BYTES)


def _decoded(content: bytes) -> str:
    # In UTF-16 every second byte of the letters searched for is zero.
    return content.replace(b"\x00", b"").decode("utf-8", "replace")
