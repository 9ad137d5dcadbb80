"""The mark of the newest row of each figure: as a window over all rows finds it, also where rows were refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import polars as pl
import pytest

from transforms.series import TABLES
from transforms.tables import Table
from warehouse.building.rejections import CELL, take_out
from warehouse.sql import key

Make = Callable[..., Any]


def wrong_marks(con: duckdb.DuckDBPyConnection, table: Table) -> list[Any]:
    """The rows of a core table whose mark is not what a window over all rows says."""
    return con.execute(f"""
        FROM core.{table.name}
        QUALIFY is_newest_value IS DISTINCT FROM (
            row_number() OVER (PARTITION BY {key(table)} ORDER BY edition_order DESC) = 1
        )
    """).fetchall()


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_each_table_of_the_sample_marks_the_last_row_of_each_figure(sample: Any, table: Table) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        assert wrong_marks(con, table) == []


def test_the_sample_has_figures_that_a_later_edition_changed(sample: Any) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        assert con.execute("SELECT count(*) FROM core.workforce WHERE NOT is_newest_value").fetchall() > [(0,)]


@pytest.mark.parametrize("seed", range(8))
def test_without_refused_rows_the_row_before_is_the_newest(
    core_of: Make, staged: Make, row: Make, tmp_path: Path, seed: int
) -> None:
    chance, table = Random(seed), TABLES["workforce"]
    core_of(
        [
            staged(
                f"2023-{month:02}",
                [
                    row(chance.choice([1.0, 2.0]), area_code=str(area), source_row=area)
                    for area in range(20)
                    if chance.random() < 0.8
                ],
            )
            for month in range(1, 6)
        ]
    ).close()
    with duckdb.connect(tmp_path / "workforce.duckdb") as con:
        assert wrong_marks(con, table) == []
        cells = con.execute(f"SELECT {', '.join(CELL)} FROM core.workforce ORDER BY ALL").pl()
        refused = cells.sample(len(cells) // 3, seed=seed)
        named = {"rule_id": "a.rule", "table_name": "core.workforce", "expected": "", "found": ""}
        take_out(con, refused.with_columns(pl.lit(value).alias(name) for name, value in named.items()))
        assert con.execute("SELECT count(*) FROM core.workforce").fetchall() == [(len(cells) - len(refused),)]
        assert wrong_marks(con, table) == []
        assert con.execute("SELECT count(*) FROM core.workforce WHERE NOT is_newest_value").fetchall() > [(0,)]
