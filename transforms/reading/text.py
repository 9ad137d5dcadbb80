"""Text of published files: encodings, line ends, field separators and file names."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import IO

from transforms.errors import NotWhatItClaims

MARKS = {codecs.BOM_UTF8: "utf-8", codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
"""Byte order mark -> encoding. Text without one is UTF-8, or Windows-1252 if it is not valid UTF-8."""

SEPARATORS = ",;\t"
NUL_IN_NUMBER = re.compile(rb"[0-9.]\x00+[0-9.]")
DASHES, APOSTROPHES = "\u2010\u2011\u2012\u2013\u2014\u2212", "\u2018\u2019\u02bc"
LEFTOVERS = {"thumbs.db", "desktop.ini"}


def plain_name(name: str) -> str:
    """The name of a file, member or sheet, normalised for comparison: one kind of dash, apostrophe and space."""
    text = unicodedata.normalize("NFKC", name.replace("%20", " "))
    for kinds, one in ((DASHES, "-"), (APOSTROPHES, "'")):
        text = text.translate(dict.fromkeys(map(ord, kinds), one))
    return " ".join(text.split())


def is_leftover(member: str) -> bool:
    """Whether a zip's member was added by an operating system (such as Thumbs.db) and not by the publisher."""
    parts = PurePosixPath(member.replace("\\", "/")).parts
    hidden = any(part.startswith(".") and part not in {".", ".."} for part in parts)
    return hidden or "__MACOSX" in parts or (bool(parts) and parts[-1].lower() in LEFTOVERS)


def mark_of(start: bytes) -> bytes:
    """The byte order mark that the bytes begin with, or b''."""
    return next((mark for mark in MARKS if start.startswith(mark)), b"")


def as_utf8(content: bytes, *, file: str, sheet: str = "") -> bytes:
    """The text in UTF-8 without byte order mark; lines that end in a carriage return alone get a line feed instead.

    Embedded NUL bytes are dropped. Raises `NotWhatItClaims` for a NUL byte inside a number, because dropping it could
    change the number, and for text in none of the supported encodings.
    """
    mark = mark_of(content)
    encoding, plain = MARKS.get(mark, "utf-8"), content[len(mark) :]
    try:
        text = plain.decode(encoding)
    except UnicodeDecodeError as error:
        if mark:
            raise undecodable(error, file, sheet) from error
        try:
            encoding, text = "windows-1252", content.decode("windows-1252")
        except UnicodeDecodeError as neither:
            raise undecodable(neither, file, sheet) from neither
    if encoding != "utf-8":
        plain = text.encode()
    if b"\x00" in plain:
        plain = without_nul(plain, file=file, sheet=sheet)
    return plain.replace(b"\r", b"\n") if b"\n" not in plain else plain


def utf8_chunks(stream: IO[bytes], size: int, encoding: str, *, file: str, sheet: str) -> Iterator[bytes]:
    """The stream as `as_utf8` would give it, in chunks. Raises `UnicodeDecodeError` for bytes not of the encoding."""
    chunk = stream.read(size)
    mark = mark_of(chunk)
    decoder = codecs.getincrementaldecoder(MARKS.get(mark, encoding))()
    text = decoder.decode(chunk[len(mark) :])
    only_returns = "\n" not in text and "\r" in text
    while chunk:
        plain = without_nul(text.encode(), file=file, sheet=sheet)
        yield plain.replace(b"\r", b"\n") if only_returns else plain
        chunk = stream.read(size)
        text = decoder.decode(chunk, final=not chunk)
    yield text.encode()


def without_nul(plain: bytes, *, file: str, sheet: str) -> bytes:
    """The bytes without NULs. Raises `NotWhatItClaims` for a NUL inside a number."""
    if b"\x00" not in plain:
        return plain
    if found := NUL_IN_NUMBER.search(plain):
        raise NotWhatItClaims(
            "there is a NUL byte inside a number",
            file=file,
            sheet=sheet,
            cell=f"line {plain.count(10, 0, found.start()) + 1}",
            expected="figures without NUL bytes",
            found=repr(found.group().decode("ascii", "replace")),
            do="fetch it again; if the published file has the NUL byte too, ask the publisher which number is meant",
        )
    return plain.replace(b"\x00", b"")


def separator_of(text: bytes) -> str:
    """The separator of the first record's fields: a comma, or a semicolon or tab if commas separate no fields."""
    # `csv` refuses fields of more than 131,072 characters.
    first = text.lstrip(b"\r\n").split(b"\n", 1)[0][:100_000].decode("utf-8", "replace")
    # A stream, because a carriage return inside a single line is an error of `csv`.
    fields = {each: len(next(csv.reader(io.StringIO(first, newline=""), delimiter=each), [])) for each in SEPARATORS}
    others = [each for each in SEPARATORS[1:] if fields[each] > 1]
    return others[0] if fields[","] <= 1 and len(others) == 1 else ","


def undecodable(error: UnicodeDecodeError, file: str, sheet: str) -> NotWhatItClaims:
    """The error for bytes that are text in none of the supported encodings."""
    return NotWhatItClaims(
        "the encoding of the text is not supported",
        file=file,
        sheet=sheet,
        expected="UTF-8, UTF-16 with a byte order mark, or Windows-1252",
        found=f"byte {error.object[error.start : error.start + 1].hex()} at position {error.start + 1:,}",
        do="save the file as UTF-8",
    )
