"""The definition of a check: id, severity, SQL that returns the offending rows with their cells, message, guidance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from transforms.tables import Table
from warehouse.sql import key_as_json

Severity = Literal["reject file", "reject rows", "warn"]

PLACE = ("series", "edition", "file_sha256", "source_sheet", "source_row", "source_column")
"""Columns that say where an offending figure was published."""

OFFENDING = (*PLACE, "figure", "value", "expected", "found")
"""Columns that a rule's `finds` returns: `PLACE`, the figure's key as JSON, its value, what was expected and found."""


@dataclass(frozen=True)
class Builtin:
    """A Great Expectations class and its arguments, equivalent to the rule's SQL: ExpectColumnValuesToNotBeNull."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One check on a candidate warehouse.

    `severity`: 'reject file' excludes the files with offending rows, and stops publication where the rows name no file;
    'reject rows' removes the rows before the marts are built; 'warn' only reports them.
    `table` is the table that is checked, with its schema. `finds` is SQL that returns one row with the columns
    `OFFENDING` for each violation. Where there are `builtins`, they decide whether the rule passes, and `finds` lists
    the rows. `against` is set where two sources are compared: the table of the other source. The offending rows are in
    the files of `table`, but the error may be in a file of `against`. `examines` is SQL that can stand after FROM: the
    rows that the rule looks at, where these are not all rows of `table`. Where there is none, it ran over no rows.
    """

    id: str
    severity: Severity
    table: str
    finds: str
    message: str
    guidance: str
    builtins: tuple[Builtin, ...] = ()
    against: str = ""
    examines: str = ""

    @property
    def examined(self) -> str:
        """SQL that can stand after FROM: the rows that the rule looks at."""
        return self.examines or self.table

    @property
    def sql(self) -> str:
        """SQL for the offending rows: the columns of `expectations.report.SHOWN`, file_sha256, and row and column."""
        return f"""
SELECT
    found_rows.series, found_rows.edition, coalesce(files.file_name, '') AS file_name,
    coalesce(found_rows.source_sheet, '') AS sheet,
    coalesce(core.cell_name(found_rows.source_row, found_rows.source_column), '') AS cell,
    found_rows.figure, found_rows.value::DOUBLE AS value,
    found_rows.expected::VARCHAR AS expected, found_rows.found::VARCHAR AS found,
    found_rows.file_sha256, found_rows.source_sheet, found_rows.source_row, found_rows.source_column
FROM ({self.finds}) AS found_rows
LEFT JOIN (SELECT file_sha256, min(file_name) AS file_name FROM meta.source_file GROUP BY file_sha256) AS files
    ON found_rows.file_sha256 = files.file_sha256
ORDER BY found_rows.series, found_rows.edition, found_rows.figure
"""


def offending(
    table: Table,
    where: str,
    *,
    expected: str,
    found: str,
    source: str = "",
    value: str = "",
) -> str:
    """SQL for the rows of `source` (default: the core table), named `t`, that match the condition `where`.

    `expected`, `found` and `value` are SQL expressions; `value` defaults to the column of that name, else NULL.
    """
    shown = value or ("t.value" if any(column.name == "value" for column in table.columns) else "NULL")
    places = ", ".join(f"t.{name}" for name in PLACE)
    return f"""
SELECT {places}, {key_as_json(table, "t")} AS figure, {shown} AS value, {expected} AS expected, {found} AS found
FROM {source or f"core.{table.name}"} AS t
WHERE {where}
"""


def without_cell(
    figure: str, *, expected: str, found: str, source: str, where: str = "TRUE", series: str = "t.series"
) -> str:
    """SQL for findings without a cell, such as missing rows or a whole table. The arguments are SQL expressions."""
    return f"""
SELECT {series} AS series, NULL::VARCHAR AS edition, NULL::VARCHAR AS file_sha256, NULL::VARCHAR AS source_sheet,
    NULL::INTEGER AS source_row, NULL::INTEGER AS source_column, {figure} AS figure, NULL::DOUBLE AS value,
    {expected} AS expected, {found} AS found
FROM {source} AS t
WHERE {where}
"""
