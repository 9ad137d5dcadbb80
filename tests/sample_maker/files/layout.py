"""Writing the publishers' kinds of file: workbooks, CSV, zips. The same content gives the same bytes."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

import xlsxwriter

Cell = str | int | float | date | None
Row = Sequence[Cell]

WRITTEN_ON = datetime(2026, 1, 1, tzinfo=UTC)
ZIPPED_ON = (1980, 1, 1, 0, 0, 0)
AS_COUNT = '#,##0;\\-#,##0;"-"'
AS_PERCENT = "0.0%"


def workbook(sheets: Mapping[str, Iterable[Row]], *, rates_in: Sequence[str] = ()) -> bytes:
    """An .xlsx with a sheet per entry; None leaves a cell unwritten.

    Numbers are shown as counts ('-' for zero) or, for fractions in the sheets named by `rates_in`, as percentages;
    what is stored is the number as given.
    """
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    book.set_properties({"created": WRITTEN_ON, "comments": "Illustrative figures"})
    count = book.add_format({"num_format": AS_COUNT})
    percent = book.add_format({"num_format": AS_PERCENT})
    day = book.add_format({"num_format": "dd mmm yyyy"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        shown = {date: day, int: count, float: percent if name in rates_in else count}
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, cell, shown.get(type(cell)))
    book.close()
    return stream.getvalue()


def csv_file(header: Row, rows: Iterable[Row], *, quoted: bool = False) -> bytes:
    """A CSV with its header (none where `header` is empty); `quoted` puts every field in quotation marks."""
    stream = io.StringIO()
    writer = csv.writer(stream, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL, lineterminator="\r\n")
    if header:
        writer.writerow(header)
    writer.writerows(rows)
    return stream.getvalue().encode()


def zip_file(members: Mapping[str, bytes]) -> bytes:
    """A zip of the members in the order given."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, ZIPPED_ON), content, zipfile.ZIP_DEFLATED)
    return stream.getvalue()
