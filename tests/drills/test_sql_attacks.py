"""Statements that attack the warehouse, the machine or the network are refused and change nothing."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.drills.sql_attacks import ATTACKS, Attack
from tests.whole_answer import ask
from warehouse.asking.query import QueryLimits, first_rows
from warehouse.errors import QueryLimitReached, WorkforceError

SECRET = "must-not-be-read"
ENDLESS = "SELECT count(*) FROM range(1000000000) AS a, range(1000000000) AS b WHERE hash(a.range) = hash(b.range + 1)"


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small file with a table of the published warehouse's name: what is refused depends on no figure."""
    path = tmp_path_factory.mktemp("published") / "workforce.duckdb"
    with duckdb.connect(path) as con:
        con.execute("CREATE SCHEMA core")
        con.execute("CREATE TABLE core.workforce AS SELECT 'fte' AS measure, 100.0 AS value")
    return path


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    """A folder with a file to read and a database to attach."""
    (tmp_path / "secret.csv").write_text(f"a\n{SECRET}\n")
    with duckdb.connect(tmp_path / "other.duckdb") as con:
        con.execute(f"CREATE TABLE other AS SELECT '{SECRET}' AS a")
    return tmp_path


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """A server on loopback that accepts nothing unless it is asked to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def state_of(*folders: Path) -> dict[str, str]:
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest()
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_there_are_at_least_sixty_attacks_without_repetition() -> None:
    assert len({attack.statement for attack in ATTACKS}) == len(ATTACKS) >= 60


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.statement[:60])
def test_a_statement_that_does_more_than_read_is_refused(
    attack: Attack, warehouse: Path, secrets: Path, listening: socket.socket
) -> None:
    statement = attack.statement.replace("{folder}", str(secrets)).replace("{port}", str(listening.getsockname()[1]))
    before = state_of(warehouse.parent, secrets)
    answered: list[Callable[[Path, str], Any]] = [ask, first_rows]
    for each in answered:
        with pytest.raises((duckdb.Error, WorkforceError), match=attack.refusal) as refused:
            each(warehouse, statement)
        assert SECRET not in str(refused.value)
    assert state_of(warehouse.parent, secrets) == before
    with pytest.raises(BlockingIOError):
        listening.accept()


@pytest.mark.parametrize(
    "statement",
    [
        "FROM core.workforce",
        "VALUES (1)",
        "WITH one AS (SELECT 1) SELECT * FROM one",
        "DESCRIBE core.workforce",
        "SUMMARIZE core.workforce",
        "SHOW ALL TABLES",
        "EXPLAIN SELECT 1",
        "PIVOT (SELECT 'a' AS kind, 1 AS n) ON kind USING sum(n)",
        "UNPIVOT (SELECT 1 AS a, 2 AS b) ON a, b",
        "SELECT 1 -- with a comment",
    ],
)
def test_every_form_of_query_is_answered(warehouse: Path, statement: str) -> None:
    assert first_rows(warehouse, statement, 1).total >= 1


def test_a_query_that_takes_too_long_is_stopped(warehouse: Path) -> None:
    with pytest.raises(QueryLimitReached, match=r"within 0\.5 seconds"):
        first_rows(warehouse, ENDLESS, limits=QueryLimits(seconds=0.5))


def test_a_query_that_needs_too_much_memory_is_stopped_and_writes_no_temporary_file(warehouse: Path) -> None:
    before = state_of(warehouse.parent)
    with pytest.raises(QueryLimitReached, match="60 megabytes"):
        first_rows(
            warehouse,
            "SELECT count(DISTINCT hash(range)::VARCHAR) FROM range(100000000)",
            limits=QueryLimits(megabytes=60),
        )
    assert state_of(warehouse.parent) == before
