"""Around a merger: turnover and pay gap on today's structure, and boards that merge."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.marts.core_rows import add_file
from warehouse.building.build import Build, fill, prepare
from warehouse.building.mart_files import macros, marts
from warehouse.building.marts import create_macro

Database = duckdb.DuckDBPyConnection
Figures = tuple[float, float, float]
"""Staff in post at the start and at the end, leavers."""
BEFORE, DURING, AFTER = date(2024, 8, 31), date(2024, 10, 31), date(2024, 11, 30)
MONTH_START = {BEFORE: date(2024, 7, 31), DURING: date(2024, 9, 30), AFTER: date(2024, 10, 31)}
MARTS = {mart.name: mart for mart in marts()}
BUILT = ("organisation_today", "current_structure", "leadership_turnover", "leadership_turnover_current_structure")


def with_empty_core() -> Database:
    con = duckdb.connect()
    prepare(con, Build("empty", "", "published", "", ""))
    fill(con, [])
    for macro in macros():
        create_macro(con, macro)
    return con


def build(con: Database, *names: str) -> None:
    for name in dict.fromkeys(("organisation_succession", *names)):
        con.execute(f"CREATE OR REPLACE {MARTS[name].kind} marts.{name} AS {MARTS[name].select}")


@pytest.fixture(scope="module")
def empty() -> Iterator[Database]:
    with with_empty_core() as con:
        yield con


@pytest.fixture
def small(empty: Database) -> Iterator[Database]:
    """RRP and TAF became G6V2S on 1 November 2024; TAF is in no list."""
    empty.begin()
    for code, opened, closed in (
        ("RRP", date(2001, 4, 1), date(2024, 10, 31)),
        ("G6V2S", date(2024, 11, 1), None),
        ("RJ1", date(2001, 4, 1), None),
    ):
        empty.execute(
            "INSERT INTO core.organisation BY NAME SELECT ? AS org_code, 'trust' AS kind, ? AS name, ? AS opened_on, "
            "? AS closed_on, 'ods' AS series, '2025-12' AS edition, 1 AS edition_order",
            [code, f"{code} NHS TRUST", opened, closed],
        )
    yield empty
    empty.rollback()


def turnover(con: Database, period_end: date, **organisations: Figures) -> None:
    for code, figures in organisations.items():
        for flow, value in zip(("in_post_at_start", "in_post_at_end", "leavers"), figures, strict=True):
            con.execute(
                "INSERT INTO core.turnover BY NAME SELECT ? AS period_start, ? AS period_end, ? AS org_code, "
                "'Managers' AS staff_group, ? AS flow, 'headcount' AS measure, ? AS value, "
                "'nhs-workforce-statistics' AS series, '2024-11' AS edition, 1 AS edition_order",
                [MONTH_START[period_end], period_end, code, flow, value],
            )


def leavers(con: Database, period_end: date) -> dict[str, tuple[object, ...]]:
    build(con, *BUILT)
    rows = con.execute(
        "SELECT org_code, flow_value, average_in_post, rate_percent, value_status, caveat "
        "FROM marts.leadership_turnover_current_structure WHERE flow = 'leavers' AND period_end = ?",
        [period_end],
    ).fetchall()
    return {code: tuple(rest) for code, *rest in rows}


def test_a_rate_before_a_merger_is_that_of_the_sums(small: Database) -> None:
    turnover(small, BEFORE, RRP=(100, 100, 1), TAF=(20, 20, 9))
    *figures, caveat = leavers(small, BEFORE)["G6V2S"]
    assert figures == [10, 120, pytest.approx(100 * 10 / 120), None]
    assert str(caveat).startswith("Sum of RRP, TAF: moves between them count as leaving and joining, and people may be")


def test_a_predecessor_in_no_list_is_missed_too(small: Database) -> None:
    turnover(small, BEFORE, RRP=(100, 100, 1))
    *figures, caveat = leavers(small, BEFORE)["G6V2S"]
    assert figures == [None, None, None, "x"]
    assert str(caveat).startswith("No sum: no figures of TAF, which existed at the time.")


@pytest.mark.parametrize(
    ("period_end", "organisations"),
    [
        (DURING, {"RRP": (100.0, 0.0, 100.0), "TAF": (20.0, 0.0, 20.0)}),
        (AFTER, {"RRP": (100.0, 0.0, 100.0), "TAF": (20.0, 0.0, 20.0), "G6V2S": (0.0, 120.0, 0.0)}),
    ],
)
def test_a_period_in_which_trusts_merged_has_no_rate(
    small: Database, period_end: date, organisations: dict[str, Figures]
) -> None:
    turnover(small, period_end, **organisations)
    *figures, caveat = leavers(small, period_end)["G6V2S"]
    assert figures == [None, None, None, "b"]
    assert str(caveat).startswith("No sum: RRP, TAF ")


def test_others_are_not_touched_by_a_merger(small: Database) -> None:
    turnover(small, AFTER, RJ1=(50, 50, 5), G6V2S=(0, 120, 0))
    assert leavers(small, AFTER)["RJ1"][:4] == (5, 50, 10, None)


def test_a_predecessor_without_a_figure_of_the_staff_group_leaves_no_partial_sum(small: Database) -> None:
    turnover(small, BEFORE, RRP=(100, 100, 1), TAF=(20, 20, 9))
    small.execute("UPDATE core.turnover SET staff_group = 'Senior managers' WHERE org_code = 'TAF'")
    build(small, *BUILT)
    rows = small.execute(
        "SELECT staff_group, flow_value, value_status FROM marts.leadership_turnover_current_structure "
        "WHERE flow = 'leavers' ORDER BY ALL"
    ).fetchall()
    assert rows == [("Managers", None, "x"), ("Senior managers", None, "x")]


def pay_gap(con: Database, *codes: str) -> dict[str, tuple[object, ...]]:
    """Reports of 31 March 2023: today's code, whether mappable, women in the top quarter."""
    for code in codes:
        for quarter in ("lower", "lower_middle", "upper_middle", "top"):
            for sex, value in (("female", 60), ("male", 40)):
                con.execute(
                    "INSERT INTO core.pay_gap BY NAME SELECT '2023-24' AS reporting_year, DATE '2023-03-31' AS "
                    "snapshot_date, ? AS employer_name, ? AS org_code, ? AS measure, ? AS value, "
                    "'gender-pay-gap' AS series, '2023-24' AS edition, 1 AS edition_order",
                    [f"{code} NHS TRUST", code, f"{sex}_{quarter}_quarter_percent", value],
                )
    build(con, "organisation_today", "organisation", "current_structure", "leadership_pay_gap")
    build(con, "leadership_pay_gap_current_structure")
    rows = con.execute(
        "SELECT org_code_then, org_code, is_mappable, women_share_percent "
        "FROM marts.leadership_pay_gap_current_structure WHERE pay_quarter = 'top'"
    ).fetchall()
    return {code: tuple(rest) for code, *rest in rows}


@pytest.mark.parametrize("code", ["RRP", "TAF"])
def test_a_report_of_one_of_two_that_merged_is_not_the_successors(small: Database, code: str) -> None:
    assert pay_gap(small, code) == {code: (code, False, 60)}


@pytest.mark.parametrize("code", ["RJ1", "TAD"])
def test_a_report_of_a_trust_that_only_kept_its_code_is_carried_over(small: Database, code: str) -> None:
    assert pay_gap(small, code) == {code: (code, True, 60)}


def test_staff_of_one_of_two_that_merged_are_not_the_whole_successors(small: Database) -> None:
    for code in ("RRP", "RJ1"):
        staff(small, code)
    build(small, "organisation_today", "organisation", "current_structure")
    build(small, "organisation_kind", "organisation_event", "workforce_by_organisation")
    build(small, "workforce_by_organisation_current_structure")
    rows = small.execute(
        "SELECT org_code, value, value_status, caveat FROM marts.workforce_by_organisation_current_structure "
        "ORDER BY org_code"
    ).fetchall()
    assert [row[:3] for row in rows] == [("G6V2S", None, "x"), ("RJ1", 10, None)]
    assert "no figures of TAF" in rows[0][3]


def board(con: Database, code: str, *, successor: str | None = None, closed_on: str | None = None) -> None:
    con.execute(
        "UPDATE reference.integrated_care_board SET closed_on = ?, successor_code = ? WHERE icb_code = ?",
        [closed_on, successor, code],
    )


def staff(con: Database, code: str) -> None:
    con.execute(
        "INSERT INTO core.workforce BY NAME SELECT DATE '2023-05-31' AS period_end, 'Organisation' AS geography_level, "
        "? AS org_code, ? AS area_code, ? AS icb_code, 'All staff groups' AS staff_group, 'fte' AS measure, "
        "10 AS value, 'nhs-workforce-statistics' AS series, '2025-10' AS edition, 1 AS edition_order",
        [code, code, code],
    )


def today(con: Database, code: str) -> list[tuple[object, ...]]:
    build(con, "organisation_today")
    return con.execute(
        "SELECT today_code, today_name, how, is_mappable, left_on FROM marts.organisation_today WHERE org_code = ?",
        [code],
    ).fetchall()


def test_a_board_stays_itself_while_no_successor_is_filled_in(small: Database) -> None:
    staff(small, "QMJ")
    assert today(small, "QMJ")[0][0] == "QMJ"


def test_boards_that_merge_are_followed_as_soon_as_the_file_says_so(small: Database) -> None:
    for code in ("QMJ", "QRV"):
        staff(small, code)
        board(small, code, successor="A1B2C", closed_on="2026-03-31")
    small.execute(
        "INSERT INTO reference.integrated_care_board BY NAME SELECT 'A1B2C' AS icb_code, 'NHS West and North London "
        "Integrated Care Board' AS name, 'Y56' AS region_code, '2026-04-01' AS opened_on"
    )
    expected = (
        "A1B2C",
        "NHS West and North London Integrated Care Board",
        "merged",
        True,
        date(2026, 4, 1),
    )
    assert today(small, "QMJ") == [expected]
    assert small.execute("SELECT count(*) FROM marts.organisation_today WHERE today_code = 'A1B2C'").fetchall() == [
        (2,)
    ]


def test_a_trust_shows_the_board_it_was_printed_under_and_the_one_that_took_over(small: Database) -> None:
    turnover(small, AFTER, RJ1=(50, 50, 5))
    small.execute("UPDATE core.turnover SET icb_code = 'QMJ'")
    board(small, "QMJ", successor="QRV", closed_on="2026-03-31")
    board(small, "QRV", successor="A1B2C", closed_on="2027-03-31")
    small.execute(
        "INSERT INTO reference.integrated_care_board BY NAME "
        "SELECT 'A1B2C' AS icb_code, 'West and North London' AS short_name"
    )
    build(small, "organisation")
    rows = small.execute(
        "SELECT icb_code, icb_code_today, icb_name_today FROM marts.organisation WHERE org_code = 'RJ1'"
    ).fetchall()
    assert rows == [("QMJ", "A1B2C", "West and North London")]


def test_a_board_that_closes_without_a_successor_is_not_mapped(small: Database) -> None:
    staff(small, "QMJ")
    board(small, "QMJ", closed_on="2026-03-31")
    assert today(small, "QMJ")[0][2:4] == ("closed without successor", False)


@pytest.fixture(scope="module")
def october(published: Path) -> Iterator[Database]:
    """The lists of trusts and the turnover file of October 2025."""
    with with_empty_core() as con:
        (file_of_october,) = (published / "nhs-workforce-statistics" / "turnover-benchmarking").glob("*.csv")
        lists = ("2025-07/etr.csv", "2025-12/etr.csv", "derived/lookup_trust_trust_2022-10.csv")
        for order, path in enumerate((*(published / "ods" / name for name in lists), file_of_october), start=1):
            add_file(con, path, order, hint=path.parent.name)
        build(con, *BUILT)
        yield con


def test_the_newest_turnover_file_says_the_same_on_todays_structure(october: Database) -> None:
    differing = october.execute("""
        SELECT reported.org_code
        FROM marts.leadership_turnover AS reported
        FULL JOIN marts.leadership_turnover_current_structure AS today
            USING (period_start, period_end, time_span, org_code, staff_group, measure, flow)
        WHERE reported.flow_value IS DISTINCT FROM today.flow_value
            OR reported.rate_percent IS DISTINCT FROM today.rate_percent
    """).fetchall()
    assert differing == []


@pytest.mark.parametrize("code", ["G6V2S", "TAD", "RNN", "R1K"])
def test_todays_trusts_stand_for_themselves(october: Database, code: str) -> None:
    found = october.execute(
        "SELECT DISTINCT is_mappable, organisations, organisations_summed "
        "FROM marts.leadership_turnover_current_structure WHERE org_code = ?",
        [code],
    ).fetchall()
    assert found == [(True, code, 1)]
