"""A build leaves memory to others: DuckDB sorts and joins in temporary files beyond a bound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from warehouse.building.build import Build, build
from warehouse.threads import limit_memory


def test_a_build_has_a_bound(
    tmp_path: Path, made: Build, staged: Any, row: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.building.build.build_marts", lambda *_, **__: None)
    bounds: list[Any] = []

    def refuse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
        bounds.append(con.execute("SELECT current_setting('memory_limit')").fetchall())
        return pl.DataFrame()

    build(tmp_path / "workforce.duckdb", [staged("2023-05", [row(100.0)])], made, refuse=refuse)
    with duckdb.connect() as con:
        without = con.execute("SELECT current_setting('memory_limit')").fetchall()
        limit_memory(con)
        assert [con.execute("SELECT current_setting('memory_limit')").fetchall()] == bounds != [without]
