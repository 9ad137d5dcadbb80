"""Results of rules are carried over from the previous release only where nothing that they read has changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from expectations import engine
from expectations.carried_over import ReleaseBefore, results_before
from expectations.engine import Verdict
from expectations.facts import NO_LINES, write_facts
from expectations.gate import check
from expectations.hand_kept import configuration
from expectations.report import Report
from expectations.rules import Rule
from expectations.suites import RULES
from transforms.series import TABLES
from warehouse.building.build import note_checks

pytestmark = pytest.mark.slow

TODAY = date(2025, 12, 1)
CORE = frozenset(f"core.{name}" for name in TABLES)
CHOSEN = (
    "workforce.grain",
    "workforce.organisations_add_up_to_england",
    "pay_gap.grain",
    "pay_gap.quarters_add_up",
    "vacancy.rate_shift",
    "vacancy.establishment_as_in_workforce",
    "release.rows_lost",
)
OF_CANDIDATE = "UPDATE meta.build SET build_id = 'candidate'"
PAY_GAP = "UPDATE core.pay_gap SET value = 50 WHERE measure LIKE '%top_quarter%'"
WITHOUT_PAY_GAP = "DELETE FROM core.pay_gap"
WRONG_WORKFORCE = (
    "UPDATE core.workforce SET value = value + 0.02"
    " WHERE period_end = DATE '2025-10-31' AND geography_level = 'England' AND measure = 'fte'"
    " AND staff_group = 'Managers'"
)


def checked(candidate: Path, docs: Path, published: Path, before: ReleaseBefore | None = None) -> Report:
    """Check the chosen rules; the run has the name of the folder of the Data Docs."""
    rules = {name: RULES[name] for name in CHOSEN}
    return check(candidate, docs=docs, published=published, today=TODAY, run_id=docs.name, rules=rules, before=before)


@pytest.fixture(scope="module")
def release(warehouse_file: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> ReleaseBefore:
    """A release with the results of its checks."""
    warehouse, docs = warehouse_file(), tmp_path_factory.mktemp("release") / "b"
    report = checked(warehouse, docs, warehouse)
    assert report.may_publish
    assert set(report.frame()["ran_in"]) == {"b"}
    note_checks(warehouse, report.frame(), configuration(NO_LINES))
    return ReleaseBefore(warehouse, docs, CORE)


def pages(docs: Path) -> set[str]:
    """The tables that have a page of results."""
    return {".".join(page.relative_to(docs).parts[1:-3]) for page in docs.glob("validations/**/*.html")}


@pytest.mark.parametrize(("change", "table"), [(WITHOUT_PAY_GAP, "pay_gap"), (WRONG_WORKFORCE, "workforce")])
def test_results_that_are_carried_over_are_those_of_a_full_check(
    change: str, table: str, release: ReleaseBefore, warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    candidate = warehouse_file(change, OF_CANDIDATE)
    before = replace(release, unchanged=CORE - {f"core.{table}"})
    report = checked(candidate, tmp_path / "candidate", release.warehouse, before)
    full = checked(candidate, tmp_path / "full", release.warehouse)
    assert report.frame().drop("ran_in").equals(full.frame().drop("ran_in"))
    assert report.text() == full.text()
    ran_in = dict(report.frame().select("rule_id", "ran_in").iter_rows())
    assert set(ran_in.values()) == {"b", "candidate"}
    assert {rule for rule, build in ran_in.items() if build == "candidate"} == {
        "release.rows_lost",
        *(rule for rule in CHOSEN if rule.startswith(f"{table}.")),
        *({"vacancy.establishment_as_in_workforce"} if table == "workforce" else ()),
    }
    one, other = tmp_path / "candidate", tmp_path / "full"
    assert pages(one) == pages(other)
    front = [(docs / "index.html").read_text().count("not all passed") for docs in (one, other)]
    assert front[0] == front[1]


def test_tables_that_are_settled_are_not_evaluated_by_great_expectations(
    release: ReleaseBefore, warehouse_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[set[str]] = []

    def passes(rules: list[Rule], *_: object, **__: object) -> dict[str, Verdict]:
        asked.append({rule.table for rule in rules})
        return {rule.id: Verdict(passed=True) for rule in rules}

    monkeypatch.setattr(engine, "run", passes)
    candidate = warehouse_file(PAY_GAP, OF_CANDIDATE)
    before = replace(release, unchanged=CORE - {"core.pay_gap"})
    checked(candidate, tmp_path / "candidate", release.warehouse, before)
    copy = tmp_path / "b"
    shutil.copytree(release.docs, copy)
    (copy / "run.txt").write_text("check\n")
    checked(candidate, tmp_path / "again", release.warehouse, replace(before, docs=copy))
    assert asked == [{"core.pay_gap"}, {"core.pay_gap", "core.workforce", "core.vacancy", "core"}]


def test_rows_of_unchanged_tables_are_counted_once_with_the_same_counts(
    warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    candidate, published = warehouse_file(OF_CANDIDATE, WITHOUT_PAY_GAP), warehouse_file()
    counts = []
    for name, unchanged in (("each", frozenset[str]()), ("once", CORE - {"core.pay_gap"}), ("all", CORE)):
        path = tmp_path / f"{name}.duckdb"
        write_facts(path, candidate=candidate, published=published, today=TODAY, unchanged=unchanged)
        with duckdb.connect(path, read_only=True) as con:
            counts.append(con.execute("FROM partition ORDER BY ALL").fetchall())
    assert counts[0] == counts[1]
    assert {row[0] for row in counts[0] if row[1] == "pay_gap"} == {"published"}
    # Were the changed table given as unchanged, its rows would be missing on both sides.
    assert counts[2] != counts[0]


@pytest.mark.parametrize("table", ["core.workforce", "core.vacancy", "core.person_characteristic"])
def test_no_rule_is_carried_over_that_reads_a_table_that_changed(
    table: str, warehouse_file: Callable[..., Path], tmp_path: Path
) -> None:
    warehouse = warehouse_file()
    with duckdb.connect(warehouse) as con:
        rules = ", ".join(f"('{rule}', 'passed', 'b')" for rule in RULES)
        con.execute(f"INSERT INTO meta.check_result (rule_id, outcome, ran_in) VALUES {rules}")
    with duckdb.connect(warehouse_file(OF_CANDIDATE, f"DELETE FROM {table}"), read_only=True) as con:
        before = ReleaseBefore(warehouse, tmp_path, CORE - {table})
        carried = results_before(con, RULES.values(), before).carried
    of_one_run = {name for name, rule in RULES.items() if "gate.partition" in rule.sql or "gate.today" in rule.sql}
    reading = {name for name, rule in RULES.items() if rule.table == table or f"{table} " in rule.sql}
    assert of_one_run
    assert reading
    assert not carried & (of_one_run | reading)
    assert len(carried) > len(RULES) / 2


def test_a_rule_that_found_rows_is_not_carried_over(warehouse_file: Callable[..., Path], tmp_path: Path) -> None:
    warehouse = warehouse_file(
        "INSERT INTO meta.check_result (rule_id, outcome, ran_in) VALUES"
        " ('pay_gap.grain', 'known', 'b'), ('workforce.grain', 'passed', 'b')"
    )
    with duckdb.connect(warehouse_file(), read_only=True) as con:
        before = results_before(con, RULES.values(), ReleaseBefore(warehouse, tmp_path, CORE))
    assert before.carried == {"workforce.grain"}
