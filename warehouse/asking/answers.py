"""Answers to questions in SQL, and what is shown beside the rows: caveats, definitions, address of each figure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import duckdb

from warehouse.asking.lookup import grain_columns
from warehouse.asking.query import set_variables
from warehouse.asking.questions import ReadyQuestion

Row = dict[str, Any]

FIGURE = "figure_id"
"""Column added to each row that is one row of a mart: its address on the site, made from the mart's name and key."""


@dataclass(frozen=True)
class QuestionAnswer:
    """The rows of one question, in its order, with the SQL that was asked.

    `mart` is the mart each row is a row of ('' where rows are worked out from several), `caveats` what that mart says
    of these rows, `definitions` the descriptions of the mart's columns.
    """

    name: str
    sql: str
    rows: list[Row]
    mart: str = ""
    caveats: list[str] = field(default_factory=list)
    definitions: dict[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        """The temporary table that holds the rows of the mart, each with its figure_id."""
        return f"shown_{re.sub('[^a-z0-9]', '_', self.name)}"


def ask(con: duckdb.DuckDBPyConnection, name: str, sql: str, mart: str = "") -> QuestionAnswer:
    """Ask the question `sql`. With a `mart`, the answer must have the columns of that mart's grain.

    The connection then holds a temporary table with the mart's rows, which `warehouse.site.provenance` follows.
    Raises DuckDB's error where the SQL does not fit the file.
    """
    if not mart:
        return QuestionAnswer(name, sql, rows_of(con, sql))
    keys = grain_columns(con, mart)
    asked = QuestionAnswer(name, sql, [], mart)
    con.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {sql}")
    rows = rows_of(con, f"SELECT *, {figure_id(mart, keys, 'answer')} AS {FIGURE} FROM answer")
    same = " AND ".join(f"answer.{key} IS NOT DISTINCT FROM mart.{key}" for key in keys)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {asked.table} AS
        SELECT {figure_id(mart, keys, "mart")} AS {FIGURE}, mart.* FROM {mart} AS mart
        WHERE EXISTS (SELECT 1 FROM answer WHERE {same})
    """)
    return QuestionAnswer(name, sql, rows, mart, _caveats(con, asked.table), definitions(con, mart))


def ask_ready(
    con: duckdb.DuckDBPyConnection, question: ReadyQuestion, values: Mapping[str, str] | None = None
) -> QuestionAnswer:
    """Ask a ready question; `values` are bound to its parameters. Raises what `ask` raises, and `KeyError`."""
    set_variables(con, {name: (values or {})[name] for name in question.parameters})
    return ask(con, question.name, question.sql, question.mart)


def figure_id(mart: str, keys: tuple[str, ...], alias: str) -> str:
    """SQL for the address of a figure: the same for the same mart and key in every release."""
    parts = ", ".join(f"'{key}': {alias}.{key}::VARCHAR" for key in keys)
    return f"'f-' || left(md5('{mart}' || to_json({{{parts}}})::VARCHAR), 10)"


def definitions(con: duckdb.DuckDBPyConnection, mart: str) -> dict[str, str]:
    """What each column of a mart means, as the warehouse describes it."""
    schema, _, name = mart.partition(".")
    return dict(
        con.execute(
            "SELECT column_name, coalesce(comment, '') FROM duckdb_columns() WHERE schema_name = ? AND table_name = ?",
            [schema, name],
        ).fetchall()
    )


def rows_of(con: duckdb.DuckDBPyConnection, sql: str) -> list[Row]:
    """The rows of an answer, each value under its column's name."""
    found = con.execute(sql)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def _caveats(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The different caveats of the rows, the most frequent first."""
    # Not from duckdb_columns(), which goes through the columns of every table.
    if "caveat" not in {name for name, *_ in con.execute(f"DESCRIBE {table}").fetchall()}:
        return []
    found = con.execute(
        f"SELECT caveat FROM {table} WHERE caveat IS NOT NULL GROUP BY caveat ORDER BY count(*) DESC, caveat LIMIT 8"
    ).fetchall()
    return [caveat for (caveat,) in found]
