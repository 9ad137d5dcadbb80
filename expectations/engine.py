"""Runs rules as Great Expectations suites, pushed down to DuckDB as SQL, and writes the Data Docs.

Great Expectations takes seconds to import, so it is imported only where a check runs.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.data_docs import make_self_contained
from expectations.postponed import postponed
from expectations.rules import Rule
from warehouse.paths import path_literal
from warehouse.threads import ONE_THREAD, WORTH_THREADS

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.expectations.expectation import Expectation

GX_SEVERITY = {"reject file": "critical", "reject rows": "warning", "warn": "info"}
"""Severity of Great Expectations for each severity of a rule."""


FOUND = """
SELECT * EXCLUDE (rule_id, error) FROM gate.finding
WHERE rule_id IN ({rules}) AND CASE WHEN error IS NULL THEN TRUE ELSE error(error) END
/* {{batch}} */
"""
"""Rows that the own SQL of rules found (gate.finding). {batch} is a parameter of Great Expectations, which prints a
warning for every query without it."""


@dataclass(frozen=True)
class Verdict:
    """Result of Great Expectations for one rule. `error` is its message where the rule could not be run, else ''."""

    passed: bool
    error: str = ""


def import_ahead() -> None:
    """Begin to import Great Expectations in the background, while a candidate is still being built."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    threading.Thread(target=_import, name="import-checks", daemon=True).start()


def _import() -> None:
    """Import without looking for garbage: what is imported stays, and looking took a fifth of the import's time.

    Three libraries are not run, which only expectations about distributions and about JSON use: they took over a half
    of it. Where it is installed with all its formats, jsonschema compiles a grammar of addresses when it is run.
    """
    gc.disable()
    try:
        with postponed("scipy.stats", "altair", "jsonschema"):
            for name in ("great_expectations", "great_expectations.expectations"):
                importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def run(
    rules: Sequence[Rule], candidate: Path, *, facts: Path, docs: Path, run_id: str, idle: Set[str] = frozenset()
) -> dict[str, Verdict]:
    """Run the rules and return a verdict for each, by rule id. Data Docs go to the folder `docs` (docs/index.html).

    Of the rules in `idle` (ids) the Data Docs say that they ran over no rows. Those of a table are one expectation,
    that their own SQL found no row: each alone would take as long as a rule that has rows.

    The candidate is opened read-only; the database `facts` is attached as `gate`. Its table gate.finding holds the rows
    found by the SQL of rules without built-in expectations.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    if "great_expectations" not in sys.modules:
        _import()
    import great_expectations as gx

    from expectations.duckdb_dialect import close_all

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = _context(docs)
    source = _source(context, candidate, facts)
    by_table = sorted(rules, key=lambda rule: rule.table)
    results: list[Any] = []
    try:
        for table, group in groupby(by_table, lambda rule: rule.table):
            validation = _validation(context, source, table, list(group), idle)
            outcome = validation.run(result_format="SUMMARY", run_id=gx.RunIdentifier(run_name=run_id))
            results.extend(outcome.results)
    finally:
        close_all(str(candidate))
    context.build_data_docs()
    make_self_contained(docs, run_id)
    return _verdicts(rules, results)


def _context(docs: Path) -> EphemeralDataContext:
    """An in-memory context with one local Data Docs site, without progress bars and without usage statistics."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    docs.mkdir(parents=True, exist_ok=True)
    site = {
        "class_name": "SiteBuilder",
        "show_how_to_buttons": False,
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(docs.resolve())},
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
    }
    config = DataContextConfig(
        store_backend_defaults=InMemoryStoreBackendDefaults(),
        data_docs_sites={"checks": site},
        analytics_enabled=False,
        progress_bars=ProgressBarsConfig(globally=False, metric_calculations=False),
    )
    return gx.get_context(mode="ephemeral", project_config=config)


def _source(context: EphemeralDataContext, candidate: Path, facts: Path) -> SQLDatasource:
    from expectations.duckdb_dialect import DRIVER, register

    register()
    on_connect = [f"ATTACH IF NOT EXISTS {path_literal(facts)} AS gate (READ_ONLY)"]
    if candidate.stat().st_size < WORTH_THREADS:
        on_connect.append(ONE_THREAD)
    # The signature of add_sql leaves out the arguments for SQLAlchemy's create_engine. The path is one of them, and not
    # part of the URL, which would end at a question mark.
    for_engine: dict[str, Any] = {"kwargs": {"connect_args": {"database": str(candidate), "on_connect": on_connect}}}
    return context.data_sources.add_sql(
        name="candidate", connection_string=f"{DRIVER}:///", create_temp_table=False, **for_engine
    )


def _validation(
    context: EphemeralDataContext, source: SQLDatasource, table: str, rules: Sequence[Rule], idle: Set[str]
) -> Any:
    """All rules of a table as one suite on one batch, so that its metrics are computed in few SQL statements."""
    import great_expectations as gx

    idle_rules = [rule for rule in rules if rule.id in idle]
    others = [rule for rule in rules if rule.id not in idle]
    # Rules without built-in expectations query gate.finding and do not read the batch: any small table will do.
    query = f"SELECT * FROM {table}" if any(rule.builtins for rule in others) else "SELECT * FROM gate.today"
    batch = source.add_query_asset(name=table, query=query).add_batch_definition_whole_table("candidate")
    expectations = [each for rule in others for each in _expectations(rule)]
    expectations += [_of_idle(idle_rules)] if idle_rules else []
    suite = context.suites.add(gx.ExpectationSuite(name=table, expectations=expectations))
    return context.validation_definitions.add(gx.ValidationDefinition(name=table, data=batch, suite=suite))


def _expectations(rule: Rule) -> Iterator[Expectation]:
    from great_expectations import expectations as known

    about: dict[str, Any] = {
        "severity": GX_SEVERITY[rule.severity],
        "meta": {"rules": [rule.id]},
        "notes": f"{rule.id} ({rule.severity}): {rule.message} What to do: {rule.guidance}.",
    }
    for builtin in rule.builtins:
        yield getattr(known, builtin.name)(**builtin.arguments, **about)
    if not rule.builtins:
        yield _nothing_found([rule], about | {"description": f"{rule.id}: {rule.message}"})


def _of_idle(rules: Sequence[Rule]) -> Expectation:
    """One expectation for the rules of a table that ran over no rows; the most severe of them gives its severity."""
    severity = min((rule.severity for rule in rules), key=list(GX_SEVERITY).index)
    about: dict[str, Any] = {
        "severity": GX_SEVERITY[severity],
        "meta": {"rules": [rule.id for rule in rules]},
        "notes": "\n".join(f"{rule.id} (ran over no rows) ({rule.severity}): {rule.message}" for rule in rules),
        "description": " ".join(f"{rule.id} (ran over no rows): {rule.message}" for rule in rules),
    }
    return _nothing_found(rules, about)


def _nothing_found(rules: Sequence[Rule], about: Mapping[str, Any]) -> Expectation:
    """The expectation that the own SQL of these rules found no row."""
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

    query = FOUND.format(rules=", ".join(f"'{rule.id}'" for rule in rules))
    return UnexpectedRowsExpectation(unexpected_rows_query=query, **about)


def _verdicts(rules: Sequence[Rule], results: Sequence[Any]) -> dict[str, Verdict]:
    passed = {rule.id: True for rule in rules}
    errors = dict.fromkeys(passed, "")
    for each in results:
        for rule in each.expectation_config.meta["rules"]:
            passed[rule] &= bool(each.success)
            errors[rule] = errors[rule] or _error(each.exception_info)
    return {rule: Verdict(passed[rule] and not errors[rule], errors[rule]) for rule in passed}


def _error(info: Any) -> str:
    """The message of the exception in a result, or ''. Great Expectations gives one record, or one per metric."""
    if not info:
        return ""
    records = [info] if "raised_exception" in info else list(info.values())
    return next((str(record["exception_message"]) for record in records if record["raised_exception"]), "")
