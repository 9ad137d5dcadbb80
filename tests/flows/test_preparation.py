"""Before a refresh: the clock, the time zone, and a file system whose locks other machines may not see."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from flows import file_system, preparation
from flows.cli.status_report import show_status
from flows.errors import ClockWrong
from flows.file_system import on_a_network
from flows.preparation import prepare, require_clock
from warehouse.folder import DataFolder


def mounts(monkeypatch: pytest.MonkeyPatch, **kinds: str) -> None:
    """Let the machine have these file systems, by where they are mounted below the root."""
    table = [SimpleNamespace(mountpoint=f"/{place}", fstype=kind) for place, kind in kinds.items()]
    found = [SimpleNamespace(mountpoint="/", fstype="ext4"), *table]
    monkeypatch.setattr(file_system.psutil, "disk_partitions", lambda **_: found)


@pytest.mark.parametrize("kind", ["nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "fuse.s3fs", "ceph", "9p"])
def test_a_data_folder_on_a_network_file_system_is_told(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts(monkeypatch, data=kind)
    said = on_a_network(DataFolder(Path("/data/workforce")))
    assert f"The data folder /data/workforce is on a network file system ({kind})" in said
    assert "WORKFORCE_STORAGE" in said
    assert on_a_network(DataFolder(Path("/database"))) == ""


@pytest.mark.parametrize("kind", ["ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "fuseblk", "apfs"])
def test_a_data_folder_on_a_disk_of_this_machine_is_not(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts(monkeypatch, data=kind)
    assert on_a_network(DataFolder(Path("/data/workforce"))) == ""


def test_the_file_system_nearest_to_the_folder_and_mounted_last_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    mounts(monkeypatch, **{"data": "nfs4", "data/local": "ext4"})
    assert on_a_network(DataFolder(Path("/data/local/x"))) == ""
    assert on_a_network(DataFolder(Path("/data/x")))
    monkeypatch.setattr(file_system.psutil, "disk_partitions", lambda **_: [])
    assert on_a_network(DataFolder(Path("/data/x"))) == ""


def test_the_warning_is_in_the_log_of_a_refresh_and_in_the_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    from io import StringIO

    from rich.console import Console

    mounts(monkeypatch, **{str(tmp_path)[1:]: "nfs4"})
    monkeypatch.setattr(preparation, "require_room", lambda *_, **__: None)
    prepare(DataFolder(tmp_path))
    assert "network file system (nfs4)" in caplog.text
    out = StringIO()
    show_status([], "Last build.", Console(file=out, width=500), warning="[locks] may not hold")
    assert "Warning: [locks] may not hold" in out.getvalue()


def test_a_clock_before_this_code_was_written_stops_a_refresh_before_it_fetches(tmp_path: Path) -> None:
    require_clock(datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(ClockWrong, match="Found 1 January 1970 00:07 UTC") as refused:
        require_clock(datetime(1970, 1, 1, 0, 7, tzinfo=UTC))
    assert "set the clock" in str(refused.value)
