"""Reading the published warehouse: read-only, and with no way out to other files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from warehouse.errors import NotOneStatement, NotShowable


@contextmanager
def reading(warehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection that can neither write nor open any other file."""
    with duckdb.connect(warehouse, read_only=True, config={"enable_external_access": "false"}) as con:
        yield con


def ask(warehouse: Path, sql: str) -> pl.DataFrame:
    """The answer to one SQL statement.

    Raises DuckDB's error, which names what is wrong in the statement; `NotOneStatement` where there is none or more
    than one; `NotShowable` where a column is of a kind a frame cannot hold (an interval).
    """
    with reading(warehouse) as con:
        statements = con.extract_statements(sql)
        if len(statements) != 1:
            raise NotOneStatement(
                "only one statement is answered at a time",
                expected="one SQL statement",
                found=f"{len(statements)}",
                do='put one statement between the quotes, such as "SELECT * FROM marts.vacancies LIMIT 5"',
            )
        answer = con.execute(statements[0])
        try:
            return answer.pl()
        except pl.exceptions.ComputeError as error:
            raise NotShowable(
                "a column of the answer is of a kind that cannot be shown, such as an interval",
                do="cast it, for example column::VARCHAR",
            ) from error


def dictionary(warehouse: Path) -> pl.DataFrame:
    """Every table and view: table, rows, description with its grain. Internal helpers apart."""
    with reading(warehouse) as con:
        listed = con.execute("""
            SELECT schema_name || '.' || table_name AS name, comment AS description FROM duckdb_tables()
            UNION ALL
            SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal
            ORDER BY name
        """).fetchall()
        rows = [con.execute(f"SELECT count(*) FROM {name}").fetchall()[0][0] for name, _ in listed]
    return pl.DataFrame(
        {"table": [name for name, _ in listed], "rows": rows, "description": [about for _, about in listed]}
    )
