"""Reading on another machine: bytes from the bucket, tables into it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import polars as pl
import pytest
from prefect.settings import PREFECT_API_URL, temporary_settings

from flows import pipeline
from flows.errors import ReadingFailed, StorageFailed, WrongRequest
from flows.reading import check_task_runner
from flows.settings import Settings
from flows.storage.bucket import Bucket
from flows.storage.exchange import PRIVATE, pull, push
from flows.storage.reading import DamagedInBucket, StoredTables, code_digest, failed, read_from_bucket, take_over
from warehouse.archive import Archive, Facts, Record
from warehouse.folder import DataFolder
from warehouse.staging import StagedFile, Staging

Machines = Callable[[str], DataFolder]
SmallFiles = Callable[[DataFolder], list[Record]]


def staging(folder: DataFolder) -> Staging:
    return Staging(folder.staged, Archive(folder.archive))


def tables(read: object) -> dict[str, pl.DataFrame]:
    assert isinstance(read, StagedFile)
    return {name: pl.read_parquet(path) for name, path in read.parquet.items()}


def test_a_worker_without_a_folder_reads_what_this_machine_would(
    bucket: Bucket, machines: Machines, small_files: SmallFiles, tmp_path: Path
) -> None:
    folder = machines("one")
    records = small_files(folder)
    push(bucket, folder)
    for record in records:
        stored = read_from_bucket(bucket, record, code=code_digest())
        assert isinstance(stored, StoredTables)
        assert str(tmp_path) not in repr(stored)
        taken = take_over(bucket, folder, staging(folder), record, stored)
        assert taken.parsed
        alone = pipeline.read_file(Staging(tmp_path / "alone", Archive(folder.archive)), record)
        assert isinstance(alone, StagedFile)
        assert (taken.reader, taken.edition) == (alone.reader, alone.edition)
        mine, theirs = tables(alone), tables(taken)
        assert list(mine) == list(theirs) != []
        assert all(frame.equals(theirs[name]) for name, frame in mine.items())
    other = machines("other")
    pull(bucket, other)
    assert all(staging(other).holds(record) for record in records)


def test_a_file_that_is_refused_is_refused_by_a_worker_too(
    bucket: Bucket, machines: Machines, small_files: SmallFiles
) -> None:
    folder = machines("one")
    path = folder.root / "a.csv"
    path.parent.mkdir()
    path.write_text("no known layout")
    known = small_files(machines("other"))[0]
    facts = {field.name: getattr(known, field.name) for field in fields(Facts)}
    record = Archive(folder.archive).put(path, Facts(**facts)).record
    push(bucket, folder)
    read = read_from_bucket(bucket, record, code=code_digest())
    assert isinstance(read, pipeline.RefusedFile)
    assert read == pipeline.read_file(staging(folder), record)


def test_a_worker_with_other_code_reads_nothing(bucket: Bucket, machines: Machines, small_files: SmallFiles) -> None:
    record = small_files(machines("one"))[0]
    with pytest.raises(ReadingFailed, match="other code"):
        read_from_bucket(bucket, record, code="of another version")


def test_a_worker_says_that_the_bytes_in_the_bucket_are_damaged(
    bucket: Bucket, machines: Machines, small_files: SmallFiles
) -> None:
    record = small_files(machines("one"))[0]
    bucket.write(f"{PRIVATE}/archive/objects/{record.sha256[:2]}/{record.sha256}", b"other bytes")
    read = read_from_bucket(bucket, record, code=code_digest())
    assert isinstance(read, DamagedInBucket)
    assert record.sha256 in read.why


def test_tables_that_are_gone_are_an_error_and_not_an_empty_file(
    bucket: Bucket, machines: Machines, small_files: SmallFiles
) -> None:
    folder = machines("one")
    record = small_files(folder)[0]
    with pytest.raises(StorageFailed, match="are not in object storage"):
        take_over(bucket, folder, staging(folder), record, StoredTables((), ()))


def test_a_file_that_ends_every_worker_is_named(machines: Machines, small_files: SmallFiles) -> None:
    record = small_files(machines("one"))[0]
    said = str(failed(record, MemoryError("4 workers died")))
    assert record.file_name in said
    assert "4 workers died" in said
    assert failed(record, known := ReadingFailed("known")) is known


@pytest.mark.parametrize("text", ["dask", "dask:10.0.0.1:8786", "dask:http://10.0.0.1:8786", "processes", ""])
def test_a_task_runner_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(WrongRequest, match="WORKFORCE_TASK_RUNNER"):
        _ = Settings(task_runner=text).dask_scheduler


def test_a_cluster_needs_shared_storage_and_a_server_that_its_workers_reach() -> None:
    check_task_runner(Settings(storage=""))
    there = "dask:tcp://10.0.0.1:8786"
    with pytest.raises(WrongRequest, match="WORKFORCE_STORAGE is not set"):
        check_task_runner(Settings(task_runner=there, storage=""))
    with (
        temporary_settings(restore_defaults={PREFECT_API_URL}),
        pytest.raises(WrongRequest, match="PREFECT_API_URL is not set"),
    ):
        check_task_runner(Settings(task_runner=there, storage="s3://bucket/prefix"))
