"""The README's section on adding a series, carried out in a copy of the repository: from a file to a mart."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("transforms", "warehouse", "expectations", "flows")
SECTION = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Adding a series\n")[2].partition("\n## ")[0]
BLOCKS = re.findall(r"`([\w/.-]+)`:\n\n```\w+\n(.*?)```", SECTION, flags=re.DOTALL)
COMMAND = re.findall(r"```console\nworkforce (.*?)\n```", SECTION, flags=re.DOTALL)
PACKAGE, REGISTRY, MART, PLACED = (path for path, _ in BLOCKS)
TEXT = dict(BLOCKS)


def test_a_series_takes_three_files_and_few_lines() -> None:
    assert re.fullmatch(r"transforms/series/\w+/__init__\.py", PACKAGE)
    assert REGISTRY == "transforms/series/__init__.py"
    assert re.fullmatch(r"warehouse/marts/\w+/\w+\.sql", MART)
    assert not PLACED.startswith(PACKAGES)
    assert len(TEXT[REGISTRY].splitlines()) == 1
    assert sum(len(TEXT[path].splitlines()) for path in (PACKAGE, REGISTRY, MART)) <= 150


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the packages with what the README writes, and the file to be taken in."""
    copy = tmp_path_factory.mktemp("copy")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (PACKAGE, MART, PLACED):
        (copy / path).parent.mkdir(parents=True, exist_ok=True)
        (copy / path).write_text(TEXT[path], encoding="utf-8")
    registry = (copy / REGISTRY).read_text("utf-8")
    written, times = re.subn(r"(^REGISTRY = \(\n.*?)(?=^\)$)", rf"\g<1>{TEXT[REGISTRY]}", registry, flags=re.S | re.M)
    assert times == 1
    (copy / REGISTRY).write_text(written, encoding="utf-8")
    return copy


def workforce(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command of the copy, run in the copy."""
    program = "from flows.cli.command import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy), "NO_COLOR": "1", "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def warehouse(copied: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The published file after the README's command."""
    (command,) = COMMAND
    ran = workforce(copied, *shlex.split(command))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    with duckdb.connect(copied / "apprentices-data/published/workforce.duckdb", read_only=True) as con:
        yield con


@pytest.mark.slow
def test_the_file_of_a_new_series_reaches_its_mart(warehouse: duckdb.DuckDBPyConnection) -> None:
    newest = "SELECT org_code, apprentices, share_of_staff_percent, edition FROM marts.apprentices"
    rows = warehouse.execute(f"{newest} WHERE quarter_end = DATE '2025-12-31' ORDER BY ALL").fetchall()
    assert rows == [("RJ1", 224.0, 1.2, "2025-12"), ("RRV", 96.0, None, "2025-12")]
    undescribed = warehouse.execute(
        "SELECT column_name FROM duckdb_columns() WHERE table_name IN ('apprentice', 'apprentices') AND comment IS NULL"
    ).fetchall()
    assert undescribed == []


@pytest.mark.slow
def test_a_new_series_is_in_every_table_on_series(warehouse: duckdb.DuckDBPyConnection) -> None:
    series = warehouse.execute("SELECT months, lag_days FROM meta.series WHERE series = 'nhs-apprentices'").fetchall()
    assert series == [(3, 60)]
    late = warehouse.execute(
        "SELECT covered_until, due_on, late_after FROM meta.freshness WHERE table_name = 'apprentice'"
    ).fetchall()
    assert late == [(date(2025, 12, 31), date(2026, 5, 30), date(2026, 6, 13))]
    counted = warehouse.execute(
        "SELECT measure, figures FROM meta.figure_count WHERE table_name = 'apprentice' ORDER BY ALL"
    ).fetchall()
    assert counted == [("headcount", 3), ("share_percent", 3)]
    revisions = warehouse.execute(
        "SELECT source_series, measure, figures FROM marts.revisions WHERE table_name = 'apprentice' ORDER BY ALL"
    ).fetchall()
    assert revisions == [("nhs-apprentices", measure, figures) for measure, figures in counted]
    unlisted = warehouse.execute("SELECT org_code, tables FROM marts.organisation_exceptions ORDER BY ALL").fetchall()
    assert unlisted == [("RJ1", "apprentice"), ("RRV", "apprentice")]


@pytest.mark.slow
def test_checks_of_a_new_series_follow_from_its_table(warehouse: duckdb.DuckDBPyConnection) -> None:
    rules = warehouse.execute("SELECT rule_id FROM meta.check_result WHERE table_name = 'core.apprentice'").fetchall()
    follow = {
        "grain",
        "required",
        "allowed",
        "provenance",
        "value_status",
        "not_negative",
        "percent",
        "whole_headcount",
    }
    follow |= {"whole_periods", "organisation_listed", "organisation_mistyped", "scale_between_periods"}
    assert {f"apprentice.{name}" for name in follow} <= {rule for (rule,) in rules}


@pytest.mark.slow
def test_a_share_of_101_is_refused(copied: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "nhs-apprentices-march-2026.csv"
    wrong.write_text(TEXT[PLACED].replace("2025-12-31", "2026-03-31").replace(",1.2", ",101"), encoding="utf-8")
    inspected = workforce(copied, "inspect", str(wrong), "--check", "--format", "json")
    assert inspected.returncode == 3, inspected.stdout + inspected.stderr
    assert "apprentice.percent" in inspected.stdout
