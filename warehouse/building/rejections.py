"""Moves rows that checks of severity 'reject rows' refuse from core to meta.rejected_row."""

from __future__ import annotations

import duckdb
import polars as pl

from transforms.series import TABLES
from warehouse.sql import key, key_as_json, of_changed_figure

CELL = ("file_sha256", "source_sheet", "source_row", "source_column")


def take_out(con: duckdb.DuckDBPyConnection, rows: pl.DataFrame) -> None:
    """Move rows from the core tables to meta.rejected_row.

    `rows` has the columns rule_id, table_name (with schema), those of `CELL`, expected, found.
    """
    con.register("refused", rows.to_arrow())
    same_cell = " AND ".join(f"core_row.{name} IS NOT DISTINCT FROM refused.{name}" for name in CELL)
    for name in rows["table_name"].unique(maintain_order=True):
        table = TABLES[name.removeprefix("core.")]
        value = "core_row.value" if "value" in table.values else "NULL"
        con.execute(f"""
            INSERT INTO meta.rejected_row
            SELECT refused.rule_id, refused.table_name, {key_as_json(table, "core_row")}, {value},
                core_row.series, core_row.edition, {", ".join(f"core_row.{name}" for name in CELL)},
                refused.expected, refused.found
            FROM core.{table.name} AS core_row
            INNER JOIN refused ON refused.table_name = '{name}' AND {same_cell}
        """)
        con.execute(f"""
            DELETE FROM core.{table.name} AS core_row USING refused
            WHERE refused.table_name = '{name}' AND {same_cell}
        """)
        # The row before a refused one may now have the newest value.
        con.execute(f"""
            UPDATE core.{table.name} SET is_newest_value = TRUE
            WHERE NOT is_newest_value AND rowid IN (
                SELECT arg_max(rowid, edition_order) FROM core.{table.name}
                WHERE {of_changed_figure(table)} GROUP BY {key(table)}
            )
        """)
    con.unregister("refused")
