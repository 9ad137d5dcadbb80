"""A refresh on a small disk: sized before it writes, cleaned up after a failure, and bounded in what it keeps."""

from __future__ import annotations

import errno
import logging
import os
import re
from dataclasses import fields
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.report import Report
from flows import pipeline, refreshing
from flows.errors import DataFolderUnusable
from flows.request import Request
from flows.results import Outcome
from flows.service.local import _without_traceback
from flows.settings import Settings
from flows.steps import ThreadRunner
from tests.small_disk import MEGABYTE, fill_up
from warehouse.archive import Archive, Record
from warehouse.building.build import Build
from warehouse.disk import free_bytes
from warehouse.errors import TooLittleSpace
from warehouse.folder import DataFolder
from warehouse.staging import StagedFile, Staging


@pytest.fixture(autouse=True)
def small_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.disk.RESERVE_BYTES", MEGABYTE)


def build(build_id: str) -> Build:
    return Build(build_id, "2026-01-06T10:00:00+00:00", "published", "fingerprint", "0")


def candidate(folder: DataFolder, build_id: str, megabytes: int) -> Path:
    path = folder.candidates / build_id / "workforce.duckdb"
    path.parent.mkdir(parents=True)
    path.write_bytes(bytes(megabytes * MEGABYTE))
    return path


def test_a_build_is_not_begun_where_its_release_would_not_fit(small_disk: Path) -> None:
    folder = DataFolder(small_disk)
    with pytest.raises(TooLittleSpace, match="a candidate and its release"):
        pipeline.require_room_to_build(folder, [])  # nothing published yet: the estimate
    folder.published.parent.mkdir()
    folder.published.write_bytes(bytes(MEGABYTE))
    pipeline.require_room_to_build(folder, [])  # three times 1 MB beside the reserve, of 7 MB
    folder.published.write_bytes(bytes(2 * MEGABYTE))
    with pytest.raises(TooLittleSpace, match=r"Expected 7 MB free\. Found 6 MB"):
        pipeline.require_room_to_build(folder, [])


def test_a_refresh_whose_disk_becomes_full_removes_what_it_has_half_written_and_says_so(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(small_disk)

    def full(*_: object) -> Outcome:
        place = candidate(folder, "1", 1).parent
        fill_up(place)
        raise AssertionError("the disk was not full")

    monkeypatch.setattr(refreshing, "run", full)
    free = free_bytes(small_disk)
    with pytest.raises(TooLittleSpace, match="the disk became full; what was half written has been removed"):
        refreshing.run_or_clean(Request(), folder, Settings(), None, ThreadRunner("a run"))
    assert free_bytes(small_disk) >= free - MEGABYTE // 4


def test_a_file_that_is_missing_in_the_middle_of_a_refresh_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reads_what_is_gone(*_: object) -> Outcome:
        duckdb.sql(f"SELECT * FROM read_parquet('{tmp_path}/staged/*.parquet')").fetchall()
        raise AssertionError("it was there")

    monkeypatch.setattr(refreshing, "run", reads_what_is_gone)
    with pytest.raises(DataFolderUnusable, match=r"is missing, .* Found IO Error: No files found"):
        refreshing.run_or_clean(Request(), DataFolder(tmp_path), Settings(), None, ThreadRunner("a run"))


def test_a_refresh_is_not_begun_on_a_full_disk_unless_what_a_killed_one_left_makes_room(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(small_disk)
    monkeypatch.setattr(refreshing, "_acquire", lambda *_: None)
    monkeypatch.setattr(refreshing, "_read", lambda *_: [])
    candidate(folder, "killed", 7)
    assert free_bytes(small_disk) < MEGABYTE + MEGABYTE // 2
    refreshing.run(Request(), folder, Settings(), None, ThreadRunner("a run"))
    (folder.root / "something").write_bytes(bytes(7 * MEGABYTE + MEGABYTE // 2))
    with pytest.raises(TooLittleSpace, match="for a refresh"):
        refreshing.run(Request(), folder, Settings(), None, ThreadRunner("a run"))


def test_rejected_candidates_are_bounded_and_give_way_where_space_is_short(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "RESERVE_BYTES", 3 * MEGABYTE)
    folder = DataFolder(small_disk)
    report = Report("run", [], pl.DataFrame())
    for number in range(1, 5):
        made = build(f"{number}")
        pipeline.refuse(folder, candidate(folder, made.build_id, 2), made, report, keep=3)
    kept = sorted(path.name for path in folder.rejected.iterdir())
    assert kept == ["2", "3", "4"]
    assert all((folder.rejected / name / "report.txt").exists() for name in kept)
    assert [name for name in kept if (folder.rejected / name / "workforce.duckdb").exists()] == ["3", "4"]


def test_rebuilds_of_past_days_are_bounded(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    for day in (3, 1, 2, 1):
        made = candidate(folder, f"{day}", 0)
        pipeline.keep_history(folder, made, date(2026, 1, day), keep=2)
        made.parent.rmdir()
    assert sorted(path.name for path in (folder.root / "history").iterdir()) == ["2026-01-01", "2026-01-02"]


@pytest.mark.parametrize(
    ("error", "has_traceback"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), False),
        (TooLittleSpace("the disk is full"), False),
        (ValueError("a defect"), True),
    ],
)
def test_a_full_disk_is_told_without_a_traceback(error: Exception, has_traceback: bool) -> None:
    record = logging.LogRecord("prefect.task_runs", logging.ERROR, "", 0, "failed", (), (type(error), error, None))
    assert _without_traceback(record)
    assert bool(record.exc_info) == has_traceback


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC])
def test_a_staging_cache_that_cannot_be_written_refuses_no_file_and_ends_the_refresh(
    number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = Record(**dict.fromkeys((each.name for each in fields(Record)), ""))
    staging = Staging(tmp_path / "staged", Archive(tmp_path / "archive"))

    def refuse(*_: object, **__: object) -> StagedFile:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Staging, "open", lambda *_: None)
    monkeypatch.setattr(Staging, "stage", refuse)
    with pytest.raises(OSError, match=re.escape(os.strerror(number))):
        pipeline.read_file(staging, record)
