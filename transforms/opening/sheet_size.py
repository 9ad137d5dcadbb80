"""Check of how many cells a workbook's sheets would need in memory, before they are read.

calamine, which reads them, allocates one rectangle from a sheet's first to its last cell. A single figure in the last
possible cell (XFD1048576) would need half a terabyte, and the process would be killed without a Python exception.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from transforms.errors import NotWhatItClaims
from transforms.opening.zips import CHUNK, opened_member, opened_zip
from transforms.reading.grid import cell_name

MOST_CELLS = 10_000_000
"""Limit of rows times columns of all sheets together; no workbook that is read has a twentieth of it."""

MOST_PARTS = 2_000
"""Limit of the parts of a workbook (sheets, drawings, styles); the largest that is read has 59."""

MOST_UNPACKED = 400_000_000
"""Limit of the bytes of all parts; the largest workbook that is read has 12 million."""

MOST_UNUSUAL = 3_000_000
"""Limit of the cells and rows of a sheet whose names have to be counted one by one."""

_LONGEST_TAG = 1 << 16
# A cell with something in it; one that only has a format ends in "/>". Names of any length, as calamine reads them.
_CELL = re.compile(rb'<(?:\w+:)?c r="([A-Za-z]{1,20})([0-9]{1,20})"[^<>]*(?<!/)>')
# A row or a cell that does not begin with its name, as spreadsheet programs write them.
_UNUSUAL = re.compile(
    rb'<(?:\w+:)?(?:row|c)(?=[\s/>])(?! r="[A-Za-z]{0,20}[0-9]{1,20}"(?: [\w:]{1,40}="[^<>"]*"){0,40} ?/?>)'
)
_TAG = re.compile(rb"""<(?:\w+:)?(row|c)((?:\s+[\w:.-]+\s*=\s*(?:"[^<>"]*"|'[^<>']*'))*)\s*(/?)>""")
_BEGINNING = re.compile(rb"<(?:\w+:)?(?:row|c)(?=[\s/>])")
_NAME = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,20})([0-9]{1,20})["']""")


def refuse_huge_sheets(path: Path, name: str) -> None:
    """Raise `NotWhatItClaims` if the sheets of an .xlsx would need more than `MOST_CELLS` cells in memory."""
    in_all = 0
    with opened_zip(path, name) as archive:
        members = archive.namelist()
        unpacked = sum(each.file_size for each in archive.infolist())
        if len(members) > MOST_PARTS or unpacked > MOST_UNPACKED:
            raise _too_large(name, "", "", f"{len(members):,} parts of {unpacked:,} bytes")
        # All parts: a workbook may keep its sheets under any name.
        for member in members:
            with opened_member(archive, member, name) as stream:
                rows, columns = _size(stream)
            in_all += rows * columns
            if in_all > MOST_CELLS:
                last = cell_name(rows, columns)
                raise _too_large(name, member, last, f"{rows:,} rows of {columns:,} columns")


def _too_large(name: str, member: str, cell: str, found: str) -> NotWhatItClaims:
    return NotWhatItClaims(
        "a sheet of the workbook is too large to be read",
        file=name,
        sheet=member,
        cell=cell,
        expected=f"at most {MOST_CELLS:,} cells, from the first to the last one in use, in at most"
        f" {MOST_PARTS:,} parts of {MOST_UNPACKED:,} bytes",
        found=found,
        do="open the workbook, clear any entry far from the tables, and save the file again",
    )


def _size(stream: IO[bytes]) -> tuple[int, int]:
    """The numbers of the last filled row and column.

    Raises `ValueError` for a tag that is not well formed or too long: calamine could find another cell in it.
    """
    rows = columns = tags = 0
    place = (0, 0)
    in_cells = False
    for whole in _parts(stream):
        # Cells are read from here on; a part of a workbook without this is no sheet.
        start = 0 if in_cells else whole.find(b"sheetData")
        if start < 0:
            continue
        in_cells, part = True, whole[start:]
        found = _CELL.findall(part)
        rows = max(rows, *map(int, {digits for _, digits in found}), 0)
        columns = max(columns, *map(_number, {letters for letters, _ in found}), 0)
        if _UNUSUAL.search(part):
            place, row, column, number = _counted(part, place)
            rows, columns, tags = max(rows, row), max(columns, column), tags + number
            if tags > MOST_UNUSUAL:
                raise ValueError(f"more than {MOST_UNUSUAL:,} cells and rows without names")
        if rows * columns > MOST_CELLS:
            break
    return rows, columns


def _counted(part: bytes, place: tuple[int, int]) -> tuple[tuple[int, int], int, int, int]:
    """The place of the last cell, the last row and column in use, and the number of tags.

    Rows and cells without names count on.
    """
    row, column = place
    rows = columns = tags = 0
    for tag in _TAG.finditer(part):
        tags += 1
        named, is_row = _NAME.search(tag[2]), tag[1] == b"row"
        if is_row:
            row, column = int(named[2]) if named else row + 1, 0
        else:
            row, column = (int(named[2]), _number(named[1])) if named else (row, column + 1)
        if not is_row and not tag[3]:
            rows, columns = max(rows, row), max(columns, column)
    if tags != len(_BEGINNING.findall(part)):
        raise ValueError("a cell or row whose tag is not well formed")
    return (row, column), rows, columns, tags


def _parts(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in parts that end where a tag begins, so that no tag is cut."""
    rest = b""
    while chunk := stream.read(8 * CHUNK):
        end = chunk.rfind(b"<")
        if end >= 0:
            yield rest + chunk[:end]
            rest = chunk[end:]
        elif b">" not in rest:
            rest += chunk
        if len(rest) > _LONGEST_TAG and rest.find(b">", 0, _LONGEST_TAG) < 0 and _BEGINNING.match(rest):
            raise ValueError(f"a tag of more than {_LONGEST_TAG:,} bytes")
    yield rest


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - ord("A") + 1
    return number
