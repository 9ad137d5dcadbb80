"""The leadership marts of the real files against published headlines, and against the files' own totals."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.warehouse.leadership_figures import MADE, staged
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for
from warehouse.building.build import build

pytestmark = pytest.mark.slow

TURNOVER = "nhs-workforce-statistics/turnover-benchmarking"
FILES = (
    "ethnicity-facts-and-figures/resaved/nhsworkforcedata.xls",
    "gender-pay-gap/UK Gender Pay Gap Data - 2017 to 2018.csv",
    "gender-pay-gap/UK Gender Pay Gap Data - 2019 to 2020.csv",
    "gender-pay-gap/UK Gender Pay Gap Data - 2023 to 2024.csv",
    "nhs-workforce-statistics/NHS Workforce Statistics, May 2023 England and Organisation.xlsx",
    f"{TURNOVER}/Turnover benchmarking 2. Staff group and organisation, monthly, Oct-25.csv",
)


@pytest.fixture(scope="module")
def con(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("real")
    files = []
    for name in FILES:
        file = PublishedFile(published / name, Path(name).name)
        reader, edition = reader_for(file)
        frames = {
            # The organisations of the workbook are no leadership figures; without them the build is quick.
            table: frame.filter(pl.col("geography_level") == "England") if table == "workforce" else frame
            for table, frame in read_tables(reader, file).items()
        }
        files.append(staged(folder, edition, Path(name).name, frames))
    build(folder / "candidate.duckdb", files, MADE)
    with duckdb.connect(folder / "candidate.duckdb", read_only=True) as connection:
        yield connection


def test_every_headline_the_files_answer_agrees_or_is_explained(con: duckdb.DuckDBPyConnection) -> None:
    checked = con.execute("SELECT * FROM reference.headline_check").pl()
    told = checked.select(pl.concat_str("series", "verdict", separator=": ").alias("told"))
    counts = dict(told.group_by("told").len().iter_rows())
    sys.stdout.write(f"headlines: {counts}\n")
    assert checked.height == checked["headline_id"].n_unique() == 624
    assert checked["verdict"].null_count() == checked["reason"].null_count() == 0
    known = {name: number for name, number in counts.items() if "not known" not in name}
    assert known == {
        "NHS workforce: agrees": 30,
        "NHS workforce by ethnicity: agrees": 36,
        # The page counts each person once; the file's role groups do not.
        "NHS workforce by ethnicity: not comparable": 2,
        "vacancies: not comparable": 27,
    }
    compared = checked.drop_nulls("measured_value")
    assert compared.height == 68
    assert compared["difference"].abs().max() < 0.06  # type: ignore[operator]
    missing = checked.filter(pl.col("verdict") == "not known: no figure is loaded")
    assert missing.height == 244
    assert missing["answered_by"].null_count() == 0


def test_white_and_bme_make_up_every_known_headcount(con: duckdb.DuckDBPyConnection) -> None:
    rows, wrong = con.execute("""
        WITH sides AS (
            SELECT period_end, staff_group, grade, max(known_headcount) AS known,
                sum(headcount) FILTER (WHERE category IN ('White', 'BME')) AS parts,
                sum(headcount) FILTER (WHERE category_level IN ('group', 'unknown')) AS everyone,
                max(all_headcount) AS printed
            FROM marts.staff_by_characteristic
            WHERE characteristic = 'ethnicity'
            GROUP BY ALL
        )

        SELECT count(*), count(*) FILTER (WHERE known <> parts OR everyone <> printed) FROM sides
    """).fetchone() or (0, 0)
    assert rows > 3000
    assert wrong == 0


def test_very_senior_managers_are_there_for_every_month_of_the_ethnicity_file(con: duckdb.DuckDBPyConnection) -> None:
    months, first, last, rows = (
        con.execute("""
        SELECT count(DISTINCT period_end), min(period_end)::VARCHAR, max(period_end)::VARCHAR, count(headcount)
        FROM marts.leadership_diversity_all_sources
        WHERE leadership_group = 'Very Senior Manager' AND source_series = 'ethnicity-facts-and-figures'
    """).fetchone()
        or ()
    )
    assert (months, first, last) == (19, "2009-09-30", "2022-06-30")
    assert rows == 19 * 9  # six groups, BME, two kinds of unknown


def test_sum_of_role_groups_is_close_to_the_published_headcount_of_england(con: duckdb.DuckDBPyConnection) -> None:
    least, most = con.execute("""
        SELECT min(staff.all_headcount / england.value), max(staff.all_headcount / england.value)
        FROM marts.staff_by_characteristic AS staff
        INNER JOIN core.workforce_latest AS england
            ON staff.period_end = england.period_end
            AND england.staff_group = 'All staff groups'
            AND england.measure = 'headcount'
        WHERE staff.staff_group_level = 'all' AND staff.grade = 'All grades' AND staff.category = 'White'
    """).fetchone() or (0, 0)
    # People with roles in two groups are counted twice: never fewer than the published headcount, and few more.
    assert 1 <= least <= most < 1.01


def test_trusts_are_matched_by_reviewed_codes(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT reporting_year, count(*) FILTER (WHERE is_matched), count(*) FILTER (WHERE NOT is_matched),
            count(DISTINCT org_code)
        FROM marts.leadership_pay_gap
        WHERE pay_quarter = 'top' AND body = 'NHS trust'
        GROUP BY ALL ORDER BY ALL
    """).fetchall()
    assert rows == [("2017-18", 231, 1, 231), ("2019-20", 170, 1, 170), ("2023-24", 85, 1, 85)]


def test_a_year_that_was_open_when_its_file_was_made_is_provisional(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT DISTINCT reporting_year, was_due, value_status = 'p', contains(caveat, 'not yet due')
        FROM marts.leadership_pay_gap
        WHERE value_status IS DISTINCT FROM 'u' AND value_status IS DISTINCT FROM 'x'
        ORDER BY ALL
    """).fetchall()
    assert rows == [
        ("2017-18", True, None, False),
        ("2019-20", True, None, False),
        ("2023-24", False, True, True),
    ]


def test_years_are_compared_over_the_employers_of_both_and_contradictions_are_counted(
    con: duckdb.DuckDBPyConnection,
) -> None:
    compared = con.execute("""
        SELECT reporting_year, compared_year, employers, employers_left_out, value_status
        FROM marts.leadership_pay_gap_change WHERE body = 'NHS trust' AND pay_quarter = 'top' ORDER BY ALL
    """).fetchall()
    assert compared == [
        ("2019-20", "2017-18", 156, 14, None),
        ("2023-24", "2017-18", 75, 9, "p"),
        ("2023-24", "2019-20", 60, 6, "p"),
    ]
    # Basildon and Thurrock printed 24.5 per cent women, the most of them in the top quarter, paid 29.7 per cent less.
    found = con.execute("""
        SELECT DISTINCT report_contradiction FROM marts.leadership_pay_gap
        WHERE org_code = 'RDD' AND reporting_year = '2017-18'
    """).fetchall()
    expected = (
        "Women are over-represented in the top pay quarter, yet paid 29.7 per cent less on average."
        " Women are 24.5 per cent of the staff: their shares and men's look exchanged."
    )
    assert found == [(expected,)]


def test_a_trusts_top_quarter_is_set_against_all_four(con: duckdb.DuckDBPyConnection) -> None:
    row = con.execute("""
        SELECT org_code, women_share_percent, all_quarters_women_share_percent, gap_points, value_status
        FROM marts.leadership_pay_gap
        WHERE employer_name = 'Airedale Nhs Foundation Trust' AND reporting_year = '2017-18' AND pay_quarter = 'top'
    """).fetchone()
    assert row is not None
    assert row == ("RCF", 67.9, pytest.approx((82.0 + 86.9 + 86.0 + 67.9) / 4), pytest.approx(67.9 - 80.7), None)


def test_every_manager_group_with_denominators_has_both_flows(con: duckdb.DuckDBPyConnection) -> None:
    flow_rows, joiners_left_out, leavers_left_out, missing = (
        con.execute("""
        SELECT count(*),
            count(*) FILTER (WHERE is_unprinted_zero AND flow = 'joiners'),
            count(*) FILTER (WHERE is_unprinted_zero AND flow = 'leavers'),
            count(*) FILTER (WHERE flow_value IS NULL OR rate_percent IS NULL)
        FROM marts.leadership_turnover
        WHERE measure = 'headcount' AND staff_group IN ('Senior managers', 'Managers')
    """).fetchone()
        or ()
    )
    assert (flow_rows, joiners_left_out, leavers_left_out, missing) == (2 * 494, 327, 254, 0)


def test_the_speech_is_answered_from_the_files(con: duckdb.DuckDBPyConnection) -> None:
    rows = con.execute("""
        SELECT claim_id, numerator_then, denominator_then, round(compared_value_then, 2), holds_then,
            round(value_latest, 2), holds_latest
        FROM marts.speech_claims WHERE kind_of_evidence = 'measured here' AND value_then IS NOT NULL ORDER BY 1
    """).fetchall()
    assert rows == [
        ("S1.5", 129.0, 1920.0, 20.23, True, 8.59, True),
        ("S1.7", 46845.0, 118510.0, None, True, 46.04, False),
        ("S1.8", 70344.0, 320324.0, None, True, 31.19, False),
    ]
