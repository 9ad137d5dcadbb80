"""Reading the published warehouse: read-only, and with no way out to other files.

Only DuckDB is imported here, so that a question is answered at once; `warehouse.asking.frames` gives answers as frames.
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
"""Rows taken at a time from an answer of which only the number is wanted."""


@dataclass(frozen=True)
class Answer:
    """The first rows of an answer, and how many it has in all."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: int

    def named(self) -> list[dict[str, Any]]:
        """The rows, each value under its column's name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class Listed:
    """A table or view of the warehouse: schema.name, rows, description with its grain."""

    name: str
    rows: int
    description: str


@contextmanager
def reading(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection that can neither write nor open any other file."""
    with duckdb.connect(warehouse, read_only=True, config={"enable_external_access": "false"}) as con:
        yield con


def first_rows(warehouse: Path, sql: str, most: int | None = None) -> Answer:
    """The first `most` rows (None: all) of the answer to one SQL statement, and the number of all its rows.

    Raises DuckDB's error, which names what is wrong in the statement; `NotOneStatement` where there is none or more
    than one; `NotShowable` where a column holds intervals, which have no length in days to show.
    """
    with reading(warehouse) as con:
        statement = execute(con, sql)
        rows = con.fetchall() if most is None else con.fetchmany(most)
        total = len(rows) if most is None or len(rows) < most else _count_all(con, statement, len(rows))
        return Answer(tuple(column[0] for column in con.description or ()), rows, total)


def execute(con: duckdb.DuckDBPyConnection, sql: str) -> duckdb.Statement:
    """Execute the one statement that `sql` is and return it; its answer is then taken from the connection.

    Raises what `first_rows` raises.
    """
    statements = con.extract_statements(sql)
    if len(statements) != 1:
        raise NotOneStatement(
            "only one statement is answered at a time",
            expected="one SQL statement",
            found=f"{len(statements)}",
            do='put one statement between the quotes, such as "SELECT * FROM marts.vacancies LIMIT 5"',
        )
    con.execute(statements[0])
    if any(_holds_intervals(column[1]) for column in con.description or ()):
        raise not_showable()
    return statements[0]


def not_showable() -> NotShowable:
    """The error for an answer with a column that nothing can show as it is."""
    return NotShowable(
        "a column of the answer is of a kind that cannot be shown, such as an interval",
        do="cast it, for example column::VARCHAR",
    )


def dictionary(warehouse: Path) -> list[Listed]:
    """Every table and view. Internal helpers apart."""
    with reading(warehouse) as con:
        listed = con.execute("""
            SELECT schema_name || '.' || table_name AS name, comment AS description FROM duckdb_tables()
            UNION ALL
            SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal
            ORDER BY name
        """).fetchall()
        # One statement: planning a view costs more than counting it.
        counts = con.execute("SELECT " + ", ".join(f"(SELECT count(*) FROM {name})" for name, _ in listed)).fetchall()[
            0
        ]
    return [Listed(name, rows, about or "") for (name, about), rows in zip(listed, counts, strict=True)]


def _count_all(con: duckdb.DuckDBPyConnection, statement: duckdb.Statement, known: int) -> int:
    """How many rows a statement's answer has, of which `known` have been taken from `con`."""
    try:
        whole = statement.query.rstrip().removesuffix(";")
        # The line's end closes a comment that the statement may end in.
        return int(con.cursor().execute(f"SELECT count(*) FROM ({whole}\n)").fetchall()[0][0])
    except duckdb.Error:
        # What cannot be a part of another statement, such as EXPLAIN, is counted row by row.
        while taken := len(con.fetchmany(COUNTED_AT_ONCE)):
            known += taken
        return known


def _holds_intervals(kind: Any) -> bool:
    """Whether a type of DuckDB is INTERVAL or is made from it."""
    if kind.id == "interval":
        return True
    nested = kind.children if kind.id in {"list", "array", "struct", "map", "union"} else []
    return any(_holds_intervals(child) for _, child in nested if hasattr(child, "id"))
