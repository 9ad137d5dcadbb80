"""Rows per part compared with the published release: new parts, missing rows, and the next month."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations.facts import make_facts, write_facts
from expectations.suites import RULES
from warehouse.building.set_aside import LostFigures, lost_with_files

pytestmark = pytest.mark.slow

SERIES = "nhs-workforce-statistics"
Part = tuple[str, str, str, int]


@pytest.fixture
def gate() -> Iterator[duckdb.DuckDBPyConnection]:
    """Both releases have October of two measures, a table without parts, and a later month of another series."""
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS gate")
        make_facts(con, date(2025, 12, 1))
        for release in ("candidate", "published"):
            for part in (
                ("workforce", SERIES, "2025-10-31 fte", 100),
                ("workforce", SERIES, "2025-10-31 headcount", 100),
                ("organisation", "ods", "all", 200),
                ("workforce", "another-series", "2030-01-31 fte", 100),
            ):
                hold(con, release, part)
        yield con


def hold(con: duckdb.DuckDBPyConnection, release: str, part: Part, *, withdrawn: int = 0) -> None:
    con.execute("INSERT INTO gate.partition VALUES (?, ?, ?, ?, ?, ?)", [release, *part, withdrawn])


def parts(con: duckdb.DuckDBPyConnection, rule: str) -> list[str]:
    found = con.execute(f"SELECT figure FROM ({RULES[rule].finds})").fetchall()
    return [json.loads(figure)["part"] for (figure,) in found]


def test_the_next_month_is_no_finding(gate: duckdb.DuckDBPyConnection) -> None:
    hold(gate, "candidate", ("workforce", SERIES, "2025-11-30 fte", 100))
    assert parts(gate, "release.rows_gained") == []
    assert parts(gate, "release.rows_lost") == []


def test_a_month_that_is_new_in_the_past_is_a_warning(gate: duckdb.DuckDBPyConnection) -> None:
    hold(gate, "candidate", ("workforce", SERIES, "2025-09-30 fte", 100))
    assert parts(gate, "release.rows_gained") == ["2025-09-30 fte"]
    assert RULES["release.rows_gained"].severity == "warn"


def test_a_month_that_is_gone_stops_publication(gate: duckdb.DuckDBPyConnection) -> None:
    hold(gate, "published", ("workforce", SERIES, "2025-09-30 fte", 100))
    assert parts(gate, "release.rows_lost") == ["2025-09-30 fte"]
    assert RULES["release.rows_lost"].severity == "reject file"


def test_figures_a_newer_edition_withdrew_are_no_loss(gate: duckdb.DuckDBPyConnection) -> None:
    for release, rows, withdrawn in (("published", 100, 5), ("candidate", 90, 15)):
        hold(gate, release, ("workforce", SERIES, "2025-09-30 fte", rows), withdrawn=withdrawn)
    assert parts(gate, "release.rows_lost") == []


def test_figures_withdrawn_before_do_not_hide_a_loss(gate: duckdb.DuckDBPyConnection) -> None:
    for release, rows, withdrawn in (("published", 100, 15), ("candidate", 90, 15)):
        hold(gate, release, ("workforce", SERIES, "2025-09-30 fte", rows), withdrawn=withdrawn)
    assert parts(gate, "release.rows_lost") == ["2025-09-30 fte"]


OTHERS = "DELETE FROM core.workforce WHERE geography_level = 'Region'"
SET_ASIDE = (
    "INSERT INTO meta.set_aside_file VALUES ('hash of gender-pay-gap', 'gender-pay-gap', '2025-10', 'f', 'wrong')"
)
WITHOUT = "DELETE FROM core.pay_gap"


def tables_that_lost_rows(published: Path, candidate: Path, facts: Path) -> list[str]:
    write_facts(facts, candidate=candidate, published=published, today=date(2025, 12, 1))
    with duckdb.connect(candidate, read_only=True) as con:
        con.execute(f"ATTACH '{facts}' AS gate (READ_ONLY)")
        found = con.execute(f"SELECT DISTINCT figure FROM ({RULES['release.rows_lost'].finds})").fetchall()
    return sorted({json.loads(figure)["table_name"] for (figure,) in found})


def test_rows_lost_with_a_file_that_was_set_aside_are_accepted_and_counted_and_no_others(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    published = warehouse_file()
    with duckdb.connect(published, read_only=True) as con:
        (rows,) = con.execute("SELECT count(*) FROM core.pay_gap").fetchone() or (0,)
    unexplained = warehouse_file(WITHOUT)
    assert tables_that_lost_rows(published, unexplained, tmp_path / "1") == ["pay_gap"]
    assert lost_with_files(unexplained, published) == []
    explained = warehouse_file(WITHOUT, SET_ASIDE)
    assert tables_that_lost_rows(published, explained, tmp_path / "2") == []
    assert lost_with_files(explained, published) == [
        LostFigures("f", "gender-pay-gap", "2025-10", "wrong", "pay_gap", rows)
    ]
    assert tables_that_lost_rows(published, warehouse_file(WITHOUT, SET_ASIDE, OTHERS), tmp_path / "3") == ["workforce"]


def test_a_figure_that_another_file_prints_is_not_excused_by_a_file_that_was_set_aside(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    printed_again = (
        "INSERT INTO core.pay_gap BY NAME SELECT * REPLACE ('another file' AS file_sha256, 2 AS edition_order)"
        " FROM core.pay_gap"
    )
    published = warehouse_file(printed_again)
    assert tables_that_lost_rows(published, warehouse_file(WITHOUT, SET_ASIDE), tmp_path / "1") == ["pay_gap"]
