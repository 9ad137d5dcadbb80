"""The step that reads an archived file: in threads of this process, as a task, or on a Dask cluster."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from flows import pipeline
from flows.errors import WrongRequest
from flows.settings import Settings
from flows.steps import Runner, Step
from flows.storage.shared import SharedStorage
from warehouse.archive import Record
from warehouse.staging import StagedFile, Staging

Read = StagedFile | pipeline.RefusedFile
Log = logging.Logger | logging.LoggerAdapter[logging.Logger]

log = logging.getLogger("workforce.refresh")


def read_one(staging: Staging, record: Record, force: bool) -> Read:
    """Read one archived file into tidy Parquet files."""
    read = pipeline.read_file(staging, record, force=force)
    log_read(log, record, is_refused=isinstance(read, pipeline.RefusedFile))
    return read


def log_read(log: Log, record: Record, *, is_refused: bool) -> None:
    """Log what became of a file."""
    if is_refused:
        log.error("Refused: %s", record.file_name)
    else:
        log.info("Read %s: %s, edition %s", record.file_name, record.series, record.edition)


READ = Step("Read {record.file_name}", read_one)


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
    from prefect.settings import get_current_settings

    if not get_current_settings().api.url:
        raise WrongRequest(
            "WORKFORCE_TASK_RUNNER names a Dask cluster, and PREFECT_API_URL is not set",
            expected="a Prefect server that the workers of the cluster reach, such as that of `workforce serve`",
            do="set PREFECT_API_URL, or WORKFORCE_TASK_RUNNER=threads",
        )


def read_files(
    records: Sequence[Record],
    staging: Staging,
    by: Runner,
    *,
    again: set[str],
    settings: Settings,
    storage: SharedStorage | None,
) -> list[Read]:
    """Read archived files, where the settings say; `again` are the identities of those to read though they are cached.

    Raises `ReadingFailed` and `StorageFailed`; what is wrong with a file itself is in its result.
    """
    if records and storage and settings.dask_scheduler:
        from flows.storage.cluster import read_elsewhere

        return read_elsewhere(records, staging, settings, storage)
    results: list[Read] = []
    for read in by.run_each(READ, [(staging, record, record.identity in again) for record in records]):
        if isinstance(read, Exception):
            raise read
        results.append(read)
    return results
