"""Finds withdrawn figures, those a later edition no longer prints, with SQL derived from the readers' scopes.

A figure is withdrawn by the first later edition that prints other figures of the same scope without it. A file issued
again under the same name and edition replaces the earlier issue completely, whatever its scopes are.
"""

from __future__ import annotations

import duckdb

from transforms.series import READERS
from transforms.tables import Scope, Table
from warehouse.sql import key_as_json


def _slices(table: Table) -> list[str]:
    """SQL for the hashes of the slices that a printed row belongs to, each NULL where it belongs to none.

    A slice is the set of rows of one scope with equal scope columns: of a scope of its reader, of a scope shared by
    readers, or all rows of the issues of one file.
    """
    declared = [(reader.name, scope) for reader in READERS for scope in reader.scopes if scope.table == table.name]
    own = [_when(name, scope, f"'{name}'") for name, scope in declared if not scope.shared]
    shared = [_when(name, scope, "''") for name, scope in declared if scope.shared]
    issues = "CASE WHEN reissued_file IS NOT NULL THEN hash('issues of one file', reissued_file) END"
    return [*(f"CASE {' '.join(cases)} END" for cases in (own, shared) if cases), issues]


def _when(reader: str, scope: Scope, whose: str) -> str:
    only = "".join(f" AND {column} = '{value}'" for column, value in scope.only)
    columns = ", ".join(f"'{name}', {name}" for name in scope.columns)
    return f"WHEN reader = '{reader}'{only} THEN hash({whose}, series, {columns})"


def find_covered(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create the temporary table `covered` from `printed`: slice, edition_order, next_order.

    `next_order` is the order of the next edition with the slice. Slices that only one edition has are left out, since
    none of their figures can be withdrawn.
    """
    printed = " UNION ".join(
        f"SELECT DISTINCT {slice_} AS slice, edition_order FROM printed" for slice_ in _slices(table)
    )
    con.execute(f"""
        CREATE TEMP TABLE covered AS
        SELECT slice, edition_order, lead(edition_order) OVER (PARTITION BY slice ORDER BY edition_order) AS next_order
        FROM ({printed})
        WHERE slice IS NOT NULL
        QUALIFY count(*) OVER (PARTITION BY slice) > 1
    """)


def join_covered(table: Table) -> str:
    """JOIN clauses from `printed` to the rows of `covered` that next_order(table) reads."""
    return " ".join(
        f"LEFT JOIN covered AS covered_{number} ON covered_{number}.slice = {slice_}"
        f" AND covered_{number}.edition_order = printed.edition_order"
        for number, slice_ in enumerate(_slices(table))
    )


def next_order(table: Table) -> str:
    """SQL for the order of the next edition that prints a slice of the row."""
    orders = [f"covered_{number}.next_order" for number, _ in enumerate(_slices(table))]
    return f"least({', '.join(orders)})"


def note_withdrawn(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Create the temporary table `withdrawal` from `notable`, and fill meta.withdrawn_figure.

    A figure that a correction drops is still printed by the publisher, so it is not recorded as withdrawn.
    """
    slices = ", ".join(_slices(table))
    con.execute(f"""
        CREATE TEMP TABLE withdrawal AS
        WITH gone AS (
            SELECT notable.*, printed.series, unnest([{slices}]) AS slice
            FROM notable INNER JOIN printed USING (position)
            WHERE notable.withdrawn_order IS NOT NULL
        )
        SELECT gone.position, gone.hash_one, gone.hash_two, gone.series, gone.withdrawn_order, gone.printed_next,
            min(edition.available_from) AS withdrawn_from
        FROM gone
        LEFT JOIN covered
            ON gone.slice = covered.slice
            AND covered.edition_order >= gone.withdrawn_order
            AND covered.edition_order < coalesce(gone.printed_next, covered.edition_order + 1)
        LEFT JOIN meta.edition AS edition
            ON gone.series = edition.series AND covered.edition_order = edition.edition_order
        GROUP BY ALL
    """)
    has_value = "value" in table.values
    measure = "last.measure" if any(column.name == "measure" for column in table.columns) else "NULL"
    con.execute(f"""
        INSERT INTO meta.withdrawn_figure BY NAME
        SELECT
            '{table.name}' AS table_name, last.series, {key_as_json(table, "last")} AS figure, {measure} AS measure,
            {"last.value" if has_value else "NULL::DOUBLE"} AS last_value, last.edition AS last_edition,
            last.file_sha256, last.source_sheet, last.source_row, last.source_column,
            without.edition AS withdrawn_edition,
            (
                SELECT arg_min(files.file_sha256, (files.reader <> last.reader, files.file_sha256))
                FROM meta.staged_file AS files
                WHERE files.series = gone.series AND files.edition_order = gone.withdrawn_order
                    AND files.table_name = '{table.name}'
            ) AS withdrawing_sha256,
            gone.withdrawn_from, again.edition AS printed_again_edition
        FROM withdrawal AS gone
        INNER JOIN printed AS last USING (position)
        LEFT JOIN meta.edition AS without
            ON gone.series = without.series AND gone.withdrawn_order = without.edition_order
        LEFT JOIN meta.edition AS again ON gone.series = again.series AND gone.printed_next = again.edition_order
        ANTI JOIN meta.applied_correction AS dropped
            ON dropped.table_name = '{table.name}' AND gone.series = dropped.series
            AND without.edition = dropped.edition AND dropped.corrected_value IS NULL
            AND dropped.figure = {key_as_json(table, "last")}
    """)
