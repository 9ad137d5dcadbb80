"""Successors of organisation codes, and codes in no list: with the published lists and with small invented chains."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.marts.core_rows import add_file
from warehouse.building.build import Build, fill, prepare
from warehouse.building.mart_files import marts
from warehouse.building.series_facts import count_figures

Database = duckdb.DuckDBPyConnection
LISTS = (
    "ods/2016-approx/etr.csv",
    "ods/2023-06/ect.csv",
    "ods/2025-07/etr.csv",
    "ods/2025-12/etr.csv",
    "ods/2025-12/eccg.csv",
    "ods/2025-12/icb_names_codes_dec_2024.csv",
    "ods/derived/lookup_trust_trust_2022-10.csv",
    "gender-pay-gap/UK Gender Pay Gap Data - 2017 to 2018.csv",
)


def with_empty_core() -> Database:
    con = duckdb.connect()
    prepare(con, Build("empty", "", "published", "", ""))
    fill(con, [])
    return con


def build(con: Database) -> None:
    count_figures(con)
    made = {mart.name: mart for mart in marts()}
    for name in ("organisation_succession", "organisation_exceptions", "organisation_today"):
        con.execute(f"CREATE {made[name].kind} marts.{name} AS {made[name].select}")
        for statement in made[name].comments:
            con.execute(statement)


@pytest.fixture(scope="module")
def published_lists(published: Path) -> Iterator[Database]:
    with with_empty_core() as con:
        for name in LISTS:
            add_file(con, published / name, 0)
        (turnover,) = (published / "nhs-workforce-statistics" / "turnover-benchmarking").glob("*.csv")
        add_file(con, turnover, 0)
        build(con)
        con.execute("CREATE TABLE today AS FROM marts.organisation_today")
        yield con


@pytest.fixture(scope="module")
def empty() -> Iterator[Database]:
    with with_empty_core() as con:
        yield con


@pytest.fixture
def small(empty: Database) -> Iterator[Database]:
    empty.begin()
    yield empty
    empty.rollback()


def listed(
    con: Database, code: str, closed_on: date | None = None, *, edition: str = "2025-12", name: str = ""
) -> None:
    con.execute(
        "INSERT INTO core.organisation BY NAME SELECT ? AS org_code, 'trust' AS kind, ? AS name, ? AS closed_on, "
        "? AS edition, 'ods' AS series, 0 AS edition_order",
        [code, f"{code} NHS TRUST", closed_on, edition],
    )


def followed(con: Database, before: str, after: str, day: date) -> None:
    con.execute(
        "INSERT INTO core.organisation_succession BY NAME SELECT ? AS predecessor_code, ? AS successor_code, "
        "? AS effective_on, 'ods' AS series, '2025-12' AS edition, 0 AS edition_order",
        [before, after, day],
    )


def today(con: Database, code: str) -> list[tuple[object, ...]]:
    return con.execute(
        "SELECT today_code, how, steps, is_mappable FROM marts.organisation_today WHERE org_code = ? ORDER BY ALL",
        [code],
    ).fetchall()


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("RW6", [("R0A", "split", 1, False), ("RM3", "split", 1, False)]),
        ("RC3", [("R1K", "merged", 1, True)]),
        ("RNL", [("RNN", "merged", 1, True)]),
        ("RNN", [("RNN", "renamed", 0, True)]),
        ("RM4", [("R0A", "merged", 2, True)]),
        ("G6V2S", [("G6V2S", "same", 0, True)]),
        ("RRP", [("G6V2S", "merged", 1, True)]),
        ("TAF", [("G6V2S", "merged", 1, True)]),
        ("TAD", [("TAD", "same", 0, True)]),
        ("R0C", [(None, "closed without successor", 0, False)]),
    ],
)
def test_a_published_code_leads_to_todays(
    published_lists: Database, code: str, expected: list[tuple[object, ...]]
) -> None:
    found = published_lists.execute(
        "SELECT today_code, how, steps, is_mappable FROM today WHERE org_code = ? ORDER BY ALL", [code]
    ).fetchall()
    assert found == expected


def test_every_code_has_one_row_unless_it_was_split(published_lists: Database) -> None:
    repeated = "SELECT org_code FROM today GROUP BY org_code HAVING count(*) > 1"
    assert published_lists.execute(f"SELECT DISTINCT how FROM today WHERE org_code IN ({repeated})").fetchall() == [
        ("split",)
    ]


def test_no_chain_ends_at_an_organisation_that_is_closed(published_lists: Database) -> None:
    ended = published_lists.execute(
        "SELECT count(*) FROM today INNER JOIN core.organisation_latest AS listed ON listed.org_code = today_code "
        "WHERE listed.closed_on IS NOT NULL AND listed.kind <> 'site' AND today.is_mappable"
    ).fetchall()
    assert ended == [(0,)]


def test_with_the_list_of_care_trusts_no_trust_that_reports_is_an_exception(published_lists: Database) -> None:
    found = published_lists.execute(
        "SELECT org_code, likely_list FROM marts.organisation_exceptions ORDER BY org_code"
    ).fetchall()
    assert found == []


def test_a_chain_is_followed_to_its_end(small: Database) -> None:
    listed(small, "RA1", date(2010, 3, 31))
    listed(small, "RB1", date(2020, 3, 31))
    listed(small, "RC1")
    followed(small, "RA1", "RB1", date(2010, 4, 1))
    followed(small, "RB1", "RC1", date(2020, 4, 1))
    build(small)
    assert today(small, "RA1") == [("RC1", "merged", 2, True)]


def test_codes_that_follow_each_other_in_a_circle_end(small: Database) -> None:
    listed(small, "RA1")
    listed(small, "RB1")
    followed(small, "RA1", "RA1", date(2010, 4, 1))
    followed(small, "RA1", "RB1", date(2010, 4, 1))
    followed(small, "RB1", "RA1", date(2010, 4, 1))
    build(small)
    assert today(small, "RA1") == [("RB1", "merged", 1, True)]


def test_two_ways_to_one_organisation_are_a_merger_and_no_split(small: Database) -> None:
    listed(small, "RA1", date(2010, 3, 31))
    for code in ("RB1", "RC1"):
        listed(small, code, date(2020, 3, 31))
        followed(small, "RA1", code, date(2010, 4, 1))
        followed(small, code, "RD1", date(2020, 4, 1))
    listed(small, "RD1")
    build(small)
    assert today(small, "RA1") == [("RD1", "merged", 2, True)]


def test_a_chain_that_ends_in_a_closed_organisation_is_not_mapped(small: Database) -> None:
    listed(small, "RA1", date(2010, 3, 31))
    listed(small, "RB1", date(2020, 3, 31))
    followed(small, "RA1", "RB1", date(2010, 4, 1))
    build(small)
    assert today(small, "RA1") == [(None, "closed without successor", 1, False)]


def test_the_newest_list_says_whether_an_organisation_is_open(small: Database) -> None:
    listed(small, "RA1", date(2010, 3, 31), edition="2016")
    listed(small, "RA1", edition="2025-12")
    build(small)
    assert today(small, "RA1") == [("RA1", "same", 0, True)]


def test_both_marts_are_built_without_data(small: Database) -> None:
    build(small)
    assert small.execute("FROM marts.organisation_today").fetchall() == []
    assert small.execute("FROM marts.organisation_exceptions").fetchall() == []


def test_each_succession_kept_by_hand_has_its_source(small: Database) -> None:
    rows = small.execute("FROM reference.succession_since_2022").pl()
    assert rows["source_url"].str.starts_with("https://").all()
    assert set(rows["kind"]) == {"merger", "split"}


def test_an_organisation_that_closes_after_the_newest_list_is_open(small: Database) -> None:
    listed(small, "RA1", date(2026, 3, 31))
    listed(small, "RB1", date(2025, 11, 30))
    build(small)
    assert today(small, "RA1") == [("RA1", "same", 0, True)]
    assert today(small, "RB1") == [(None, "closed without successor", 0, False)]
