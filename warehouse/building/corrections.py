"""Corrections of printed figures: each with its reason, and a guard that stops the build once the publisher mends it.

reference/corrections.csv: table_name, series, edition, figure (the key as JSON, as in meta.revision), expect (the
printed value the correction applies to), corrected (a number, or 'drop'), reason, reported_to, status.
"""

from __future__ import annotations

import duckdb

from transforms.tables import Table
from warehouse.errors import CorrectionDoesNotApply
from warehouse.sql import key_as_json


def apply_corrections(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Make the temporary view `printed` of `as_printed`, the rows of one table as read, with corrections applied.

    A correction of an edition that is not loaded waits. Raises `CorrectionDoesNotApply` where the edition is loaded
    but prints another value than expected, or no such figure.
    """
    wanted = (
        "SELECT * FROM reference.corrections AS wanted "
        f"WHERE table_name = '{table.name}' AND (series, edition) IN (SELECT (series, edition) FROM as_printed)"
    )
    if not con.execute(f"SELECT count(*) FROM ({wanted})").fetchall()[0][0]:
        con.execute("CREATE TEMP VIEW printed AS FROM as_printed")
        return
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE corrected AS
        SELECT wanted.*, printed.value, printed.file_sha256, printed.source_sheet, printed.source_row,
            printed.source_column
        FROM ({wanted}) AS wanted
        LEFT JOIN as_printed AS printed
            ON wanted.series = printed.series AND wanted.edition = printed.edition
            AND wanted.figure = {key_as_json(table, "printed")}
    """)
    _stop_where_it_does_not_apply(con)
    con.execute(f"""
        INSERT INTO meta.applied_correction
        SELECT '{table.name}', series, edition, figure, value, try_cast(corrected::VARCHAR AS DOUBLE), reason,
            reported_to, file_sha256, source_sheet, source_row, source_column
        FROM corrected
    """)
    same_cell = " AND ".join(
        f"as_printed.{name} IS NOT DISTINCT FROM corrected.{name}"
        for name in ("file_sha256", "source_sheet", "source_row", "source_column")
    )
    con.execute(f"""
        CREATE TEMP VIEW printed AS
        SELECT as_printed.* REPLACE (
            coalesce(try_cast(corrected.corrected::VARCHAR AS DOUBLE), as_printed.value) AS value
        )
        FROM as_printed
        LEFT JOIN corrected ON {same_cell}
        WHERE corrected.corrected IS NULL OR corrected.corrected::VARCHAR <> 'drop'
    """)


def _stop_where_it_does_not_apply(con: duckdb.DuckDBPyConnection) -> None:
    stale = con.execute(
        "SELECT table_name, edition, figure, expect, value FROM corrected "
        "WHERE value IS NULL OR abs(value - expect::DOUBLE) > 1e-6"
    ).fetchone()
    if stale:
        table_name, edition, figure, expect, value = stale
        raise CorrectionDoesNotApply(
            f"the correction of {table_name} {figure} in edition {edition} does not fit what is printed",
            file="warehouse/reference/corrections.csv",
            expected=f"the printed value {expect}",
            found="no such figure" if value is None else f"{value}",
            do="if the publisher mended the figure, remove the correction",
        )
