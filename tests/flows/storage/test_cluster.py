"""Reading on a Dask cluster in this process; `python -m tests.drills.reading` kills processes of one."""

from __future__ import annotations

import threading
from collections.abc import Callable

import dask
import pytest
from distributed import LocalCluster
from prefect import flow

from flows import pipeline, reading
from flows.errors import ReadingFailed
from flows.settings import Settings
from flows.steps import ThreadRunner
from flows.storage.shared import shared_storage
from warehouse.archive import Archive, Record
from warehouse.folder import DataFolder
from warehouse.staging import StagedFile, Staging

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("prefect_server")]


@flow(persist_result=False)
def read_all(records: list[Record], folder: DataFolder, settings: Settings) -> list[reading.Read]:
    with shared_storage(folder, settings) as storage:
        staging = Staging(folder.staged, Archive(folder.archive))
        return reading.read_files(
            records, staging, ThreadRunner("a run"), again=set(), settings=settings, storage=storage
        )


def test_when_a_worker_is_lost_another_reads_its_file(
    s3_prefix: str,
    machines: Callable[[str], DataFolder],
    small_files: Callable[[DataFolder], list[Record]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = machines("one")
    records = small_files(folder)
    begun, lost, readings = threading.Event(), threading.Event(), []

    def first_worker_is_lost(staging: Staging, record: Record) -> object:
        readings.append(record)
        if not begun.is_set():
            begun.set()
            lost.wait(60)
        return pipeline.read_file(staging, record)

    monkeypatch.setattr("flows.storage.reading.read_file", first_worker_is_lost)
    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None
    ) as cluster:

        def lose() -> None:
            begun.wait(60)
            busy = next(each for each in cluster.workers.values() if each.state.executing_count)
            cluster.sync(busy.close, nanny=False, executor_wait=False)
            lost.set()

        losing = threading.Thread(target=lose)
        losing.start()
        read = read_all(records, folder, Settings(storage=s3_prefix, task_runner=f"dask:{cluster.scheduler_address}"))
        losing.join()
    assert [each.record for each in read] == records
    assert all(isinstance(each, StagedFile) and each.has_rows for each in read)
    assert len(readings) > len(records)


def test_a_cluster_that_is_not_there_or_has_no_workers_is_an_error(
    s3_prefix: str,
    machines: Callable[[str], DataFolder],
    small_files: Callable[[DataFolder], list[Record]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder = machines("one")
    records = small_files(folder)
    monkeypatch.setattr("flows.storage.cluster.WITHOUT_WORKERS_SECONDS", 0)
    monkeypatch.setattr("flows.storage.cluster.LOOK_SECONDS", 0.1)
    with LocalCluster(
        n_workers=0, processes=False, protocol="tcp", host="127.0.0.1", dashboard_address=None
    ) as cluster:
        settings = Settings(storage=s3_prefix, task_runner=f"dask:{cluster.scheduler_address}")
        with pytest.raises(ReadingFailed, match="has no workers"):
            read_all(records, folder, settings)
    with (
        pytest.raises(ReadingFailed, match="does not answer"),
        dask.config.set({"distributed.comm.timeouts.connect": "1s"}),
    ):
        read_all(records, folder, settings)
