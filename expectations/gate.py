"""The gate: checks a candidate warehouse and says whether it may be published."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from expectations import engine
from expectations.engine import Verdict
from expectations.facts import make_facts, write_facts
from expectations.report import CELL, SHOWN, Outcome, Report, Result
from expectations.rules import OFFENDING, Rule
from expectations.suites import RULES

FINDING = ("rule_id", "error", *SHOWN)
"""Columns of gate.finding: the rule, DuckDB's message where its SQL could not be run, else an offending row."""

MOST_ROWS = 10_000
"""Offending rows looked at for one rule; beyond that the data is broken, not a row of it."""


def check(
    candidate: Path,
    *,
    docs: Path,
    published: Path | None,
    today: date,
    run_id: str,
    rules: Mapping[str, Rule] = RULES,
) -> Report:
    """Check a candidate, never changing it. `docs` receives the Data Docs (docs/index.html).

    Rules without built-in expectations run natively, once each, on one connection; Great Expectations then asserts
    that they found no row. Those with built-in expectations are decided by Great Expectations on the tables.

    `published` is the release before, if any, to compare rows with; `today` decides what is late and which known
    failures have ended.
    """
    with _facts_file() as facts:
        write_facts(facts, candidate=candidate, published=published, today=today)
        with _opened(candidate, facts) as con:
            found = {rule.id: found_or_error(con, rule) for rule in rules.values() if not rule.builtins}
        keep_findings(facts, list(found.values()))
        verdicts = engine.run(list(rules.values()), candidate, facts=facts, docs=docs, run_id=run_id)
        with _opened(candidate, facts) as con:
            results = [
                _or_taken_out(con, result_of(con, rule, verdicts[rule.id], found.get(rule.id)))
                for rule in rules.values()
            ]
            stale = _stale_known_failures(con, results)
    return Report(run_id, results, rejected(results), stale)


def refused_rows(con: duckdb.DuckDBPyConnection, *, today: date, rules: Mapping[str, Rule] = RULES) -> pl.DataFrame:
    """The rows that rules of severity 'reject rows' refuse, as in `Report.rejected_rows`: to be taken out first.

    `con` is a candidate whose marts are still to be built, without an open transaction. Plain SQL without Great
    Expectations, in well under a second, so that marts are built and checked only once.
    """
    chosen = [rule for rule in rules.values() if rule.severity == "reject rows"]
    con.execute("ATTACH ':memory:' AS gate")
    try:
        make_facts(con, today)
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
        con.execute(f"ATTACH '{facts}' AS gate (READ_ONLY)")
        yield con


def result_of(con: duckdb.DuckDBPyConnection, rule: Rule, verdict: Verdict, found: Result | None = None) -> Result:
    """A rule's result: where it did not pass, with its rows, known failures told apart.

    `found` is what its own SQL found, where that has run already.
    """
    if verdict.error:
        return Result(rule, "failed", error=verdict.error)
    if verdict.passed and found and found.outcome != "passed":
        return replace(found, outcome="failed", error="the rule's SQL finds rows, but the expectation passed")
    if verdict.passed:
        return Result(rule, "passed")
    found = found or found_by(con, rule)
    if found.outcome == "passed":
        # The built-in expectation saw what the rule's own SQL does not: the rule is not to be trusted.
        return Result(rule, "failed", error="the expectation failed, but the rule's SQL finds no row")
    return found


def found_by(con: duckdb.DuckDBPyConnection, rule: Rule) -> Result:
    """A rule's result by its own SQL, known failures told apart."""
    rows = con.execute(f"""
        WITH known AS (
            SELECT figure FROM gate.known_failure
            WHERE rule_id = '{rule.id}' AND until >= (SELECT day FROM gate.today)
        ),
        told_apart AS MATERIALIZED (
            SELECT *,
                '*' IN (SELECT figure FROM known) OR coalesce(figure IN (SELECT figure FROM known), FALSE)
                OR coalesce(series || ' ' || edition IN (SELECT figure FROM known), FALSE) AS is_known
            FROM ({rule.sql}) AS found_rows
        )
        -- Not as a window: DuckDB 1.5.5 now and then fails on count(*) FILTER (...) OVER () of few rows or none
        -- (duckdb/duckdb#25713).
        SELECT *, (SELECT count(*) FROM told_apart WHERE is_known) AS all_known,
            (SELECT count(*) FROM told_apart WHERE NOT is_known) AS all_failing
        FROM told_apart
        ORDER BY is_known, series, edition, figure
        LIMIT {MOST_ROWS}
    """).pl()
    if rows.is_empty():
        return Result(rule, "passed")
    known, failing = int(rows["all_known"][0]), int(rows["all_failing"][0])
    outcome: Outcome = "known" if not failing else "warned" if rule.severity == "warn" else "failed"
    return Result(rule, outcome, failing, known, rows)


def found_or_error(con: duckdb.DuckDBPyConnection, rule: Rule) -> Result:
    """As `found_by`; where the SQL cannot be run, a failed result with DuckDB's message."""
    try:
        return found_by(con, rule)
    except duckdb.Error as error:
        return Result(rule, "failed", error=str(error).splitlines()[0])


def keep_findings(facts: Path, results: Sequence[Result]) -> None:
    """Write what rules found, up to `MOST_ROWS` of each, into gate.finding, for Great Expectations to assert."""
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
    """The result; of a rule that passes because its rows were taken out before: those rows."""
    if result.severity != "reject rows" or result.outcome != "passed":
        return result
    rows = ", ".join(OFFENDING)
    taken_out = f"SELECT {rows} FROM meta.rejected_row WHERE rule_id = '{result.rule.id}'"
    found = found_or_error(con, replace(result.rule, finds=taken_out))
    # A release of an older version of this code did not keep what was expected and found.
    return (
        result
        if found.error or found.outcome == "passed"
        else replace(found, rule=result.rule, outcome="rows taken out")
    )


def rejected(results: list[Result]) -> pl.DataFrame:
    """Rows that rules of severity 'reject rows' refuse, each once per rule."""
    texts = dict.fromkeys(("rule_id", "table_name", "file_sha256", "source_sheet"), pl.String())
    said = dict.fromkeys(("expected", "found"), pl.String())
    schema = pl.Schema({**texts, "source_row": pl.Int32(), "source_column": pl.Int32(), **said})
    frames = [
        result.rows.filter(~pl.col("is_known"))
        .select(pl.lit(result.rule.id).alias("rule_id"), pl.lit(result.rule.table).alias("table_name"), *CELL, *said)
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
