"""Any sheet, zip member or CSV of a published file as a grid, without a reader, to look up cells."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from transforms.errors import NotWhatItClaims
from transforms.opening.zips import opened_member, opened_zip
from transforms.published_file import PublishedFile
from transforms.reading.grid import ROW, Grid, read_grids
from transforms.reading.records import as_number, read_records


def open_sheet(file: PublishedFile, sheet: str) -> Grid:
    """The cells of `sheet`: a workbook's sheet, a zip's member, or '' for a plain CSV.

    The rows of a CSV are its records, counted from 1 including the heading, as in `source_row`. Raises
    `NotWhatItClaims` if the file has no such sheet or is of another kind.
    """
    if file.kind in {"xlsx", "xls"}:
        return _found(read_grids(file.path, file=file.name, sheets=[sheet]).get(sheet), file, sheet)
    if file.kind == "zip":
        return _member(file, sheet)
    return _records(file.path.read_bytes(), file.name, sheet)


WITHIN = " > "
"""Separator between the name of a zip's member and the name of a sheet in it."""


def within_zip(member: str, sheet: str) -> str:
    """The name by which `open_sheet` finds a sheet of a workbook inside a zip; `sheet` if `member` is ''."""
    return f"{member}{WITHIN}{sheet}" if member else sheet


@contextmanager
def opened_workbooks(file: PublishedFile) -> Iterator[dict[str, PublishedFile]]:
    """Member name -> workbook for each workbook in a zip, unpacked to a temporary folder; {'': file} for other files.

    Raises `NotWhatItClaims` for a damaged member.
    """
    if file.kind != "zip":
        yield {"": file}
        return
    names = [member for member in file.members if member.lower().endswith((".xlsx", ".xls", ".xlsb"))]
    with tempfile.TemporaryDirectory() as folder:
        books = {}
        for number, member in enumerate(names):
            path = Path(folder) / str(number)
            with opened_zip(file.path, file.name) as archive, opened_member(archive, member, file.name) as stream:
                path.write_bytes(stream.read())
            books[member] = PublishedFile(path, within_zip(file.name, member))
        yield {member: book for member, book in books.items() if book.is_whole}


def _member(file: PublishedFile, sheet: str) -> Grid:
    member, _, within = sheet.rpartition(WITHIN)
    if member in file.members:
        with opened_workbooks(file) as books:
            return _found(read_grids(books[member].path, file=file.name, sheets=[within]).get(within), file, sheet)
    if sheet not in file.members:
        return _found(None, file, sheet)
    with zipfile.ZipFile(file.path) as archive:
        return _records(archive.read(sheet), file.name, sheet)


def _found(grid: Grid | None, file: PublishedFile, sheet: str) -> Grid:
    if grid is None:
        raise NotWhatItClaims(
            "the file holds no such sheet",
            file=file.name,
            sheet=sheet,
            expected=f"sheet or member {sheet!r}",
            found=", ".join(file.sheets or file.members),
            do="the reader names a sheet that is not there: correct the reader",
        )
    return grid


def _records(content: bytes, name: str, sheet: str) -> Grid:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "records"
        path.write_bytes(content)
        width = len(PublishedFile(path, name).columns)
    text = read_records(content, columns=[f"c{place}" for place in range(1, width + 1)], file=name, sheet=sheet)
    return Grid(name, sheet, text, text.select(ROW, as_number(pl.exclude(ROW))))
