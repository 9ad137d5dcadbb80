"""Editions are compared in buckets, and rows inserted in parts: their number changes neither result nor order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.series import is_read
from warehouse.building import comparing, history
from warehouse.building.build import Build, fill, prepare
from warehouse.staging import Staging

TABLES = """
    SELECT schema_name || '.' || table_name FROM duckdb_tables()
    WHERE database_name = current_database() AND schema_name IN ('core', 'meta') ORDER BY ALL
"""
FROM_HISTORY = (
    "core.",
    "meta.edition_step",
    "meta.repeated_figure",
    "meta.revision",
    "meta.withdrawn_figure",
    "meta.attribute_change",
)


@pytest.mark.slow
def test_many_buckets_and_parts_give_what_one_gives(
    sample: Any, made: Build, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparing, "ROWS", 1000)
    monkeypatch.setattr(history, "ROWS_SORTED", 300)
    staging = Staging(sample.warehouse.parent / "staged", sample.archive)
    staged = [staging.stage(each) for each in sample.archive.records() if is_read(each.series, each.file_name)]
    with duckdb.connect(tmp_path / "candidate.duckdb") as con:
        prepare(con, made)
        fill(con, staged)
        con.execute(f"ATTACH '{sample.warehouse}' AS one (READ_ONLY)")
        names = [name for (name,) in con.execute(TABLES).fetchall() if name.startswith(FROM_HISTORY)]
        assert con.execute("SELECT count(*) FROM core.workforce").fetchall()[0][0] > 1000
        for name in names:
            # Sums of the same figures in another order differ in the last place.
            whole = "* REPLACE (round(total_before, 6) AS total_before, round(total_now, 6) AS total_now)"
            columns = whole if name == "meta.edition_step" else "*"
            many, one = f"SELECT {columns} FROM {name}", f"SELECT {columns} FROM one.{name}"
            differing = f"SELECT count(*) FROM (({many} EXCEPT ALL {one}) UNION ALL ({one} EXCEPT ALL {many}))"
            assert con.execute(differing).fetchall() == [(0,)], name
            if name.startswith("core."):
                cells = "series, edition_order, file_sha256, source_sheet, source_row, source_column"
                assert con.execute(f"SELECT {cells} FROM {name}").fetchall() == (
                    con.execute(f"SELECT {cells} FROM one.{name}").fetchall()
                )
    assert [path.name for path in tmp_path.iterdir()] == ["candidate.duckdb"]
