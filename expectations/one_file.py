"""Checks of a single file: runs the rules that need no other file on a trial warehouse, without Great Expectations.

These rules are selected by their SQL: it reads no mart (marts join several files), neither gate.partition (the previous
release) nor gate.today, and no core table that the file does not fill.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date

import duckdb

from expectations.facts import make_facts
from expectations.gate import found_or_error, rejected
from expectations.report import Result
from expectations.rules import Rule
from expectations.suites import RULES
from transforms.series import TABLES
from warehouse.building.rejections import take_out

_NAMED = re.compile(r"\b(core|marts|gate)\.(\w+)")
_BEYOND_THE_FILE = {"partition", "today"}


def rules_for(tables: Collection[str], rules: Mapping[str, Rule] = RULES) -> list[Rule]:
    """The rules that can be evaluated for a single file that fills these core tables."""
    return [rule for rule in rules.values() if _needs_only(rule, tables)]


def attach_facts(con: duckdb.DuckDBPyConnection, today: date) -> None:
    """Attach the database `gate` with the exceptions and limits of the CSV files to a trial warehouse."""
    con.execute("ATTACH ':memory:' AS gate")
    make_facts(con, today)


def check_file(con: duckdb.DuckDBPyConnection, tables: Collection[str]) -> list[Result]:
    """The result of each rule for the file that is loaded in the trial warehouse.

    As in a refresh, rows that rules of severity 'reject rows' refuse are removed before the other rules are run.
    """
    chosen = rules_for(tables)
    by_rows = [found_or_error(con, rule) for rule in chosen if rule.severity == "reject rows"]
    refused = rejected(by_rows)
    if not refused.is_empty():
        take_out(con, refused)
    by_rows = [_taken_out(result) for result in by_rows]
    return by_rows + [found_or_error(con, rule) for rule in chosen if rule.severity != "reject rows"]


def _taken_out(result: Result) -> Result:
    return replace(result, outcome="rows taken out") if result.outcome == "failed" and not result.error else result


def _needs_only(rule: Rule, tables: Collection[str]) -> bool:
    named = {(schema, name.removesuffix("_latest")) for schema, name in _NAMED.findall(rule.finds)}
    if any(schema == "marts" or (schema == "gate" and name in _BEYOND_THE_FILE) for schema, name in named):
        return False
    if rule.table.startswith("meta."):
        # Rules on meta tables read every core table; tables that other files fill are empty and have no findings.
        return True
    core = {name for schema, name in named if schema == "core" and name in TABLES}
    return rule.table.removeprefix("core.") in tables and core <= set(tables)
