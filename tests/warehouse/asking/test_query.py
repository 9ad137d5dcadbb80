from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.whole_answer import ask
from warehouse.asking.frames import ROWS_AT_ONCE, batches, frames
from warehouse.asking.query import first_rows, reading
from warehouse.asking.tables import listed_tables
from warehouse.errors import NotOneStatement, NotShowable


@pytest.fixture
def warehouse(built: Callable[[str], Path]) -> Path:
    return built("published")


def test_an_answer_is_a_frame(warehouse: Path) -> None:
    assert ask(warehouse, "SELECT value FROM core.workforce").to_dicts() == [{"value": 100.0}]


def test_the_list_has_every_table_with_its_grain(warehouse: Path) -> None:
    listed = {each.name: each for each in listed_tables(warehouse)}
    assert listed["core.workforce"].rows == 1
    assert listed["core.workforce_latest"].rows is None
    assert "Grain: month end x geography x staff group x measure" in listed["core.workforce"].description
    assert all("rain:" in each.description for name, each in listed.items() if name.startswith(("core.", "marts.")))


@pytest.mark.parametrize("question", ["", " ; ", "-- nothing", "SELECT 1; SELECT 2"])
def test_no_statement_or_several_are_refused_instead_of_answering_one_of_them(warehouse: Path, question: str) -> None:
    for answered in (ask, first_rows):
        with pytest.raises(NotOneStatement, match="one SQL statement"):
            answered(warehouse, question)


def test_a_statement_may_end_in_a_semicolon(warehouse: Path) -> None:
    assert ask(warehouse, "SELECT 1 AS one; ").to_dicts() == [{"one": 1}]


@pytest.mark.parametrize("kind", ["INTERVAL 1 MONTH", "[INTERVAL 1 MONTH]", "{'a': [INTERVAL 1 MONTH]}"])
def test_a_kind_of_column_that_nothing_shows_is_named_with_what_to_do(warehouse: Path, kind: str) -> None:
    for answered in (ask, first_rows):
        with pytest.raises(NotShowable, match="::VARCHAR"):
            answered(warehouse, f"SELECT {kind}")


@pytest.mark.parametrize(
    "question",
    [
        "FROM range(250)",
        "FROM range(250);",
        "FROM range(250) -- as many as that",
        "FROM range(250); -- as many as that",
        "SELECT range AS i FROM range(250) ORDER BY i",
        "WITH many AS (FROM range(250)) FROM many",
    ],
)
def test_only_the_first_rows_are_taken_and_all_are_counted(warehouse: Path, question: str) -> None:
    answer = first_rows(warehouse, question, 100)
    assert [row[0] for row in answer.rows] == list(range(100))
    assert answer.total == 250


def test_what_no_other_statement_can_hold_is_counted_too(warehouse: Path) -> None:
    answer = first_rows(warehouse, "EXPLAIN SELECT 1", 0)
    assert answer.total == len(first_rows(warehouse, "EXPLAIN SELECT 1").rows) > 0


def test_an_answer_that_fits_is_whole(warehouse: Path) -> None:
    answer = first_rows(warehouse, "SELECT range AS i, 'b' AS name FROM range(100)", 100)
    assert (len(answer.rows), answer.total) == (100, 100)
    assert answer.named()[1] == {"i": 1, "name": "b"}


def test_a_large_answer_comes_in_parts_and_whole(warehouse: Path) -> None:
    parts = [part.height for part in frames(batches(warehouse, f"FROM range({3 * ROWS_AT_ONCE})"))]
    assert len(parts) > 1
    assert max(parts) <= ROWS_AT_ONCE
    assert sum(parts) == 3 * ROWS_AT_ONCE


def test_an_answer_without_rows_has_its_columns(warehouse: Path) -> None:
    assert ask(warehouse, "SELECT 1 AS one, 'a' AS two WHERE FALSE").columns == ["one", "two"]


def test_a_connection_with_few_threads_is_as_closed_as_one_for_a_question(warehouse: Path) -> None:
    with reading(warehouse, few_threads=True) as con:
        assert con.execute("SELECT current_setting('threads')").fetchall() == [(1,)]
        with pytest.raises(duckdb.Error, match="locked"):
            con.execute("SET threads = 2")
        with pytest.raises(duckdb.Error, match="disabled"):
            con.execute("ATTACH '/tmp/other.duckdb'")
