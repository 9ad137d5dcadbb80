"""The figures that differ between a release and the one before it, few enough for a manifest and a page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb

from transforms.series import TABLES
from warehouse.asking.diff import diff
from warehouse.paths import path_literal

MOST_SHOWN = 200
"""Changed figures that are listed: the largest of each table and measure; `workforce diff` has them all."""

INPUTS = ("source_file", "edition", "applied_correction", "rejected_row")
"""Meta tables by which a series' figures follow: where none of their rows differs, no figure of the series does."""

NOTHING: dict[str, Any] = {"tables": [], "largest": [], "more": 0}


def figure_changes(before: Path, after: Path, unchanged: frozenset[str] = frozenset()) -> dict[str, Any]:
    """What changed in the core tables of two warehouses: `tables`, `largest`, and `more`, the number not listed.

    `tables` has table, added, removed and changed figures; `largest` table, measure, figure (its key in words), value
    before and after. Empty where `before` is of a structure that cannot be compared. `unchanged`: names, with schema,
    of core tables that are known to have the same rows in both.
    """
    try:
        if not (tables := _tables_to_compare(before, after, unchanged)):
            return NOTHING
        found = diff(before, after, only=[f"core.{table}_latest" for table in tables])
    except (duckdb.BinderException, duckdb.CatalogException):
        return NOTHING
    differing = found.differing.select("table", "added", "removed", "changed")
    rows = found.changes.select("table", "measure", "row", "before", "after").rows()
    largest = [[table, measure, _in_words(row), old, new] for table, measure, row, old, new in rows[:MOST_SHOWN]]
    changed = int(differing["changed"].fill_null(0).sum())
    return {"tables": [list(row) for row in differing.rows()], "largest": largest, "more": changed - len(largest)}


def _tables_to_compare(before: Path, after: Path, unchanged: frozenset[str]) -> list[str]:
    """The core tables with other rows, of every series whose files, editions, corrections or rejected rows differ."""
    with duckdb.connect() as con:
        for name, path in (("before", before), ("after", after)):
            con.execute(f"ATTACH {path_literal(path)} AS {name} (READ_ONLY)")
        found: set[str] = set()
        for table in INPUTS:
            one, other = (f"SELECT * FROM {name}.meta.{table}" for name in ("before", "after"))
            differing = f"(({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one}))"
            found |= {
                table
                for (table,) in con.execute(f"""
                    SELECT DISTINCT table_name FROM after.meta.series_table
                    WHERE series IN (SELECT series FROM {differing})
                """).fetchall()
            }
        found -= {name.removeprefix("core.") for name in unchanged}
        return [name for name in TABLES if name in found and not _has_same_rows(con, name)]


def _has_same_rows(con: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a core table has the same rows on both sides, by the sum of their hashes: comparing them takes longer."""
    try:
        before, after = (
            con.execute(f"SELECT count(*), sum(hash(row_held)) FROM {side}.core.{table} AS row_held").fetchall()
            for side in ("before", "after")
        )
    except duckdb.CatalogException:  # the release before was built by code without this table
        return False
    return before == after


def _in_words(row: str) -> str:
    """The key of a figure, given as JSON, as its values in one line, without the series."""
    return ", ".join(f"{value}" for name, value in json.loads(row).items() if name != "series" and value is not None)
