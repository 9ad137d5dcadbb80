"""Questions of the site: each is one file below queries/, asked once, with everything a page needs beside its rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import duckdb

from warehouse.asking.lookup import grain_columns

Row = dict[str, Any]

FIGURE = "figure_id"
"""Column added to each row that is one row of a mart: its address on the site, made from the mart's name and key."""


@dataclass(frozen=True)
class SiteAnswer:
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
        return f"shown_{self.name.replace('/', '_')}"


def sql_of(name: str) -> str:
    """The text of a question."""
    return files("warehouse.site").joinpath("queries", f"{name}.sql").read_text(encoding="utf-8").strip()


def ask(con: duckdb.DuckDBPyConnection, name: str, mart: str = "") -> SiteAnswer:
    """Ask the question `name`. With a `mart`, the answer must have the columns of that mart's grain.

    The connection then holds a temporary table with the mart's rows, which `warehouse.site.provenance` follows.
    Raises DuckDB's error where the SQL does not fit the file.
    """
    sql = sql_of(name)
    if not mart:
        return SiteAnswer(name, sql, rows_of(con, sql))
    keys = grain_columns(con, mart)
    asked = SiteAnswer(name, sql, [], mart)
    con.execute(f"CREATE OR REPLACE TEMP TABLE answer AS {sql}")
    rows = rows_of(con, f"SELECT *, {figure_id(mart, keys, 'answer')} AS {FIGURE} FROM answer")
    same = " AND ".join(f"answer.{key} IS NOT DISTINCT FROM mart.{key}" for key in keys)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {asked.table} AS
        SELECT {figure_id(mart, keys, "mart")} AS {FIGURE}, mart.* FROM {mart} AS mart
        WHERE EXISTS (SELECT 1 FROM answer WHERE {same})
    """)
    return SiteAnswer(name, sql, rows, mart, _caveats(con, asked.table), definitions(con, mart))


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
    if not con.execute(
        "SELECT 1 FROM duckdb_columns() WHERE table_name = ? AND column_name = 'caveat'", [table]
    ).fetchall():
        return []
    found = con.execute(
        f"SELECT caveat FROM {table} WHERE caveat IS NOT NULL GROUP BY caveat ORDER BY count(*) DESC, caveat LIMIT 8"
    ).fetchall()
    return [caveat for (caveat,) in found]
