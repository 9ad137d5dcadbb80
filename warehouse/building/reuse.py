"""Copies core tables from the previous release where none of their inputs has changed.

Only a release built by the same code is used (flows.pipeline compares fingerprints). A core table is unchanged where
every series that fills it has the same files and editions as in that release, and none of its rows was rejected there.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from transforms.series import TABLES
from transforms.tables import Table
from warehouse.paths import path_literal

CATALOG = "before"
"""Name under which the previous release is attached."""

OF_TABLE = (
    "revision",
    "withdrawn_figure",
    "edition_step",
    "repeated_figure",
    "moved_area",
    "attribute_change",
    "applied_correction",
)
"""Meta tables filled while a core table is created: their rows are copied together with an unchanged table."""


def attach(con: duckdb.DuckDBPyConnection, before: Path) -> None:
    """Attach the previous release read-only. Call it outside a transaction."""
    con.execute(f"ATTACH {path_literal(before)} AS {CATALOG} (READ_ONLY)")


def unchanged_tables(con: duckdb.DuckDBPyConnection) -> set[str]:
    """Names of the core tables that equal those of the previous release. Call it after the meta tables are filled."""
    changed = _first(con, f"{_differing('source_file')} UNION {_differing('edition')}")
    refused = _first(con, f"SELECT table_name FROM {CATALOG}.meta.rejected_row")
    return {
        table.name
        for table in TABLES.values()
        if f"core.{table.name}" not in refused and not _series_of(con, table) & changed
    }


def is_unchanged(name: str, unchanged: set[str]) -> bool:
    """Whether a table (with schema) equals that of the previous release.

    `unchanged`: names of the unchanged core tables (without schema) and marts (with schema).
    """
    schema, _, table = name.partition(".")
    if schema == "core":
        return table.removesuffix("_latest") in unchanged or table == "headline"
    # Reference tables change only with the code; a name without a schema is a CTE.
    return name in unchanged or schema in {"reference", ""}


def detach(con: duckdb.DuckDBPyConnection) -> None:
    """Detach the previous release. Call it outside a transaction."""
    con.execute(f"DETACH {CATALOG}")


def take_over(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Copy core.<table> and its rows of the `OF_TABLE` meta tables from the previous release."""
    con.execute(f"INSERT INTO core.{table.name} BY NAME FROM {CATALOG}.core.{table.name}")
    for name in OF_TABLE:
        con.execute(f"INSERT INTO meta.{name} BY NAME FROM {CATALOG}.meta.{name} WHERE table_name = ?", [table.name])


def _differing(name: str) -> str:
    """SQL for the series whose rows of a meta table differ from the previous release."""
    now, before = f"SELECT * FROM meta.{name}", f"SELECT * FROM {CATALOG}.meta.{name}"
    return f"SELECT series FROM (({now} EXCEPT ALL {before}) UNION ALL ({before} EXCEPT ALL {now}))"


def _series_of(con: duckdb.DuckDBPyConnection, table: Table) -> set[str]:
    """The series that fill a table, now or in the previous release."""
    now = f"SELECT series FROM meta.staged_file WHERE table_name = '{table.name}'"
    return _first(con, f"{now} UNION SELECT series FROM {CATALOG}.core.{table.name}")


def _first(con: duckdb.DuckDBPyConnection, query: str) -> set[str]:
    return {value for (value,) in con.execute(query).fetchall()}
