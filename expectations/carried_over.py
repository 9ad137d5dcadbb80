"""Results of rules that are carried over from the previous release, because nothing that they depend on has changed.

A rule that passed there, or ran over no rows, has the same result here where

* the release was built by the same code (rules, packaged lists, SQL, versions of libraries) with the same lists of the
  operator: `flows.pipeline.release_before` compares fingerprints, and gives no release where one differs;
* every table, view and mart that the rule reads has the same rows in both (`warehouse.building.reuse`);
* the rule reads nothing that belongs to one run: not the day, not the rows counted per release, not known failures.

Every other rule runs again: also one that found rows, since its rows name files, and known failures expire.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from expectations.rules import Rule
from warehouse.building.reuse import CATALOG, Reuse, attach, detach
from warehouse.sql import tables_read

SAME_LISTS = frozenset(
    f"gate.{name}" for name in ("tolerance", "edition_limit", "cross_source_limit", "organisation_exception")
)
"""Tables of `gate` whose rows depend on the code and on the operator's lists alone."""

WITHOUT_ROWS = frozenset({"passed", "ran over no rows"})
"""Outcomes of rules that found nothing."""


@dataclass(frozen=True)
class ReleaseBefore:
    """The release that a candidate may carry results over from: its warehouse, and the Data Docs of its checks.

    `unchanged`: names of the core tables and marts that have the same rows in the candidate, with schema.
    """

    warehouse: Path
    docs: Path
    unchanged: frozenset[str]


@dataclass(frozen=True)
class Earlier:
    """The result of a rule in the previous release: outcome, and the build in which the rule ran."""

    outcome: str
    ran_in: str


@dataclass(frozen=True)
class Before:
    """Results of the previous release: its build id, those of all rules, and the ids of those that are carried over."""

    build_id: str
    results: Mapping[str, Earlier]
    carried: frozenset[str]

    def is_settled(self, rule: str, outcome: str) -> bool:
        """Whether a rule that has this outcome now had it before, without rows: what Data Docs said of it holds."""
        return outcome in WITHOUT_ROWS and rule in self.results and self.results[rule].outcome == outcome


NOTHING_BEFORE = Before("", {}, frozenset())


def results_before(con: duckdb.DuckDBPyConnection, rules: Iterable[Rule], before: ReleaseBefore | None) -> Before:
    """The results of the previous release, with those that hold for the candidate `con`, where there is one."""
    if before is None:
        return NOTHING_BEFORE
    attach(con, before.warehouse)
    try:
        build_id = con.execute(f"SELECT max(build_id) FROM {CATALOG}.meta.build").fetchall()[0][0]
        results = {
            rule: Earlier(outcome, ran_in)
            for rule, outcome, ran_in in con.execute(
                f"SELECT rule_id, outcome, ran_in FROM {CATALOG}.meta.check_result"
            ).fetchall()
        }
        reuse = Reuse(con, before.unchanged)
        passed = [rule for rule in rules if rule.id in results and results[rule.id].outcome in WITHOUT_ROWS]
        return Before(build_id, results, frozenset(rule.id for rule in passed if _reads_same(con, rule, reuse)))
    finally:
        detach(con)


def _reads_same(con: duckdb.DuckDBPyConnection, rule: Rule, reuse: Reuse) -> bool:
    try:
        read = tables_read(con, f"FROM {rule.examined}")
        # Great Expectations evaluates built-in expectations on the table itself.
        read |= {rule.table} if rule.builtins else tables_read(con, rule.finds)
    except duckdb.ParserException:
        return False
    return all(name in SAME_LISTS or reuse.is_same(name) for name in sorted(read, key=_by_cost))


def _by_cost(name: str) -> bool:
    """Puts the tables of one run first, which are never the same: the others need not be compared then."""
    return not name.startswith("gate.")
