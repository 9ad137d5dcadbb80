"""Runs SQL on the published warehouse, read-only and without access to other files.

Only DuckDB is imported here, so that commands start fast; `warehouse.asking.frames` returns results as frames.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import NotOneStatement, NotShowable

COUNTED_AT_ONCE = 10_000
"""Rows fetched at a time while the rows of a result are only counted."""


@dataclass(frozen=True)
class Answer:
    """The first rows of a query result, and its total number of rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: int

    def named(self) -> list[dict[str, Any]]:
        """The rows as dictionaries by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Listed:
    """A table or view of the warehouse: schema.name, number of rows, description with its grain."""

    name: str
    rows: int
    description: str


@contextmanager
def reading(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection that can neither write nor open any other file."""
    with duckdb.connect(warehouse, read_only=True, config={"enable_external_access": "false"}) as con:
        yield con


def first_rows(warehouse: Path, sql: str, most: int | None = None) -> Answer:
    """The first `most` rows (None: all) of the result of one SQL statement, and the number of all its rows.

    Raises DuckDB's error, which describes what is wrong in the statement; `NotOneStatement` where there is none or more
    than one; `NotShowable` where a column has intervals, which cannot be converted to a number of days.
    """
    with reading(warehouse) as con:
        statement = execute(con, sql)
        rows = con.fetchall() if most is None else con.fetchmany(most)
        total = len(rows) if most is None or len(rows) < most else _count_all(con, statement, len(rows))
        return Answer(tuple(column[0] for column in con.description or ()), rows, total)


def execute(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """Execute the one statement in `sql` and return it; the result is then fetched from the connection.

    Raises what `first_rows` raises.
    """
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        raise NotOneStatement(
            "only one statement can be run at a time",
            expected="one SQL statement",
            found=f"{len(statements)}",
            do='put one statement between the quotes, such as "SELECT * FROM marts.vacancies LIMIT 5"',
        )
    con.execute(statements[0])
    if any(_holds_intervals(column[1]) for column in con.description or ()):
        raise not_showable()
    return statements[0]


def not_showable() -> NotShowable:
    """The error for a result with a column that cannot be displayed or exported."""
    return NotShowable(
        "a column of the result has a type that cannot be shown, such as an interval",
        do="cast it to text, for example column::VARCHAR",
    )


def dictionary(warehouse: Path) -> list[Listed]:
    """Every table and view of the warehouse, with its number of rows; without DuckDB's internal views."""
    with reading(warehouse) as con:
        listed = con.execute("""
            SELECT schema_name || '.' || table_name AS name, comment AS description FROM duckdb_tables()
            UNION ALL
            SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal
            ORDER BY name
        """).fetchall()
        # One statement for all: DuckDB needs longer to plan a view than to count its rows.
        counts = con.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {name})" for name, _ in listed)).fetchall()[
            0
        ]
    return [Listed(name, rows, about or "") for (name, about), rows in zip(listed, counts, strict=True)]


def _count_all(con: duckdb.DuckDBPyConnection, statement: duckdb.Statement, known: int) -> int:
    """Number of rows of a statement's result, of which `known` have been fetched from `con`."""
    try:
        whole = statement.query.rstrip().removesuffix(";")
        # The line break ends a comment at the end of the statement.
        return int(con.cursor().execute(f"SELECT count(*) FROM ({whole}\n)").fetchall()[0][0])
    except duckdb.Error:
        # A statement that cannot be a subquery, such as EXPLAIN: fetch and count its rows.
        while taken := len(con.fetchmany(COUNTED_AT_ONCE)):
            known += taken
        return known


def _holds_intervals(kind: Any) -> bool:
    """Whether a DuckDB type is INTERVAL or a nested type that contains it."""
    if kind.id == "interval":
        return True
    nested = kind.children if kind.id in {"list", "array", "struct", "map", "union"} else []
    return any(_holds_intervals(child) for _, child in nested if hasattr(child, "id"))
