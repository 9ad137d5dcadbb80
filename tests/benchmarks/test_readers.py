"""Readers of the published file: over HTTP, and many at once while releases are published.

Run: python -m tests.benchmarks -k readers
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import quantiles

import duckdb
import pytest

from tests.benchmarks.results import Line
from tests.drills.load import file_server
from warehouse.folder import DataFolder
from warehouse.publish import install

Record = Callable[..., Line]
ROUNDS = 4
READERS, PUBLICATIONS = 50, 10
STAMPED = {
    "meta.build": "build_id",
    "marts.vacancies": "caveat",
    "marts.workforce_fte_by_staff_group": "staff_group",
}
"""Table -> text column that holds the release's name in the releases of this benchmark."""
READER = """
import duckdb, sys
from pathlib import Path
path, stop, queries = sys.argv[1], Path(sys.argv[2]), sys.argv[3:]
answers = mixed = 0
seen = set()
print("ready", flush=True)
while not stop.exists() or not answers:
    with duckdb.connect(path, read_only=True) as con:
        found = {value for query in queries for value, in con.execute(query).fetchall()}
    answers += 1
    mixed += len(found) != 1
    seen |= found
print(answers, mixed, len(seen))
"""


@pytest.fixture
def address(data: Path) -> Iterator[str]:
    """The file server of the sample's data folder, a process of its own, on loopback."""
    with file_server(data) as served:
        yield f"{served}/published/workforce.duckdb"


def test_marts_answer_over_http(address: str, record: Record) -> None:
    """The rows of each mart, by a client that attached the file once, as a notebook does."""
    from duckdb_extensions import import_extension

    import_extension("httpfs")
    with duckdb.connect() as con:
        con.execute(f"LOAD httpfs; ATTACH '{address}' AS wf (READ_ONLY); USE wf")
        names = [
            name
            for (name,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE schema_name = 'marts'").fetchall()
        ]
        spent = []
        for name in names * ROUNDS:
            start = time.perf_counter()
            con.execute(f"SELECT * FROM marts.{name} LIMIT 100").fetchall()
            spent.append(1000 * (time.perf_counter() - start))
    assert len(names) > 30
    line = record("100 rows of a mart over HTTP on loopback, p95", quantiles(spent, n=20)[-1], "ms", target=100)
    assert line.measured > 0


def test_no_reader_sees_two_releases_while_ten_are_published(data: Path, tmp_path: Path, record: Record) -> None:
    """Each reader opens the published file again and again and asks several tables; all rows must be of one release.

    The releases are the sample's warehouse, with the name of the release in some tables, installed as `publish` does.
    """
    folder, stop = DataFolder(tmp_path / "data"), tmp_path / "stop"
    _install(folder, data, 0)
    queries = [f"SELECT DISTINCT {column} FROM {table}" for table, column in STAMPED.items()]
    command = [sys.executable, "-c", READER, str(folder.published), str(stop), *queries]
    readers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(READERS)]
    for reader in readers:
        assert reader.stdout is not None
        reader.stdout.readline()
    for number in range(1, PUBLICATIONS + 1):
        _install(folder, data, number)
    stop.touch()
    # On a slow machine DuckDB prints a progress bar first.
    ended = [(reader.communicate()[0].split()[-3:], reader.returncode) for reader in readers]
    errors = sum(code != 0 for _, code in ended)
    answers, mixed, seen = (sum(int(words[place]) for words, code in ended if code == 0) for place in range(3))
    what = f"{READERS} readers during {PUBLICATIONS} publications, {answers:,} answers"
    record(f"{what}: errors", errors, "", target=0)
    record(f"{what}: answers of two releases", mixed, "", target=0)
    assert (errors, mixed) == (0, 0)
    assert seen > READERS


def _install(folder: DataFolder, data: Path, number: int) -> None:
    release_id = f"2026-11-22.{number + 1}"
    partial = folder.releases / f".{release_id}.partial"
    partial.mkdir(parents=True)
    shutil.copyfile(data / "published" / "workforce.duckdb", partial / "workforce.duckdb")
    (partial / "manifest.json").write_text("{}", encoding="utf-8")
    with duckdb.connect(partial / "workforce.duckdb") as con:
        for table, column in STAMPED.items():
            con.execute(f"UPDATE {table} SET {column} = ?", [release_id])
    install(folder, partial, release_id)
