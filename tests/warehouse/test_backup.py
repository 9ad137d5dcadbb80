"""Backups: what is in them, when they are refused, and what a restored folder holds."""

from __future__ import annotations

import errno
import json
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from filelock import FileLock

from warehouse.backup import back_up, restore
from warehouse.errors import BackupRefused, BackupUnusable, Busy
from warehouse.folder import DataFolder
from warehouse.publish import Release, make_current, published_release

NOW = datetime(2026, 1, 6, 10, tzinfo=UTC)
OPERATORS = {"config/known_failures.csv", "registered.toml", "inbox/list.csv", "notes/why.txt"}
ARCHIVED = {"archive/objects/ab/abc", "archive/editions/ods/2025-12/1.json", "archive/set-aside/abc.json"}
REBUILT = {
    *("staged/x.parquet", "candidates/1/w.duckdb", "rejected/1/w.duckdb", "docs/index.html", "archive/incoming/tmp"),
    *("releases/.2026-01-05.9.partial/x", "refresh.lock", "prefect/serve.lock"),
}


def release(folder: DataFolder, release_id: str, sequence: int) -> Path:
    """A release that may be passed on, with its site."""
    place = folder.releases / release_id
    (place / "site").mkdir(parents=True)
    (place / "site" / "index.html").write_text(release_id)
    (place / "workforce.duckdb").write_text(f"warehouse of {release_id}")
    (place / "workforce.duckdb").chmod(0o444)
    (place / "LICENCE.txt").write_text("OGL")
    (place / "manifest.json").write_text(json.dumps({"sequence": sequence, "left_out_of_public_copy": {}}))
    return place


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    """A data folder whose clock was set back: the release that is published has the earlier date."""
    folder = DataFolder(tmp_path / "data")
    for name in OPERATORS | ARCHIVED | REBUILT:
        path = folder.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    (folder.root / "archive/objects/ab/abc").chmod(0o444)
    release(folder, "2026-01-05.2", 2)
    release(folder, "2025-12-30.1", 3)
    for each in ("2026-01-05.2", "2025-12-30.1"):
        make_current(folder, Release(each, folder.releases / each))
    with closing(sqlite3.connect(folder.root / "prefect" / "prefect.db")) as con, con:
        con.execute("CREATE TABLE flow_run (name VARCHAR)")
        con.execute("INSERT INTO flow_run VALUES ('one')")
    return folder


def members(backup: Path) -> set[str]:
    with tarfile.open(backup) as tar:
        return set(tar.getnames())


def test_a_backup_holds_what_no_refresh_can_create_again_and_nothing_else(folder: DataFolder, tmp_path: Path) -> None:
    done = back_up(folder, tmp_path / "backups", now=NOW)
    held = members(done.path)
    assert OPERATORS | ARCHIVED | {"prefect/prefect.db", "releases/latest", "SHA256SUMS", "backup.json"} <= held
    assert {name for name in held if name.split("/")[0] in {"published", "public"}} == set()
    assert held & REBUILT == set()
    assert {path.name for path in done.path.parent.iterdir()} == {done.path.name, f"{done.path.name}.sha256"}
    again = back_up(folder, tmp_path / "backups", now=NOW)
    assert again.path != done.path


def test_a_restored_folder_has_every_byte_and_publishes_the_release_that_was_published(
    folder: DataFolder, tmp_path: Path
) -> None:
    done = back_up(folder, tmp_path / "backups", now=NOW)
    restored = DataFolder(tmp_path / "restored")
    restored.root.mkdir()
    (restored.root / "lost+found").mkdir()  # of the file system
    answer = restore(done.path, restored)
    assert (answer.release_id, answer.files) == ("2025-12-30.1", done.files)
    for name in OPERATORS | ARCHIVED:
        assert (restored.root / name).read_text() == name
    mode = (restored.root / "archive/objects/ab/abc").stat().st_mode
    assert stat.S_IMODE(mode) == 0o444
    assert restored.published.read_text() == restored.public.read_text() == "warehouse of 2025-12-30.1"
    assert (restored.site / "index.html").read_text() == "2025-12-30.1"
    assert (restored.releases / "latest").readlink() == Path("2025-12-30.1")
    assert [path.name for path in restored.root.glob(".*")] == []
    with closing(sqlite3.connect(restored.root / "prefect" / "prefect.db")) as con:
        assert con.execute("SELECT name FROM flow_run").fetchall() == [("one",)]


def test_a_backup_waits_for_a_refresh_and_then_gives_up(folder: DataFolder, tmp_path: Path) -> None:
    with folder.locked(), pytest.raises(Busy):
        back_up(DataFolder(folder.root), tmp_path / "backups", now=NOW)
    assert list((tmp_path / "backups").iterdir()) == []


def test_prefects_database_is_copied_whole_while_it_is_written(folder: DataFolder, tmp_path: Path) -> None:
    with closing(sqlite3.connect(folder.root / "prefect" / "prefect.db")) as con:
        con.execute("PRAGMA journal_mode = WAL")
        con.execute("INSERT INTO flow_run VALUES ('recorded')")
        con.commit()
        con.execute("INSERT INTO flow_run VALUES ('being recorded')")
        done = back_up(folder, tmp_path / "backups", now=NOW)
    restored = DataFolder(tmp_path / "restored")
    restore(done.path, restored)
    with closing(sqlite3.connect(restored.root / "prefect" / "prefect.db")) as con:
        assert con.execute("SELECT name FROM flow_run").fetchall() == [("one",), ("recorded",)]


@pytest.mark.parametrize("with_sum", [True, False])
def test_a_damaged_backup_is_refused_and_nothing_is_left(folder: DataFolder, tmp_path: Path, with_sum: bool) -> None:
    done = back_up(folder, tmp_path / "backups", now=NOW)
    content = done.path.read_bytes()
    assert content.count(b"warehouse of 2025-12-30.1") == 1
    done.path.write_bytes(content.replace(b"warehouse of 2025-12-30.1", b"warehouse of 2025-12-30.2"))
    if not with_sum:
        done.path.with_name(f"{done.path.name}.sha256").unlink()
    with pytest.raises(BackupUnusable, match="nothing was restored"):
        restore(done.path, DataFolder(tmp_path / "restored"))
    assert not (tmp_path / "restored").exists()


def test_a_backup_cut_short_or_another_tar_file_is_refused(folder: DataFolder, tmp_path: Path) -> None:
    done = back_up(folder, tmp_path / "backups", now=NOW)
    done.path.with_name(f"{done.path.name}.sha256").unlink()
    done.path.write_bytes(done.path.read_bytes()[:30_000])
    with pytest.raises(BackupUnusable):
        restore(done.path, DataFolder(tmp_path / "restored"))
    with tarfile.open(tmp_path / "other.tar", "w") as tar:
        tar.add(folder.config, "config")
    with pytest.raises(BackupUnusable, match="without them"):
        restore(tmp_path / "other.tar", DataFolder(tmp_path / "restored"))
    assert not (tmp_path / "restored").exists()


def test_a_folder_that_holds_something_is_replaced_only_with_force(folder: DataFolder, tmp_path: Path) -> None:
    done = back_up(folder, tmp_path / "backups", now=NOW)
    (folder.root / "history").mkdir()
    (folder.root / "notes" / "why.txt").write_text("later")
    with pytest.raises(BackupRefused, match=r"is not empty.*--force"):
        restore(done.path, folder)
    assert (folder.root / "notes" / "why.txt").read_text() == "later"
    assert restore(done.path, folder, force=True).release_id == "2025-12-30.1"
    assert (folder.root / "notes" / "why.txt").read_text() == "notes/why.txt"
    assert not (folder.root / "history").exists()
    assert published_release(folder) == Release("2025-12-30.1", folder.releases / "2025-12-30.1")


def contents(root: Path) -> dict[str, bytes]:
    return {f"{path.relative_to(root)}": path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("moves", [0, 1, 5, 12])
def test_a_restore_that_fails_while_it_replaces_a_folder_leaves_it_as_it_was(
    moves: int, folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = back_up(folder, tmp_path / "backups", now=NOW)
    (folder.root / "notes" / "why.txt").write_text("later")
    (folder.root / "history").mkdir()
    before = contents(folder.root)
    move, left = Path.replace, moves

    def failing(place: Path, to: Path) -> Path:
        nonlocal left
        left -= 1
        if left == -1:
            raise OSError(errno.EBUSY, "Device or resource busy")
        return move(place, to)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", failing)
        with pytest.raises(OSError, match="busy"):
            restore(done.path, folder, force=True)
    assert left < 0
    assert contents(folder.root) == before
    assert not list(folder.root.glob(".restore-*"))
    assert restore(done.path, folder, force=True).release_id == "2025-12-30.1"


def test_a_restore_that_is_killed_while_it_replaces_a_folder_loses_nothing_and_can_be_done_again(
    folder: DataFolder, tmp_path: Path
) -> None:
    done = back_up(folder, tmp_path / "backups", now=NOW)
    (folder.root / "notes" / "why.txt").write_text("later")
    before = {name.rpartition("/")[2]: content for name, content in contents(folder.root).items()}
    killed = """
import os, sys
from pathlib import Path
from warehouse.backup import restore
from warehouse.folder import DataFolder
move, number = Path.replace, 0
def killing(place, to):
    global number
    number += 1
    if number == 9:
        os.kill(os.getpid(), 9)
    return move(place, to)
Path.replace = killing
restore(Path(sys.argv[1]), DataFolder(Path(sys.argv[2])), force=True)
"""
    ended = subprocess.run([sys.executable, "-c", killed, done.path, folder.root], check=False)
    assert ended.returncode == -signal.SIGKILL
    after = {(name.rpartition("/")[2], content) for name, content in contents(folder.root).items()}
    assert set(before.items()) <= after
    assert restore(done.path, folder, force=True).release_id == "2025-12-30.1"
    assert (folder.root / "notes" / "why.txt").read_text() == "notes/why.txt"
    assert not list(folder.root.glob(".restore-*"))


def test_a_folder_that_is_served_is_not_replaced(folder: DataFolder, tmp_path: Path) -> None:
    done = back_up(folder, tmp_path / "backups", now=NOW)
    with FileLock(folder.service_lock), pytest.raises(BackupRefused, match="stop it"):
        restore(done.path, DataFolder(folder.root), force=True)


def test_a_backup_is_not_written_where_it_makes_no_sense_or_has_no_room(
    folder: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(BackupRefused, match="inside the data folder"):
        back_up(folder, folder.root / "backups", now=NOW)
    with pytest.raises(BackupRefused, match="no archive"):
        back_up(DataFolder(tmp_path / "nothing"), tmp_path / "backups", now=NOW)
    usage = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr("warehouse.backup.shutil.disk_usage", lambda _: usage)
    with pytest.raises(BackupRefused, match="too little free space"):
        back_up(folder, tmp_path / "backups", now=NOW)
    assert list((tmp_path / "backups").iterdir()) == []
