"""SQL fragments derived from the declaration of a table, and what a statement reads."""

from __future__ import annotations

import json
from typing import Any

import duckdb
import polars as pl

from transforms.tables import Table

SAME = 1e-6
"""Numbers that differ by less are equal: publishers print at most five decimal places."""

TYPES: dict[pl.DataType, str] = {
    pl.String(): "VARCHAR",
    pl.Date(): "DATE",
    pl.Float64(): "DOUBLE",
    pl.Int32(): "INTEGER",
    pl.Boolean(): "BOOLEAN",
}


def key(table: Table, alias: str = "") -> str:
    """The columns that identify a figure of a table, without the edition: series and the key columns, as SQL list."""
    prefix = f"{alias}." if alias else ""
    return ", ".join(prefix + name for name in ("series", *table.key))


def of_changed_figure(table: Table) -> str:
    """SQL condition on the rows of core.<table>: the figure has several rows, since a later edition changed it.

    Figures are compared by a hash of their key: a few rows of other figures may be found, too.
    """
    figure = f"hash({key(table)})"
    return f"{figure} IN (SELECT {figure} FROM core.{table.name} WHERE NOT is_newest_value)"


def key_as_json(table: Table, alias: str = "") -> str:
    """SQL for a row's key as JSON text, the form in which meta tables and corrections identify a figure."""
    prefix = f"{alias}." if alias else ""
    return "to_json({" + ", ".join(f"'{name}': {prefix}{name}" for name in table.key) + "})::VARCHAR"


def differs(table: Table, one: str, other: str) -> str:
    """SQL that is true where two rows have different values.

    `one` and `other` are patterns for the two rows, such as '{}' and 'lag({}) OVER history'.
    """
    dtypes = {column.name: column.dtype for column in table.columns}
    tests = []
    for name in table.values:
        left, right = one.format(name), other.format(name)
        if dtypes[name] == pl.Float64():
            tests.append(f"(({left} IS NULL) <> ({right} IS NULL) OR abs({left} - {right}) > {SAME})")
        else:
            tests.append(f"{left} IS DISTINCT FROM {right}")
    return "(" + " OR ".join(tests) + ")"


def tables_read(con: duckdb.DuckDBPyConnection, select: str) -> set[str]:
    """Names of the tables, views and table functions that a SELECT reads, from its parse tree: nothing is bound or run.

    A name has its schema and a dot in front; of a CTE, and of a name without a schema, only the dot. Raises
    `duckdb.ParserException` where the text is no SELECT.
    """
    named: set[str] = set()

    def note(node: dict[str, Any]) -> dict[str, Any]:
        if node.get("type") == "BASE_TABLE":
            named.add(f"{node['schema_name']}.{node['table_name']}")
        elif node.get("type") == "TABLE_FUNCTION":
            named.add(f"{node['function']['schema']}.{node['function']['function_name']}")
        return node

    tree = json.loads(con.execute("SELECT json_serialize_sql(?::VARCHAR)", [select]).fetchall()[0][0], object_hook=note)
    if tree.get("error"):
        raise duckdb.ParserException(str(tree.get("error_message")))
    return named


def comment(con: duckdb.DuckDBPyConnection, what: str, words: str) -> None:
    """Add a description to a table, view, column or macro (COMMENT ON)."""
    con.execute(f"COMMENT ON {what} IS {quoted(words)}")


def quoted(words: str) -> str:
    """A text as an SQL string literal."""
    return "'" + words.replace("'", "''") + "'"
