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

MOST_CELLS = 50_000_000
"""Limit of rows times columns of one sheet; every sheet that is read has less than a tenth of it."""

_LONGEST_TAG = 500
# A column of three letters, or a row of five digits: without either a sheet has 7 million cells at most.
_FAR = re.compile(rb'\br="(?:[A-Z]{3}\d|[A-Z]{1,2}\d{5})')
# A cell with something in it; one that only has a format ends in "/>".
_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*\s)?r="([A-Z]{1,3})(\d{1,7})"[^>]*(?<!/)>')


def refuse_huge_sheets(path: Path, name: str) -> None:
    """Raise `NotWhatItClaims` if a sheet of an .xlsx would need more than `MOST_CELLS` cells in memory."""
    with opened_zip(path, name) as archive:
        for member in archive.namelist():
            if member.startswith("xl/worksheets/") and member.endswith(".xml"):
                with opened_member(archive, member, name) as stream:
                    rows, columns, last = _size(stream)
                if rows * columns > MOST_CELLS:
                    raise NotWhatItClaims(
                        "a sheet of the workbook is too large to be read",
                        file=name,
                        sheet=member,
                        cell=last,
                        expected=f"at most {MOST_CELLS:,} cells from the first to the last one in use",
                        found=f"{rows:,} rows of {columns:,} columns",
                        do="open the workbook, clear any entry far from the tables, and save the file again",
                    )


def _size(stream: IO[bytes]) -> tuple[int, int, str]:
    """The numbers of the last filled row and column, and the name of the outermost filled cell."""
    rows = columns = 0
    last = ""
    for part in _parts(stream):
        if not _FAR.search(part):
            continue
        for letters, digits in set(_CELL.findall(part)):
            row, column = int(digits), _number(letters)
            if row > rows or column > columns:
                last = (letters + digits).decode()
            rows, columns = max(rows, row), max(columns, column)
    return rows, columns, last


def _parts(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in overlapping parts, so that each tag is complete in at least one of them."""
    before = b""
    while chunk := stream.read(8 * CHUNK):
        yield before + chunk
        before = chunk[-_LONGEST_TAG:]


def _number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - ord("A") + 1
    return number
