"""What holds of the rows of every file, whichever reader gave them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import RepeatedFigure, UnreadableValue, WorkforceError
from transforms.published_file import Edition, PublishedFile, Reader, read_tables
from transforms.series import TABLES

WORKFORCE = TABLES["workforce"]
ROW = {
    "period_end": date(2023, 5, 31),
    "geography_level": "Organisation",
    "org_code": "RJ1",
    "area_code": "RJ1",
    "area_name": "Guy’s  and St Thomas’ NHS\u00a0Foundation Trust [1]",
    "staff_group": "All staff groups",
    "measure": "headcount",
    "value": 1.0,
    "source_sheet": "1",
    "source_row": 7,
    "source_column": 3,
}


def read(tmp_path: Path, rows: list[dict[str, object]], **more: int) -> dict[str, pl.DataFrame]:
    frame = pl.DataFrame(rows, schema={column.name: column.dtype for column in WORKFORCE.frame_columns})
    reader = Reader("x", 1, "x", (WORKFORCE,), lambda _: Edition("x", "x"), lambda _: {"workforce": frame})
    path = tmp_path / "figures.csv"
    path.write_text("a,b\n")
    return read_tables(reader, PublishedFile(path, path.name), **more)


def test_names_are_kept_in_one_spelling(tmp_path: Path) -> None:
    rows = read(tmp_path, [ROW])["workforce"]
    assert rows["area_name"].to_list() == ["Guy's and St Thomas' NHS Foundation Trust"]


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({}, RepeatedFigure, "printed more than once"),
        ({"value": 2.0, "source_row": 9}, RepeatedFigure, "row 7, row 9"),
        ({"measure": None}, UnreadableValue, "a row has no measure"),
        ({"period_end": date(22, 5, 31)}, UnreadableValue, "a year between 2005 and 2024"),
        ({"period_end": date(2025, 5, 31)}, UnreadableValue, "period_end 2025-05-31"),
    ],
)
def test_rows_that_cannot_be_right_are_refused_with_their_place(
    change: dict[str, object], error: type[WorkforceError], says: str, tmp_path: Path
) -> None:
    with pytest.raises(error, match=r"^figures\.csv > 1 > row \d") as stopped:
        read(tmp_path, [ROW, ROW | change], last_year=2024)
    assert says in str(stopped.value)


def test_a_figure_may_stand_in_two_sheets(tmp_path: Path) -> None:
    assert read(tmp_path, [ROW, ROW | {"source_sheet": "2"}])["workforce"].height == 2


def test_a_file_without_rows_is_noted(tmp_path: Path) -> None:
    assert read(tmp_path, [])["unread_part"].select("kind", "is_known").rows() == [("rows", False)]
    assert "unread_part" not in read(tmp_path, [ROW])
