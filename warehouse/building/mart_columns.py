"""The columns that several marts share: one name, one type and one meaning each, of warehouse/marts/columns.csv.

A mart's own COMMENT says what is particular to it; where it has none, the shared meaning describes the column.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb

from warehouse.sql import comment


@dataclass(frozen=True)
class SharedColumn:
    """A column of several marts. `instead_of` are names that other sources use for the same; no mart may have them."""

    name: str
    type: str
    meaning: str
    instead_of: tuple[str, ...]


@cache
def shared_columns() -> dict[str, SharedColumn]:
    """Every shared column, by name."""
    text = (files("warehouse") / "marts" / "columns.csv").read_text(encoding="utf-8")
    return {
        line["column"]: SharedColumn(
            line["column"], line["type"], line["meaning"], tuple(filter(None, line["instead_of"].split("|")))
        )
        for line in csv.DictReader(text.splitlines())
    }


def describe_shared_columns(con: duckdb.DuckDBPyConnection, mart: str) -> None:
    """Describe the columns of `mart` that have no description yet by their shared meaning."""
    without = con.execute(
        """
        SELECT column_name FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name || '.' || table_name = ? AND comment IS NULL
        """,
        [mart],
    ).fetchall()
    for (column,) in without:
        if column in shared_columns():
            comment(con, f"COLUMN {mart}.{column}", shared_columns()[column].meaning)
