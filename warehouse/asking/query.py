"""Runs SQL on the published warehouse, read-only and without access to other files.

A statement may read the warehouse and nothing else: no other file, no extension, no network, no change of a setting,
and no more time and memory than `QueryLimits` allows. Only DuckDB is imported here, so that commands start fast;
`warehouse.asking.frames` returns results as frames.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.errors import NotAQuery, NotOneStatement, NotShowable, QueryLimitReached
from warehouse.threads import limit_threads

COUNTED_AT_ONCE = 10_000
"""Rows fetched at a time while the rows of a result are only counted."""


QUERIES = frozenset({duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN})
"""Statement types that only read. DuckDB gives SHOW, DESCRIBE, SUMMARIZE, FROM, VALUES and UNPIVOT the type SELECT."""

_CLOSED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",
}
"""Otherwise DuckDB downloads extensions, and writes temporary files beside the warehouse."""


@dataclass(frozen=True)
class QueryLimits:
    """Time in seconds (from the start to the last row fetched) and memory in megabytes that a query may take."""

    seconds: float = 300.0
    megabytes: int = 4000


STANDARD_LIMITS = QueryLimits()


@dataclass(frozen=True)
class Answer:
    """The first rows of a query result, and its total number of rows."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    total: int

    def named(self) -> list[dict[str, Any]]:
        """The rows as dictionaries by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@contextmanager
def reading(
    warehouse: Path, *, few_threads: bool = False, megabytes: int | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection that can neither write, open any other file, load an extension nor change a setting.

    `few_threads`: one thread where the file is small (`warehouse.threads`), for many short statements. `megabytes`: the
    most memory it uses; None: what DuckDB allows itself.
    """
    config = _CLOSED | ({"memory_limit": f"{megabytes}MB"} if megabytes else {})
    with duckdb.connect(warehouse, read_only=True, config=config) as con:
        if few_threads:
            limit_threads(con, warehouse.stat().st_size)
        # Not when connecting: then DuckDB looks for a file beside a path with a question mark, and may not.
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
        yield con


@contextmanager
def answering(warehouse: Path, limits: QueryLimits = STANDARD_LIMITS) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection as by `reading` for one query of a person.

    Raises `QueryLimitReached` where the query takes more time or memory than `limits` allows.
    """
    with reading(warehouse, megabytes=limits.megabytes) as con:
        timer = threading.Timer(limits.seconds, con.interrupt)
        timer.daemon = True
        timer.start()
        try:
            yield con
        except duckdb.InterruptException as error:
            raise QueryLimitReached(
                "the query was stopped",
                expected=f"a result within {limits.seconds:g} seconds",
                do="narrow it with WHERE or LIMIT, or allow more time with --seconds",
            ) from error
        except duckdb.OutOfMemoryException as error:
            raise QueryLimitReached(
                "the query was stopped",
                expected=f"a query that needs at most {limits.megabytes:,} megabytes of memory",
                do="narrow it with WHERE or LIMIT, or allow more memory with --megabytes",
            ) from error
        finally:
            timer.cancel()


def first_rows(warehouse: Path, sql: str, most: int | None = None, limits: QueryLimits = STANDARD_LIMITS) -> Answer:
    """The first `most` rows (None: all) of the result of one SQL statement, and the number of all its rows.

    Raises DuckDB's error, which describes what is wrong in the statement; `NotOneStatement` where there is none or more
    than one; `NotAQuery` where it is not a query; `NotShowable` where a column has intervals, which cannot be converted
    to a number of days; `QueryLimitReached`.
    """
    with answering(warehouse, limits) as con:
        execute(con, sql)
        rows = con.fetchall() if most is None else con.fetchmany(most)
        total = len(rows) if most is None or len(rows) < most else _count_all(con, sql, len(rows))
        return Answer(tuple(column[0] for column in con.description or ()), rows, total)


def set_variables(con: duckdb.DuckDBPyConnection, variables: Mapping[str, str]) -> None:
    """Set variables of a connection, which a statement reads with getvariable('name'); names are declared."""
    for name, value in variables.items():
        con.execute(f"SET VARIABLE {name} = $value", {"value": value})


def execute(con: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Execute the one query in `sql`; the result is then fetched from the connection.

    Raises what `first_rows` raises.
    """
    statements = con.extract_statements(sql)
    if len(statements) == 2 and not statements[0].query:
        # A PIVOT without IN: DuckDB makes of it a temporary type and a query, and gives the first of them no text.
        statements = statements[1:]
    if len(statements) != 1:
        raise NotOneStatement(
            "only one statement can be run at a time",
            expected="one SQL statement",
            found=f"{len(statements)}",
            do='put one statement between the quotes, such as "SELECT * FROM marts.vacancies LIMIT 5"',
        )
    if statements[0].type not in QUERIES:
        raise NotAQuery(
            "the published warehouse can only be queried",
            expected="SELECT, FROM, WITH, DESCRIBE, SUMMARIZE, SHOW or EXPLAIN",
            found=statements[0].type.name,
            do="to change data or settings, ATTACH the published file (READ_ONLY) in a DuckDB session of your own",
        )
    con.execute(sql)
    if any(_holds_intervals(column[1]) for column in con.description or ()):
        raise not_showable()


def not_showable() -> NotShowable:
    """The error for a result with a column that cannot be displayed or exported."""
    return NotShowable(
        "a column of the result has a type that cannot be shown, such as an interval",
        do="cast it to text, for example column::VARCHAR",
    )


def _count_all(con: duckdb.DuckDBPyConnection, sql: str, known: int) -> int:
    """Number of rows of a query's result, of which `known` have been fetched from `con`."""
    try:
        whole = con.extract_statements(sql)[-1].query.rstrip().removesuffix(";")
        # The line break ends a comment at the end of the statement.
        return int(con.cursor().execute(f"SELECT count(*) FROM ({whole}\n)").fetchall()[0][0])
    except (duckdb.InterruptException, duckdb.OutOfMemoryException):
        raise
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
