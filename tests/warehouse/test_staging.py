"""Staged files: whether a file has any row to build from."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from transforms.published_file import Edition
from warehouse.archive import Record
from warehouse.staging import StagedFile


def staged(folder: Path, **tables: list[int]) -> StagedFile:
    record = Record(
        series="ods", edition="2025-12", publisher="", file_name="etr.csv", address="", retrieved_at="",
        licence="", attribution="", sha256="a", size_bytes=1,
    )  # fmt: skip
    folder.mkdir()
    for name, values in tables.items():
        pl.DataFrame({"value": values}, schema={"value": pl.Int32}).write_parquet(folder / f"{name}.parquet")
    return StagedFile(record, "reader", 1, Edition("2025-12", "", series="ods"), folder, parsed=True)


def test_a_file_has_rows_where_any_of_its_tables_has_one(tmp_path: Path) -> None:
    assert staged(tmp_path / "one", empty=[], full=[1]).has_rows
    assert not staged(tmp_path / "none", empty=[]).has_rows
    # Parts that are not read are no figures.
    assert not staged(tmp_path / "unread", unread_part=[1]).has_rows
