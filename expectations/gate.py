"""The quality gate: checks a candidate warehouse and decides whether it may be published."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from expectations import data_docs, engine
from expectations.carried_over import Before, ReleaseBefore, results_before
from expectations.engine import Verdict
from expectations.facts import NO_LINES, make_facts, write_facts
from expectations.hand_kept import Lines
from expectations.report import CELL, SHOWN, Outcome, Report, Result
from expectations.rules import OFFENDING, Rule
from expectations.suites import RULES
from warehouse.paths import path_literal
from warehouse.threads import limit_threads

FINDING = ("rule_id", "error", *SHOWN)
"""Columns of gate.finding: rule_id, then either DuckDB's message (`error`) or one offending row."""

MOST_ROWS = 10_000
"""Offending rows fetched for one rule: with more than that the whole table is wrong, and a sample is enough."""


def check(
    candidate: Path,
    *,
    docs: Path,
    published: Path | None,
    today: date,
    run_id: str,
    rules: Mapping[str, Rule] = RULES,
    own: Lines = NO_LINES,
    before: ReleaseBefore | None = None,
) -> Report:
    """Check a candidate without changing it. The Data Docs are written to the folder `docs` (docs/index.html).

    The SQL of rules without built-in expectations is run once each on one connection; Great Expectations then asserts
    that it found no row. Rules with built-in expectations are evaluated by Great Expectations on the tables.

    `published` is the previous release, if any, for the comparison of row counts; `today` decides which editions are
    late and which known failures have expired. `own` are the operator's lines of the hand-kept lists.

    `before`: the release that results are carried over from (`expectations.carried_over`). Where every rule of a table
    has the result that it had there, and its built-in expectations are carried over, Great Expectations does not
    evaluate the table again, and the page of the Data Docs is that of the release.
    """
    with _facts_file() as facts:
        same = before.unchanged if before and before.warehouse == published else frozenset()
        write_facts(facts, candidate=candidate, published=published, today=today, own=own, unchanged=same)
        with _opened(candidate, facts) as con:
            earlier = results_before(con, rules.values(), before)
            to_run = [rule for rule in rules.values() if rule.id not in earlier.carried]
            idle = without_rows(con, to_run)
            # Without rows, the SQL of a rule with built-in expectations says the same as they do.
            found = {rule.id: found_or_error(con, rule) for rule in to_run if not rule.builtins or rule.id in idle}
        idle -= {rule for rule, result in found.items() if result.outcome != "passed"}
        idle |= {rule for rule in earlier.carried if earlier.results[rule].outcome == "ran over no rows"}
        write_findings(facts, list(found.values()))
        taken_over = _pages_taken_over(rules.values(), earlier, before, found, idle)
        evaluated = [rule for rule in rules.values() if rule.table not in taken_over]
        verdicts = engine.run(evaluated, candidate, facts=facts, docs=docs, run_id=run_id, idle=idle)
        if before and taken_over:
            data_docs.take_over(before.docs, docs, taken_over)
        with _opened(candidate, facts) as con:
            results = [
                _result(con, rule, verdicts.get(rule.id), found.get(rule.id), idle, earlier) for rule in rules.values()
            ]
            stale = _stale_known_failures(con, results)
    return Report(run_id, results, rejected(results), stale)


def _pages_taken_over(
    rules: Iterable[Rule],
    earlier: Before,
    before: ReleaseBefore | None,
    found: Mapping[str, Result],
    idle: Set[str],
) -> set[str]:
    """The tables that Great Expectations need not evaluate: no rule of theirs found a row, here or in that release.

    Their rules with built-in expectations are all carried over, and the release has a page of Data Docs for each.
    """
    if before is None:
        return set()
    settled: dict[str, bool] = {}
    for rule in rules:
        passed = rule.id in earlier.carried or (rule.id in found and found[rule.id].outcome == "passed")
        outcome = "ran over no rows" if rule.id in idle else "passed"
        settled[rule.table] = settled.get(rule.table, True) and passed and earlier.is_settled(rule.id, outcome)
    return {table for table, holds in settled.items() if holds} & data_docs.tables(before.docs, earlier.build_id)


def _result(
    con: duckdb.DuckDBPyConnection,
    rule: Rule,
    verdict: Verdict | None,
    found: Result | None,
    idle: Set[str],
    earlier: Before,
) -> Result:
    """The result of a rule, with the build in which it ran where it is carried over.

    `verdict`: of Great Expectations; None where it did not evaluate the table, because all of its rules passed.
    """
    result = result_of(con, rule, verdict or Verdict(passed=True), found)
    result = _or_idle(_or_taken_out(con, result), idle)
    has_run = found is not None or (rule.builtins and verdict is not None and rule.id not in idle)
    return result if has_run else replace(result, ran_in=earlier.results[rule.id].ran_in)


def refused_rows(
    con: duckdb.DuckDBPyConnection, *, today: date, rules: Mapping[str, Rule] = RULES, own: Lines = NO_LINES
) -> pl.DataFrame:
    """The rows that rules of severity 'reject rows' refuse, with the columns of `Report.rejected_rows`.

    `con` is a candidate whose marts have not been built, without an open transaction. The rules are run as plain SQL
    without Great Expectations, which takes less than a second, so that the rows can be removed before the marts are
    built and the marts are built and checked only once.
    """
    chosen = [rule for rule in rules.values() if rule.severity == "reject rows"]
    con.execute("ATTACH ':memory:' AS gate")
    try:
        make_facts(con, today, own)
        return rejected([found_by(con, rule) for rule in chosen])
    finally:
        con.execute("DETACH gate")


@contextmanager
def _facts_file() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="workforce-checks-") as folder:
        yield Path(folder) / "facts.duckdb"


@contextmanager
def _opened(candidate: Path, facts: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(candidate, read_only=True) as con:
        limit_threads(con, candidate.stat().st_size)
        con.execute(f"ATTACH {path_literal(facts)} AS gate (READ_ONLY)")
        yield con


def result_of(con: duckdb.DuckDBPyConnection, rule: Rule, verdict: Verdict, found: Result | None = None) -> Result:
    """The result of a rule; where it failed, with its offending rows, each marked as known failure or not.

    `verdict` is the result of Great Expectations, `found` that of the rule's own SQL where it has been run already.
    """
    if verdict.error:
        return Result(rule, "failed", error=verdict.error)
    if verdict.passed and found and found.outcome != "passed":
        return replace(found, outcome="failed", error="the rule's SQL finds rows, but the expectation passed")
    if verdict.passed:
        return Result(rule, "passed")
    found = found or found_by(con, rule)
    if found.outcome == "passed":
        # The built-in expectation and the SQL of the rule disagree: the rule itself is wrong.
        return Result(rule, "failed", error="the expectation failed, but the rule's SQL finds no row")
    return found


def found_by(con: duckdb.DuckDBPyConnection, rule: Rule) -> Result:
    """The result of a rule by its own SQL. `rows` has the columns of `Rule.sql`, is_known, all_known, all_failing."""
    # Most rules find no row, and what follows makes them take a quarter more.
    if not con.execute(f"SELECT 1 FROM ({rule.sql}) AS found_rows LIMIT 1").fetchall():
        return Result(rule, "passed")
    rows = con.execute(f"""
        WITH known AS (
            SELECT figure FROM gate.known_failure
            WHERE rule_id = '{rule.id}' AND until >= (SELECT day FROM gate.today)
        ),
        classified AS MATERIALIZED (
            SELECT *,
                '*' IN (SELECT figure FROM known) OR coalesce(figure IN (SELECT figure FROM known), FALSE)
                OR coalesce(series || ' ' || edition IN (SELECT figure FROM known), FALSE) AS is_known
            FROM ({rule.sql}) AS found_rows
        )
        -- Not as a window function: DuckDB 1.5.5 sometimes fails on count(*) FILTER (...) OVER () of few or no rows
        -- (duckdb/duckdb#25713).
        SELECT *, (SELECT count(*) FROM classified WHERE is_known) AS all_known,
            (SELECT count(*) FROM classified WHERE NOT is_known) AS all_failing
        FROM classified
        ORDER BY is_known, series, edition, figure
        LIMIT {MOST_ROWS}
    """).pl()
    known, failing = int(rows["all_known"][0]), int(rows["all_failing"][0])
    outcome: Outcome = "known" if not failing else "warned" if rule.severity == "warn" else "failed"
    return Result(rule, outcome, failing, known, rows)


def found_or_error(con: duckdb.DuckDBPyConnection, rule: Rule) -> Result:
    """Like `found_by`, but returns a failed result with DuckDB's message where the SQL cannot be run."""
    try:
        return found_by(con, rule)
    except duckdb.Error as error:
        return Result(rule, "failed", error=str(error).splitlines()[0])


def without_rows(con: duckdb.DuckDBPyConnection, rules: Iterable[Rule]) -> set[str]:
    """Ids of the rules that look at no row: nothing of what they examine is loaded."""
    by_relation: dict[str, list[str]] = {}
    for rule in rules:
        by_relation.setdefault(rule.examined, []).append(rule.id)
    idle: set[str] = set()
    for relation, named in by_relation.items():
        # A rule whose SQL cannot be run fails by itself.
        with suppress(duckdb.Error):
            if not con.execute(f"SELECT 1 FROM {relation} LIMIT 1").fetchall():
                idle |= set(named)
    return idle


def write_findings(facts: Path, results: Sequence[Result]) -> None:
    """Write the rows that rules found, up to `MOST_ROWS` each, to gate.finding, where Great Expectations reads them."""
    schema = pl.Schema(dict.fromkeys(FINDING, pl.String()) | {"value": pl.Float64()})
    frames = [
        result.rows.select(pl.lit(result.rule.id).alias("rule_id"), pl.lit(None).alias("error"), *SHOWN).cast(schema)
        for result in results
        if result.rows.height
    ]
    errors = pl.DataFrame(
        [{"rule_id": result.rule.id, "error": result.error} for result in results if result.error], schema=schema
    )
    with duckdb.connect(facts) as con:
        con.register("findings", pl.concat([errors, *frames]).to_arrow())
        con.execute("CREATE TABLE finding AS FROM findings")


def _or_taken_out(con: duckdb.DuckDBPyConnection, result: Result) -> Result:
    """The result, or 'rows taken out' with these rows where the rule passes only because the build removed them."""
    if result.severity != "reject rows" or result.outcome != "passed":
        return result
    rows = ", ".join(OFFENDING)
    taken_out = f"SELECT {rows} FROM meta.rejected_row WHERE rule_id = '{result.rule.id}'"
    found = found_or_error(con, replace(result.rule, finds=taken_out))
    # Warehouses built by older versions of this code have no columns expected and found in meta.rejected_row.
    return (
        result
        if found.error or found.outcome == "passed"
        else replace(found, rule=result.rule, outcome="rows taken out")
    )


def _or_idle(result: Result, idle: Set[str]) -> Result:
    """The result, or 'ran over no rows' where the rule passes only because it looked at no row."""
    is_idle = result.outcome == "passed" and result.rule.id in idle
    return replace(result, outcome="ran over no rows") if is_idle else result


def rejected(results: list[Result]) -> pl.DataFrame:
    """Rows that rules of severity 'reject rows' refuse, each once per rule: the columns of `Report.rejected_rows`."""
    place_columns = dict.fromkeys(("rule_id", "table_name", "file_sha256", "source_sheet"), pl.String())
    value_columns = dict.fromkeys(("expected", "found"), pl.String())
    schema = pl.Schema({**place_columns, "source_row": pl.Int32(), "source_column": pl.Int32(), **value_columns})
    frames = [
        result.rows.filter(~pl.col("is_known"))
        .select(
            pl.lit(result.rule.id).alias("rule_id"),
            pl.lit(result.rule.table).alias("table_name"),
            *CELL,
            *value_columns,
        )
        .cast(schema)
        for result in results
        if result.severity == "reject rows" and result.outcome == "failed" and not result.error
    ]
    each_once = ["rule_id", "table_name", *CELL]
    return pl.concat([pl.DataFrame(schema=schema), *frames]).unique(each_once, keep="first", maintain_order=True)


def _stale_known_failures(con: duckdb.DuckDBPyConnection, results: list[Result]) -> list[str]:
    """Lines of known_failures.csv whose rule now passes."""
    passed = {result.rule.id for result in results if result.outcome == "passed"}
    lines = con.execute("SELECT rule_id, figure FROM gate.known_failure ORDER BY ALL").fetchall()
    return [f"{rule} {figure}" for rule, figure in lines if rule in passed]
