"""Columns that several marts share: one name, type and meaning each, declared in warehouse/marts/columns.csv.

A column without a COMMENT in the mart's own file is described by its shared meaning.
"""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import duckdb

from warehouse.sql import comment


@dataclass(frozen=True)
class SharedColumn:
    """A column of several marts. `instead_of`: other names for the same column, which no mart may use."""

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


def describe_columns(con: duckdb.DuckDBPyConnection, reads: Mapping[str, Collection[str]]) -> None:
    """Describe the columns of marts that have no description of their own.

    `reads` names each mart (marts.<name>) in the order in which they are made, with the marts it takes columns from: a
    column of theirs is described as there, where they agree; any other by its shared meaning.
    """
    described: dict[str, dict[str, str | None]] = {name: {} for name in reads}
    # One look for all marts: each would go through every column of every database.
    for name, column, words in con.execute("""
        SELECT 'marts.' || table_name, column_name, comment FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name = 'marts'
    """).fetchall():
        described[name][column] = words
    for name, sources in reads.items():
        for column in [column for column, words in described[name].items() if words is None]:
            inherited = {described[source].get(column) for source in sources} - {None}
            shared = shared_columns().get(column)
            words = inherited.pop() if len(inherited) == 1 else shared.meaning if shared else None
            if words:
                described[name][column] = words
                comment(con, f"COLUMN {name}.{column}", words)
