"""Asserts rules with Great Expectations, pushed down to DuckDB as SQL, and writes its Data Docs.

Great Expectations takes seconds to import, so it is imported only where a check runs.
"""

from __future__ import annotations

import gc
import importlib
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations.rules import Rule

if TYPE_CHECKING:
    from great_expectations.data_context.data_context.ephemeral_data_context import EphemeralDataContext
    from great_expectations.datasource.fluent.sql_datasource import SQLDatasource
    from great_expectations.expectations.expectation import Expectation

GRAVITY = {"reject file": "critical", "reject rows": "warning", "warn": "info"}
"""Our severities in the words of Great Expectations."""


FOUND = """
SELECT * EXCLUDE (rule_id, error) FROM gate.finding
WHERE rule_id = '{rule}' AND CASE WHEN error IS NULL THEN TRUE ELSE error(error) END
/* {{batch}} */
"""
"""What a rule's own SQL found. Without {batch}, a parameter, Great Expectations prints a warning for every rule."""


@dataclass(frozen=True)
class Verdict:
    """What Great Expectations says of one rule. `error` holds its message where the rule could not be run."""

    passed: bool
    error: str = ""


def import_ahead() -> None:
    """Begin to import Great Expectations in the background, while a candidate is still being built."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    threading.Thread(target=_import, name="import-checks", daemon=True).start()


def _import() -> None:
    """Import without looking for garbage: what is imported stays, and looking took a fifth of the import's time."""
    gc.disable()
    try:
        for name in ("great_expectations", "great_expectations.expectations"):
            importlib.import_module(name)
    finally:
        gc.freeze()
        gc.enable()


def run(rules: Sequence[Rule], candidate: Path, *, facts: Path, docs: Path, run_id: str) -> dict[str, Verdict]:
    """A verdict for each rule, by id. Data Docs go to the folder `docs` (open docs/index.html).

    The candidate is opened read-only; `facts` is attached as `gate`: its table gate.finding holds what the rules
    without built-in expectations have found by their own SQL.
    """
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx

    from expectations.duckdb_dialect import close_all

    logging.getLogger("great_expectations").setLevel(logging.ERROR)
    context = _context(docs)
    source = _source(context, candidate, facts)
    by_table = sorted(rules, key=lambda rule: rule.table)
    results: list[Any] = []
    try:
        for table, group in groupby(by_table, lambda rule: rule.table):
            validation = _validation(context, source, table, list(group))
            outcome = validation.run(result_format="SUMMARY", run_id=gx.RunIdentifier(run_name=run_id))
            results.extend(outcome.results)
    finally:
        close_all(str(candidate))
    context.build_data_docs()
    return _verdicts(rules, results)


def _context(docs: Path) -> EphemeralDataContext:
    """A context in memory with one local site for the documents: no progress bars, nothing told to anyone."""
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    docs.mkdir(parents=True, exist_ok=True)
    site = {
        "class_name": "SiteBuilder",
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
    quoted = str(facts).replace("'", "''")
    attach = [f"ATTACH IF NOT EXISTS '{quoted}' AS gate (READ_ONLY)"]
    # The signature of add_sql leaves out the arguments for SQLAlchemy's create_engine.
    for_engine: dict[str, Any] = {"kwargs": {"connect_args": {"attach": attach}}}
    return context.data_sources.add_sql(
        name="candidate", connection_string=f"{DRIVER}:///{candidate}", create_temp_table=False, **for_engine
    )


def _validation(context: EphemeralDataContext, source: SQLDatasource, table: str, rules: Sequence[Rule]) -> Any:
    """All rules of a table as one suite on one batch, so that its metrics are bundled into few statements."""
    import great_expectations as gx

    # Rules without built-in expectations look at what they have found, and at no batch.
    query = f"SELECT * FROM {table}" if any(rule.builtins for rule in rules) else "SELECT * FROM gate.today"
    batch = source.add_query_asset(name=table, query=query).add_batch_definition_whole_table("candidate")
    suite = context.suites.add(
        gx.ExpectationSuite(name=table, expectations=[each for rule in rules for each in _expectations(rule)])
    )
    return context.validation_definitions.add(gx.ValidationDefinition(name=table, data=batch, suite=suite))


def _expectations(rule: Rule) -> Iterator[Expectation]:
    from great_expectations import expectations as known
    from great_expectations.expectations.core.unexpected_rows_expectation import UnexpectedRowsExpectation

    about: dict[str, Any] = {
        "severity": GRAVITY[rule.severity],
        "meta": {"rule": rule.id},
        "notes": f"{rule.id} ({rule.severity}): {rule.message} What to do: {rule.guidance}.",
    }
    for builtin in rule.builtins:
        yield getattr(known, builtin.name)(**builtin.arguments, **about)
    if not rule.builtins:
        query = FOUND.format(rule=rule.id)
        yield UnexpectedRowsExpectation(unexpected_rows_query=query, description=f"{rule.id}: {rule.message}", **about)


def _verdicts(rules: Sequence[Rule], results: Sequence[Any]) -> dict[str, Verdict]:
    passed = {rule.id: True for rule in rules}
    errors = dict.fromkeys(passed, "")
    for each in results:
        rule = each.expectation_config.meta["rule"]
        passed[rule] &= bool(each.success)
        errors[rule] = errors[rule] or _error(each.exception_info)
    return {rule: Verdict(passed[rule] and not errors[rule], errors[rule]) for rule in passed}


def _error(info: Any) -> str:
    """The message of an exception in a result: GX gives one record, or one for each metric."""
    if not info:
        return ""
    records = [info] if "raised_exception" in info else list(info.values())
    return next((str(record["exception_message"]) for record in records if record["raised_exception"]), "")
