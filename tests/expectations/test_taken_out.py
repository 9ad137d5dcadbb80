"""Rows removed by checks are reported; a file with too many of them is refused."""

from __future__ import annotations

import duckdb

from expectations.one_file import check_file
from expectations.report import Result
from expectations.suites import RULES
from expectations.suites.taken_out import MOST_PERCENT

LIMIT = RULES["pay_gap.rows_taken_out"]
QUARTERS = "pay_gap.quarters_add_up"
EMPLOYERS = 100


def employers(con: duckdb.DuckDBPyConnection, year: str, *, wrong: int) -> None:
    """Add a year of a file: three figures for each employer, some of which report a quarter that does not add up."""
    con.execute(f"""
        INSERT INTO core.pay_gap BY NAME
        SELECT * EXCLUDE (copy) REPLACE (
            'one file' AS file_sha256, '2030-31' AS edition, 900 AS edition_order, '{year}' AS reporting_year,
            employer_name || copy AS employer_name,
            {year[:4]}0000 + 10 * copy + source_row AS source_row,
            CASE WHEN copy < {wrong} AND measure = 'male_top_quarter_percent' THEN value + 5 ELSE value END AS value
        )
        FROM (FROM core.pay_gap WHERE edition_order < 900), range({EMPLOYERS}) AS copies (copy)
    """)


def found(con: duckdb.DuckDBPyConnection) -> dict[str, Result]:
    return {result.rule.id: result for result in check_file(con, ["pay_gap"])}


def test_rows_of_one_employer_are_taken_out_and_shown(changed: duckdb.DuckDBPyConnection) -> None:
    employers(changed, "2030-31", wrong=1)
    results = found(changed)
    assert (results[QUARTERS].outcome, results[QUARTERS].failing_rows) == ("rows taken out", 2)
    assert results[LIMIT.id].outcome == "passed"
    kept = changed.execute("SELECT rule_id, value, expected FROM meta.rejected_row ORDER BY value").fetchall()
    assert kept == [
        (QUARTERS, 45.0, "100 together with 60.0 of the other sex"),
        (QUARTERS, 60.0, "100 together with 45.0 of the other sex"),
    ]


def test_too_many_rows_of_the_newest_period_refuse_the_file(changed: duckdb.DuckDBPyConnection) -> None:
    employers(changed, "2030-31", wrong=2)
    result = found(changed)[LIMIT.id]
    assert (result.outcome, result.files, result.failing_rows) == ("failed", {"one file"}, 4)
    assert result.examples[0]["expected"].endswith(f"at most {MOST_PERCENT} % of 300 rows taken out")
    assert result.examples[0]["found"] == "60.0; 4 rows (1.3 %) taken out"


def test_what_is_taken_out_of_an_older_period_does_not_count(changed: duckdb.DuckDBPyConnection) -> None:
    employers(changed, "2029-30", wrong=40)
    employers(changed, "2030-31", wrong=0)
    results = found(changed)
    assert results[QUARTERS].failing_rows == 80
    assert results[LIMIT.id].outcome == "passed"


def test_every_table_that_rows_are_taken_out_of_has_a_limit() -> None:
    tables = {rule.table.removeprefix("core.") for rule in RULES.values() if rule.severity == "reject rows"}
    assert tables
    assert {RULES[f"{table}.rows_taken_out"].severity for table in tables} == {"reject file"}


def test_nothing_is_taken_out_of_a_sound_file(changed: duckdb.DuckDBPyConnection) -> None:
    assert {result.outcome for result in found(changed).values()} == {"passed"}
    assert changed.execute("SELECT count(*) FROM meta.rejected_row").fetchall() == [(0,)]
