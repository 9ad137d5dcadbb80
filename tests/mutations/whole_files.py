"""Changes of whole files: sheets, ends cut off, damaged bytes, encodings, names."""

from __future__ import annotations

import re
from random import Random

from tests.mutations.books import Book, zipped
from tests.mutations.places import any_table, kind, layout, spoken

NAMES = (
    "etr.csv",
    "eccg.csv",
    "UK Gender Pay Gap Data - 2019 to 2020.csv",
    "Turnover benchmarking 2. Staff group and organisation, monthly, Jun-25.csv",
    "NHS Workforce Statistics, March 2024 England and Organisation.xlsx",
    "nhs-vac-stats-apr15-sep25-eng-tables.xlsx",
    "NHS HCHS Workforce Statistics, Trusts and core organisations - CSV data files, June 2025.zip",
)
"""Names of other published files."""


def _csv_of(book: Book, table: str) -> bytes:
    single = Book(book.name, book.hint, "csv", {table: book.tables[table]}, cache=book.cache)
    return single.content()


def _with_member(book: Book, table: str, content: bytes) -> None:
    """The file with other bytes for one of its CSV tables."""
    if book.kind == "zip":
        single = {name: _csv_of(book, name) for name in book.tables if name != table}
        book.bytes_changed = zipped({table: content} | single | book.others)
    else:
        book.bytes_changed = content


@kind(weight=2)
def cut_off_in_a_record(book: Book, random: Random) -> str:
    table = any_table(book, random)
    if book.kind == "xlsx":
        content = book.content()
        book.bytes_changed = content[: random.randrange(len(content) // 10, len(content))]
        return "the workbook's bytes cut off"
    content = _csv_of(book, table)
    end = random.randrange(len(content) // 10, len(content) - 2)
    _with_member(book, table, content[:end])
    return f"{table[:60]} cut off after {content[end - 60 : end]!r}"


@kind(weight=2)
def cut_off_between_records(book: Book, random: Random) -> str:
    table = any_table(book, random)
    records = layout(book.tables[table]).records
    if not records:
        return ""
    end = random.choice(records[len(records) // 10 :])
    book.tables[table] = book.tables[table][:end]
    return spoken(book, table, end - 1, None, "is the last row")


@kind(weight=2)
def cut_off_between_bodies(book: Book, random: Random) -> str:
    """The last row is the last one of an organisation, employer, region or month."""
    table = any_table(book, random)
    where = layout(book.tables[table])
    if not where.label_columns:
        return ""
    column = random.choice(where.label_columns[:4])
    ends = [
        row
        for before, row in zip(where.records, where.records[1:], strict=False)
        if where.at(before, column) != where.at(row, column)
    ]
    if not ends:
        return ""
    end = random.choice(ends)
    book.tables[table] = book.tables[table][:end]
    return spoken(book, table, end - 1, None, "is the last row")


@kind(weight=2)
def bits_turned(book: Book, random: Random) -> str:
    content = bytearray(book.content())
    places = [random.randrange(len(content)) for _ in range(random.choice([1, 1, 3]))]
    for place in places:
        content[place] ^= 1 << random.randrange(8)
    book.bytes_changed = bytes(content)
    return f"bits turned at bytes {places}: ...{bytes(content[max(0, places[0] - 40) : places[0] + 40])!r}"


@kind
def another_encoding(book: Book, random: Random) -> str:
    """Encodings, marks, line ends and separators that programs save a CSV with."""
    if book.kind in {"xlsx", "gz"}:
        return ""
    table = any_table(book, random)
    content = _csv_of(book, table)
    text = content.decode("utf-8", "replace")
    way = random.choice(["utf-16", "utf-16-le", "cp1252", "cp437", "mark", "cr", "crlf", "semicolons", "tabs", "twice"])
    changed = {
        "utf-16": lambda: text.encode("utf-16"),
        "utf-16-le": lambda: text.encode("utf-16-le"),
        "cp1252": lambda: text.replace("a", "\u00e4", 3).encode("cp1252", "replace"),
        "cp437": lambda: text.replace("e", "\u00e9", 3).encode("cp437", "replace"),
        "mark": lambda: b"\xef\xbb\xbf" + content,
        "cr": lambda: content.replace(b"\n", b"\r"),
        "crlf": lambda: content.replace(b"\n", b"\r\n"),
        "semicolons": lambda: content.replace(b",", b";"),
        "tabs": lambda: content.replace(b",", b"\t"),
        "twice": lambda: text.replace("'", "\u2019").encode().decode("cp1252", "replace").encode(),
    }[way]()
    if changed == content:
        return ""
    _with_member(book, table, changed)
    return f"{table[:60]} as {way}"


@kind
def named_as_of_another_time(book: Book, random: Random) -> str:
    def other(found: re.Match[str]) -> str:
        return str(int(found[0]) + random.choice([-1, 1]))

    changed = re.sub(r"(?<!\d)20\d\d(?!\d)|(?<=-)\d\d(?=[-.])", other, book.name, count=1)
    if changed == book.name:
        return ""
    said, book.name = f"{book.name} named {changed}", changed
    return said


@kind
def named_as_another_file(book: Book, random: Random) -> str:
    ends = {"xlsx": ".xlsx", "zip": ".zip", "gz": ".gz", "csv": ".csv"}[book.kind]
    names = [name for name in NAMES if name.endswith(ends) and name != book.name]
    if not names:
        return ""
    book.name = random.choice(names)
    return f"named {book.name}"


def _several(book: Book) -> list[str]:
    return list(book.tables) if len(book.tables) > 1 else []


@kind
def a_sheet_renamed(book: Book, random: Random) -> str:
    names = _several(book)
    if not names:
        return ""
    one = random.choice(names)
    other = random.choice([one.replace("HC", "FTE"), f"{one[:20]} (2)", one[::-1], "Sheet1"])
    if other == one or other in names:
        return ""
    book.tables = {other if name == one else name: cells for name, cells in book.tables.items()}
    return f"{one} renamed {other}"


@kind
def a_sheet_removed(book: Book, random: Random) -> str:
    names = _several(book)
    if not names:
        return ""
    one = random.choice(names)
    del book.tables[one]
    return f"{one} removed"


@kind(weight=2)
def two_sheets_exchanged(book: Book, random: Random) -> str:
    names = _several(book)
    if not names:
        return ""
    one, other = random.sample(names, 2)
    book.tables[one], book.tables[other] = book.tables[other], book.tables[one]
    return f"{one} and {other} exchanged"


@kind
def a_sheet_empty_but_for_its_headings(book: Book, random: Random) -> str:
    table = any_table(book, random)
    book.tables[table] = book.tables[table][: layout(book.tables[table]).header + 1]
    return f"{table} has headings only"
