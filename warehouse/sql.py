"""Small pieces of SQL that follow from a table's declaration."""

from __future__ import annotations

import duckdb
import polars as pl

from transforms.tables import Table

SAME = 1e-6
"""Numbers closer than this are one figure: publishers print at most five places."""

TYPES: dict[pl.DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Date(): "DATE",
    pl.Float64(): "DOUBLE",
    pl.Int32(): "INTEGER",
    pl.Boolean(): "BOOLEAN",
}


def key(table: Table, alias: str = "") -> str:
    """The columns of a table's grain without the edition: series and key."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + name for name in ("series", *table.key))


def key_as_json(table: Table, alias: str = "") -> str:
    """A row's key as JSON text, the form in which meta tables and corrections name a figure."""
    prefix = f"{alias}." if alias else ""
    return "to_json({" + ", ".join(f"'{name}': {prefix}{name}" for name in table.key) + "})::VARCHAR"


def differs(table: Table, one: str, other: str) -> str:
    """True where two rows hold different values. `one` and `other` are patterns such as 'lag({}) OVER history'."""
    dtypes = {column.name: column.dtype for column in table.columns}
    tests = []
    for name in table.values:
        left, right = one.format(name), other.format(name)
        if dtypes[name] == pl.Float64():
            tests.append(f"(({left} IS NULL) <> ({right} IS NULL) OR abs({left} - {right}) > {SAME})")
        else:
            tests.append(f"{left} IS DISTINCT FROM {right}")
    return "(" + " OR ".join(tests) + ")"


def comment(con: duckdb.DuckDBPyConnection, what: str, words: str) -> None:
    """Put a description into the database itself."""
    con.execute(f"COMMENT ON {what} IS {quoted(words)}")


def quoted(words: str) -> str:
    """A text as a literal of SQL."""
    return "'" + words.replace("'", "''") + "'"
