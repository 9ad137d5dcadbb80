"""Rows per part compared with the published release: new parts, missing rows, and the next month."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from expectations.facts import make_facts
from expectations.suites import RULES

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
