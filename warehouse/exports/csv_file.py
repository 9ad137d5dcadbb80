"""A mart as CSV that Excel opens rightly.

* UTF-8 with a byte order mark, without which Excel takes a curly apostrophe for three other letters.
* A text that begins with = + - @, their full-width forms, a tab or a line break gets an apostrophe in front, so that
  no spreadsheet takes it for a formula. Numbers stay as they are, negative ones too.
* Dates as 2023-05-31, true and false in lower case, an empty cell where there is no value, a list as '1, 2'.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse.exports.facts import ExportColumn
from warehouse.paths import path_literal, pattern_literal
from warehouse.sql import quoted

BYTE_ORDER_MARK = "\ufeff"

FORMULA = r"^[=+\-@\t\r\n＝＋－＠]"
"""Beginnings of a text that spreadsheets take for a formula (OWASP, CSV injection)."""


def write_csv(con: duckdb.DuckDBPyConnection, parquet: Path, path: Path, columns: Sequence[ExportColumn]) -> None:
    """Write the rows of a mart's Parquet file as CSV; lines end with LF."""
    # The byte order mark stands before the first name of the header: COPY has no option for it.
    marks = (BYTE_ORDER_MARK, *("" for _ in columns[1:]))
    cells = ", ".join(f'{_cell(column)} AS "{mark}{column.name}"' for mark, column in zip(marks, columns, strict=True))
    con.execute(f"""
        COPY (SELECT {cells} FROM read_parquet({pattern_literal(parquet)})) TO {path_literal(path)} (FORMAT csv, HEADER)
    """)


def _cell(column: ExportColumn) -> str:
    text = f"array_to_string({column.name}, ', ')" if column.type.endswith("[]") else column.name
    if column.type in {"VARCHAR", "VARCHAR[]"}:
        return f"CASE WHEN regexp_matches({text}, {quoted(FORMULA)}) THEN '''' || {text} ELSE {text} END"
    return text
