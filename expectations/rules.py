"""What a check is: an id, how grave it is, SQL that returns the offending rows with their cells, and what to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from transforms.tables import Table
from warehouse.sql import key_as_json

Severity = Literal["reject file", "reject rows", "warn"]

PLACE = ("series", "edition", "file_sha256", "source_sheet", "source_row", "source_column")
"""Where an offending figure was published."""

OFFENDING = (*PLACE, "figure", "value", "expected", "found")
"""What a rule's `finds` returns: the place, the figure's key as JSON, its value, and what was expected and found."""


@dataclass(frozen=True)
class Builtin:
    """A Great Expectations class that decides the same as the rule's SQL, e.g. ExpectColumnValuesToNotBeNull."""

    name: str
    arguments: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """One check on a candidate warehouse.

    `severity`: 'reject file' takes out the files that its rows stand in, and stops publication where they name none;
    'reject rows' takes the rows out before the marts are built; 'warn' is shown.
    `table` is the table it speaks of, with its schema. `finds` is SQL that returns `OFFENDING` columns, no row when all
    is well. Where `builtins` are given they decide, and `finds` shows which rows. `against` is the table of the other
    source where two are compared: the rows stand in the files of `table`, but the other may be the wrong one.
    """

    id: str
    severity: Severity
    table: str
    finds: str
    message: str
    guidance: str
    builtins: tuple[Builtin, ...] = ()
    against: str = ""

    @property
    def sql(self) -> str:
        """The offending rows as a user wants them: figure, file name, sheet, cell, expected, found."""
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
    """SQL for the rows `t` of `source` (default: the core table) that fulfil `where`.

    `expected` and `found` are SQL expressions; `value` is one too where the table has no column `value`.
    """
    shown = value or ("t.value" if any(column.name == "value" for column in table.columns) else "NULL")
    places = ", ".join(f"t.{name}" for name in PLACE)
    return f"""
SELECT {places}, {key_as_json(table, "t")} AS figure, {shown} AS value, {expected} AS expected, {found} AS found
FROM {source or f"core.{table.name}"} AS t
WHERE {where}
"""


def nowhere(
    figure: str, *, expected: str, found: str, source: str, where: str = "TRUE", series: str = "t.series"
) -> str:
    """SQL for findings that have no cell: something is missing, or a whole table is meant. The arguments are SQL."""
    return f"""
SELECT {series} AS series, NULL::VARCHAR AS edition, NULL::VARCHAR AS file_sha256, NULL::VARCHAR AS source_sheet,
    NULL::INTEGER AS source_row, NULL::INTEGER AS source_column, {figure} AS figure, NULL::DOUBLE AS value,
    {expected} AS expected, {found} AS found
FROM {source} AS t
WHERE {where}
"""
