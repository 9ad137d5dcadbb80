"""Looks up the newest value of a figure by its key as JSON."""

from __future__ import annotations

import json

import duckdb

from transforms.series import TABLES


def newest_value(con: duckdb.DuckDBPyConnection, series: str | None, figure: str | None) -> float | None:
    """The newest value of the figure with this key (JSON); None where there is none or the key matches several tables.

    Also None where the warehouse was built by older code and has other columns.
    """
    try:
        key = json.loads(figure or "{}")
    except json.JSONDecodeError:
        return None
    tables = [table for table in TABLES.values() if set(table.key) == set(key) and "value" in table.values]
    if len(tables) != 1:
        return None
    same = " AND ".join(f"{name}::VARCHAR IS NOT DISTINCT FROM ?" for name in ("series", *tables[0].key))
    wanted = (series, *(key[name] for name in tables[0].key))
    try:
        values = con.execute(
            f"SELECT value FROM core.{tables[0].name}_latest WHERE {same}",
            [None if part is None else str(part) for part in wanted],
        ).fetchall()
    except (duckdb.CatalogException, duckdb.BinderException):
        return None
    return float(values[0][0]) if len(values) == 1 and values[0][0] is not None else None
