"""Changes of the structure of a file below its cells: parts of a zip or workbook, XML with a right checksum, bytes."""

from __future__ import annotations

import gzip
import io
import re
import warnings
import zipfile
from collections.abc import Callable
from random import Random

from tests.mutations.books import Book
from tests.mutations.places import kind

Parts = list[tuple[str, bytes]]


def _parts(book: Book) -> Parts:
    with zipfile.ZipFile(io.BytesIO(book.content())) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def _written(parts: Parts, *, method: int = zipfile.ZIP_DEFLATED, comment: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(stream, "w", method, compresslevel=1) as archive:
        warnings.simplefilter("ignore")  # two members of one name
        archive.comment = comment
        for name, content in parts:
            archive.writestr(name, content)
    return stream.getvalue()


def _bytes_changed(content: bytes, random: Random) -> tuple[bytes, str]:
    """The bytes with some removed, repeated, put in, exchanged or turned."""
    if len(content) < 8:
        return content + b"\x00", "a byte put at the end"
    start = random.randrange(len(content))
    end = min(len(content), start + random.choice([1, 1, 2, 8, 100, 5000]))
    odd = random.choice(
        [b"\x00", b'"', b"\r", b"\n", b",", b"\xff", b"\xef\xbb\xbf", b"<", b"&", b">", b"]]>", b"\x1a"]
    )
    ways: dict[str, Callable[[], bytes]] = {
        "removed": lambda: content[:start] + content[end:],
        "repeated": lambda: content[:end] + content[start:end] + content[end:],
        "replaced by NUL": lambda: content[:start] + bytes(end - start) + content[end:],
        f"and before them {odd!r}": lambda: content[:start] + odd + content[start:],
        "moved to the end": lambda: content[:start] + content[end:] + content[start:end],
        "turned": lambda: content[:start] + bytes(255 - each for each in content[start:end]) + content[end:],
    }
    way = random.choice(list(ways))
    return ways[way](), f"bytes {start} to {end} {way}"


@kind(weight=4)
def bytes_of_a_part_changed(book: Book, random: Random) -> str:
    """The bytes of a CSV, of a zip's member or of a workbook's part; checksums fit."""
    if book.kind == "csv":
        book.bytes_changed, said = _bytes_changed(book.content(), random)
        return said
    if book.kind == "gz":
        changed, said = _bytes_changed(gzip.decompress(book.content()), random)
        book.bytes_changed = gzip.compress(changed, 1)
        return said
    parts = _parts(book)
    place = random.randrange(len(parts))
    name, content = parts[place]
    changed, said = _bytes_changed(content, random)
    parts[place] = (name, changed)
    book.bytes_changed = _written(parts)
    return f"{name}: {said}"


@kind(weight=2)
def a_part_missing_or_in_another_place(book: Book, random: Random) -> str:
    if book.kind not in {"zip", "xlsx"}:
        return ""
    parts = _parts(book)
    place, other = random.randrange(len(parts)), random.randrange(len(parts))
    (name, content), (_, foreign) = parts[place], parts[other]
    ways: dict[str, Callable[[], Parts]] = {
        "missing": lambda: parts[:place] + parts[place + 1 :],
        "empty": lambda: [*parts[:place], (name, b""), *parts[place + 1 :]],
        "twice": lambda: [*parts, (name, content)],
        "twice, in capitals": lambda: [*parts, (name.upper(), content)],
        "with the content of another": lambda: [*parts[:place], (name, foreign), *parts[place + 1 :]],
        "in capitals": lambda: [*parts[:place], (name.upper(), content), *parts[place + 1 :]],
        "in a folder": lambda: [*parts[:place], (f"data/{name}", content), *parts[place + 1 :]],
        "outside the zip": lambda: [*parts[:place], (f"../{name}", content), *parts[place + 1 :]],
        "with backslashes": lambda: [*parts[:place], (name.replace("/", "\\"), content), *parts[place + 1 :]],
        "in another order": lambda: parts[::-1],
        "with an unknown one": lambda: [*parts, ("Read me first.csv", b"a,b\n1,2\n")],
        "with one of an operating system": lambda: [*parts, (f"__MACOSX/._{name}", content[:40])],
        "with a workbook": lambda: [*parts, ("notes.xlsx", b"PK\x03\x04 no workbook")],
    }
    way = random.choice(list(ways))
    book.bytes_changed = _written(ways[way]())
    return f"{name} {way}"


@kind(weight=2)
def a_zip_in_another_form(book: Book, random: Random) -> str:
    content = book.content()
    if book.kind == "gz":
        ways: dict[str, Callable[[], bytes]] = {
            "bytes after its end": lambda: content + b"more",
            "two in one": lambda: content + gzip.compress(b'"RXX","A TRUST"\n'),
            "no content": lambda: gzip.compress(b""),
            "packed twice": lambda: gzip.compress(content),
        }
    elif book.kind in {"zip", "xlsx"}:
        parts = _parts(book)
        end = content.rfind(b"PK\x05\x06")
        directory = content.find(b"PK\x01\x02")
        local, inside = random.randrange(min(30, len(content))), random.randrange(directory, len(content))
        ways = {
            "bytes before it": lambda: b"MZ" + bytes(200) + content,
            "bytes after its end": lambda: content + bytes(500),
            "a comment": lambda: _written(parts, comment=b"PK\x05\x06" + b"x" * 60),
            "stored": lambda: _written(parts, method=zipfile.ZIP_STORED),
            "packed by bzip2": lambda: _written(parts, method=zipfile.ZIP_BZIP2),
            "packed by LZMA": lambda: _written(parts, method=zipfile.ZIP_LZMA),
            "no members": lambda: _written([]),
            "a directory with a bit turned": lambda: _turned(content, inside, random),
            "a header with a bit turned": lambda: _turned(content, local, random),
            "a number of members that lies": lambda: content[: end + 8] + b"\xff\xff\xff\xff" + content[end + 12 :],
            "a place of the directory that lies": lambda: (
                content[: end + 16] + b"\xff\xff\xff\x7f" + content[end + 20 :]
            ),
            "sizes that lie": lambda: content[: directory + 24] + b"\xff\xff\xff\x7f" + content[directory + 28 :],
            "a method that lies": lambda: content[: directory + 10] + b"\x63\x00" + content[directory + 12 :],
            "two in one": lambda: content + _written(parts[:1]),
            "packed twice": lambda: _written([(book.name, content)]),
        }
    else:
        return ""
    way = random.choice(list(ways))
    book.bytes_changed = ways[way]()
    return f"with {way}"


def _turned(content: bytes, place: int, random: Random) -> bytes:
    return content[:place] + bytes([content[place] ^ (1 << random.randrange(8))]) + content[place + 1 :]


CELL = re.compile(rb'<c r="([A-Z]+\d+)"><v>([^<]*)</v></c>')


@kind(weight=4)
def a_cell_of_another_type(book: Book, random: Random) -> str:
    """What a cell of a workbook may hold beside a number: an error, a formula, a date, a truth value, nothing known."""
    if book.kind != "xlsx":
        return ""
    parts = _parts(book)
    sheets = [place for place, (_, content) in enumerate(parts) if CELL.search(content)]
    if not sheets:
        return ""
    place = random.choice(sheets)
    name, content = parts[place]
    found = random.choice(list(CELL.finditer(content)))
    cell, value = found[1].decode(), found[2].decode()
    ways = {
        "an error": f'<c r="{cell}" t="e"><v>#N/A</v></c>',
        "an unknown error": f'<c r="{cell}" t="e"><v>#FIELD!</v></c>',
        "a truth value": f'<c r="{cell}" t="b"><v>1</v></c>',
        "a date": f'<c r="{cell}" t="d"><v>2023-05-31T00:00:00</v></c>',
        "a number as text": f'<c r="{cell}" t="str"><v>{value}</v></c>',
        "a formula with its result": f'<c r="{cell}"><f>SUM(A1:A2)</f><v>{value}</v></c>',
        "a formula without a result": f'<c r="{cell}"><f>SUM(A1:A2)</f></c>',
        "a shared formula without a result": f'<c r="{cell}"><f t="shared" si="0"/></c>',
        "a shared text that is not there": f'<c r="{cell}" t="s"><v>999999</v></c>',
        "a negative shared text": f'<c r="{cell}" t="s"><v>-1</v></c>',
        "an unknown type": f'<c r="{cell}" t="z"><v>{value}</v></c>',
        "a style that is not there": f'<c r="{cell}" s="4000000000"><v>{value}</v></c>',
        "no number": f'<c r="{cell}"><v>many</v></c>',
        "a number with a comma": f'<c r="{cell}"><v>1,5</v></c>',
        "a huge number": f'<c r="{cell}"><v>1e999</v></c>',
        "spaces": f'<c r="{cell}"><v> {value} </v></c>',
        "an empty value": f'<c r="{cell}"><v></v></c>',
        "no name": f"<c><v>{value}</v></c>",
        "the name of no cell": f'<c r="1A"><v>{value}</v></c>',
        "a name beyond the sheet": f'<c r="ZZZZZ99999999999"><v>{value}</v></c>',
        "a comment in it": f'<c r="{cell}"><v>{value[:1]}<!-- 9 -->{value[1:]}</v></c>',
        "text in parts": f'<c r="{cell}" t="inlineStr"><is><r><t>{value[:1]}</t></r><r><t>{value[1:]}</t></r></is></c>',
        "an entity": f'<c r="{cell}" t="str"><v>&#x31;{value}&unknown;</v></c>',
    }
    way = random.choice(list(ways))
    parts[place] = (name, content[: found.start()] + ways[way].encode() + content[found.end() :])
    book.bytes_changed = _written(parts)
    return f"{name} {cell}: {value} as {way}"


@kind
def another_kind_of_file_under_the_name(book: Book, random: Random) -> str:
    ways = {
        "a web page": b"<!DOCTYPE html><html><head><title>Not found</title></head></html>",
        "nothing": b"",
        "a byte": b"\x00",
        "a PDF": b"%PDF-1.7\n" + bytes(random.randrange(256) for _ in range(500)),
        "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4000),
        "noise": bytes(random.randrange(256) for _ in range(random.choice([1, 100, 5000]))),
        "an empty zip": b"PK\x05\x06" + bytes(18),
        "the end of the file": book.content()[-2000:],
        "JSON": b'[{"a": 1}]',
        "XML": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
        "ten thousand quotes": b'"' * 10_001,
        "ten thousand commas": b"," * 10_000,
    }
    way = random.choice(list(ways))
    book.bytes_changed = ways[way]
    return f"{way} under its name"
