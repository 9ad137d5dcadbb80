"""What the command costs: CPU seconds of whole processes with their children, and how fast marts answer."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import quantiles

import duckdb
import pytest

from tests.benchmarks.processes import COMMAND, cpu
from tests.benchmarks.results import Line
from warehouse.asking.query import reading

ROUNDS = 5
MARTS = 200
BARE = "import duckdb, sys; print(duckdb.connect(sys.argv[1], read_only=True).execute('SELECT 1').fetchall())"
NEWEST_EDITION = "Turnover benchmarking*"
"""The published file of the newest month."""
WITH_GAPS = (0, 3)
"""Some of the published files are refused."""
Record = Callable[..., Line]


def best(times: int, *sides: Callable[[], float]) -> list[float]:
    """The best of each side, the sides taking turns, so that a busy moment of the machine meets all of them."""
    return [min(figures) for figures in zip(*([side() for side in sides] for _ in range(times)), strict=True)]


def test_a_question_costs_little_more_than_duckdb(data: Path, record: Record) -> None:
    file = data / "published" / "workforce.duckdb"
    ours, bare = best(
        ROUNDS,
        lambda: cpu(*COMMAND, "sql", "SELECT 1", "--data", data),
        lambda: cpu(sys.executable, "-c", BARE, file),
    )
    record('`workforce sql "SELECT 1"`, CPU', ours, "s", target=0.5)
    line = record("the same against DuckDB alone", ours, "s", bare, "bare import and query", target=3, of="ratio")
    assert line.met


@pytest.mark.parametrize(("words", "target"), [(("--help",), 0.3), (("tables",), 0.6), (("status",), 0.6)])
def test_looking_costs_little(data: Path, record: Record, words: tuple[str, ...], target: float) -> None:
    place = [] if "--help" in words else ["--data", str(data)]
    ours, python = best(ROUNDS, lambda: cpu(*COMMAND, *words, *place), lambda: cpu(sys.executable, "-c", "pass"))
    record(f"`workforce {words[0]}`, CPU", ours, "s", python, "python -c pass", target=target)


def test_a_refresh_with_nothing_new(data: Path, record: Record) -> None:
    again = (*COMMAND, "run", "--sample", "--data", data)
    ours, imports = best(2, lambda: cpu(*again), lambda: cpu(sys.executable, "-c", "import flows.refreshing"))
    record("refresh with nothing new, CPU", ours, "s", imports, "importing what a refresh needs", target=6)


def test_one_new_edition_on_top_of_the_published_files(
    published: Path, tmp_path: Path, record: Record, asked_for: None
) -> None:
    earlier, folder = tmp_path / "earlier", tmp_path / "data"
    shutil.copytree(published, earlier, ignore=shutil.ignore_patterns(NEWEST_EDITION))
    scratch = cpu(*COMMAND, "run", "--from", earlier, "--data", folder, ends=WITH_GAPS)
    record("published files from scratch, CPU", scratch, "s", target=30)
    spent = cpu(*COMMAND, "run", "--from", published, "--data", folder, ends=WITH_GAPS)
    record("one new monthly edition on top of them, CPU", spent, "s", scratch, "from scratch", target=12)


def test_marts_answer_at_once(data: Path, record: Record) -> None:
    with reading(data / "published" / "workforce.duckdb") as con:
        names = [
            name
            for (name,) in con.execute(
                "SELECT DISTINCT table_name FROM information_schema.tables WHERE table_schema = 'marts' ORDER BY ALL"
            ).fetchall()
        ]
        spent = [_milliseconds(con, names[number % len(names)]) for number in range(MARTS + len(names))][len(names) :]
    p95 = quantiles(spent, n=20)[-1]
    record("100 rows of a mart, p95 over all marts", p95, "ms", target=10)


def _milliseconds(con: duckdb.DuckDBPyConnection, mart: str) -> float:
    start = time.perf_counter()
    con.execute(f"SELECT * FROM marts.{mart} LIMIT 100").fetchall()
    return 1000 * (time.perf_counter() - start)
