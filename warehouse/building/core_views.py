"""Views and macro over a core table and its history: newest values, values with validity dates, values of a day.

`<table>_latest` has the newest value of each figure, `<table>_history` each value with the days on which it was the
newest, and `<table>_as_of(DATE …)` the values known on a day. All leave out withdrawn figures: those that a later
edition of the same scope no longer prints.
"""

from __future__ import annotations

import duckdb

from transforms.tables import Table
from transforms.tables.declare import text
from warehouse.building.moved import AREA_ATTRIBUTES, has_areas_by_month, newest_area_attributes
from warehouse.sql import comment, key

PROVENANCE = (
    text("series", "Series the figure was published in (meta.edition)."),
    text("edition", "Edition that first printed this value with these attributes (meta.edition)."),
    text("file_sha256", "SHA-256 of the published file that prints it (meta.source_file)."),
)

OF_HISTORY = {
    "is_newest_value": "Whether no later edition printed another value or other attributes of the figure.",
    "withdrawn_order": "Order of the first later edition that no longer prints the figure (meta.withdrawn_figure).",
    "withdrawn_from": "Day from which core.<table>_history and core.<table>_as_of leave it out; NULL where it is still "
    "printed.",
}

KNOWN = {
    "known_from": "First day on which this was the newest published value (meta.edition.available_from).",
    "known_until": "Day from which it no longer was: a later edition printed another value, or left the figure out; "
    "NULL where it still is.",
}


def add_views(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create core.<table>_latest, core.<table>_history and the macro core.<table>_as_of over a core table."""
    replaced, moved = newest_area_attributes(table)
    con.execute(f"""
        CREATE VIEW core.{table.name}_latest AS
        SELECT newest.* EXCLUDE ({", ".join(OF_HISTORY)}) {replaced}
        FROM core.{table.name} AS newest {moved}
        WHERE newest.is_newest_value AND newest.withdrawn_order IS NULL
    """)
    con.execute(f"""
        CREATE VIEW core.{table.name}_history AS
        WITH dated AS (
            SELECT
                figures.*,
                meta.edition.available_from AS known_from,
                least(min(meta.edition.available_from) OVER later, withdrawn_from) AS known_until
            FROM core.{table.name} AS figures
            INNER JOIN meta.edition USING (series, edition_order)
            WINDOW later AS (
                PARTITION BY {key(table, "figures")} ORDER BY edition_order
                ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING
            )
        )
        SELECT * EXCLUDE ({", ".join(OF_HISTORY)}) FROM dated
        WHERE known_from IS NOT NULL AND (known_until IS NULL OR known_from < known_until)
    """)
    add_as_of(con, table)


def add_as_of(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create the macro that filters core.<table>_history by a day.

    DuckDB (1.5 and 2.0) resolves names inside a macro in the caller's current database, not in the database of the
    macro. For an attached file the caller therefore passes its name as `catalogue`. The macro first compares the build
    id it finds with its own (MATERIALIZED: in any query), so that it never returns figures of another warehouse.
    """
    build_id = con.execute("SELECT max(build_id) FROM meta.build").fetchall()[0][0]
    own = "NULL" if build_id is None else f"'{build_id}'"
    message = (
        f"core.{table.name}_as_of found another warehouse than its own. For a file attached as wf write "
        f"wf.core.{table.name}_as_of(day, catalogue := ''wf''), or read the view wf.core.{table.name}_history."
    )
    con.execute(f"""
        CREATE MACRO core.{table.name}_as_of(day, catalogue := NULL) AS TABLE
        WITH found AS MATERIALIZED (
            SELECT CASE WHEN max(build_id) IS NOT DISTINCT FROM {own} THEN TRUE ELSE error('{message}') END AS is_own
            FROM {_attached("meta.build")}
        )
        SELECT history.* EXCLUDE (known_from, known_until)
        FROM {_attached(f"core.{table.name}_history")} AS history
        INNER JOIN found ON found.is_own
        WHERE history.known_from <= day AND (history.known_until IS NULL OR history.known_until > day)
    """)


def _attached(name: str) -> str:
    """SQL for a table in the database named by the macro's parameter `catalogue`, by default the caller's."""
    return f"""query('FROM ' || coalesce('"' || replace(catalogue, '"', '""') || '".', '') || '{name}')"""


def drop_core_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Drop core.<table> with its views and macro."""
    con.execute(f"DROP MACRO TABLE IF EXISTS core.{table.name}_as_of")
    con.execute(f"DROP VIEW core.{table.name}_history; DROP VIEW core.{table.name}_latest")
    con.execute(f"DROP TABLE core.{table.name}")


def add_comments(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Add comments to core.<table>, its views, their columns, and the macro."""
    described = {column.name: _described(column.description, column.unit) for column in table.frame_columns}
    described |= {level.name: level.description for level in table.levels}
    described |= {column.name: column.description for column in PROVENANCE}
    described["edition_order"] = "Order of editions (and re-issues) within the series; the newest is the highest."
    as_of = f"core.{table.name}_as_of"
    placed = (
        {
            column: f"{described[column]} As the newest edition with this area and month has it."
            for column in AREA_ATTRIBUTES
        }
        if has_areas_by_month(table)
        else {}
    )
    known = "with known_from <= day AND (known_until IS NULL OR known_until > day)"
    for name, kind, grain, more in (
        ("", "TABLE", f"{table.grain} x edition, a row only where the value or its attributes changed", OF_HISTORY),
        ("_latest", "VIEW", f"{table.grain}; the newest published value of each that is still printed", placed),
        ("_history", "VIEW", f"{table.grain} x known_from; {as_of}(day) shows those {known}", KNOWN),
    ):
        comment(con, f"{kind} core.{table.name}{name}", f"{table.description} Grain: {grain}.")
        for column, description in (described | more).items():
            comment(con, f"COLUMN core.{table.name}{name}.{column}", description)
    describe_macro(con, table)


def describe_macro(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Add the comment of core.<table>_as_of, which DuckDB does not copy with a database."""
    as_of = f"core.{table.name}_as_of"
    comment(
        con,
        f"MACRO TABLE {as_of}",
        f"{table.description} The figures known on a day: core.{table.name}_history filtered by it. Of a file attached "
        f"as wf write wf.{as_of}(day, catalogue := 'wf'). Grain: {table.grain}.",
    )


def _described(description: str, unit: str) -> str:
    return f"{description} Unit: {unit}." if unit else description
