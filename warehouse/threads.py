"""How many threads and how much memory DuckDB uses: one thread on a small warehouse, bounded memory in a build.

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

BUILD_MEMORY = "1GB"
"""Memory of DuckDB in a build. What needs more is sorted and joined in temporary files beside the candidate.

Without it DuckDB takes what the machine has: a year of monthly Core zips took 2 GB, two years 3.5 GB. With it the year
took 1.2 GB and 8 % more CPU time.
"""


def limit_memory(con: duckdb.DuckDBPyConnection) -> None:
    """Use at most `BUILD_MEMORY` on this connection's database."""
    con.execute(f"SET memory_limit = '{BUILD_MEMORY}'")


def limit_threads(con: duckdb.DuckDBPyConnection, size_bytes: int) -> None:
    """Use one thread on this connection's database if its file has, or will have, fewer bytes than `WORTH_THREADS`."""
    if size_bytes < WORTH_THREADS:
        con.execute(ONE_THREAD)
