"""Files as they come from a publisher: what is in one, which reader takes it, which edition it is."""

from __future__ import annotations

import gzip
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import fastexcel
import polars as pl

from transforms.errors import NotWhatItClaims, WorkforceError
from transforms.tables.declare import Table

HEAD_BYTES = 65_536


@dataclass(frozen=True)
class PublishedFile:
    """Bytes on disk and the name the publisher gave them (`path` may be an archive object named by its hash).

    `hint` is text beside the name that may date a list which carries no date itself: the folder it was placed in,
    or the day it was fetched ('2025-12-14').
    """

    path: Path
    name: str
    hint: str = ""

    @cached_property
    def kind(self) -> str:
        """What the first bytes say: 'xlsx', 'xls', 'zip', 'gz', 'html', 'pdf', 'text' or 'unknown'."""
        head = self.head
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return "xlsx" if any(name.startswith("xl/") for name in self.members) else "zip"
        for magic, kind in ((b"\xd0\xcf\x11\xe0", "xls"), (b"\x1f\x8b", "gz"), (b"%PDF", "pdf")):
            if head.startswith(magic):
                return kind
        start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script")):
            return "html"
        return "unknown" if b"\x00" in head[:1024] or not head else "text"

    @cached_property
    def head(self) -> bytes:
        """The first bytes."""
        with self.path.open("rb") as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def members(self) -> list[str]:
        """Names in the zip; [] for anything else.

        Raises `NotWhatItClaims` where the zip's directory, at its end, is cut off.
        """
        if not self.head.startswith(b"PK"):
            return []
        try:
            with zipfile.ZipFile(self.path) as archive:
                return archive.namelist()
        except zipfile.BadZipFile as error:
            raise NotWhatItClaims(
                "the file begins like a zip or workbook but its end is missing",
                file=self.name,
                expected="a whole zip with its directory at the end",
                found=f"{self.path.stat().st_size:,} bytes; {error}",
                do="fetch it again: the download was cut off",
            ) from error

    @cached_property
    def sheets(self) -> list[str]:
        """Sheet names, trimmed, of a workbook; [] for anything else."""
        if self.kind not in {"xlsx", "xls"}:
            return []
        try:
            return [name.strip() for name in fastexcel.read_excel(self.path.read_bytes()).sheet_names]
        except fastexcel.FastExcelError as error:
            raise NotWhatItClaims(
                "the workbook cannot be opened", file=self.name, found=str(error).splitlines()[0], do="fetch it again"
            ) from error

    @cached_property
    def columns(self) -> list[str]:
        """The fields of a CSV's first record (also inside .gz); [] for anything else."""
        if self.kind == "gz":
            with gzip.open(self.path) as stream:
                head = stream.read(HEAD_BYTES)
        elif self.kind == "text":
            head = self.head
        else:
            return []
        if not head.strip():
            return []
        try:
            first = pl.read_csv(
                head, has_header=False, infer_schema=False, n_rows=1, truncate_ragged_lines=True, encoding="utf8-lossy"
            )
        except pl.exceptions.ComputeError:  # text, but of no table: a page of prose, a list of settings
            return []
        return [(cell or "").strip().lstrip("\ufeff") for cell in first.row(0)]


@dataclass(frozen=True)
class Edition:
    """Which edition of which series a file is, as the file itself says.

    `edition` sorts in order of time and is what users see ('2023-05', '2025-10', '2017-18');
    `coverage_end` is the last day the edition speaks of, ISO text or ''.
    """

    series: str
    edition: str
    title: str
    coverage_end: str = ""


@dataclass(frozen=True)
class Reader:
    """Turns one kind of published file into tidy frames. Raise `version` when the same bytes would read differently.

    `recognise` looks at names, sheets and headings only, and returns None for a file of another kind;
    `read` is pure: same bytes, same frames, each conforming to the named table.
    """

    name: str
    version: int
    title: str
    tables: tuple[Table, ...]
    recognise: Callable[[PublishedFile], Edition | None]
    read: Callable[[PublishedFile], Mapping[str, pl.DataFrame]]


def read_tables(reader: Reader, file: PublishedFile) -> dict[str, pl.DataFrame]:
    """The file's tidy frames by table name, each conforming to its declaration.

    Raises a `WorkforceError` that names the file.
    """
    try:
        declared = {table.name: table for table in reader.tables}
        return {name: declared[name].conform(frame, file=file.name) for name, frame in reader.read(file).items()}
    except WorkforceError as error:
        raise error.in_file(file.name) from None
