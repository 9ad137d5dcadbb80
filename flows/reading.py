"""The tasks that read archived files: in threads of this process, or on the workers of a Dask cluster."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from prefect import get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.settings import get_current_settings

from flows import pipeline
from flows.errors import ReadingFailed, WrongRequest
from flows.settings import Settings
from flows.storage.bucket import open_bucket
from flows.storage.reading import DamagedInBucket, StoredTables, code_digest, failed, read_from_bucket
from flows.storage.shared import SharedStorage
from warehouse.archive import Record
from warehouse.staging import StagedFile, Staging

if TYPE_CHECKING:
    from prefect_dask.task_runners import DaskTaskRunner

Read = StagedFile | pipeline.RefusedFile
ReadElsewhere = StoredTables | pipeline.RefusedFile | DamagedInBucket

LOOK_SECONDS = 1.0
"""How often a run that waits for a cluster looks whether all is read, and whether there are workers."""
WITHOUT_WORKERS_SECONDS = 120.0
"""How long a cluster may be without any worker before the run fails."""


@task(task_run_name="Read {record.file_name}", cache_policy=NO_CACHE)
def read_task(staging: Staging, record: Record, *, force: bool) -> Read:
    """Read one archived file into tidy Parquet files."""
    read = pipeline.read_file(staging, record, force=force)
    _log(record, is_refused=isinstance(read, pipeline.RefusedFile))
    return read


@task(task_run_name="Read {record.file_name}", cache_policy=NO_CACHE)
def read_elsewhere_task(storage: str, record: Record, code: str) -> ReadElsewhere:
    """Read one archived file on whichever machine this runs, from object storage and into it."""
    read = read_from_bucket(open_bucket(storage), record, code=code)
    _log(record, is_refused=isinstance(read, pipeline.RefusedFile))
    return read


def _log(record: Record, *, is_refused: bool) -> None:
    if is_refused:
        get_run_logger().error("Refused: %s", record.file_name)
    else:
        get_run_logger().info("Read %s: %s, edition %s", record.file_name, record.series, record.edition)


def check_task_runner(settings: Settings) -> None:
    """Raise `WrongRequest` where files are to be read on a cluster that could not do it with these settings."""
    if not settings.dask_scheduler:
        return
    if not settings.storage:
        raise WrongRequest(
            "WORKFORCE_TASK_RUNNER names a Dask cluster, and WORKFORCE_STORAGE is not set",
            expected="object storage, from which the workers of the cluster take the files",
            do="set WORKFORCE_STORAGE, or WORKFORCE_TASK_RUNNER=threads",
        )
    if not get_current_settings().api.url:
        raise WrongRequest(
            "WORKFORCE_TASK_RUNNER names a Dask cluster, and PREFECT_API_URL is not set",
            expected="a Prefect server that the workers of the cluster reach, such as that of `workforce serve`",
            do="set PREFECT_API_URL, or WORKFORCE_TASK_RUNNER=threads",
        )


def read_files(
    records: Sequence[Record], staging: Staging, *, again: set[str], settings: Settings, storage: SharedStorage | None
) -> list[Read]:
    """Read archived files, where the settings say; `again` are the identities of those to read though they are cached.

    Raises `ReadingFailed` and `StorageFailed`; what is wrong with a file itself is in its result.
    """
    if records and storage and settings.dask_scheduler:
        return _read_elsewhere(records, staging, settings, storage)
    reads = [read_task.submit(staging, record, force=record.identity in again) for record in records]
    return [read.result() for read in reads]


def _read_elsewhere(
    records: Sequence[Record], staging: Staging, settings: Settings, storage: SharedStorage
) -> list[Read]:
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
    if isinstance(read, pipeline.RefusedFile):
        return read
    if isinstance(read, StoredTables):
        return storage.take_over(staging, record, read)
    get_run_logger().warning("Read on this machine: %s", read.why)
    return pipeline.read_file(staging, record, force=True)


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
