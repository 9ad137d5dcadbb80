"""Core tables with their history: every edition of a figure, kept economically.

A value is stored again only where a later edition printed another one. `<table>_latest` shows the newest value of each
figure, `<table>_as_of(DATE …)` the newest known on a day. Grain of a core table: series + key + edition_order.
"""

from __future__ import annotations

import duckdb

from transforms.tables import Table
from transforms.tables.declare import text
from warehouse.corrections import apply_corrections
from warehouse.sql import TYPES, comment, differs, key, key_as_json, same_key

PROVENANCE = (
    text("series", "Series the figure was published in (meta.edition)."),
    text("edition", "Edition that first printed this value (meta.edition)."),
    text("file_sha256", "SHA-256 of the published file it stands in (meta.source_file)."),
)


def make_core_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create core.<table> from the staged Parquet that meta.staged_file lists, with its views, macro and comments.

    Adds to meta.revision, meta.repeated_figure and meta.applied_correction. Raises `CorrectionDoesNotApply`.
    """
    con.execute(f"CREATE TABLE core.{table.name} ({_columns(table)})")
    staged = con.execute("SELECT parquet FROM meta.staged_file WHERE table_name = ?", [table.name]).fetchall()
    if staged:
        con.execute(f"CREATE TEMP TABLE printed AS {_printed(table)}", [[path for (path,) in staged]])
        apply_corrections(con, table)
        con.execute(_insert_changed(table))
        _note_repeats(con, table)
        _note_revisions(con, table)
        con.execute("DROP TABLE printed")
    _views(con, table)
    _comments(con, table)


def _columns(table: Table) -> str:
    declared = [f"{column.name} {TYPES[column.dtype]}" for column in table.frame_columns]
    return ", ".join([*declared, "series VARCHAR", "edition VARCHAR", "file_sha256 VARCHAR", "edition_order INTEGER"])


def _printed(table: Table) -> str:
    names = ", ".join(f"printed.{column.name}" for column in table.frame_columns)
    return f"""
        SELECT {names}, files.series, files.edition, files.file_sha256, files.edition_order, files.issued,
            row_number() OVER (
                PARTITION BY files.series, {", ".join(f"printed.{name}" for name in table.key)}, files.edition_order
                ORDER BY files.issued, files.file_sha256, source_sheet, source_row, source_column
            ) AS repeat
        FROM read_parquet(?, filename = true) AS printed
        INNER JOIN meta.staged_file AS files ON printed.filename = files.parquet
    """


def _insert_changed(table: Table) -> str:
    before = "lag({}) OVER history"
    return f"""
        INSERT INTO core.{table.name} BY NAME
        SELECT * EXCLUDE (repeat, issued)
        FROM printed
        WHERE repeat = 1
        WINDOW history AS (PARTITION BY {key(table)} ORDER BY edition_order)
        QUALIFY lag(edition_order) OVER history IS NULL OR {differs(table, "{}", before)}
        ORDER BY {key(table)}, edition_order
    """


def _note_repeats(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Figures one edition prints in two places with two values (a table without `value` shows the places only)."""
    values = ("value", "value_status") if "value" in table.values else ("NULL", "NULL")
    first, other = (
        [value if value == "NULL" else f"{side}.{value}" for value in values] for side in ("first", "other")
    )
    con.execute(f"""
        INSERT INTO meta.repeated_figure
        SELECT '{table.name}', first.series, first.edition, {key_as_json(table, "first")},
            {first[0]}, {other[0]}, {first[1]}, {other[1]},
            first.file_sha256, first.source_sheet, first.source_row, first.source_column,
            other.file_sha256, other.source_sheet, other.source_row, other.source_column
        FROM (SELECT * FROM printed WHERE repeat > 1) AS other
        INNER JOIN (SELECT * FROM printed WHERE repeat = 1) AS first
            ON {same_key(table, "first", "other")} AND first.edition_order = other.edition_order
        WHERE {differs(table, "first.{}", "other.{}")}
    """)


def _note_revisions(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Figures a later edition printed with another value."""
    if "value" not in table.values:
        return
    measure = "measure" if any(column.name == "measure" for column in table.columns) else "NULL"
    con.execute(f"""
        INSERT INTO meta.revision
        SELECT '{table.name}', series, {key_as_json(table)}, {measure},
            lag(value) OVER history, value, lag(value_status) OVER history, value_status,
            lag(edition) OVER history, edition, lag(file_sha256) OVER history, file_sha256,
            lag(source_sheet) OVER history, lag(source_row) OVER history, lag(source_column) OVER history,
            source_sheet, source_row, source_column,
            (SELECT min(issued) FROM meta.staged_file AS files WHERE files.file_sha256 = changed.file_sha256)
        FROM core.{table.name} AS changed
        WINDOW history AS (PARTITION BY {key(table)} ORDER BY edition_order)
        QUALIFY lag(edition_order) OVER history IS NOT NULL
    """)


def _views(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    con.execute(f"""
        CREATE VIEW core.{table.name}_latest AS
        SELECT * FROM core.{table.name}
        QUALIFY row_number() OVER (PARTITION BY {key(table)} ORDER BY edition_order DESC) = 1
    """)
    con.execute(f"""
        CREATE MACRO core.{table.name}_as_of(day) AS TABLE
        SELECT figures.* FROM core.{table.name} AS figures
        INNER JOIN meta.edition USING (series, edition_order)
        WHERE meta.edition.available_from <= day
        QUALIFY row_number() OVER (
            PARTITION BY {key(table, "figures")} ORDER BY edition_order DESC
        ) = 1
    """)


def _comments(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    described = {column.name: _described(column.description, column.unit) for column in table.frame_columns}
    described |= {column.name: column.description for column in PROVENANCE}
    described["edition_order"] = "Order of editions (and re-issues) within the series; the newest is the highest."
    for name, grain in (
        (table.name, f"{table.grain} x edition, a row only where the value changed"),
        (f"{table.name}_latest", f"{table.grain}; the newest published value of each"),
    ):
        kind = "VIEW" if name.endswith("_latest") else "TABLE"
        comment(con, f"{kind} core.{name}", f"{table.description} Grain: {grain}.")
        for column, description in described.items():
            comment(con, f"COLUMN core.{name}.{column}", description)


def _described(description: str, unit: str) -> str:
    return f"{description} Unit: {unit}." if unit else description
