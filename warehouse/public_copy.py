"""The public copy of a warehouse: the same tables without the series that may not be redistributed.

It is written row by row into a new file, or into a copy of the public file of the previous release, so that nothing of
those series is in its bytes. A mart that may show anything
of them is built anew, so that the copy speaks of them as of series that are not loaded; one that reads only tables
without a row of them is taken over as it is. Headlines cited from them are left out, too.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import duckdb

from transforms.series import TABLES
from warehouse.archive import FigureKind
from warehouse.building.core_views import add_as_of, describe_macro
from warehouse.building.in_place import begun_as_copy
from warehouse.building.marts import build_marts
from warehouse.building.reuse import CATALOG, Reuse, attach, detach, same_rows
from warehouse.paths import open_to_write, path_literal
from warehouse.sql import comment
from warehouse.threads import limit_threads

FACTS = frozenset({"meta.series", "meta.series_table"})
"""Tables that speak of every series of the catalogue, loaded or not."""


EARLIER = "earlier"
"""Name under which the public file of the previous release is attached."""


def write_public_copy(
    warehouse: Path,
    copy: Path,
    withheld: Sequence[str],
    figure_kind: FigureKind,
    *,
    before: Path | None = None,
    unchanged: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """Write `copy`, a new file: the warehouse without core rows, records and mart rows of the series in `withheld`.

    Examples of rows that failed a check are left out, too. `before`: the public file of the previous release, which the
    same code wrote without the same series. `unchanged`: names, with schema, of the core tables and marts with the same
    rows in the warehouse as in the complete one of that release. Returns those that have the same rows in the copy as
    in `before`: all, or none where other cited headlines are left out, since marts read them.

    Raises `MartFailed`.
    """
    in_place = begun_as_copy(before, copy)
    kept = {name for name in TABLES if in_place and f"core.{name}" in unchanged}
    listed = ", ".join(f"'{series}'" for series in withheld)
    with open_to_write(copy) as con:
        limit_threads(con, warehouse.stat().st_size)
        con.execute("SET enable_progress_bar = false")
        attach(con, warehouse)
        if before:
            con.execute(f"ATTACH {path_literal(before)} AS {EARLIER} (READ_ONLY)")
        name = con.execute("SELECT current_database()").fetchall()[0][0]
        if in_place:
            _empty(con, kept)
        else:
            con.execute(f'COPY FROM DATABASE {CATALOG} TO "{name}" (SCHEMA)')
        _copy_rows(con, listed, kept)
        con.begin()
        con.execute(f"UPDATE meta.series_table SET is_loaded = FALSE, covered_until = NULL WHERE series IN ({listed})")
        con.execute("UPDATE meta.check_result SET examples = NULL")
        about = con.execute(
            f"SELECT comment FROM duckdb_tables() WHERE database_name = '{CATALOG}' AND table_name = 'series'"
        ).fetchall()[0][0]
        left_out = f"This is a public copy: left out, because they may not be passed on, are {', '.join(withheld)}."
        comment(con, "TABLE meta.series", f"{about} {left_out}")
        for table in TABLES.values():
            if in_place:
                add_as_of(con, table)
            describe_macro(con, table)
        if not (before and same_rows(con, "reference.headline", EARLIER)):
            unchanged = frozenset()
        same = [f"core.{name}" for name in _same_tables(con, listed)]
        held = unchanged if in_place else frozenset()
        reuse = Reuse(con, same, headlines_differ=not same_rows(con, "reference.headline"), held=held)
        build_marts(con, figure_kind, reuse=reuse)
        con.commit()
        detach(con)
        con.execute("CHECKPOINT")
    return unchanged


def _empty(con: duckdb.DuckDBPyConnection, kept: Collection[str]) -> None:
    """Delete the rows of every table but the core tables `kept` and the marts, and drop the macros of core tables.

    Call it outside a transaction: the space of the rows is free then, and what is written next uses it.
    """
    con.begin()
    for table, _ in _tables(con):
        if table not in {f"core.{name}" for name in kept}:
            con.execute(f"DELETE FROM {table}")
    for name in TABLES:
        con.execute(f"DROP MACRO TABLE core.{name}_as_of")
    con.commit()
    con.execute("CHECKPOINT")


def _tables(con: duckdb.DuckDBPyConnection) -> list[tuple[str, bool]]:
    """Every table of the attached warehouse but the marts, and whether its rows are each of one series."""
    return con.execute(f"""
        SELECT schema_name || '.' || table_name, bool_or(column_name = 'series') AND schema_name IN ('core', 'meta')
        FROM duckdb_tables() INNER JOIN duckdb_columns() USING (database_name, schema_name, table_name)
        WHERE database_name = '{CATALOG}' AND schema_name <> 'marts'
        GROUP BY schema_name, table_name ORDER BY ALL
    """).fetchall()


def _same_tables(con: duckdb.DuckDBPyConnection, listed: str) -> set[str]:
    """Names of the core tables without a row of the series `listed`."""
    return {
        name
        for name in TABLES
        if not con.execute(f"FROM {CATALOG}.core.{name} WHERE series IN ({listed}) LIMIT 1").fetchall()
    }


def _copy_rows(con: duckdb.DuckDBPyConnection, listed: str, kept: Collection[str]) -> None:
    """Copy every row that is not of the series `listed`, but none of marts and of the core tables `kept`."""
    for table, has_series in _tables(con):
        if table in {f"core.{name}" for name in kept}:
            continue
        left_out = listed if has_series and table not in FACTS else ""
        if table == "reference.headline":
            left_out = f"""
                SELECT cited.series FROM {CATALOG}.reference.headline AS cited
                INNER JOIN {CATALOG}.marts.leadership_headlines AS mart USING (headline_id)
                WHERE mart.source_series IN ({listed})
            """
        condition = f" WHERE coalesce(series NOT IN ({left_out}), TRUE)" if left_out else ""
        con.execute(f"INSERT INTO {table} FROM {CATALOG}.{table}{condition}")
