"""Organisations through time, and organisation marts on today's structure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.marts.core_rows import add_file
from warehouse.asking.trial import trial_warehouse
from warehouse.building.mart_files import macros, marts
from warehouse.building.marts import create_macro

pytestmark = pytest.mark.slow

Database = duckdb.DuckDBPyConnection
TODAY = date(2025, 10, 31)
BEFORE = date(2018, 5, 31)
MARTS = (
    "organisation_succession",
    "organisation_today",
    "organisation",
    "current_structure",
    "organisation_kind",
    "organisation_event",
    "workforce_by_organisation",
    "workforce_by_organisation_current_structure",
    "leadership_turnover",
    "leadership_turnover_current_structure",
    "leadership_pay_gap",
    "leadership_pay_gap_current_structure",
)


def build(con: Database) -> None:
    made = {mart.name: mart for mart in marts()}
    for name in MARTS:
        con.execute(f"CREATE OR REPLACE {made[name].kind} marts.{name} AS {made[name].select}")


@pytest.fixture(scope="module")
def empty() -> Iterator[Database]:
    with trial_warehouse() as con:
        for macro in macros():
            create_macro(con, macro)
        con.execute("DELETE FROM reference.succession_since_2022")
        yield con


@pytest.fixture
def small(empty: Database) -> Iterator[Database]:
    """AAA and BBB merged into BBB in 2020; CCC was split between DDD and EEE in 2021."""
    empty.begin()
    for code, opened, closed in (
        ("AAA", "2001-04-01", "2020-03-31"),
        ("BBB", "2001-04-01", None),
        ("CCC", "2001-04-01", "2021-09-30"),
        ("DDD", "2001-04-01", None),
        ("EEE", "2001-04-01", None),
    ):
        listed(empty, code, opened, closed)
    for before, after, day in (
        ("AAA", "BBB", "2020-04-01"),
        ("CCC", "DDD", "2021-10-01"),
        ("CCC", "EEE", "2021-10-01"),
    ):
        empty.execute(
            "INSERT INTO core.organisation_succession BY NAME SELECT ? AS predecessor_code, ? AS successor_code, "
            "?::DATE AS effective_on, 'ods' AS series, '2025-12' AS edition, 1 AS edition_order",
            [before, after, day],
        )
    yield empty
    empty.rollback()


def listed(
    con: Database,
    code: str,
    opened: str | None,
    closed: str | None,
    *,
    name: str = "",
    region: str = "Y56",
    edition: str = "2025-12",
    order: int = 1,
) -> None:
    con.execute(
        "INSERT INTO core.organisation BY NAME SELECT ? AS org_code, 'trust' AS kind, ? AS name, ? AS region_code, "
        "?::DATE AS opened_on, ?::DATE AS closed_on, ? AS edition, 'ods' AS series, ? AS edition_order",
        [code, name or f"{code} NHS TRUST", region, opened, closed, edition, order],
    )


def staff(con: Database, code: str, day: date, **values: float | None) -> None:
    for measure, value in values.items():
        con.execute(
            "INSERT INTO core.workforce BY NAME SELECT ? AS period_end, 'Organisation' AS geography_level, "
            "? AS org_code, ? AS area_code, 'All staff groups' AS staff_group, ? AS measure, ? AS value, "
            "CASE WHEN ? IS NULL THEN 'c' END AS value_status, 'nhs-workforce-statistics' AS series, "
            "'2025-10' AS edition, 1 AS edition_order",
            [day, code, code, measure, value, value],
        )


def turnover(con: Database, code: str, flow: str, value: float) -> None:
    con.execute(
        "INSERT INTO core.turnover BY NAME SELECT DATE '2018-04-30' AS period_start, ? AS period_end, "
        "? AS org_code, 'Managers' AS staff_group, ? AS flow, 'headcount' AS measure, ? AS value, "
        "'nhs-workforce-statistics' AS series, '2025-10' AS edition, 1 AS edition_order",
        [BEFORE, code, flow, value],
    )


def on_today(con: Database, day: date, measure: str = "fte") -> dict[str, tuple[object, ...]]:
    build(con)
    rows = con.execute(
        "SELECT org_code, value, value_status, organisations, is_mappable, caveat "
        "FROM marts.workforce_by_organisation_current_structure WHERE period_end = ? AND measure = ?",
        [day, measure],
    ).fetchall()
    return {code: tuple(rest) for code, *rest in rows}


def test_predecessors_are_added_up_and_a_split_stays_where_it_was(small: Database) -> None:
    for code, fte in (("AAA", 10.0), ("BBB", 5.0), ("CCC", 7.0), ("DDD", 3.0), ("EEE", 2.0)):
        staff(small, code, BEFORE, fte=fte)
    rows = on_today(small, BEFORE)
    assert {code: row[0] for code, row in rows.items()} == {"BBB": 15.0, "CCC": 7.0, "DDD": 3.0, "EEE": 2.0}
    assert rows["BBB"][2:] == ("AAA, BBB", True, "")
    assert rows["CCC"][3] is False
    assert "reported under its own code" in str(rows["CCC"][4])
    assert rows["DDD"][3:] == (True, "Does not include the part received later in the split of CCC.")


def test_after_a_split_its_heirs_are_whole(small: Database) -> None:
    staff(small, "DDD", TODAY, fte=6.0)
    assert on_today(small, TODAY)["DDD"] == (6.0, None, "DDD", True, "")


def test_headcounts_added_up_say_that_people_may_be_counted_twice(small: Database) -> None:
    for code in ("AAA", "BBB"):
        staff(small, code, BEFORE, headcount=10.0, fte=8.0)
    assert "counted twice" in str(on_today(small, BEFORE, "headcount")["BBB"][4])
    assert "counted twice" not in str(on_today(small, BEFORE, "fte")["BBB"][4])


def test_a_sum_of_which_a_part_is_suppressed_is_not_given(small: Database) -> None:
    staff(small, "AAA", BEFORE, fte=None)
    staff(small, "BBB", BEFORE, fte=5.0)
    assert on_today(small, BEFORE)["BBB"][:2] == (None, "c")


def test_a_sum_of_which_a_trust_of_the_time_has_no_figures_is_not_given(small: Database) -> None:
    staff(small, "BBB", BEFORE, fte=5.0)
    value, status, _, _, caveat = on_today(small, BEFORE)["BBB"]
    assert (value, status) == (None, "x")
    assert caveat == "No sum: no figures of AAA, which existed at the time."


def test_a_predecessor_that_is_closed_is_not_missed(small: Database) -> None:
    staff(small, "BBB", TODAY, fte=15.0)
    assert on_today(small, TODAY)["BBB"][0] == 15.0


def test_a_rate_is_worked_out_anew_from_the_sums_not_averaged(small: Database) -> None:
    for code, leavers, in_post in (("AAA", 5.0, 10.0), ("BBB", 0.0, 90.0)):
        turnover(small, code, "leavers", leavers)
        turnover(small, code, "in_post_at_start", in_post)
        turnover(small, code, "in_post_at_end", in_post)
    build(small)
    row = small.execute(
        "SELECT flow_value, average_in_post, rate_percent, organisations_summed "
        "FROM marts.leadership_turnover_current_structure WHERE org_code = 'BBB' AND flow = 'leavers'"
    ).fetchall()
    assert row == [(5.0, 100.0, 5.0, 2)]


def test_pay_gap_reports_of_two_trusts_are_never_averaged(small: Database) -> None:
    for code, share in (("AAA", 60.0), ("BBB", 80.0), ("DDD", 70.0)):
        for quarter in ("lower", "lower_middle", "upper_middle", "top"):
            for sex, value in (("female", share), ("male", 100 - share)):
                small.execute(
                    "INSERT INTO core.pay_gap BY NAME SELECT '2017-18' AS reporting_year, DATE '2017-03-31' AS "
                    "snapshot_date, ? AS employer_name, ? AS org_code, ? AS measure, ? AS value, "
                    "'gender-pay-gap' AS series, '2017-18' AS edition, 1 AS edition_order",
                    [f"{code} NHS TRUST", code, f"{sex}_{quarter}_quarter_percent", value],
                )
    build(small)
    rows = small.execute(
        "SELECT org_code_then, org_code, is_mappable, women_share_percent "
        "FROM marts.leadership_pay_gap_current_structure WHERE pay_quarter = 'top' ORDER BY ALL"
    ).fetchall()
    assert rows == [("AAA", "AAA", False, 60.0), ("BBB", "BBB", False, 80.0), ("DDD", "DDD", True, 70.0)]


def test_a_pay_gap_report_is_not_that_of_an_organisation_which_opened_after_its_snapshot(small: Database) -> None:
    listed(small, "FFF", "2019-04-01", None)
    for quarter in ("lower", "lower_middle", "upper_middle", "top"):
        small.execute(
            "INSERT INTO core.pay_gap BY NAME SELECT '2017-18' AS reporting_year, DATE '2017-03-31' AS snapshot_date, "
            "'FFF NHS TRUST' AS employer_name, 'FFF' AS org_code, ? AS measure, 70 AS value, "
            "'gender-pay-gap' AS series, '2017-18' AS edition, 1 AS edition_order",
            [f"female_{quarter}_quarter_percent"],
        )
    build(small)
    rows = small.execute("SELECT DISTINCT is_mappable FROM marts.leadership_pay_gap_current_structure").fetchall()
    assert rows == [(False,)]


def test_turnover_of_a_period_needs_every_predecessor_that_existed_in_it(small: Database) -> None:
    for flow, value in (("leavers", 5.0), ("in_post_at_start", 10.0), ("in_post_at_end", 10.0)):
        turnover(small, "BBB", flow, value)
    build(small)
    rows = small.execute(
        "SELECT flow_value, value_status, caveat FROM marts.leadership_turnover_current_structure "
        "WHERE org_code = 'BBB' AND flow = 'leavers'"
    ).fetchall()
    assert [row[:2] for row in rows] == [(None, "x")]
    assert rows[0][2].startswith("No sum: no figures of AAA, which existed at the time.")


def test_an_organisation_has_an_entry_for_each_name_and_region_with_its_days(small: Database) -> None:
    listed(small, "RNL", "2001-04-01", None, name="OLD NAME", region="Y54", edition="2016", order=1)
    listed(small, "RNL", "2001-04-01", None, name="NEW NAME", region="Y54", edition="2018-09", order=2)
    listed(small, "RNL", "2001-04-01", "2019-09-30", name="NEW NAME", region="Y63", edition="2025-12", order=3)
    build(small)
    rows = small.execute(
        "SELECT org_name, region_code, valid_from, valid_to, is_newest FROM marts.organisation "
        "WHERE org_code = 'RNL' ORDER BY valid_from"
    ).fetchall()
    assert rows == [
        ("OLD NAME", "Y54", date(2001, 4, 1), date(2018, 8, 31), False),
        ("NEW NAME", "Y54", date(2018, 9, 1), date(2019, 9, 29), False),
        ("NEW NAME", "Y63", date(2019, 9, 30), date(2019, 9, 30), True),
    ]


@pytest.fixture(scope="module")
def real(published: Path) -> Iterator[Database]:
    """The published organisation lists, the workbook of May 2023 and the turnover file of October 2025."""
    with trial_warehouse() as con:
        for macro in macros():
            create_macro(con, macro)
        files = [
            *(published / "ods" / name for name in ODS_LISTS),
            *(published / "nhs-workforce-statistics").glob("*.xlsx"),
            *(published / "nhs-workforce-statistics" / "turnover-benchmarking").glob("*.csv"),
        ]
        for order, path in enumerate(files, start=1):
            add_file(con, path, order, hint=path.parent.name)
        build(con)
        yield con


ODS_LISTS = (
    "2016-approx/etr.csv",
    "2025-07/etr.csv",
    "2023-06/ect.csv",
    "2025-12/etr.csv",
    "2026-06/etr.csv",
    "derived/lookup_trust_trust_2022-10.csv",
    "derived/trust_icb_april_2026_from_system_mapping.csv",
)


def fte_of(con: Database, mart: str, day: str, codes: str) -> dict[str, float]:
    return dict(
        con.execute(
            f"SELECT org_code, round(value, 1) FROM marts.{mart} WHERE period_end = ?::DATE AND measure = 'fte' "
            f"AND staff_group = 'All staff groups' AND value <> 0 AND org_code IN ({codes}) ORDER BY ALL",
            [day],
        ).fetchall()
    )


@pytest.mark.parametrize(
    ("day", "codes", "reported", "today"),
    [
        ("2014-09-30", "'RC3', 'RV8', 'R1K'", {"RC3", "RV8"}, {"R1K"}),
        ("2014-10-31", "'RC3', 'RV8', 'R1K'", {"R1K"}, {"R1K"}),
        ("2019-08-31", "'RNL', 'RNN'", {"RNL", "RNN"}, {"RNN"}),
        ("2019-10-31", "'RNL', 'RNN'", {"RNN"}, {"RNN"}),
        ("2021-09-30", "'RW6', 'R0A', 'RM3'", {"RW6", "R0A", "RM3"}, {"RW6", "R0A", "RM3"}),
        ("2021-10-31", "'RW6', 'R0A', 'RM3'", {"R0A", "RM3"}, {"R0A", "RM3"}),
        ("2023-05-31", "'RRP', 'TAF', 'G6V2S'", {"RRP", "TAF"}, {"G6V2S"}),
        ("2023-05-31", "'TAD'", {"TAD"}, {"TAD"}),
    ],
)
def test_well_known_changes_keep_every_full_time_equivalent(
    real: Database, day: str, codes: str, reported: set[str], today: set[str]
) -> None:
    as_reported = fte_of(real, "workforce_by_organisation", day, codes)
    on_today = fte_of(real, "workforce_by_organisation_current_structure", day, codes)
    assert (set(as_reported), set(on_today)) == (reported, today)
    assert sum(on_today.values()) == pytest.approx(sum(as_reported.values()), abs=0.11)


def test_no_full_time_equivalent_is_lost_or_counted_twice_in_any_month(real: Database) -> None:
    differing = real.execute("""
        SELECT period_end, reported.fte, today.fte
        FROM (
            SELECT period_end, sum(value) AS fte FROM marts.workforce_by_organisation
            WHERE measure = 'fte' AND staff_group = 'All staff groups' GROUP BY ALL
        ) AS reported
        FULL JOIN (
            SELECT period_end, sum(value) AS fte FROM marts.workforce_by_organisation_current_structure
            WHERE measure = 'fte' AND staff_group = 'All staff groups' GROUP BY ALL
        ) AS today USING (period_end)
        WHERE abs(reported.fte - today.fte) > 0.01 OR reported.fte IS NULL OR today.fte IS NULL
    """).fetchall()
    assert differing == []


def test_a_split_trust_is_not_mappable_and_its_heirs_say_what_they_lack(real: Database) -> None:
    rows = real.execute(
        "SELECT org_code, is_mappable, how, leads_to, gained_part_of FROM marts.current_structure "
        "WHERE org_code IN ('RW6', 'RM3', 'TAD', 'G6V2S') ORDER BY org_code"
    ).fetchall()
    assert rows == [
        ("G6V2S", True, "same", "G6V2S", None),
        ("RM3", True, "renamed", "RM3", "RW6"),
        ("RW6", False, "split", "R0A, RM3", None),
        ("TAD", True, "same", "TAD", None),
    ]


def test_bodies_without_staff_do_not_stand_there_as_if_they_were_the_smallest(real: Database) -> None:
    smallest = real.execute(
        "SELECT org_code, value FROM marts.workforce_by_organisation WHERE period_end = DATE '2023-05-31' "
        "AND staff_group = 'All staff groups' AND measure = 'headcount' ORDER BY value, org_code LIMIT 2"
    ).fetchall()
    assert smallest == [("QPM", 183), ("QNC", 272)]
    printed = real.execute(
        "SELECT count(*), count(*) FILTER (WHERE value = 0) FROM core.workforce_latest "
        "WHERE geography_level = 'Organisation'"
    ).fetchall()
    assert printed == [(244_816, 107_468)]
    kept = real.execute(
        "SELECT DISTINCT listed.organisation_kind, regexp_extract(caveat, '^[^.]*[.]') "
        "FROM marts.workforce_by_organisation AS figures LEFT JOIN marts.organisation_kind AS listed USING (org_code) "
        "WHERE value = 0 AND staff_group = 'All staff groups'"
    ).fetchall()
    assert kept == [("trust", "Printed as 0 although listed as open: not in this source, or without staff of its own.")]


@pytest.mark.parametrize(
    ("code", "day", "caveat"),
    [
        ("RH5", "2023-04-30", "+28 % against 2023-03-31: merger: took over RA4 on 2023-04-01."),
        ("RM3", "2021-10-31", "+71 % against 2021-09-30: split: received a part of RW6 on 2021-10-01."),
        (
            "RW6",
            "2021-04-30",
            "-27 % against 2021-03-31: unexplained, no merger, split or boundary change of it is listed for that time.",
        ),
        ("RJ1", "2023-05-31", None),
    ],
)
def test_a_jump_of_over_a_fifth_names_what_the_lists_know_of_it(
    real: Database, code: str, day: str, caveat: str | None
) -> None:
    found = real.execute(
        "SELECT caveat FROM marts.workforce_by_organisation WHERE org_code = ? AND period_end = ?::DATE "
        "AND staff_group = 'All staff groups' AND measure = 'fte'",
        [code, day],
    ).fetchall()
    assert found == [(caveat,)]


def test_the_lists_say_what_an_organisation_is_not_the_form_of_its_code(real: Database) -> None:
    found = real.execute(
        "SELECT org_code, organisation_kind, is_trust FROM marts.organisation_kind "
        "WHERE org_code IN ('RJ1', 'TAD', 'G6V2S', 'K0N6A', 'QKK', 'Z9B2Z', '5A3') ORDER BY org_code"
    ).fetchall()
    assert found == [
        ("G6V2S", "trust", True),
        ("K0N6A", "trust", True),
        ("QKK", "ICB", False),
        ("RJ1", "trust", True),
        ("TAD", "care trust", True),
        ("Z9B2Z", "ICB", False),
    ]


def test_todays_board_is_that_of_the_list_of_memberships_then_the_printed_one_never_that_of_the_postcode(
    real: Database,
) -> None:
    found = real.execute(
        "SELECT org_code, icb_code_today, icb_today_from, region_code_today FROM marts.organisation "
        "WHERE org_code IN ('RDE', 'RDU', 'TAD', 'K0N6A') AND is_newest ORDER BY org_code"
    ).fetchall()
    assert found == [
        ("K0N6A", None, None, "Y56"),
        ("RDE", "T6Y0W", "list of memberships", "Y61"),
        ("RDU", "S0E4D", "list of memberships", "Y59"),
        ("TAD", "QWO", "printed with figures", "Y63"),
    ]


def test_no_pattern_of_codes_is_left_in_the_marts_and_rules() -> None:
    patterns = (r"^(R", r"^R[", r"^Q[", r"^T[", r"^5[", "LIKE 'R", "LIKE 'Q", "starts_with(org_code")
    for mart in marts():
        assert not any(pattern in mart.select for pattern in patterns), mart.name


def test_months_without_staff_of_a_body_in_no_list_have_no_row(small: Database) -> None:
    staff(small, "ZZZ", TODAY, fte=0)
    staff(small, "ZZZ", BEFORE, fte=10)
    build(small)
    assert small.execute(
        "SELECT period_end, value FROM marts.workforce_by_organisation WHERE org_code = 'ZZZ'"
    ).fetchall() == [(BEFORE, 10)]


def test_an_organisation_that_ended_after_its_list_was_made_is_not_open(real: Database) -> None:
    """Camden and Islington (TAF) stands open in the list of June 2023 and became North London in November 2024."""
    found = real.execute(
        "SELECT org_code, is_open, left_on FROM marts.organisation_kind WHERE org_code IN ('TAF', 'TAD', 'RRP', 'RJ1') "
        "ORDER BY org_code"
    ).fetchall()
    assert found == [
        ("RJ1", True, None),
        ("RRP", False, date(2024, 11, 1)),
        ("TAD", True, None),
        ("TAF", False, date(2024, 11, 1)),
    ]
