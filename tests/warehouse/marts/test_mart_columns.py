"""One column contract over all marts: one name, one type and one meaning."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

import pytest

from warehouse.asking.trial import trial_warehouse
from warehouse.building.mart_columns import shared_columns
from warehouse.building.mart_files import marts
from warehouse.building.marts import build_marts

TYPE_OF_NAME = {
    r"^(is|was|has|holds|makes|should)_": "BOOLEAN",
    r"_(percent|points|fte|ratio)$": "DOUBLE",
    r"headcount$": "BIGINT",
    r"(_on|_date|period_start|period_end|quarter_end)$": "DATE",
    r"_(code|name|level|kind|status|sha256|sheet|series|url|id|group)$": "VARCHAR",
}


@pytest.fixture(scope="module")
def columns() -> Iterator[list[tuple[str, str, str, str]]]:
    """Mart, column, type and description of every column, in a warehouse without figures."""
    with trial_warehouse() as con:
        build_marts(con, "illustrative")
        yield con.execute(
            "SELECT table_name, column_name, data_type, comment FROM duckdb_columns() WHERE schema_name = 'marts'"
        ).fetchall()


def test_the_columns_of_several_marts_are_those_of_the_contract(columns: list[tuple[str, str, str, str]]) -> None:
    of_marts = defaultdict(set)
    for mart, name, *_ in columns:
        of_marts[name].add(mart)
    assert {name for name, found in of_marts.items() if len(found) > 1} == set(shared_columns())


def test_a_shared_column_has_the_type_of_the_contract(columns: list[tuple[str, str, str, str]]) -> None:
    shared = shared_columns()
    wrong = [(mart, name, type_) for mart, name, type_, _ in columns if name in shared and shared[name].type != type_]
    assert wrong == []


def test_the_name_of_a_column_says_its_type(columns: list[tuple[str, str, str, str]]) -> None:
    wrong = [
        (mart, name, type_)
        for mart, name, type_, _ in columns
        for pattern, expected in TYPE_OF_NAME.items()
        if re.search(pattern, name) and type_ != expected
    ]
    assert wrong == []


def test_no_column_has_another_name_for_what_the_contract_names(columns: list[tuple[str, str, str, str]]) -> None:
    instead = {other: each.name for each in shared_columns().values() for other in each.instead_of}
    assert [(mart, name, instead[name]) for mart, name, *_ in columns if name in instead] == []


def test_no_two_columns_have_the_same_description(columns: list[tuple[str, str, str, str]]) -> None:
    described = defaultdict(set)
    for _, name, _, comment in columns:
        described[comment].add(name)
    assert {comment: names for comment, names in described.items() if len(names) > 1 or not comment} == {}


def test_a_mart_does_not_repeat_the_meaning_of_the_contract() -> None:
    meanings = {each.meaning.replace("'", "''") for each in shared_columns().values()}
    repeated = [
        statement
        for mart in marts()
        for statement in mart.comments
        if "".join(re.findall(r"'((?:[^']|'')*)'", statement.partition(" IS")[2])) in meanings
    ]
    assert repeated == []
