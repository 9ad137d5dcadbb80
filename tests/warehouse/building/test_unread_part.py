"""Parts of a file that are not read are listed in meta.unread_part and in the summary of the run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pytest

from flows.pipeline import Reading
from flows.results import Outcome
from flows.summary import markdown
from transforms.reading.unread import Unread, unread_frame
from warehouse.building.build import Build, build
from warehouse.staging import StagedFile

pytestmark = pytest.mark.slow

PARTS = [
    Unread("sheet", "7. Dentists", "7. Dentists"),
    Unread("column", "1. England", "Five-year change"),
    Unread("sheet", "Contents", "Contents", "it holds words", is_known=True),
]


def with_parts(staged: StagedFile) -> StagedFile:
    unread_frame(PARTS).write_parquet(staged.folder / "unread_part.parquet")
    return staged


def test_unread_parts_are_in_meta_and_in_no_core_table(
    staged: Callable[..., StagedFile], row: Callable[..., dict[str, object]], made: Build, tmp_path: Path
) -> None:
    file = with_parts(staged("2023-05", [row(100.0)]))
    assert list(file.parquet) == ["workforce"]
    build(tmp_path / "w.duckdb", [file, staged("2023-06", [row(101.0)])], made)
    with duckdb.connect(tmp_path / "w.duckdb", read_only=True) as con:
        kept = con.execute(
            "SELECT edition, file_name, kind, source_sheet, name, is_known FROM meta.unread_part ORDER BY name"
        ).pl()
    assert kept.select("kind", "source_sheet", "name", "is_known").rows() == [
        ("sheet", "7. Dentists", "7. Dentists", False),
        ("sheet", "Contents", "Contents", True),
        ("column", "1. England", "Five-year change", False),
    ]
    assert kept["edition"].unique().to_list() == ["2023-05"]


def test_the_summary_names_the_parts_that_nobody_knows(
    staged: Callable[..., StagedFile], row: Callable[..., dict[str, object]]
) -> None:
    reading = Reading(staged=[with_parts(staged("2023-05", [row(100.0)]))])
    assert reading.unread == [
        "workbook 2023-05.xlsx: sheet '7. Dentists': this reader does not know it",
        "workbook 2023-05.xlsx: column 'Five-year change' in '1. England': this reader does not know it",
    ]
    outcome = Outcome(unread=reading.unread)
    assert "2 unknown parts not read" in outcome.sentence()
    assert all(f"- {line}" in markdown(outcome) for line in reading.unread)
    assert outcome.gaps == []


def test_a_file_without_unread_parts_has_an_empty_frame(
    staged: Callable[..., StagedFile], row: Callable[..., dict[str, object]]
) -> None:
    assert staged("2023-05", [row(100.0)]).unread.equals(pl.DataFrame(schema=unread_frame([]).schema))
