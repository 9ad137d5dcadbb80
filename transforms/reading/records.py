"""Reading of CSV files: every field as text, with the number of its record and of its column."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims
from transforms.published_file import PublishedFile
from transforms.reading.grid import ROW
from transforms.reading.refuse import NEW_LAYOUT
from transforms.reading.symbols import as_number
from transforms.reading.text import as_utf8, separator_of
from transforms.reading.unread import Unread, unread_columns

MOST_BYTES, MOST_FIELDS = 250_000_000, 30_000_000
"""Limits of a CSV that is read at once. A field takes about 40 bytes of memory, and no list has a million records."""

PRINTED_ROW = f"{ROW} (printed)"
"""The name of a printed column whose heading is `ROW`, which is the name of the record's number."""

__all__ = [
    "as_number",
    "melt_records",
    "not_a_table",
    "read_records",
    "refuse_cut_off",
    "require_headings",
    "set_apart",
]


def read_records(
    source: PublishedFile | Path | bytes, *, columns: Sequence[str] | None = None, file: str = "", sheet: str = ""
) -> pl.DataFrame:
    """A CSV's records: `source_row`, then one text column per field, in the file's order, named by its heading.

    `source_row` is the record's number, counting the heading record as 1; a record with line breaks in quoted fields
    is one record, a blank line is counted and left out. Text is trimmed, blanks are NULL, embedded NUL bytes are
    dropped. `columns` names the fields of a file without a heading record (the first record then holds data).
    `source` may be gzipped. Encodings and line ends are those of `as_utf8`, separators those of `separator_of`.
    `file` and `sheet` (the zip's member) are used in messages.

    Raises `LayoutChanged` if a record has more fields than the heading or two headings are equal, `NotWhatItClaims`
    if the file is empty, truncated or not a CSV.
    """
    name = file or (source.name if isinstance(source, PublishedFile | Path) else "")
    content = _plain_bytes(source, name, sheet)
    fields = _fields(content, name, sheet)
    headings = list(columns or (PRINTED_ROW if cell == ROW else cell or "" for cell in fields.row(0)))
    _check_headings(headings, fields, name, sheet)
    _check_end(content, fields, name, sheet)
    read = fields.rename(dict(zip(fields.columns, headings, strict=True))).with_row_index(ROW, offset=1)
    return read.slice(0 if columns else 1).filter(~pl.all_horizontal(pl.exclude(ROW).is_null())).cast({ROW: pl.Int32})


def melt_records(
    frame: pl.DataFrame, columns: Sequence[str] | Mapping[str, str], *, into: str = "column", keep_blank: bool = True
) -> pl.DataFrame:
    """The frame of `read_records` in long form: one row per record and column of `columns`.

    Columns returned: every other column of `frame`, `into` (the heading, or its new name if `columns` is a mapping),
    printed (text), number (or NULL) and source_column (number of the column in the file, from 1). Call it before
    selecting or renaming columns, because source_column is the position in the frame. `keep_blank=False` leaves out
    blank fields.
    """
    called = dict(columns) if isinstance(columns, Mapping) else {column: column for column in columns}
    places = {column: place for place, column in enumerate(frame.columns) if column in called}
    index = [column for column in frame.columns if column not in called]
    long = frame.unpivot(list(called), index=index, variable_name=into, value_name="printed")
    if not keep_blank:
        long = long.filter(pl.col("printed").is_not_null())
    return long.with_columns(
        pl.col(into).replace_strict(called),
        number=as_number(pl.col("printed")),
        source_column=pl.col(into).replace_strict(places, return_dtype=pl.Int32),
    )


def require_headings(
    frame: pl.DataFrame, expected: Sequence[str], *, file: str = "", sheet: str = "", ignored: Sequence[str] = ()
) -> list[Unread]:
    """The columns that are in neither `expected` (in any order) nor `ignored`, for meta.unread_part.

    Raises `LayoutChanged` with the names of missing columns.
    """
    found = [column for column in frame.columns if column != ROW]
    missing = [column for column in expected if column not in found]
    strange = [column for column in found if column not in {*expected, *ignored}]
    if missing:
        raise LayoutChanged(
            "the headings are not those this reader knows",
            file=file,
            sheet=sheet,
            cell="row 1",
            expected=", ".join(expected),
            found=f"missing: {', '.join(missing)}; unknown: {', '.join(strange) or 'none'}",
            do=NEW_LAYOUT,
        )
    return unread_columns(strange, sheet=sheet)


def set_apart(frame: pl.DataFrame, known: Collection[str]) -> pl.DataFrame:
    """The frame of `read_records` with ' (not read)' added to the names of the columns that are not `known`.

    A reader adds and renames columns: a printed column of the same name would be taken for the reader's own. The number
    of each column in the file stays the same.
    """
    return frame.rename({name: f"{name} (not read)" for name in frame.columns if name not in {ROW, *known}})


def _plain_bytes(source: PublishedFile | Path | bytes, name: str, sheet: str) -> bytes:
    path = source.path if isinstance(source, PublishedFile) else source
    content = path if isinstance(path, bytes) else path.read_bytes()
    try:
        if content.startswith(b"\x1f\x8b"):
            with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
                content = stream.read(MOST_BYTES + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise NotWhatItClaims(
            "the gzipped file is cut off or damaged", file=name, sheet=sheet, found=str(error), do="fetch it again"
        ) from error
    if len(content) > MOST_BYTES:
        raise _too_large(name, sheet, f"more than {MOST_BYTES:,} bytes")
    start = content[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype html", b"<html", b"pk\x03\x04", b"%pdf")) or not start:
        raise NotWhatItClaims(
            "this is not a CSV file",
            file=name,
            sheet=sheet,
            expected="records of text, separated by commas",
            found=repr(start[:40]) if start else "an empty file",
            do="fetch it again; a web page or another kind of file was probably saved under this name",
        )
    return as_utf8(content, file=name, sheet=sheet)


def _fields(content: bytes, name: str, sheet: str) -> pl.DataFrame:
    separator = separator_of(content)
    lines, width = content.count(b"\n") + 1, content.count(separator.encode(), 0, content.find(b"\n") + 1) + 1
    if lines * width > MOST_FIELDS:
        raise _too_large(name, sheet, f"{lines:,} lines and {width:,} columns")
    try:
        fields = pl.read_csv(content, has_header=False, infer_schema=False, separator=separator)
    except (pl.exceptions.ComputeError, pl.exceptions.NoDataError) as error:
        raise not_a_table(content, separator, file=name, sheet=sheet) from error
    if fields.is_empty():
        raise not_a_table(content, separator, file=name, sheet=sheet)
    return fields.with_columns(pl.all().str.strip_chars().replace("", None))


def _too_large(file: str, sheet: str, found: str) -> NotWhatItClaims:
    return NotWhatItClaims(
        "the file has more records than can be read into memory",
        file=file,
        sheet=sheet,
        expected=f"at most {MOST_BYTES:,} bytes, and {MOST_FIELDS:,} fields",
        found=found,
        do="compare with the last edition; if the publisher's file is this large, report it: the reader has to change",
    )


def not_a_table(content: bytes, separator: str, *, file: str, sheet: str) -> LayoutChanged:
    """The error for records that Polars cannot read as a table; names the first record with too many fields."""
    records = csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""), delimiter=separator)
    width, longer = 0, (0, 0)
    try:
        width = len(next(records, []))
        longer = next(((row, len(fields)) for row, fields in enumerate(records, 2) if len(fields) > width), longer)
        found = f"{longer[1]} fields in record {longer[0]}" if longer[0] else "a quote that is not closed"
    except csv.Error as error:
        found = str(error)
    return LayoutChanged(
        "the records cannot be read as a table",
        file=file,
        sheet=sheet,
        cell=f"row {longer[0]}" if longer[0] else "",
        expected=f"as many fields in each record as in the first ({width}), and quotes that are closed",
        found=found,
        do="open the file at that record, or near its end; if the download was cut off, fetch it again",
    )


def _check_headings(headings: list[str], fields: pl.DataFrame, name: str, sheet: str) -> None:
    repeated = [heading or "(blank)" for heading, times in Counter(headings).items() if times > 1 or not heading]
    if repeated or len(headings) != fields.width:
        raise LayoutChanged(
            "the heading record does not give each column a name of its own",
            file=name,
            sheet=sheet,
            cell="row 1",
            expected="a heading of its own for each column" if repeated else f"{len(headings)} columns",
            found=", ".join(repeated) if repeated else f"{fields.width} columns",
            do=NEW_LAYOUT,
        )


def _check_end(content: bytes, fields: pl.DataFrame, name: str, sheet: str) -> None:
    if fields.row(-1)[-1] is None:
        refuse_cut_off(content, fields.width, row=fields.height, file=name, sheet=sheet)


def refuse_cut_off(end: bytes, width: int, *, row: int = 0, file: str, sheet: str, separator: str = "") -> None:
    """Check that a CSV, of which `end` is all or the last part, ends with a line break or a record of `width` fields.

    Raises `NotWhatItClaims` for a last line without a line break and with fewer fields: a truncated download.
    """
    if not end or end.endswith((b"\n", b"\r")):
        return
    line = end[end.rfind(b"\n") + 1 :].decode("utf-8", "replace")
    try:
        last = next(csv.reader([line], delimiter=separator or separator_of(end)), [])
    except csv.Error:  # a field of more than 131,072 characters
        last = []
    if len(last) < width:
        raise NotWhatItClaims(
            "the file ends in the middle of a record",
            file=file,
            sheet=sheet,
            cell=f"row {row}" if row else "the last record",
            expected=f"{width} fields",
            found=f"{len(last)}",
            do="fetch it again: the download was cut off",
        )
