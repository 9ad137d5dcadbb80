"""Changes of a figure's attributes (region, board, name, date) between editions."""

from __future__ import annotations

import duckdb

from transforms.tables import Table
from warehouse.sql import key, key_as_json, of_changed_figure


def note_attribute_changes(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Fill meta.attribute_change from core.<table>: one row for each file, column and pair of old and new text.

    Figures with one row have no change. They are left out first, because a window over all columns of a table
    with twenty years of months takes several gigabytes.
    """
    figures = {"value", "value_status"} if "value" in table.values else set()
    names = [name for name in (*table.values, *table.attributes) if name not in figures]
    if not names:
        return
    pairs = ", ".join(
        f"{{'name': '{name}', 'old': (lag({name}) OVER history)::VARCHAR, 'new': {name}::VARCHAR}}" for name in names
    )
    changed = " OR ".join(f"{name} IS DISTINCT FROM lag({name}) OVER history" for name in names)
    con.execute(f"""
        INSERT INTO meta.attribute_change
        WITH changed AS (
            SELECT series, edition, file_sha256, source_sheet, source_row, {key_as_json(table)} AS figure,
                [{pairs}] AS pairs
            FROM core.{table.name}
            WHERE {of_changed_figure(table)}
            WINDOW history AS (PARTITION BY {key(table)} ORDER BY edition_order)
            QUALIFY lag(edition_order) OVER history IS NOT NULL AND ({changed})
        )
        SELECT '{table.name}', changed.series, changed.edition, changed.file_sha256, pair.name, pair.old, pair.new,
            count(*), min(changed.figure), min_by(changed.source_sheet, changed.figure),
            min_by(changed.source_row, changed.figure)
        FROM changed, unnest(changed.pairs) AS each (pair)
        WHERE pair.old IS DISTINCT FROM pair.new
        GROUP BY ALL
        ORDER BY ALL
    """)
