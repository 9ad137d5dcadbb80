"""Types of published files, editions and readers, and the function that reads a file into tidy frames."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import fastexcel
import polars as pl

from transforms.errors import NotWhatItClaims, WorkforceError, broken_off, unreadable_workbook
from transforms.opening.zips import CHUNK, members_of, verify_zip
from transforms.reading.periods import LAST_YEAR, refuse_odd_periods
from transforms.reading.text import MARKS, mark_of, plain_name, separator_of
from transforms.reading.unread import UNREAD_PART, no_rows, unread_frame
from transforms.reading.vocabulary import plain_text
from transforms.tables.declare import Scope, Table
from transforms.tables.whole import refuse_blanks, refuse_repeats

RULES_VERSION = 2
"""Version of the processing by `read_tables`. Increase it, like `Reader.version`, if the same bytes give other rows."""

NAMES = ("area_name", "org_name", "icb_name", "name")
HEAD_BYTES = 65_536
OLE = b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""Name of the OLE stream that holds an .xlsx with a password; such a file starts with the same bytes as an .xls."""


@dataclass(frozen=True)
class PublishedFile:
    """A file on disk and the name the publisher gave it (`path` may be an archive object named by its hash).

    `hint` is additional text to date a file that holds no date itself: the name of its folder, or the day it was
    downloaded ('2025-12-14').
    """

    path: Path
    name: str
    hint: str = ""

    @cached_property
    def plain_name(self) -> str:
        """The name, normalised for comparison as in `reading.text.plain_name`."""
        return plain_name(self.name)

    @cached_property
    def kind(self) -> str:
        """File type by the first bytes: 'xlsx' (also .xlsb), 'xls', 'zip', 'gz', 'html', 'pdf', 'text' or 'unknown'.

        Raises `NotWhatItClaims` for a workbook with a password and for a truncated zip.
        """
        head = self.head
        if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
            return "xlsx" if any(name.startswith("xl/") for name in self.members) else "zip"
        if head.startswith(OLE):
            self._refuse_encrypted()
            return "xls"
        for magic, kind in ((b"\x1f\x8b", "gz"), (b"%PDF", "pdf")):
            if head.startswith(magic):
                return kind
        start = head.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
        if start.startswith((b"<!doctype html", b"<html", b"<head", b"<script")):
            return "html"
        if mark_of(head):
            return "text"
        return "unknown" if b"\x00" in head[:1024] or not head else "text"

    @cached_property
    def head(self) -> bytes:
        """The first `HEAD_BYTES` bytes."""
        with self.path.open("rb") as stream:
            return stream.read(HEAD_BYTES)

    @cached_property
    def is_whole(self) -> bool:
        """True for an undamaged file; raises `NotWhatItClaims` for a damaged zip, workbook or .gz. Call before reading.

        Every member's checksum is verified, because calamine, which reads workbooks, does not verify it.
        """
        if self.kind in {"zip", "xlsx"}:
            verify_zip(self.path, self.name)
        elif self.kind == "gz":
            self._verify_gzip()
        return True

    @cached_property
    def members(self) -> list[str]:
        """Names of a zip's members, without folders and files added by an operating system; [] for other files.

        Raises `NotWhatItClaims` if the directory at the end of the zip is missing.
        """
        return members_of(self.path, self.name) if self.head.startswith(b"PK") else []

    @cached_property
    def sheets(self) -> list[str]:
        """Sheet names of a workbook, normalised by `plain_name`; [] for other files."""
        return [plain_name(name) for name in self.book.sheet_names] if self.kind in {"xlsx", "xls"} else []

    @cached_property
    def book(self) -> fastexcel.ExcelReader:
        """The opened workbook, for one thread. Raises `NotWhatItClaims` if it cannot be opened."""
        try:
            return fastexcel.read_excel(self.path.read_bytes())
        except fastexcel.FastExcelError as error:
            raise unreadable_workbook(error, self.name) from error

    @cached_property
    def columns(self) -> list[str]:
        """The fields of a CSV's first record (also inside .gz); [] for other files."""
        if self.kind == "gz":
            with gzip.open(self.path) as stream:
                head = stream.read(HEAD_BYTES)
        elif self.kind == "text":
            head = self.head
        else:
            return []
        mark = mark_of(head)
        text = head[len(mark) :].decode(MARKS.get(mark, "utf-8"), "replace")
        plain = (text if "\n" in text else text.replace("\r", "\n")).encode()
        if not plain.strip():
            return []
        try:
            first = pl.read_csv(
                plain,
                has_header=False,
                infer_schema=False,
                n_rows=1,
                truncate_ragged_lines=True,
                separator=separator_of(plain),
            )
        except (
            pl.exceptions.ComputeError,
            pl.exceptions.NoDataError,
        ):  # text without a table, such as prose or a configuration file
            return []
        # Polars finds no record in some text with odd quotes. The fields are trimmed as `read_records` trims
        # them: Python's `strip` takes off four control characters more.
        return [cell or "" for cell in first.select(pl.all().str.strip_chars()).row(0)] if first.height else []

    def _refuse_encrypted(self) -> None:
        if ENCRYPTED in self.path.read_bytes():
            raise NotWhatItClaims(
                "the workbook is protected with a password",
                file=self.name,
                expected="a workbook that opens without a password",
                do="open it with the password, save it without one (File, Info, Protect Workbook), and place the saved"
                " file in the inbox",
            )

    def _verify_gzip(self) -> None:
        try:
            with gzip.open(self.path) as stream:
                while stream.read(CHUNK):
                    pass
        except (EOFError, OSError, zlib.error) as error:
            raise NotWhatItClaims(
                "the gzipped file is cut off or damaged", file=self.name, found=str(error), do="fetch it again"
            ) from error


@dataclass(frozen=True)
class Edition:
    """The edition and series of a file, determined from the file itself.

    `edition` is the id shown to users and sorts chronologically ('2023-05', '2025-10', '2017-18'). `coverage_end` is
    the last day the edition covers, as ISO text, or ''. Readers leave `series` blank: `transforms.series.reader_for`
    fills in the id of the series that lists the reader.
    """

    edition: str
    title: str
    coverage_end: str = ""
    series: str = ""


@dataclass(frozen=True)
class Reader:
    """Turns one kind of published file into tidy frames.

    * `version`: increase it when the same bytes would give other rows.
    * `recognise`: returns the edition, or None for a file of another kind; it uses only names, sheets and headings.
    * `read`: a pure function that returns table name -> frame, each with the columns declared in `tables`. The
      additional frame `UNREAD_PART` lists the parts of the file that are not read.
    * `scopes`: the parts of its tables that each such file prints completely.
    """

    name: str
    version: int
    title: str
    tables: tuple[Table, ...]
    recognise: Callable[[PublishedFile], Edition | None]
    read: Callable[[PublishedFile], Mapping[str, pl.DataFrame]]
    scopes: tuple[Scope, ...] = ()


def read_tables(reader: Reader, file: PublishedFile, *, last_year: int = LAST_YEAR) -> dict[str, pl.DataFrame]:
    """The file's tidy frames: table name -> frame with the table's `frame_columns`, and 'unread_part' if not empty.

    Periods after `last_year` are refused. Every error is raised as a `WorkforceError` that names the file.
    """
    with reading(file, "reading"):
        declared = {table.name: table for table in reader.tables}
        frames = reader.read(file) if file.is_whole else {}
        tidy = {
            name: frame if name == UNREAD_PART else _plain_names(declared[name].conform(frame, file=file.name))
            for name, frame in frames.items()
        }
        for name in declared.keys() & tidy.keys():
            refuse_odd_periods(tidy[name], declared[name].key, file=file.name, last_year=last_year)
            refuse_blanks(declared[name], tidy[name], file=file.name)
            refuse_repeats(declared[name], tidy[name], file=file.name)
        is_empty = bool(tidy) and not any(tidy[name].height for name in declared.keys() & tidy.keys())
        return tidy | (_noted_empty(tidy.get(UNREAD_PART)) if is_empty else {})


def _plain_names(rows: pl.DataFrame) -> pl.DataFrame:
    """Area and organisation names without typographic variants, so that one organisation has one name."""
    return rows.with_columns(_plain(rows[name]) for name in NAMES if name in rows.columns)


def _plain(names: pl.Series) -> pl.Series:
    # A column of a million rows has a few hundred names: only those are looked at.
    printed = names.unique().drop_nulls().to_frame("printed").with_columns(plain=plain_text(pl.col("printed")))
    changed = printed.filter(pl.col("printed") != pl.col("plain"))
    return names.replace(changed["printed"], changed["plain"]) if changed.height else names


def _noted_empty(unread: pl.DataFrame | None) -> dict[str, pl.DataFrame]:
    note = unread_frame([no_rows()])
    return {UNREAD_PART: note if unread is None else pl.concat([unread, note]).unique(maintain_order=True)}


@contextmanager
def reading(file: PublishedFile, doing: str) -> Iterator[None]:
    """Turn every exception in the block into a `WorkforceError` with the file's name, so other files are still read."""
    try:
        yield
    except WorkforceError as error:
        raise error.in_file(file.name) from None
    except fastexcel.FastExcelError as error:
        raise unreadable_workbook(error, file.name) from error
    except Exception as error:
        raise broken_off(error, file=file.name, doing=doing) from error
    except BaseException as error:
        # A panic in the Rust code of Polars or fastexcel does not derive from Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise broken_off(error, file=file.name, doing=doing) from error
