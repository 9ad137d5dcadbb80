"""The quality gate: its decision on a candidate, and the content of its report."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest
from rich.console import Console

from expectations.engine import Verdict
from expectations.facts import make_facts, write_facts
from expectations.gate import check, found_by, refused_rows, result_of, without_rows
from expectations.hand_kept import CSV_TABLES
from expectations.report import Report, Result
from expectations.rules import OFFENDING, Rule
from expectations.suites import RULES
from expectations.suites.cross_source import COMPARISONS
from warehouse.archive import sha256_of
from warehouse.building.rejections import take_out

TODAY = date(2025, 12, 1)
FAILED = Verdict(passed=False)
ALTERED = (
    "UPDATE core.workforce SET value = value + 0.02, source_sheet = '5. All Staff, NHSE & Org - FTE', source_row = 242"
    " WHERE period_end = DATE '2025-10-31' AND geography_level = 'England' AND measure = 'fte'"
    " AND staff_group = 'Managers'"
)
ADDS_UP = RULES["workforce.organisations_add_up_to_england"]
QUARTERS = RULES["pay_gap.quarters_add_up"]


def report_of(*results: Result) -> Report:
    return Report("run", results, pl.DataFrame())


@pytest.mark.slow
def test_sound_candidate_may_be_published_and_is_left_as_it_was(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    candidate, published = warehouse_file(), warehouse_file()
    before = sha256_of(candidate)
    report = check(candidate, docs=tmp_path / "docs", published=published, today=TODAY, run_id="sound")
    idle = [result.rule.id for result in report.results if result.outcome == "ran over no rows"]
    passed = len(RULES) - len(idle)
    assert report.counts == {"passed": passed, "ran over no rows": len(idle), "failed": 0, "warned": 0, "known": 0}
    assert {"edition.scale", "vacancy.complete"} & set(RULES) <= set(idle)  # the warehouse has one edition
    assert {"workforce.grain", "release.rows_lost", "vacancy.establishment_as_in_workforce"} & set(idle) == set()
    assert report.may_publish
    assert report.rejected_rows.is_empty()
    assert (tmp_path / "docs" / "index.html").is_file()
    assert sha256_of(candidate) == before
    with duckdb.connect(candidate) as con:  # no connection is left that would keep the build from writing
        con.register("results", report.frame().to_arrow())
        con.execute("INSERT INTO meta.check_result BY NAME FROM results")
        assert con.execute("SELECT count(*) FROM meta.check_result").fetchall() == [(len(RULES),)]


def test_every_rule_runs_over_no_rows_on_an_empty_warehouse(warehouse_file: Callable[..., Path]) -> None:
    with duckdb.connect(warehouse_file()) as con:
        con.execute("ATTACH ':memory:' AS gate")
        make_facts(con, TODAY)
        assert "workforce.grain" not in without_rows(con, RULES.values())
        tables = con.execute(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name <> 'gate'"
        ).fetchall()
        for (table,) in tables:
            con.execute(f"DELETE FROM {table}")
        assert without_rows(con, RULES.values()) == set(RULES)


@pytest.mark.slow
def test_a_rule_without_rows_says_so_in_report_table_and_data_docs(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    candidate = warehouse_file("DELETE FROM core.pay_gap")
    chosen = {rule.id: rule for rule in (ADDS_UP, QUARTERS, RULES["pay_gap.grain"])}
    report = check(candidate, docs=tmp_path / "docs", published=None, today=TODAY, run_id="1", rules=chosen)
    assert report.may_publish
    assert report.text().startswith("3 checks: 1 passed, 2 ran over no rows, 0 failed")
    assert "as nothing they look at is loaded: pay_gap.quarters_add_up, pay_gap.grain." in report.text()
    assert report.frame()["outcome"].to_list() == ["passed", "ran over no rows", "ran over no rows"]
    docs = next((tmp_path / "docs").rglob("validations/core/pay_gap/**/*.html")).read_text()
    assert {f"{rule} (ran over no rows)" in docs for rule in ("pay_gap.quarters_add_up", "pay_gap.grain")} == {True}


@pytest.mark.slow
def test_altered_cell_stops_publication_and_is_named_with_file_sheet_and_cell(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    chosen = {rule.id: rule for rule in (ADDS_UP, QUARTERS, RULES["workforce.grain"])}
    candidate = warehouse_file(ALTERED)
    report = check(candidate, docs=tmp_path / "docs", published=None, today=TODAY, run_id="bad", rules=chosen)
    assert not report.may_publish
    assert report.rejected_rows.is_empty()
    assert report.counts == {"passed": 2, "failed": 1, "warned": 0, "known": 0}
    assert (
        "nhs-workforce-statistics.xlsx > 5. All Staff, NHSE & Org - FTE > AB242: 2025-10-31, England, England,"
        " Managers, fte: expected its 1 parts add up to 100.0, found a total of 100.02 (difference 0.02)"
    ) in report.text()


@pytest.mark.slow
def test_refused_rows_are_listed_by_cell_and_without_them_the_candidate_passes(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    candidate = warehouse_file("UPDATE core.pay_gap SET value = 70 WHERE measure = 'male_top_quarter_percent'")
    chosen = {QUARTERS.id: QUARTERS}
    report = check(candidate, docs=tmp_path / "docs", published=None, today=TODAY, run_id="1", rules=chosen)
    assert not report.may_publish
    assert report.rejected_rows.select("rule_id", "table_name", "source_row").rows() == [
        ("pay_gap.quarters_add_up", "core.pay_gap", 7),
        ("pay_gap.quarters_add_up", "core.pay_gap", 8),
    ]
    with duckdb.connect(candidate) as con:
        assert refused_rows(con, today=TODAY).equals(report.rejected_rows)
        take_out(con, report.rejected_rows)
        assert refused_rows(con, today=TODAY).is_empty()
    again = check(candidate, docs=tmp_path / "docs", published=None, today=TODAY, run_id="2", rules=chosen)
    assert again.may_publish
    assert again.counts == {"passed": 0, "failed": 0, "warned": 0, "known": 0, "rows taken out": 1}
    assert again.rejected_rows.is_empty()
    (result,) = again.results
    assert (result.outcome, result.failing_rows) == ("rows taken out", 2)
    assert again.frame().select("outcome", "failing_rows").row(0) == ("rows taken out", 2)
    (sentence,) = again.taken_out
    assert sentence.startswith("2 rows taken out by pay_gap.quarters_add_up: Women's and men's shares")
    assert "female_top_quarter_percent: expected 100 together with 70.0 of the other sex, found 60" in sentence
    assert "ROWS TAKEN OUT pay_gap.quarters_add_up (reject rows; 2 rows)" in again.text()


@pytest.mark.slow
def test_a_rule_whose_sql_cannot_be_run_fails_in_great_expectations_too(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    broken = replace(ADDS_UP, severity="warn", finds="SELECT * FROM core.no_such_table")
    chosen = {broken.id: broken, QUARTERS.id: QUARTERS}
    report = check(warehouse_file(), docs=tmp_path / "docs", published=None, today=TODAY, run_id="1", rules=chosen)
    assert [result.outcome for result in report.results] == ["failed", "passed"]
    assert "no_such_table" in report.results[0].error
    assert "no_such_table" in next((tmp_path / "docs").rglob("validations/core/workforce/**/*.html")).read_text()


def test_an_expectation_that_passes_where_the_rules_own_sql_finds_rows_is_an_error(
    changed: duckdb.DuckDBPyConnection,
) -> None:
    changed.execute("UPDATE core.workforce SET value = -1")
    rule = RULES["workforce.not_negative"]
    result = result_of(changed, rule, Verdict(passed=True), found_by(changed, rule))
    assert (result.outcome, result.rows.height) == ("failed", result.failing_rows)
    assert "finds rows" in result.error


def test_rules_that_take_out_rows_read_nothing_that_is_built_after_them() -> None:
    chosen = [rule for rule in RULES.values() if rule.severity == "reject rows"]
    assert chosen
    assert [rule.id for rule in chosen if "marts." in rule.finds or "gate.partition" in rule.finds] == []


def test_warning_does_not_stop_publication(changed: duckdb.DuckDBPyConnection) -> None:
    changed.execute("UPDATE core.workforce SET org_code = 'RZ9' WHERE org_code = 'RJ1'")
    result = result_of(changed, RULES["workforce.organisation_listed"], FAILED)
    assert (result.outcome, result.failing_rows) == ("warned", 1)
    assert report_of(result).may_publish


def known_until(con: duckdb.DuckDBPyConnection, rule: Rule, figure: str, until: str) -> None:
    con.execute("INSERT INTO gate.known_failure VALUES (?, ?, 'data steward', 'late', ?)", [rule.id, figure, until])


def test_known_failure_is_let_through_until_its_end_date_and_fails_after_it(
    changed: duckdb.DuckDBPyConnection,
) -> None:
    late = replace(RULES["meta.fresh"], severity="reject file")
    changed.execute("UPDATE gate.today SET day = DATE '2027-06-01'")
    failing = result_of(changed, late, FAILED)
    for row in failing.examples:
        known_until(changed, late, row["figure"], "2027-06-01")
    result = result_of(changed, late, FAILED)
    assert (result.outcome, result.failing_rows, result.known_rows) == ("known", 0, failing.failing_rows)
    assert report_of(result).may_publish
    changed.execute("UPDATE gate.today SET day = DATE '2027-06-02'")
    assert result_of(changed, late, FAILED).outcome == "failed"


def test_known_failure_does_not_hide_another_figure(changed: duckdb.DuckDBPyConnection) -> None:
    late = replace(RULES["meta.fresh"], severity="reject file")
    changed.execute("UPDATE gate.today SET day = DATE '2027-06-01'")
    failing = result_of(changed, late, FAILED)
    known_until(changed, late, failing.examples[0]["figure"], "2030-01-01")
    result = result_of(changed, late, FAILED)
    assert (result.outcome, result.failing_rows, result.known_rows) == ("failed", failing.failing_rows - 1, 1)
    assert not result.rows["is_known"][0]  # what is new is shown first


def test_known_failure_of_an_edition_lets_all_its_findings_of_the_rule_through(
    changed: duckdb.DuckDBPyConnection,
) -> None:
    every = replace(
        QUARTERS,
        finds=f"SELECT {', '.join(OFFENDING[:6])}, '{{}}' AS figure, value, 'a' AS expected,"
        " 'b' AS found FROM core.pay_gap",
    )
    assert result_of(changed, every, FAILED).outcome == "failed"
    known_until(changed, every, "gender-pay-gap 2025-10", "2030-01-01")
    assert result_of(changed, every, FAILED).outcome == "known"
    changed.execute("UPDATE gate.known_failure SET figure = 'gender-pay-gap 2023-24'")
    assert result_of(changed, every, FAILED).outcome == "failed"


def test_known_failure_that_covers_a_whole_rule_is_marked_with_a_star(changed: duckdb.DuckDBPyConnection) -> None:
    late = replace(RULES["meta.fresh"], severity="reject file")
    changed.execute("UPDATE gate.today SET day = DATE '2027-06-01'")
    known_until(changed, late, "*", "2030-01-01")
    assert result_of(changed, late, FAILED).outcome == "known"


def test_rule_that_cannot_be_run_fails_whatever_its_severity(changed: duckdb.DuckDBPyConnection) -> None:
    warning = replace(ADDS_UP, severity="warn")
    result = result_of(changed, warning, Verdict(passed=False, error="Binder Error: no such column"))
    assert result.outcome == "failed"
    assert not report_of(result).may_publish
    assert "no such column" in report_of(result).text()


def test_expectation_that_fails_where_the_rules_own_sql_finds_nothing_is_an_error(
    changed: duckdb.DuckDBPyConnection,
) -> None:
    assert "finds no row" in result_of(changed, RULES["workforce.grain"], FAILED).error


def test_report_shows_twenty_rows_and_counts_the_rest(changed: duckdb.DuckDBPyConnection) -> None:
    changed.execute("UPDATE core.workforce SET value = -1")
    result = result_of(changed, RULES["workforce.not_negative"], FAILED)
    report = report_of(result)
    assert len(result.examples) == 20
    assert f"... and {result.failing_rows - 20:,} more" in report.text()
    assert len(json.loads(report.frame()["examples"][0])) == 20
    assert report.frame()["failing_rows"].to_list() == [result.failing_rows]


def test_report_prints_as_tables_in_a_terminal(changed: duckdb.DuckDBPyConnection) -> None:
    changed.execute(ALTERED)
    screen = io.StringIO()
    Console(file=screen, width=200).print(report_of(result_of(changed, ADDS_UP, FAILED)))
    assert "AB242" in screen.getvalue()
    assert "1 checks: 0 passed, 1 failed" in screen.getvalue()


def test_release_with_another_kind_of_figures_is_not_compared_with(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    candidate = warehouse_file()
    sample = warehouse_file("UPDATE meta.build SET figure_kind = 'illustrative'")
    compared = {}
    for name, published in (("same", candidate), ("other", sample), ("none", None)):
        facts = tmp_path / f"{name}.duckdb"
        write_facts(facts, candidate=candidate, published=published, today=TODAY)
        with duckdb.connect(facts, read_only=True) as con:
            releases = con.execute("SELECT DISTINCT release FROM partition ORDER BY release").fetchall()
            compared[name] = [release for (release,) in releases]
    assert compared == {"same": ["candidate", "published"], "other": ["candidate"], "none": ["candidate"]}


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("organisation_exception", "org_code"),
        ("tolerance", "series"),
        ("edition_limit", "series || table_name || measure"),
        ("cross_source_limit", "comparison || series"),
    ],
)
def test_hand_kept_lists_name_each_thing_once_with_a_reason(table: str, key: str) -> None:
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS gate")
        make_facts(con, TODAY)
        assert con.execute(f"SELECT {key} FROM gate.{table} WHERE reason IS NULL").fetchall() == []
        assert con.execute(f"SELECT {key} FROM gate.{table} GROUP BY ALL HAVING count(*) > 1").fetchall() == []
        assert con.execute(f"SELECT count(*) FROM gate.{table}").fetchall()[0][0] > 0


def test_every_comparison_of_two_sources_has_its_limits_declared_and_no_other_has() -> None:
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS gate")
        make_facts(con, TODAY)
        declared = con.execute("SELECT DISTINCT comparison FROM gate.cross_source_limit").fetchall()
        refusing = con.execute("SELECT DISTINCT comparison FROM gate.cross_source_limit WHERE reject_percent >= 0")
        assert {name for (name,) in declared} == {each.id for each in COMPARISONS}
        assert {name for (name,) in refusing.fetchall()} == {each.id for each in COMPARISONS if each.refuses}


def test_every_known_failure_names_a_rule_an_owner_a_reason_and_an_end() -> None:
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS gate")
        make_facts(con, TODAY)
        lines = con.execute("FROM gate.known_failure").pl()
    assert set(lines["rule_id"]) <= set(RULES)
    assert sum(lines.null_count().row(0)) == 0
    assert set(CSV_TABLES) == {
        *("known_failure", "organisation_exception", "edition_limit", "cross_source_limit", "tolerance")
    }


def test_rule_ids_are_table_and_name() -> None:
    assert all(isinstance(rule, Rule) and rule.id.count(".") == 1 for rule in RULES.values())
