"""Tasks that read archived files on the workers of a Dask cluster, from object storage and into it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE

from flows.errors import ReadingFailed, WrongRequest
from flows.pipeline import RefusedFile, read_file
from flows.reading import Read, log_read
from flows.settings import Settings
from flows.storage.bucket import open_bucket
from flows.storage.reading import DamagedInBucket, StoredTables, code_digest, failed, read_from_bucket
from flows.storage.shared import SharedStorage
from warehouse.archive import Record
from warehouse.staging import Staging

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

ReadElsewhere = StoredTables | RefusedFile | DamagedInBucket

LOOK_SECONDS = 1.0
"""How often a run that waits for a cluster looks whether all is read, and whether there are workers."""
WITHOUT_WORKERS_SECONDS = 120.0
"""How long a cluster may be without any worker before the run fails."""


@task(task_run_name="Read {record.file_name}", cache_policy=NO_CACHE)
def read_elsewhere_task(storage: str, record: Record, code: str) -> ReadElsewhere:
    """Read one archived file on whichever machine this runs, from object storage and into it."""
    read = read_from_bucket(open_bucket(storage), record, code=code)
    log_read(get_run_logger(), record, is_refused=isinstance(read, RefusedFile))
    return read


def read_elsewhere(
    records: Sequence[Record], staging: Staging, settings: Settings, storage: SharedStorage
) -> list[Read]:
    """Read archived files on the workers. Raises `ReadingFailed` and `StorageFailed`."""
    storage.share_archive()
    code, results = code_digest(), []
    with _cluster(settings.dask_scheduler) as runner:
        futures = [
            runner.submit(read_elsewhere_task, {"storage": settings.storage, "record": record, "code": code})
            for record in records
        ]
        _wait(runner, [future.wrapped_future for future in futures], settings.dask_scheduler)
        for record, future in zip(records, futures, strict=True):
            try:
                read = future.result()
            except Exception as error:
                raise failed(record, error) from error
            results.append(_here(read, record, staging, storage))
    return results


def _here(read: ReadElsewhere, record: Record, staging: Staging, storage: SharedStorage) -> Read:
    """The result of a worker as that of this machine, which reads a file itself whose bytes the bucket has damaged."""
    if isinstance(read, RefusedFile):
        return read
    if isinstance(read, StoredTables):
        return storage.take_over(staging, record, read)
    get_run_logger().warning("Read on this machine: %s", read.why)
    return read_file(staging, record, force=True)


@contextmanager
def _cluster(address: str) -> Iterator[DaskTaskRunner]:
    """A task runner of the cluster with this scheduler. Raises `ReadingFailed` where that does not answer."""
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise WrongRequest(
            "WORKFORCE_TASK_RUNNER names a Dask cluster, and the libraries for it are not installed",
            do="install them: pip install 'nhs-workforce[cloud]'",
        ) from error
    with DaskTaskRunner(address=address) as runner:
        try:
            _ = runner.client
        except OSError as error:
            raise _no_answer(address, error) from error
        yield runner


def _wait(runner: DaskTaskRunner, futures: Sequence[Any], address: str) -> None:
    """Wait until every file is read or given up. Raises `ReadingFailed` where no scheduler or worker is left."""
    seen = time.monotonic()
    while not all(future.done() for future in futures):
        time.sleep(LOOK_SECONDS)
        try:
            workers = runner.client.scheduler_info()["workers"]
        except OSError as error:
            raise _no_answer(address, error) from error
        if workers:
            seen = time.monotonic()
        elif time.monotonic() - seen > WITHOUT_WORKERS_SECONDS:
            raise ReadingFailed(
                "the Dask cluster has no workers",
                file=address,
                do="start some (`dask worker`), and run the refresh again: what is read stays read",
            )


def _no_answer(address: str, error: OSError) -> ReadingFailed:
    return ReadingFailed(
        "the scheduler of the Dask cluster does not answer",
        file=address,
        found=" ".join(str(error).split()),
        do="check WORKFORCE_TASK_RUNNER and that `dask scheduler` runs, or set WORKFORCE_TASK_RUNNER=threads",
    )
