"""Reading on a Dask cluster of which a worker is killed: `python -m tests.drills.reading [KILLS]`.

Two worker processes have a folder each and share one bucket with the machine that refreshes. In each round the cluster
reads every file; when a random number of files is read, one of the workers is killed (SIGKILL), and the other has to
read the rest. Every table of every file must equal the one that this machine has read alone. Whole refreshes are
compared by `python -m tests.drills.storage`.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from prefect import flow

from flows import pipeline
from flows.fetching.placed_files import place_folder
from flows.reading import Read, read_files
from flows.settings import Settings
from flows.steps import ThreadRunner
from flows.storage.bucket import Bucket, open_bucket
from flows.storage.shared import shared_storage
from flows.storage.staged import read_files_there
from tests.conftest import PUBLISHED
from tests.drills.cluster import Cluster, cluster
from tests.drills.machines import say
from tests.drills.results import record
from tests.drills.storage import prefect_server
from tests.s3 import new_bucket, s3_interface, with_s3
from transforms.series import CATALOGUE
from warehouse.archive import Archive, Record
from warehouse.folder import DataFolder
from warehouse.staging import StagedFile, Staging

SEED = 20261127


@dataclass(frozen=True)
class Round:
    """One reading of every file with a killed worker."""

    files: int
    read_before: int
    seconds: float
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        said = "; ".join(self.wrong) or "every table equal"
        return f"{self.files} files, a worker killed after {self.read_before}; {self.seconds:.0f} s: {said}"


@flow(persist_result=False)
def reading(records: list[Record], folder: DataFolder, settings: Settings) -> list[Read]:
    """The part of a refresh that reads, with shared storage."""
    with shared_storage(folder, settings) as storage:
        staging = Staging(folder.staged, Archive(folder.archive))
        return read_files(records, staging, ThreadRunner("drill"), again=set(), settings=settings, storage=storage)


def one_round(
    records: list[Record], alone: Sequence[Read], folder: DataFolder, settings: Settings, running: Cluster, after: int
) -> Round:
    """Read with the cluster; kill one worker when `after` files are read."""
    began, ended = time.monotonic(), threading.Event()
    bucket, found = open_bucket(settings.storage), [0]
    killer = threading.Thread(target=_kill_after, args=(bucket, running, after, ended, found))
    killer.start()
    try:
        done = reading(records, folder, settings)
    finally:
        ended.set()
        killer.join()
    wrong = [each for each in map(difference, alone, done) if each]
    wrong += [] if len(running.workers) == 1 else ["no worker was killed: all was read before"]
    running.add_worker()
    return Round(len(records), found[0], time.monotonic() - began, tuple(wrong))


def _kill_after(bucket: Bucket, running: Cluster, after: int, ended: threading.Event, found: list[int]) -> None:
    while not ended.wait(0.02):
        found[0] = len(read_files_there(bucket))
        if found[0] >= after:
            running.kill(0)
            return


def difference(alone: Read, elsewhere: Read) -> str:
    """How two results of reading one file differ; '' where they are equal."""
    name = alone.record.file_name
    if isinstance(alone, pipeline.RefusedFile) or isinstance(elsewhere, pipeline.RefusedFile):
        return "" if alone == elsewhere else f"{name}: {alone} and {elsewhere}"
    if (
        alone.record != elsewhere.record
        or alone.edition != elsewhere.edition
        or set(_all(alone)) != set(_all(elsewhere))
    ):
        return f"{name}: {sorted(_all(alone))} and {sorted(_all(elsewhere))}"
    other = _all(elsewhere)
    differing = [table for table, path in _all(alone).items() if not _frame(path).equals(_frame(other[table]))]
    return f"{name}: {', '.join(differing)} differ" if differing else ""


def _all(read: StagedFile) -> dict[str, Path]:
    return {path.stem: path for path in sorted(read.folder.glob("*.parquet"))}


def _frame(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path, glob=False)


def archived(folder: DataFolder) -> list[Record]:
    """The records of the real published files, in the archive of a new folder."""
    archive = Archive(folder.archive)
    place_folder(PUBLISHED, archive, series=frozenset(CATALOGUE))
    return pipeline.to_read(archive, series=CATALOGUE, figure_kind="published")


def main() -> None:
    """Run the drill, by default three rounds."""
    rounds, chance = int(sys.argv[1]) if len(sys.argv) > 1 else 3, random.Random(SEED)
    with ExitStack() as stack:
        root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="reading-")))
        address = stack.enter_context(s3_interface())
        stack.enter_context(with_s3(address))
        environment = dict(os.environ) | {"PREFECT_API_URL": stack.enter_context(prefect_server())}
        first = DataFolder(root / "alone")
        records = archived(first)
        staging = Staging(first.staged, Archive(first.archive))
        alone = [pipeline.read_file(staging, record) for record in records]
        running = stack.enter_context(cluster(root, environment))
        done: list[Round] = []
        for number in range(rounds):
            folder = DataFolder(root / f"round-{number}")
            folder.root.mkdir()
            (folder.archive).symlink_to(first.archive)
            settings = Settings(storage=new_bucket(address, f"round-{number}"), task_runner=running.task_runner)
            after = chance.randrange(len(records) - 2)
            done.append(one_round(records, alone, folder, settings, running, after))
            say(str(done[-1]))
    failures = [str(each) for each in done if each.wrong]
    say(f"{rounds} kills, {len(failures)} failed")
    record(
        drill="reading",
        variant="Dask, two workers, one killed",
        seed=SEED,
        tried=rounds,
        failed=len(failures),
        note=f"{len(records)} published files; killed after a random number of them",
        failures=failures,
    )
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
