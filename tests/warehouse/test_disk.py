"""Free space: asked for before something large is written; tests on a small file system where one can be mounted."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from tests.small_disk import MEGABYTE, fill_up
from warehouse.archive import Archive, Facts
from warehouse.disk import clean_unless_refreshing, drop_oldest, free_bytes, is_full, require_room
from warehouse.errors import TooLittleSpace
from warehouse.folder import DataFolder

FACTS = Facts(
    series="ods", edition="2025-12", publisher="", file_name="etr.csv", address="", retrieved_at="2026-01-06",
    licence="", attribution="",
)  # fmt: skip


@pytest.fixture(autouse=True)
def small_reserve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.disk.RESERVE_BYTES", MEGABYTE)


def test_what_does_not_fit_beside_the_reserve_is_refused_with_both_sizes(small_disk: Path) -> None:
    require_room(small_disk / "not" / "there", 4 * MEGABYTE, what="a file")
    with pytest.raises(TooLittleSpace, match=r"too little free space for a file. Expected 9 MB free. Found \d MB"):
        require_room(small_disk, 8 * MEGABYTE, what="a file")


def test_a_file_that_does_not_fit_is_not_archived_and_leaves_nothing(small_disk: Path, tmp_path: Path) -> None:
    large = tmp_path / "large"
    large.write_bytes(bytes(8 * MEGABYTE))
    archive = Archive(small_disk / "archive")
    free = free_bytes(small_disk)
    with pytest.raises(TooLittleSpace, match="the archived file"):
        archive.put(large, FACTS)
    assert archive.records() == []
    assert free_bytes(small_disk) >= free - MEGABYTE // 4


def test_what_a_killed_refresh_left_is_removed_unless_one_is_running(small_disk: Path) -> None:
    folder = DataFolder(small_disk)
    for path in (folder.candidates / "1" / "w.duckdb", folder.releases / ".2026-01-05.1.partial" / "w.duckdb"):
        path.parent.mkdir(parents=True)
        path.write_bytes(bytes(2 * MEGABYTE))
    full = free_bytes(small_disk)
    with folder.locked():
        clean_unless_refreshing(DataFolder(small_disk))
        assert free_bytes(small_disk) == full
    clean_unless_refreshing(folder)
    assert free_bytes(small_disk) >= full + 4 * MEGABYTE


def test_a_full_disk_is_known_by_the_errors_of_python_and_of_duckdb(small_disk: Path) -> None:
    with pytest.raises(OSError, match="No space left") as error:
        fill_up(small_disk)
    assert is_full(error.value)
    with pytest.raises(duckdb.Error) as failed, duckdb.connect(small_disk / "w.duckdb") as con:
        con.execute("CREATE TABLE t AS SELECT hash(range) AS h FROM range(10000000); CHECKPOINT")
    assert is_full(failed.value)


def test_an_error_is_a_full_disk_only_where_it_or_its_cause_says_so() -> None:
    outer = ValueError("the build failed")
    outer.__cause__ = OSError(errno.EDQUOT, "quota")
    assert is_full(outer)
    assert not is_full(OSError(errno.EACCES, "permission denied"))
    assert not is_full(ValueError("the build failed"))


def test_only_the_newest_entries_stay_and_never_the_one_that_is_spared(tmp_path: Path) -> None:
    folder = tmp_path / "rejected"
    assert drop_oldest(folder, keep=1) == []
    for number in range(5):
        (folder / f"{number}").mkdir(parents=True)
        (folder / f"{number}" / "report.txt").touch()
        os.utime(folder / f"{number}", (number, number))
    dropped = drop_oldest(folder, keep=2, spare=folder / "0")
    assert sorted(path.name for path in dropped) == ["1", "2"]
    assert sorted(path.name for path in folder.iterdir()) == ["0", "3", "4"]


def full_after(calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be full at the next flush (fsync) after so many: where delayed writes fail."""
    done = 0
    fsync = os.fsync

    def flush(descriptor: int) -> None:
        nonlocal done
        done += 1
        if done > calls:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", flush)


@pytest.mark.parametrize("calls", range(12))
def test_a_disk_that_becomes_full_while_a_file_is_archived_leaves_the_archive_whole(
    calls: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, archive = tmp_path / "etr.csv", Archive(tmp_path / "archive")
    path.write_text("RX1")
    kept = archive.put(path, FACTS).record
    path.write_text("RX1,RX2")
    with monkeypatch.context() as patched:
        full_after(calls, patched)
        with suppress(OSError):
            archive.put(path, FACTS)
    assert kept in archive.records()
    assert archive.damaged_records() == []
    assert [archive.verified(record).exists() for record in archive.records()] in ([True], [True, True])
    assert not [each for each in (tmp_path / "archive").rglob("*") if each.name.startswith((".", "tmp"))]
    assert archive.put(path, FACTS).outcome in {"re-issued", "unchanged"}
    assert len(archive.records()) == 2
