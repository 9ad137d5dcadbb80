from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from warehouse.errors import NotOneStatement, NotShowable
from warehouse.query import ask, dictionary


@pytest.fixture
def warehouse(built: Callable[[str], Path]) -> Path:
    return built("published")


def test_an_answer_is_a_frame(warehouse: Path) -> None:
    assert ask(warehouse, "SELECT value FROM core.workforce").to_dicts() == [{"value": 100.0}]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM core.workforce",
        "CREATE TABLE core.more (i INTEGER)",
        "COPY core.workforce TO '{folder}/out.csv'",
        "SELECT * FROM read_csv('{folder}/secret.csv')",
        "ATTACH '{folder}/other.duckdb'",
        "SET enable_external_access = true",
    ],
)
def test_a_question_can_neither_write_nor_read_other_files(warehouse: Path, tmp_path: Path, statement: str) -> None:
    (tmp_path / "secret.csv").write_text("a\n1\n")
    with pytest.raises(duckdb.Error):
        ask(warehouse, statement.format(folder=tmp_path))
    assert not (tmp_path / "out.csv").exists()


def test_the_dictionary_lists_every_table_with_its_grain(warehouse: Path) -> None:
    listed = {row["table"]: row for row in dictionary(warehouse).to_dicts()}
    assert listed["core.workforce"]["rows"] == 1
    assert "Grain: month end x geography x staff group x measure" in listed["core.workforce"]["description"]
    assert all("rain:" in row["description"] for name, row in listed.items() if name.startswith(("core.", "marts.")))


@pytest.mark.parametrize("question", ["", " ; ", "-- nothing", "SELECT 1; SELECT 2"])
def test_no_statement_or_several_are_refused_instead_of_answering_one_of_them(warehouse: Path, question: str) -> None:
    with pytest.raises(NotOneStatement, match="one SQL statement"):
        ask(warehouse, question)


def test_a_statement_may_end_in_a_semicolon(warehouse: Path) -> None:
    assert ask(warehouse, "SELECT 1 AS one; ").to_dicts() == [{"one": 1}]


def test_a_kind_of_column_that_no_frame_holds_is_named_with_what_to_do(warehouse: Path) -> None:
    with pytest.raises(NotShowable, match="::VARCHAR"):
        ask(warehouse, "SELECT INTERVAL 1 MONTH")
