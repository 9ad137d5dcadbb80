"""A switch to a new release interrupted at any of its renames is whole after it, and ended by the next refresh."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from warehouse.folder import DataFolder, make_folder, remove_tree, sync_tree, write_whole
from warehouse.interrupted import recover
from warehouse.publish import WITHHELD, Release, drop_old_releases, install, make_current, published_release, releases
from warehouse.site.link import folder_for_rebuilt, link_site


class PowerCut(Exception):
    """The process ends here."""


def unfinished(folder: DataFolder, name: str, *, has_copy: bool) -> Path:
    """A release that is not installed yet."""
    partial = folder.releases / f".{name}.partial"
    (partial / "site" / "data").mkdir(parents=True)
    (partial / "site" / "data" / "index.html").write_text(name)
    for place in ("workforce.duckdb", "LICENCE.txt", *(["public/workforce.duckdb"] if has_copy else [])):
        (partial / place).parent.mkdir(exist_ok=True)
        (partial / place).write_text(f"{place} of {name}")
    (partial / "manifest.json").write_text(json.dumps({WITHHELD: {"some": []} if has_copy else {}}))
    return partial


def shown(folder: DataFolder) -> dict[str, str]:
    """What a reader sees."""
    return {
        "published": folder.published.read_text(),
        "public": folder.public.read_text(),
        "site": (folder.site / "data" / "index.html").read_text(),
        "latest": (folder.releases / "latest").resolve().name,
    }


def expected(release: Release) -> dict[str, str]:
    return {
        "published": release.warehouse.read_text(),
        "public": release.public.read_text(),
        "site": release.release_id,
        "latest": release.release_id,
    }


def cut_after(renames: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the process end before the next rename after so many."""
    done = 0

    def ending(rename: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            nonlocal done
            if done == renames:
                raise PowerCut
            done += 1
            return rename(*arguments)

        return call

    for name in ("rename", "replace"):
        monkeypatch.setattr(Path, name, ending(getattr(Path, name)))


@pytest.mark.parametrize("has_copy", [False, True])
@pytest.mark.parametrize("renames", range(7))
def test_a_switch_that_was_interrupted_is_ended(
    renames: int, has_copy: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path)
    install(folder, unfinished(folder, "2026-01-01.1", has_copy=has_copy), "2026-01-01.1")
    coming = unfinished(folder, "2026-01-02.1", has_copy=has_copy)
    with monkeypatch.context() as patched:
        cut_after(renames, patched)
        if renames < 6:  # the release itself, public warehouse and licence, warehouse, two links
            with pytest.raises(PowerCut):
                install(folder, coming, "2026-01-02.1")
        else:
            install(folder, coming, "2026-01-02.1")
    recover(folder)
    release = published_release(folder)
    assert release is not None
    assert release.release_id == f"2026-01-0{1 if renames < 4 else 2}.1"
    assert shown(folder) == expected(release)
    assert not [path for path in folder.root.rglob(".*") if path.name.endswith((".partial", "coming"))]


@pytest.mark.parametrize("renames", [1, 2])
def test_a_release_that_was_being_replaced_by_one_of_its_name_is_not_lost(
    renames: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path)
    install(folder, unfinished(folder, "2026-01-01.1", has_copy=False), "2026-01-01.1")
    coming = unfinished(folder, "2026-01-01.1", has_copy=False)
    with monkeypatch.context() as patched:
        cut_after(renames, patched)
        with pytest.raises(PowerCut):
            install(folder, coming, "2026-01-01.1")
    recover(folder)
    assert shown(folder)["site"] == "2026-01-01.1"
    assert not list(folder.releases.glob(".*"))


def cut_while_deleting(monkeypatch: pytest.MonkeyPatch, first: str) -> None:
    """Let the process end when it has deleted one file of a folder, the first of this name or pattern."""

    def deleting(folder: Path, *, ignore_errors: bool = False) -> None:
        if folder.exists():
            next(folder.glob(first)).unlink()
            raise PowerCut

    monkeypatch.setattr("warehouse.folder.shutil.rmtree", deleting)


@pytest.mark.parametrize("first", ["manifest.json", "workforce.duckdb", "LICENCE.txt"])
def test_an_old_release_whose_deletion_was_interrupted_is_gone_as_a_whole(
    first: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path)
    for name in ("2026-01-01.1", "2026-01-02.1"):
        install(folder, unfinished(folder, name, has_copy=False), name)
    with monkeypatch.context() as patched:
        cut_while_deleting(patched, first)
        with pytest.raises(PowerCut):
            drop_old_releases(folder, keep=1)
    assert [each.release_id for each in releases(folder)] == ["2026-01-02.1"]
    recover(folder)
    assert sorted(path.name for path in folder.releases.iterdir()) == ["2026-01-02.1", "latest"]
    assert drop_old_releases(folder, keep=1) == []


@pytest.mark.parametrize("first", ["manifest.json", "workforce.duckdb"])
def test_what_an_older_version_left_half_deleted_is_no_release(first: str, tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    for name in ("2026-01-01.1", "2026-01-02.1"):
        install(folder, unfinished(folder, name, has_copy=False), name)
    (folder.releases / "2026-01-01.1" / first).unlink()
    assert [each.release_id for each in releases(folder)] == ["2026-01-02.1"]
    assert drop_old_releases(folder, keep=1) == []
    assert published_release(folder) == releases(folder)[0]


def test_a_folder_that_is_missing_needs_no_removal_and_a_rest_of_an_earlier_one_does_not_hinder_it(
    tmp_path: Path,
) -> None:
    remove_tree(tmp_path / "old")
    for rest in (".old.removed.partial", "old"):
        (tmp_path / rest / "below").mkdir(parents=True)
    remove_tree(tmp_path / "old")
    assert list(tmp_path.iterdir()) == []


def test_what_is_current_is_left_alone_also_a_site_that_was_built_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = DataFolder(tmp_path)
    recover(folder)
    install(folder, unfinished(folder, "2026-01-01.1", has_copy=True), "2026-01-01.1")
    rebuilt = folder_for_rebuilt(folder.site, "2026-01-01.1")
    link_site(folder.site, rebuilt)
    monkeypatch.setattr("warehouse.interrupted.make_current", lambda *_: pytest.fail("switched again"))
    recover(folder)
    assert folder.site.resolve() == rebuilt


def test_a_published_folder_that_is_gone_is_made_again(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    install(folder, unfinished(folder, "2026-01-01.1", has_copy=False), "2026-01-01.1")
    folder.published.unlink()
    folder.site.unlink()
    recover(folder)
    release = published_release(folder)
    assert release is not None
    assert shown(folder) == expected(release)


@pytest.fixture
def flushed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files and folders that were flushed (fsync), by the names that they had then."""
    found: list[str] = []
    fsync = os.fsync

    def note(descriptor: int) -> None:
        found.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", note)
    return found


def test_every_file_and_folder_of_a_release_is_on_disk_before_it_is_seen(tmp_path: Path, flushed: list[str]) -> None:
    folder = DataFolder(tmp_path)
    coming = unfinished(folder, "2026-01-01.1", has_copy=True)
    everything = {str(coming), *(str(path) for path in coming.rglob("*"))}
    install(folder, coming, "2026-01-01.1")
    before, after = (flushed[: len(everything)], flushed[len(everything) :])
    assert set(before) == everything
    assert after[0] == str(folder.releases)
    assert {str(each) for each in (tmp_path, folder.published.parent, folder.public.parent)} <= set(after)
    flushed.clear()
    make_current(folder, Release("2026-01-01.1", folder.releases / "2026-01-01.1"))
    # The last is the link to the site: what it led to before may be removed next.
    assert flushed[-2:] == [str(folder.releases), str(folder.site.parent)]


def test_the_name_of_a_file_and_of_each_new_folder_above_it_is_on_disk(tmp_path: Path, flushed: list[str]) -> None:
    write_whole(tmp_path / "a" / "b" / "file.json", b"{}")
    assert {str(tmp_path), str(tmp_path / "a"), str(tmp_path / "a" / "b")} <= set(flushed)
    flushed.clear()
    make_folder(tmp_path / "a" / "b")
    assert flushed == []


def test_a_link_that_leads_nowhere_is_no_error_when_a_folder_is_flushed(tmp_path: Path, flushed: list[str]) -> None:
    (tmp_path / "link").symlink_to("nowhere")
    sync_tree(tmp_path)
    assert flushed == [str(tmp_path)]


def test_files_of_a_folder_are_flushed_side_by_side_and_an_error_of_one_is_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        (tmp_path / f"{number}").write_text("bytes")
    at_once = threading.Barrier(2)
    with monkeypatch.context() as patched:
        patched.setattr(
            os, "fsync", lambda number: Path(f"/proc/self/fd/{number}").is_dir() or at_once.wait(timeout=30)
        )
        sync_tree(tmp_path)

    def full(descriptor: int) -> None:
        if Path(f"/proc/self/fd/{descriptor}").readlink().name == "2":
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        sync_tree(tmp_path)
