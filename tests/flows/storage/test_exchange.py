from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest

from flows.errors import StorageConflict, StorageFailed
from flows.storage.bucket import Bucket
from flows.storage.exchange import PRIVATE, pull, push
from flows.storage.staged import STAGED
from warehouse.archive import Archive, Facts
from warehouse.errors import ArchiveDamaged
from warehouse.folder import DataFolder

Machines = Callable[[str], DataFolder]


def archived(folder: DataFolder, content: str, edition: str = "2023-05") -> str:
    path = folder.root / "incoming.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    facts = Facts(
        series="nhs-workforce-statistics",
        edition=edition,
        publisher="NHS England",
        file_name=f"{edition}.csv",
        address="https://example.invalid/a.csv",
        retrieved_at="2023-08-24T09:30:00+00:00",
        licence="OGL",
        attribution="NHS England",
    )
    return Archive(folder.archive).put(path, facts).record.sha256


def test_what_one_machine_archived_another_can_read(bucket: Bucket, machines: Machines) -> None:
    one, other = machines("one"), machines("other")
    first, second = archived(one, "a"), archived(other, "b", "2023-06")
    assert push(bucket, one).uploaded == 2
    assert pull(bucket, other).downloaded == 2
    assert push(bucket, other).uploaded == 2
    pull(bucket, one)
    for folder in (one, other):
        archive = Archive(folder.archive)
        assert [archive.verified(record).name for record in archive.records()] == [first, second]
    assert pull(bucket, one).downloaded == push(bucket, one).uploaded == 0


def test_an_object_that_is_not_what_its_name_says_is_not_taken(bucket: Bucket, machines: Machines) -> None:
    sha256 = archived(machines("one"), "a")
    push(bucket, machines("one"))
    bucket.write(f"{PRIVATE}/archive/objects/{sha256[:2]}/{sha256}", b"other bytes")
    with pytest.raises(ArchiveDamaged, match="does not match its SHA-256"):
        pull(bucket, machines("other"))
    assert not Archive(machines("other").archive).has(sha256)


def test_a_file_set_aside_on_one_machine_is_set_aside_on_all_and_so_is_taking_it_back(
    bucket: Bucket, machines: Machines
) -> None:
    one, other = machines("one"), machines("other")
    sha256 = archived(one, "a")
    Archive(one.archive).set_aside(sha256, reason="broken", decided_at="2026-01-01")
    push(bucket, one)
    pull(bucket, other)
    assert Archive(other.archive).aside() == {sha256: "broken"}
    (other.archive / "set-aside" / f"{sha256}.json").unlink()
    push(bucket, other)
    pull(bucket, one)
    assert Archive(one.archive).aside() == {}


def test_a_decision_changed_on_two_machines_is_left_to_a_person(bucket: Bucket, machines: Machines) -> None:
    one, other = machines("one"), machines("other")
    sha256 = archived(one, "a")
    push(bucket, one)
    pull(bucket, other)
    for folder in (one, other):
        Archive(folder.archive).set_aside(sha256, reason=f"by {folder.root.name}", decided_at="2026-01-01")
    push(bucket, one)
    with pytest.raises(StorageConflict, match="changed here and on another machine"):
        push(bucket, other)
    assert Archive(other.archive).aside() == {sha256: "by other"}


def staged(folder: DataFolder, tables: dict[str, str]) -> Path:
    """The folder of a read file with these tables."""
    place = folder.staged / "csv-v1.1" / "ab12"
    place.mkdir(parents=True)
    for name, content in tables.items():
        (place / f"{name}.parquet").write_text(content)
    return place


def test_of_the_tables_of_a_read_file_a_machine_gets_all_or_none(
    bucket: Bucket, machines: Machines, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = {"workforce": "a", "vacancy": "b", "unread_part": "c"}
    place = staged(machines("one"), tables)
    upload, uploads = Bucket.upload, count()

    def dies_at_the_second(self: Bucket, name: str, path: Path) -> None:
        if next(uploads):
            raise KeyboardInterrupt
        upload(self, name, path)

    monkeypatch.setattr(Bucket, "upload", dies_at_the_second)
    with suppress(KeyboardInterrupt):
        push(bucket, machines("one"))
    monkeypatch.undo()
    pull(bucket, machines("other"))
    found = machines("other").staged / place.relative_to(machines("one").staged)
    assert {path.stem: path.read_text() for path in found.glob("*")} in ({}, tables)
    push(bucket, machines("one"))
    pull(bucket, machines("other"))
    assert {path.stem: path.read_text() for path in found.glob("*")} == tables


def test_damaged_tables_are_not_taken(bucket: Bucket, machines: Machines) -> None:
    place = staged(machines("one"), {"workforce": "figures"})
    push(bucket, machines("one"))
    name = f"{STAGED}/csv-v1.1/ab12.zip"
    content, _ = bucket.read(name) or (b"", "")
    bucket.write(name, content.replace(b"figures", b"f1gures"))
    with pytest.raises(StorageFailed, match="do not match their checksums"):
        pull(bucket, machines("other"))
    assert not (machines("other").staged / place.relative_to(machines("one").staged)).exists()


def test_half_written_files_are_not_exchanged(bucket: Bucket, machines: Machines, tmp_path: Path) -> None:
    folder = machines("one")
    place = folder.staged / "csv-v1" / ".partial"
    place.mkdir(parents=True)
    (place / "workforce.parquet").write_text("half")
    assert push(bucket, folder).uploaded == 0
