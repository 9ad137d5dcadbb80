"""One thread on a small warehouse, DuckDB's own number on a large one."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.threads import WORTH_THREADS, limit_threads


@pytest.mark.parametrize(("size_bytes", "threads"), [(0, 1), (WORTH_THREADS - 1, 1), (WORTH_THREADS, 3)])
def test_only_a_large_warehouse_gets_more_than_one_thread(size_bytes: int, threads: int) -> None:
    with duckdb.connect(config={"threads": 3}) as con:
        limit_threads(con, size_bytes)
        assert con.execute("SELECT current_setting('threads')").fetchall() == [(threads,)]
