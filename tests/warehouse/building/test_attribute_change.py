"""Each attribute that a later edition changes is recorded in meta.attribute_change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.series import TABLES
from warehouse.building.build import Build, fill, prepare

TRUST = {
    "geography_level": "Organisation", "org_code": "RJ1", "area_code": "RJ1", "area_name": "Guy's", "icb_code": "QKK",
    "region_code": "Y56",
}  # fmt: skip
CHANGES = "SELECT edition, column_name, old_text, new_text, rows FROM meta.attribute_change ORDER BY ALL"


@pytest.fixture
def held(made: Build) -> Any:
    with duckdb.connect() as con:
        prepare(con, made)

        def hold(*staged: Any) -> duckdb.DuckDBPyConnection:
            fill(con, staged, [TABLES["workforce"]])
            return con

        yield hold


def test_another_board_and_name_for_the_same_figure_are_recorded(held: Any, staged: Any, row: Any) -> None:
    first = staged("2023-05", [row(10.0, **TRUST), row(9.0, **TRUST, measure="fte")])
    later = {**TRUST, "icb_code": "QMF", "area_name": "Guy's and St Thomas'"}
    con = held(first, staged("2023-06", [row(10.0, **later), row(9.5, **later, measure="fte")]))
    assert con.execute(CHANGES).fetchall() == [
        ("2023-06", "area_name", "Guy's", "Guy's and St Thomas'", 2),
        ("2023-06", "icb_code", "QKK", "QMF", 2),
    ]


def test_the_same_said_again_is_no_change(held: Any, staged: Any, row: Any) -> None:
    con = held(staged("2023-05", [row(10.0, **TRUST)]), staged("2023-06", [row(11.0, **TRUST)]))
    assert con.execute(CHANGES).fetchall() == []


def test_a_change_back_is_a_change(held: Any, staged: Any, row: Any, tmp_path: Path) -> None:
    other = {**TRUST, "icb_code": None}
    rows = ([row(10.0, **each)] for each in (TRUST, other, TRUST))
    con = held(*(staged(f"2023-0{number}", each) for number, each in enumerate(rows, start=5)))
    assert con.execute(CHANGES).fetchall() == [
        ("2023-06", "icb_code", "QKK", None, 1),
        ("2023-07", "icb_code", None, "QKK", 1),
    ]
