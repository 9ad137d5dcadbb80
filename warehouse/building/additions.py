"""Finds the core tables to which the new files only add rows: they print no figure that was printed before.

A month more of monthly figures then costs what the month costs, however many months there are. Rows are added where

* every file of the previous release is there, with the same order of its edition; no row was rejected, and no figure
  of the table is corrected,
* the new files are of one edition in each series, and none is a later issue of a file,
* their values of a column are all new, and that column belongs to the key of the table, to each scope whose figures may
  be withdrawn, and to the place of an area that may be moved.

The column (a month, a year) separates the figures of the new files from all others: none can be revised, repeated or
withdrawn by them. All other tables are made anew. Where the values are also later than all before, the rows are added
to the counts of figures (`warehouse.building.series_facts`), too, and to marts whose rows of a month are made from that
month alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import duckdb

from transforms.series import READERS, TABLES
from transforms.tables import Table
from warehouse.building.moved import PLACE, has_areas_by_month
from warehouse.building.reuse import NEW_FILES, Grown, renumbered_tables
from warehouse.paths import pattern_literal


def grown_tables(con: duckdb.DuckDBPyConnection, names: Iterable[str]) -> Grown:
    """Those of the core tables to which the new files only add rows.

    `names`: tables whose earlier files are those of the previous release, which is attached (`reuse.unchanged_tables`).
    """
    corrected = {name for (name,) in con.execute("SELECT table_name FROM reference.corrections").fetchall()}
    chosen = set(names) - corrected
    found = {name: _only_new(con, TABLES[name]) for name in chosen - renumbered_tables(con, chosen)}
    return {name: columns for name, columns in found.items() if columns}


def _only_new(con: duckdb.DuckDBPyConnection, table: Table) -> dict[str, Any]:
    """Those of `separating` of which the new files of a table have new values only, as `Grown` has them.

    {} where the new files are of several editions of a series.
    """
    files = con.execute(
        f"SELECT parquet, series, edition_order, issue FROM {NEW_FILES} WHERE table_name = ?", [table.name]
    ).fetchall()
    editions = {(series, order) for _, series, order, _ in files}
    is_one = len(editions) == len({series for series, _ in editions}) and all(issue == 1 for *_, issue in files)
    if not files or not is_one:
        return {}
    printed = f"read_parquet([{', '.join(pattern_literal(parquet) for parquet, *_ in files)}])"
    found = {}
    for name in separating(table):
        values = f"(SELECT DISTINCT {name} FROM {printed})"
        first, has_null = con.execute(f"SELECT min({name}), bool_or({name} IS NULL) FROM {values}").fetchall()[0]
        held = con.execute(f"SELECT 1 FROM core.{table.name} WHERE {name} IN {values} LIMIT 1").fetchall()
        if first is not None and not has_null and not held:
            (last,) = con.execute(f"SELECT max({name}) FROM core.{table.name}").fetchall()[0]
            found[name] = first if last is not None and last < first else None
    return found


def separating(table: Table) -> list[str]:
    """Columns that belong to the key, to each scope, and to the place of an area where areas can be moved."""
    scopes = [set(scope.columns) for reader in READERS for scope in reader.scopes if scope.table == table.name]
    places = [set(PLACE)] if has_areas_by_month(table) else []
    return [name for name in table.key if all(name in each for each in (*scopes, *places))]
