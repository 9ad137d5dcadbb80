"""Core tables with their history.

A figure is stored again only where a later edition printed another value or other attributes (region, board, name).
An edition that prints no figure that was printed before is added to the table of the previous release
(`warehouse.building.additions`).
The views over it are in `warehouse.building.core_views`. Grain of a core table: series + key + edition_order.
"""

from __future__ import annotations

import duckdb

from transforms.tables import Table
from warehouse.building.attributes import note_attribute_changes
from warehouse.building.comparing import RESULTS, compare
from warehouse.building.core_views import add_as_of, add_comments, add_views, describe_macro
from warehouse.building.corrections import apply_corrections
from warehouse.building.moved import note_moved
from warehouse.building.reuse import NEW_FILES, take_over, take_over_notes
from warehouse.building.scopes import find_covered, note_withdrawn
from warehouse.paths import pattern_literal
from warehouse.sql import TYPES, differs, key, key_as_json, of_changed_figure, quoted

ENDS = ("is_newest_value BOOLEAN DEFAULT TRUE", "withdrawn_order INTEGER", "withdrawn_from DATE")
"""Whether a row has the newest value of its figure; order and date of the first edition that no longer prints it."""


ROWS_SORTED = 3_000_000
"""Approximate number of rows that are sorted at once."""


def make_core_table(con: duckdb.DuckDBPyConnection, table: Table, *, unchanged: bool = False) -> None:
    """Create core.<table> from the staged Parquet that meta.staged_file lists, with its views, macro and comments.

    `unchanged`: copy it from the previous release, which is attached (`warehouse.building.reuse`).

    Adds to meta.revision, meta.withdrawn_figure, meta.attribute_change, meta.moved_area, meta.edition_step,
    meta.repeated_figure, meta.applied_correction. Raises `CorrectionDoesNotApply`.
    """
    con.execute(f"CREATE TABLE core.{table.name} ({_columns(table)})")
    if unchanged:
        take_over(con, table)
    elif _add_printed(con, table, _files(table)):
        note_moved(con, table)
        note_attribute_changes(con, table)
    add_views(con, table)
    add_comments(con, table)


def keep_core_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Leave core.<table>, which is that of the previous release, as it is: its macro and notes in meta are made anew.

    The previous release is attached (`warehouse.building.reuse`).
    """
    take_over_notes(con, table)
    add_as_of(con, table)
    describe_macro(con, table)


def add_to_core_table(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Add to core.<table>, which is that of the previous release, the rows of the files that the release did not have.

    They must be additions (`warehouse.building.additions`). The previous release is attached.
    """
    keep_core_table(con, table)
    _add_printed(con, table, _files(table, NEW_FILES))


def _add_printed(con: duckdb.DuckDBPyConnection, table: Table, files: str) -> bool:
    """Compare what staged files print, and insert into core.<table> what is to be kept; False where there are no files.

    `files` is SQL for them (`_files`). Fills the meta tables but meta.moved_area and meta.attribute_change.
    """
    paths = [path for (path,) in con.execute(f"SELECT parquet FROM ({files})").fetchall()]
    if not paths:
        return False
    con.execute(f"CREATE TEMP VIEW as_printed AS {_as_printed(table, files, paths)}")
    apply_corrections(con, table)
    find_covered(con, table)
    compare(con, table, files)
    note_withdrawn(con, table)
    _insert_kept_in_parts(con, table)
    _note_repeats(con, table)
    _note_revisions(con, table)
    dropped = "; ".join(f"DROP TABLE {name}" for name in ("covered", *RESULTS, "withdrawal"))
    con.execute(f"{dropped}; DROP VIEW printed; DROP VIEW as_printed")
    return True


def _columns(table: Table) -> str:
    beside = {level.of: level.name for level in table.levels}
    declared = [
        f"{column.name} {TYPES[column.dtype]}" + (f", {beside[column.name]} VARCHAR" if column.name in beside else "")
        for column in table.frame_columns
    ]
    return ", ".join(
        [*declared, "series VARCHAR", "edition VARCHAR", "file_sha256 VARCHAR", "edition_order INTEGER", *ENDS]
    )


def _as_printed(table: Table, files: str, paths: list[str]) -> str:
    """SQL for every row of every staged file, with its edition. `position` numbers the rows, earlier files first."""
    names = ", ".join(f"staged.{column.name}" for column in table.frame_columns)
    listed = ", ".join(map(pattern_literal, paths))
    return f"""
        SELECT {names}, files.reader, files.series, files.edition, files.file_sha256, files.edition_order,
            files.reissued_file, (files.number << 32) + staged.file_row_number AS position
        FROM read_parquet([{listed}], filename = true, file_row_number = true) AS staged
        INNER JOIN ({files}) AS files ON staged.filename = files.parquet
    """


def _files(table: Table, files: str = "meta.staged_file") -> str:
    """SQL for the staged files of a table, numbered by retrieval time; issues of one file share `reissued_file`.

    `files`: SQL for the files to choose from.
    """
    return f"""
        SELECT *, row_number() OVER (ORDER BY issued, parquet) AS number,
            CASE WHEN max(issue) OVER (PARTITION BY series, edition, reader, file_name) > 1
            THEN dense_rank() OVER (ORDER BY series, edition, reader, file_name) END AS reissued_file
        FROM {files} AS files WHERE table_name = '{table.name}'
    """


def _insert_kept(table: Table, part: str = "TRUE", positions: str = "TRUE") -> str:
    """SQL that inserts the rows to be kept, sorted by key.

    `part`: condition on rows of `printed`; `positions`: one that these rows meet, on rows of `notable`.
    """
    return f"""
        INSERT INTO core.{table.name} BY NAME
        WITH stored AS (
            SELECT notable.position, bool_or(notable.is_newest_value) AS is_newest_value,
                min(withdrawals.withdrawn_order) AS withdrawn_order,
                min_by(withdrawals.withdrawn_from, withdrawals.withdrawn_order) AS withdrawn_from
            FROM notable
            LEFT JOIN withdrawal AS withdrawals
                ON notable.hash_one = withdrawals.hash_one AND notable.hash_two = withdrawals.hash_two
                AND notable.edition_order < withdrawals.withdrawn_order
            WHERE notable.is_new AND {positions}
            GROUP BY notable.position
        )
        SELECT printed.* EXCLUDE (position, reader, reissued_file),
            stored.is_newest_value, stored.withdrawn_order, stored.withdrawn_from{_level_columns(table)}
        FROM printed
        INNER JOIN stored USING (position)
        WHERE {part}
        ORDER BY {key(table, "printed")}, edition_order
    """


def _insert_kept_in_parts(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Insert the rows to be kept, sorted by key; those of a large table in parts that can be sorted in memory.

    A part is a range of the first column of the key in one series, of some `ROWS_SORTED` printed rows.
    """
    (kept,) = con.execute("SELECT count(*) FROM notable WHERE is_new").fetchall()[0]
    if kept <= ROWS_SORTED:
        con.execute(_insert_kept(table))
        return
    first = f"printed.{table.key[0]}"
    parts = con.execute(f"""
        WITH counted AS (
            SELECT series, {first} AS first, count(*) AS counted, min(position) AS lowest, max(position) AS highest
            FROM printed GROUP BY ALL
        ),
        numbered AS (
            SELECT *, (sum(counted) OVER (PARTITION BY series ORDER BY first NULLS LAST) - 1) // {ROWS_SORTED} AS part
            FROM counted
        )
        SELECT series, min(first), max(first), bool_or(first IS NULL), min(lowest), max(highest) FROM numbered
        GROUP BY series, part ORDER BY series, part
    """).fetchall()
    for *values, has_null, lowest, highest in parts:
        part = f"printed.series = ? AND ({first} BETWEEN ? AND ? {f'OR {first} IS NULL' if has_null else ''})"
        con.execute(_insert_kept(table, part, f"notable.position BETWEEN {lowest} AND {highest}"), values)


def _level_columns(table: Table) -> str:
    """SQL columns for the levels of labels, each as `, … AS name`; NULL for a label without a level."""
    return "".join(
        f", CASE printed.{level.of} "
        + " ".join(f"WHEN {quoted(label)} THEN {quoted(value)}" for label, value in level.levels.items())
        + f" ELSE {quoted(level.otherwise) if level.otherwise else 'NULL'} END AS {level.name}"
        for level in table.levels
    )


def _note_repeats(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Fill meta.repeated_figure: figures that one edition prints in two places with two values.

    For a table without `value` the values are NULL.
    """
    values = ("value", "value_status") if "value" in table.values else ("NULL", "NULL")
    first, other = (
        [value if value == "NULL" else f"{side}.{value}" for value in values] for side in ("first", "other")
    )
    # Only the repeated rows: joining `printed` with itself would load all rows into memory.
    con.execute(f"""
        INSERT INTO meta.repeated_figure
        WITH place AS MATERIALIZED (
            FROM printed
            WHERE position IN (SELECT unnest([position_before, position]) FROM repeated)
        )
        SELECT '{table.name}', first.series, first.edition, {key_as_json(table, "first")},
            {first[0]}, {other[0]}, {first[1]}, {other[1]},
            first.file_sha256, first.source_sheet, first.source_row, first.source_column,
            other.file_sha256, other.source_sheet, other.source_row, other.source_column
        FROM repeated AS twice
        INNER JOIN place AS first ON twice.position_before = first.position
        INNER JOIN place AS other ON twice.position = other.position
    """)


def _note_revisions(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Fill meta.revision: figures that a later edition printed with another value."""
    (again,) = con.execute("SELECT sum(figures_before) FROM step_count").fetchall()[0]
    if "value" not in table.values or not again:
        return
    measure = "measure" if any(column.name == "measure" for column in table.columns) else "NULL"
    con.execute(f"""
        INSERT INTO meta.revision
        SELECT '{table.name}', series, {key_as_json(table)}, {measure},
            lag(value) OVER history, value, lag(value_status) OVER history, value_status,
            lag(edition) OVER history, edition, lag(file_sha256) OVER history, file_sha256,
            lag(source_sheet) OVER history, lag(source_row) OVER history, lag(source_column) OVER history,
            source_sheet, source_row, source_column,
            (
                SELECT min(issued) FROM meta.staged_file AS files
                WHERE files.file_sha256 = changed.file_sha256 AND files.table_name = '{table.name}'
            )
        FROM core.{table.name} AS changed
        WHERE {of_changed_figure(table)}
        WINDOW history AS (PARTITION BY {key(table)} ORDER BY edition_order)
        QUALIFY lag(edition_order) OVER history IS NOT NULL AND {differs(table, "{}", "lag({}) OVER history")}
    """)
