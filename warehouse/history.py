"""Core tables with their history: every edition of a figure, kept economically.

A value is stored again only where a later edition printed another one. `<table>_latest` shows the newest value of each
figure, `<table>_as_of(DATE …)` the newest known on a day. Grain of a core table: series + key + edition_order.
"""

from __future__ import annotations

import duckdb

from transforms.tables import Table
from transforms.tables.declare import text
from warehouse.corrections import apply_corrections
from warehouse.sql import TYPES, comment, differs, key, key_as_json

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
        con.execute(f"CREATE TEMP VIEW as_printed AS {_as_printed(table, [path for (path,) in staged])}")
        apply_corrections(con, table)
        con.execute(f"CREATE TEMP TABLE changed AS {_changed(table)}")
        con.execute(_insert_changed(table))
        _note_repeats(con, table)
        _note_revisions(con, table)
        con.execute("DROP TABLE changed; DROP VIEW printed; DROP VIEW as_printed")
    _views(con, table)
    _comments(con, table)


def _columns(table: Table) -> str:
    declared = [f"{column.name} {TYPES[column.dtype]}" for column in table.frame_columns]
    return ", ".join([*declared, "series VARCHAR", "edition VARCHAR", "file_sha256 VARCHAR", "edition_order INTEGER"])


def _as_printed(table: Table, paths: list[str]) -> str:
    """Every row of every staged file, with its edition; `filename` and `place` name the row."""
    names = ", ".join(f"staged.{column.name}" for column in table.frame_columns)
    listed = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
    return f"""
        SELECT {names}, files.series, files.edition, files.file_sha256, files.edition_order, files.issued,
            staged.filename, staged.file_row_number AS place
        FROM read_parquet([{listed}], filename = true, file_row_number = true) AS staged
        INNER JOIN meta.staged_file AS files ON staged.filename = files.parquet
    """


def _changed(table: Table) -> str:
    """Rows whose value is not the one printed before: in an earlier edition, or earlier in the same one.

    Keys are compared by two 64-bit hashes: all editions of a long key would not fit into memory.
    """
    keys = ", ".join(table.key)
    return f"""
        WITH narrow AS (
            SELECT filename, place, edition_order, issued, series, hash({keys}) AS hash_one,
                hash('another', {keys}) AS hash_two, {", ".join(table.values)}
            FROM printed
        )
        SELECT filename, place, lag(filename) OVER history AS filename_before, lag(place) OVER history AS place_before,
            coalesce(lag(edition_order) OVER history = edition_order, FALSE) AS is_repeat
        FROM narrow
        WINDOW history AS (
            PARTITION BY series, hash_one, hash_two ORDER BY edition_order, issued, filename, place
        )
        QUALIFY filename_before IS NULL OR {differs(table, "{}", "lag({}) OVER history")}
    """


def _insert_changed(table: Table) -> str:
    return f"""
        INSERT INTO core.{table.name} BY NAME
        SELECT printed.* EXCLUDE (issued, filename, place)
        FROM printed
        SEMI JOIN (SELECT filename, place FROM changed WHERE NOT is_repeat) AS kept USING (filename, place)
        ORDER BY {key(table)}, edition_order
    """


def _note_repeats(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Figures one edition prints in two places with two values (a table without `value` shows the places only)."""
    if not con.execute("SELECT count(*) FROM changed WHERE is_repeat").fetchall()[0][0]:
        return
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
        FROM (SELECT * FROM changed WHERE is_repeat) AS twice
        INNER JOIN printed AS first ON twice.filename_before = first.filename AND twice.place_before = first.place
        INNER JOIN printed AS other ON twice.filename = other.filename AND twice.place = other.place
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
