"""How many threads DuckDB uses: one on a small warehouse.

The statements of a build, of the checks and of the web site each take milliseconds on a warehouse of today's size. With
two threads they took a third more CPU time and ended no earlier.
"""

from __future__ import annotations

import duckdb

WORTH_THREADS = 2**30
"""Bytes of a DuckDB file from which more than one thread for a statement saves time."""

GROWTH = 10
"""A DuckDB file has about this many times the bytes of the staged Parquet files that it is built from."""

ONE_THREAD = "SET threads = 1"


def limit_threads(con: duckdb.DuckDBPyConnection, size_bytes: int) -> None:
    """Use one thread on this connection's database if its file has, or will have, fewer bytes than `WORTH_THREADS`."""
    if size_bytes < WORTH_THREADS:
        con.execute(ONE_THREAD)
