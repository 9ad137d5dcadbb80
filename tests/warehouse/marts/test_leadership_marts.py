"""The leadership marts over a small warehouse of hand-written figures (leadership_figures)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from tests.warehouse.leadership_figures import ASIAN, CHINESE, WHITE, warehouse_of


@pytest.fixture(scope="module")
def con(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    candidate = warehouse_of(tmp_path_factory.mktemp("leadership"), with_figures=True)
    with duckdb.connect(candidate, read_only=True) as connection:
        yield connection


GRAINS = {
    "staff_by_characteristic": "period_end, population, source_series, characteristic, category, category_level,"
    " staff_group, grade",
    "leadership_diversity": "period_end, characteristic, category, leadership_group",
    "leadership_diversity_wres_england": "period_end, population, category, leadership_group, figure_basis",
    "leadership_diversity_wres_trust": "period_end, org_code, population, category, leadership_group",
    "leadership_diversity_all_sources": "period_end, geography_level, area_code, population, source_series,"
    " characteristic, category, leadership_group, figure_basis",
    "leadership_pipeline": "period_end, population, source_series, characteristic, category, category_level,"
    " staff_group, step_kind, step",
    "leadership_pay_gap": "reporting_year, employer_name, pay_quarter",
    "board_roles": "period_end, org_code, board_role",
    "consultants_by_specialty": "period_end, org_code, specialty_group, specialty",
    "leadership_turnover": "period_start, period_end, time_span, geography_level, area_code, staff_group, measure,"
    " flow",
    "leadership_turnover_by_grade": "period_start, period_end, staff_group, grade, age_band, measure, flow",
    "leadership_culture": "survey_year, geography_level, area_code, population, question, question_base, ethnic_group,"
    " source_series, figure_basis",
    "leadership_headlines": "measure_id, area_name, period_end",
    "leadership_size": "period_end, org_code, leadership_group, clinical",
    "wres_leadership": "period_end, geography_level, area_code, source_series, leadership_group, category",
    "speech_claims": "claim_id",
}


@pytest.mark.parametrize("mart", GRAINS)
def test_a_mart_has_one_row_per_grain(con: duckdb.DuckDBPyConnection, mart: str) -> None:
    rows, grains = con.execute(f"SELECT count(*), count(DISTINCT ({GRAINS[mart]})) FROM marts.{mart}").fetchone() or ()
    assert rows == grains > 0


@pytest.mark.parametrize("mart", GRAINS)
def test_every_column_of_a_mart_is_described(con: duckdb.DuckDBPyConnection, mart: str) -> None:
    silent = con.execute(
        "SELECT column_name FROM duckdb_columns() WHERE schema_name = 'marts' AND table_name = ? AND comment IS NULL",
        [mart],
    ).fetchall()
    assert silent == []


def diversity(con: duckdb.DuckDBPyConnection, columns: str, where: str) -> list[tuple[object, ...]]:
    return con.execute(
        f"SELECT {columns} FROM marts.leadership_diversity_all_sources WHERE {where} ORDER BY ALL"
    ).fetchall()


def test_bme_is_everyone_outside_the_white_groups_and_unknown_is_in_neither(con: duckdb.DuckDBPyConnection) -> None:
    where = (
        "period_end = '2022-06-30' AND leadership_group = 'Very Senior Manager' AND category = 'BME'"
        " AND source_series = 'ethnicity-facts-and-figures'"
    )
    assert diversity(con, "headcount, known_headcount, all_headcount", where) == [(10, 100, 105)]
    ((share, of_all, workforce, gap, ratio),) = diversity(
        con, "share_percent, share_of_all_percent, workforce_share_percent, gap_points, representation_ratio", where
    )
    assert share == pytest.approx(10)
    assert of_all == pytest.approx(100 * 10 / 105)
    assert workforce == pytest.approx(100 * 220 / 1000)
    assert gap == pytest.approx(10 - 22)
    assert ratio == pytest.approx(10 / 22)


def test_a_group_without_a_row_is_zero_where_the_parts_add_up(con: duckdb.DuckDBPyConnection) -> None:
    where = "leadership_group = 'Very Senior Manager' AND category = 'Chinese'"
    assert diversity(con, "headcount, share_percent, value_status", where) == [(0, 0.0, None)]


def test_no_total_is_given_from_which_a_suppressed_part_follows(con: duckdb.DuckDBPyConnection) -> None:
    where = "leadership_group = 'Band 8d' AND period_end = '2022-06-30'"
    assert diversity(con, "category, headcount, value_status", where) == [
        (ASIAN, None, "c"),
        ("BME", None, "c"),
        (CHINESE, None, "x"),
        ("Not stated or unknown", None, "x"),
        (WHITE, 30, None),
    ]


def test_a_sum_of_grades_with_a_suppressed_part_is_not_given(con: duckdb.DuckDBPyConnection) -> None:
    where = "leadership_group = 'Bands 8a-9' AND category = 'BME'"
    assert diversity(con, "headcount, share_percent, value_status", where) == [(None, None, "c")]


def test_a_denominator_under_ten_is_marked(con: duckdb.DuckDBPyConnection) -> None:
    assert diversity(con, "known_headcount, value_status", "leadership_group = 'Band 9' AND category = 'BME'") == [
        (8, "u")
    ]


def test_a_printed_total_over_staff_groups_is_taken_before_a_sum(con: duckdb.DuckDBPyConnection) -> None:
    where = "leadership_group = 'Very Senior Manager' AND category = 'Female'"
    assert diversity(con, "headcount, known_headcount, workforce_headcount, workforce_known_headcount", where) == [
        (40, 100, 740, 990)
    ]
    assert not any("two" in str(caveat) for (caveat,) in diversity(con, "caveat", where))


def test_very_senior_managers_of_two_counts_never_share_a_population(con: duckdb.DuckDBPyConnection) -> None:
    rows = diversity(con, "DISTINCT population, figure_basis", "leadership_group = 'Very Senior Manager'")
    by_basis = {str(basis): {str(name) for name, other in rows if other == basis} for _, basis in rows}
    counted = by_basis["workforce statistics, counted"]
    assert all("workforce statistics" in name for name in counted)
    assert counted.isdisjoint(by_basis["WRES file"] | by_basis["published headline"])


def test_wres_very_senior_managers_are_counted_over_clusters_and_of_all_staff_as_wres_prints_them(
    con: duckdb.DuckDBPyConnection,
) -> None:
    where = "area_code = 'RAA' AND leadership_group = 'Very Senior Manager' AND category = 'BME'"
    ((people, known, everyone, share, of_known, workforce, whom),) = diversity(
        con,
        "headcount, known_headcount, all_headcount, share_percent, share_of_known_percent, workforce_share_percent,"
        " denominator_population",
        where,
    )
    assert (people, known, everyone) == (4, 19, 20)
    assert share == pytest.approx(100 * 4 / 20)
    assert of_known == pytest.approx(100 * 4 / 19)
    assert workforce == pytest.approx(100 * 250 / 1000)
    assert whom == "all staff including unknown ethnicity"


def test_shares_of_one_population_have_one_denominator(con: duckdb.DuckDBPyConnection) -> None:
    rows = diversity(
        con,
        "DISTINCT source_series = 'wres', figure_basis, denominator_population",
        "characteristic = 'ethnicity' AND (source_series = 'wres' OR figure_basis = 'workforce statistics, counted')",
    )
    assert rows == [
        (False, "workforce statistics, counted", "staff of known ethnicity"),
        (True, "WRES file", "all staff including unknown ethnicity"),
        (True, "published headline", "all staff including unknown ethnicity"),
    ]


def test_a_wres_percentage_in_a_cited_page_is_a_share_of_all(con: duckdb.DuckDBPyConnection) -> None:
    where = "figure_basis = 'published headline' AND source_series = 'wres'"
    shares = diversity(con, "share_percent, share_of_all_percent, share_of_known_percent", where)
    assert shares
    assert all(share == of_all and of_known is None for share, of_all, of_known in shares)


def test_a_board_of_eight_is_of_low_reliability(con: duckdb.DuckDBPyConnection) -> None:
    where = "area_code = 'RAA' AND leadership_group = 'Board' AND category = 'BME'"
    assert diversity(con, "headcount, known_headcount, value_status", where) == [(1, 8, "u")]


def test_a_step_is_set_against_the_step_below(con: duckdb.DuckDBPyConnection) -> None:
    ((share, below, ratio, disparity),) = con.execute("""
        SELECT share_percent, share_percent_below, ratio_to_step_below, disparity_ratio
        FROM marts.leadership_pipeline
        WHERE staff_group = 'Clinical' AND step = 'Band 7' AND category = 'BME'
    """).fetchall()
    assert (share, below) == (pytest.approx(25), pytest.approx(25))
    assert ratio == pytest.approx(1)
    assert disparity == pytest.approx((150 / 300) / (50 / 100))


def test_clinical_staff_have_no_very_senior_manager_step(con: duckdb.DuckDBPyConnection) -> None:
    groups = con.execute(
        "SELECT DISTINCT staff_group FROM marts.leadership_pipeline WHERE step = 'Very Senior Manager' ORDER BY 1"
    ).fetchall()
    assert groups == [("All staff groups",), ("Non-clinical",)]


def test_an_employer_without_a_reviewed_code_stays_unmatched(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT employer_name, body, org_code, is_matched, women_share_percent, all_quarters_women_share_percent
        FROM marts.leadership_pay_gap WHERE pay_quarter = 'top' ORDER BY 1
    """).fetchall()
    assert rows == [
        ("Airedale Nhs Foundation Trust", "NHS trust", "RCF", True, 66.0, 78.5),
        ("Some other NHS body", "not reviewed", None, False, 66.0, 78.5),
    ]


def test_a_query_without_a_filter_cannot_mix_populations(con: duckdb.DuckDBPyConnection) -> None:
    held = {
        view: con.execute(f"SELECT DISTINCT source_series, geography_level FROM marts.{view} ORDER BY ALL").fetchall()
        for view in ("leadership_diversity", "leadership_diversity_wres_england", "leadership_diversity_wres_trust")
    }
    assert {level for _, level in held["leadership_diversity"]} == {"England"}
    assert not {"wres", "gender-pay-gap"} & {series for series, _ in held["leadership_diversity"]}
    assert held["leadership_diversity_wres_england"] == [("wres", "England")]
    assert held["leadership_diversity_wres_trust"] == [("wres", "Organisation")]


def test_only_matched_trusts_stand_among_the_leaders_of_all_sources(con: duckdb.DuckDBPyConnection) -> None:
    where = "leadership_group = 'Top pay quarter' AND category = 'Female'"
    assert diversity(con, "area_code, headcount, share_percent, gap_points", where) == [("RCF", None, 66.0, -12.5)]


def test_no_recorded_chief_executive_is_said_and_not_called_a_vacancy(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT org_code, is_recorded, headcount, value_status, caveat FROM marts.board_roles
        WHERE board_role = 'Chief Executive' ORDER BY 1
    """).fetchall()
    assert [row[:4] for row in rows] == [("RAA", True, 1, None), ("RBB", False, None, "x")]
    assert "need not be vacant" in rows[1][4]


def test_headcounts_of_areas_of_work_are_not_added_up(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT is_recorded, headcount, fte, value_status FROM marts.board_roles
        WHERE board_role = 'Other Executive Director' AND org_code = 'RAA'
    """).fetchall()
    assert rows == [(True, None, 2.5, "x")]


def test_a_share_of_consultants_is_of_full_time_equivalents(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT specialty, headcount, fte, all_specialties_fte, share_of_fte_percent FROM marts.consultants_by_specialty
        ORDER BY specialty
    """).fetchall()
    assert rows == [("Anaesthetics", 4, 3.0, 4.0, 75.0), ("Cardiology", 1, 1.0, 4.0, 25.0)]


def turnover(con: duckdb.DuckDBPyConnection, where: str) -> list[tuple[object, ...]]:
    return con.execute(f"""
        SELECT org_code, flow, flow_value, rate_percent, is_unprinted_zero
        FROM marts.leadership_turnover WHERE {where} ORDER BY ALL
    """).fetchall()


def test_a_flow_that_is_not_printed_beside_denominators_is_zero(con: duckdb.DuckDBPyConnection) -> None:
    where = "time_span = '1 month, as published' AND period_end = '2024-11-30' AND org_code = 'RAA'"
    assert turnover(con, where) == [("RAA", "joiners", 1.0, 5.0, False), ("RAA", "leavers", 0.0, 0.0, True)]


def test_england_and_its_regions_stand_apart_from_organisations(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT geography_level, area_code, org_code, time_span, flow, flow_value, rate_percent, is_unprinted_zero
        FROM marts.leadership_turnover WHERE period_start = '2024-09-30' AND org_code IS NULL ORDER BY ALL
    """).fetchall()
    span = "12 months, as published"
    assert rows == [
        ("England", "England", None, span, "joiners", 80.0, 10.0, False),
        ("England", "England", None, span, "leavers", 0.0, 0.0, True),
        ("Region", "Y56", None, span, "joiners", 24.0, 10.0, False),
        ("Region", "Y56", None, span, "leavers", 0.0, 0.0, True),
    ]
    levels = con.execute("""
        SELECT geography_level, bool_and((org_code IS NOT NULL) = (geography_level = 'Organisation'))
        FROM marts.leadership_turnover GROUP BY 1 ORDER BY 1
    """).fetchall()
    assert levels == [("England", True), ("Organisation", True), ("Region", True)]
    (today,) = (
        con.execute(
            "SELECT count(*) FROM marts.leadership_turnover_current_structure WHERE org_code IS NULL"
        ).fetchone()
        or ()
    )
    assert today == 0


def test_joiners_by_grade_say_which_breakdown_they_are_of(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT breakdown, grade, flow_value, in_post_at_start, rate_percent FROM marts.leadership_turnover_by_grade
        WHERE period_start = '2024-09-30' AND flow = 'joiners' ORDER BY ALL
    """).fetchall()
    assert rows == [("all", "All grades", 80.0, 800.0, 10.0), ("grade", "Very Senior Manager", 8.0, 80.0, 10.0)]


def test_joiners_from_outside_are_measured_with_both_numbers(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT claim_id, value_then, numerator_then, denominator_then, period_then, verdict_latest
        FROM marts.speech_claims WHERE claim_id IN ('S7.1', 'S7.5') ORDER BY 1
    """).fetchall()
    no_verdict = "not known: a proxy gives no verdict"
    assert rows == [
        ("S7.1", 8.0, 40.0, 500.0, date(2018, 9, 30), no_verdict),
        ("S7.5", 8.0, 4.0, 50.0, date(2018, 9, 30), no_verdict),
    ]


def test_twelve_months_are_added_up_only_without_a_gap(con: duckdb.DuckDBPyConnection) -> None:
    assert turnover(con, "time_span = '12 months, added up'") == [
        ("RAA", "joiners", 12.0, 60.0, False),
        ("RAA", "leavers", 6.0, 30.0, True),
    ]


def test_a_published_year_is_taken_before_twelve_months_added_up(con: duckdb.DuckDBPyConnection) -> None:
    assert turnover(con, "org_code = 'RCC' AND time_span LIKE '12 months%'") == [
        ("RCC", "joiners", 9.0, 45.0, False),
        ("RCC", "leavers", 0.0, 0.0, True),
    ]


def test_bme_answers_stand_beside_white_answers(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT survey_year, answer_value, answers, white_answer_value, gap_points FROM marts.leadership_culture
        WHERE area_code = 'RAA' AND question = 'discrimination_by_staff' AND ethnic_group = 'BME'
    """).fetchall()
    assert rows == [(2023, 15.0, 400, 6.0, 9.0)]


def test_a_question_put_on_another_base_is_a_break(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT question, value_status FROM marts.leadership_culture WHERE figure_basis = 'staff survey file' ORDER BY 1
    """).fetchall()
    assert rows == [("bullying_by_managers", None), ("fair_career_progression", "b")]


def test_every_question_of_the_survey_reader_is_known_to_the_culture_mart(con: duckdb.DuckDBPyConnection) -> None:
    missing = con.execute("""
        SELECT question FROM reference.staff_survey_question
        WHERE question NOT IN (SELECT question FROM reference.culture_question)
    """).fetchall()
    assert missing == []


def test_trusts_that_record_no_chief_executive_are_counted_as_a_proxy(con: duckdb.DuckDBPyConnection) -> None:
    claim = con.execute("""
        SELECT value_latest, numerator_latest, denominator_latest, holds_latest, kind_of_evidence
        FROM marts.speech_claims WHERE claim_id = 'S3.4'
    """).fetchall()
    assert claim == [(50.0, 1.0, 2.0, None, "proxy")]


def test_two_measures_of_a_claim_are_compared_within_one_series(con: duckdb.DuckDBPyConnection) -> None:
    claim = con.execute("""
        SELECT value_latest, compared_value_latest, source FROM marts.speech_claims WHERE claim_id = 'S1.5'
    """).fetchall()
    assert claim == [
        (
            5.0,
            pytest.approx(100 * 180 / 880),
            "latest: nhs-workforce-statistics 2025-09; compared: nhs-workforce-statistics 2025-09",
        )
    ]


def test_a_trusts_leaders_are_added_up_in_full_time_equivalents_only(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT leadership_group, clinical, fte, headcount FROM marts.leadership_size ORDER BY ALL
    """).fetchall()
    assert rows == [
        ("Bands 8a-9", "Clinical", pytest.approx(3.2), None),
        ("Senior managers", "Non-clinical", 3.6, 4),
        ("Very Senior Manager", "Non-clinical", 3.6, 4),
    ]
