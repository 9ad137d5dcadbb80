"""The public copy of a warehouse: the same tables without the series that may not be redistributed.

It is written row by row into a new file, so that nothing of those series is in its bytes. A mart that may show anything
of them is built anew, so that the copy speaks of them as of series that are not loaded; one that reads only tables
without a row of them is taken over as it is. Headlines cited from them are left out, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from transforms.series import TABLES
from warehouse.archive import FigureKind
from warehouse.building.core_views import describe_macro
from warehouse.building.marts import build_marts
from warehouse.building.reuse import CATALOG, Reuse, attach, detach, same_rows
from warehouse.paths import open_to_write
from warehouse.sql import comment
from warehouse.threads import limit_threads

FACTS = frozenset({"meta.series", "meta.series_table"})
"""Tables that speak of every series of the catalogue, loaded or not."""


def write_public_copy(warehouse: Path, copy: Path, withheld: Sequence[str], figure_kind: FigureKind) -> None:
    """Write `copy`, a new file: the warehouse without core rows, records and mart rows of the series in `withheld`.

    Examples of rows that failed a check are left out, too. Raises `MartFailed`.
    """
    listed = ", ".join(f"'{series}'" for series in withheld)
    with open_to_write(copy) as con:
        limit_threads(con, warehouse.stat().st_size)
        con.execute("SET enable_progress_bar = false")
        attach(con, warehouse)
        _copy_rows(con, listed)
        con.begin()
        con.execute(f"UPDATE meta.series_table SET is_loaded = FALSE, covered_until = NULL WHERE series IN ({listed})")
        con.execute("UPDATE meta.check_result SET examples = NULL")
        about = con.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'series'").fetchall()[0][0]
        left_out = f"This is a public copy: left out, because they may not be passed on, are {', '.join(withheld)}."
        comment(con, "TABLE meta.series", f"{about} {left_out}")
        for table in TABLES.values():
            describe_macro(con, table)
        same = [f"core.{name}" for name in _same_tables(con, listed)]
        reuse = Reuse(con, same, headlines_differ=not same_rows(con, "reference.headline"))
        build_marts(con, figure_kind, reuse=reuse)
        con.commit()
        detach(con)
        con.execute("CHECKPOINT")


def leaves_out_the_same(copy: Path, before: Path) -> bool:
    """Whether two public copies without the same series leave out the same cited headlines.

    A mart that has the same rows in both warehouses then has the same rows in both copies, as it reads the same.
    """
    with duckdb.connect(copy, read_only=True) as con:
        attach(con, before)
        return same_rows(con, "reference.headline")


def _same_tables(con: duckdb.DuckDBPyConnection, listed: str) -> set[str]:
    """Names of the core tables without a row of the series `listed`."""
    return {
        name
        for name in TABLES
        if not con.execute(f"FROM {CATALOG}.core.{name} WHERE series IN ({listed}) LIMIT 1").fetchall()
    }


def _copy_rows(con: duckdb.DuckDBPyConnection, listed: str) -> None:
    """Copy the structure, and every row that is not of the series `listed`; no rows of marts."""
    name = con.execute("SELECT current_database()").fetchall()[0][0]
    con.execute(f'COPY FROM DATABASE {CATALOG} TO "{name}" (SCHEMA)')
    tables = con.execute(f"""
        SELECT schema_name || '.' || table_name, bool_or(column_name = 'series') AND schema_name IN ('core', 'meta')
        FROM duckdb_tables() INNER JOIN duckdb_columns() USING (database_name, schema_name, table_name)
        WHERE database_name = '{CATALOG}' AND schema_name <> 'marts'
        GROUP BY schema_name, table_name ORDER BY ALL
    """).fetchall()
    for table, has_series in tables:
        left_out = listed if has_series and table not in FACTS else ""
        if table == "reference.headline":
            left_out = f"""
                SELECT cited.series FROM {CATALOG}.reference.headline AS cited
                INNER JOIN {CATALOG}.marts.leadership_headlines AS mart USING (headline_id)
                WHERE mart.source_series IN ({listed})
            """
        condition = f" WHERE coalesce(series NOT IN ({left_out}), TRUE)" if left_out else ""
        con.execute(f"INSERT INTO {table} FROM {CATALOG}.{table}{condition}")
