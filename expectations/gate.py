"""The gate: checks a candidate warehouse and says whether it may be published."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from expectations import engine
from expectations.engine import Verdict
from expectations.facts import write_facts
from expectations.report import CELL, Outcome, Report, Result
from expectations.rules import Rule
from expectations.suites import RULES

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

    `published` is the release before, if any, to compare rows with; `today` decides what is late and which known
    failures have ended.
    """
    with tempfile.TemporaryDirectory(prefix="workforce-checks-") as folder:
        facts = Path(folder) / "facts.duckdb"
        write_facts(facts, candidate=candidate, published=published, today=today)
        verdicts = engine.run(list(rules.values()), candidate, facts=facts, docs=docs, run_id=run_id)
        with duckdb.connect(candidate, read_only=True) as con:
            con.execute(f"ATTACH '{facts}' AS gate (READ_ONLY)")
            results = [result_of(con, rule, verdicts[rule.id]) for rule in rules.values()]
            stale = _stale_known_failures(con, results)
    return Report(run_id, results, _rejected(results), stale)


def result_of(con: duckdb.DuckDBPyConnection, rule: Rule, verdict: Verdict) -> Result:
    """A rule's result: where it did not pass, with its rows, known failures told apart."""
    if verdict.passed:
        return Result(rule, "passed")
    if verdict.error:
        return Result(rule, "failed", error=verdict.error)
    rows = con.execute(f"""
        SELECT found_rows.*, known.rule_id IS NOT NULL AS is_known, count(*) OVER () AS all_rows
        FROM ({rule.sql}) AS found_rows
        LEFT JOIN (
            SELECT DISTINCT rule_id, figure FROM gate.known_failure
            WHERE rule_id = '{rule.id}' AND until >= (SELECT day FROM gate.today)
        ) AS known
            ON known.figure = found_rows.figure OR known.figure = '*'
        ORDER BY is_known, series, edition, figure
        LIMIT {MOST_ROWS}
    """).pl()
    if rows.is_empty():
        # The built-in expectation saw what the rule's own SQL does not: the rule is not to be trusted.
        return Result(rule, "failed", error="the expectation failed, but the rule's SQL finds no row")
    known = int(rows["is_known"].sum())
    failing = int(rows["all_rows"][0]) - known
    outcome: Outcome = "known" if not failing else "warned" if rule.severity == "warn" else "failed"
    return Result(rule, outcome, failing, known, rows)


def _rejected(results: list[Result]) -> pl.DataFrame:
    """Rows that rules of severity 'reject rows' refuse, each once per rule."""
    texts = dict.fromkeys(("rule_id", "table_name", "file_sha256", "source_sheet"), pl.String())
    schema = pl.Schema({**texts, "source_row": pl.Int32(), "source_column": pl.Int32()})
    frames = [
        result.rows.filter(~pl.col("is_known"))
        .select(pl.lit(result.rule.id).alias("rule_id"), pl.lit(result.rule.table).alias("table_name"), *CELL)
        .cast(schema)
        for result in results
        if result.severity == "reject rows" and result.outcome == "failed" and not result.error
    ]
    return pl.concat([pl.DataFrame(schema=schema), *frames]).unique(maintain_order=True)


def _stale_known_failures(con: duckdb.DuckDBPyConnection, results: list[Result]) -> list[str]:
    """Lines of known_failures.csv whose rule now passes."""
    passed = {result.rule.id for result in results if result.outcome == "passed"}
    lines = con.execute("SELECT rule_id, figure FROM gate.known_failure ORDER BY ALL").fetchall()
    return [f"{rule} {figure}" for rule, figure in lines if rule in passed]
