"""A trial warehouse in memory with one or a few files and no marts, to check a file before it is archived."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from transforms.series import TABLES
from warehouse.building.build import Build, fill, prepare
from warehouse.building.core_views import drop_core_table
from warehouse.staging import StagedFile


@contextmanager
def trial_warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    """An in-memory warehouse with reference tables and empty core tables; `holding` fills them."""
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        con.begin()
        prepare(con, Build("trial", "", "published", "", ""))
        fill(con, [])
        con.commit()
        yield con


@contextmanager
def holding(con: duckdb.DuckDBPyConnection, *staged: StagedFile) -> Iterator[None]:
    """Fill core and meta of the trial warehouse from these files; on exit they are empty again.

    Raises `CorrectionDoesNotApply`.
    """
    tables = [TABLES[name] for name in sorted({name for file in staged for name in file.parquet})]
    con.begin()
    try:
        con.execute("UPDATE meta.build SET figure_kind = ?", [staged[0].record.figure_kind])
        for table in tables:
            drop_core_table(con, table)
        fill(con, staged, tables)
        yield
    finally:
        con.rollback()
