from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse.archive import Archive, Facts
from warehouse.errors import ArchiveDamaged, ClockBehind, NoSuchFile, NotSetAside

FACTS = Facts(
    series="nhs-workforce-statistics",
    edition="2023-05",
    publisher="NHS England",
    file_name="workbook.xlsx",
    address="https://files.digital.nhs.uk/aa/bbbbbb/workbook.xlsx",
    retrieved_at="2026-01-05T09:45:00+00:00",
    licence="Open Government Licence v3.0",
    attribution="NHS England",
)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def test_bytes_are_kept_with_where_and_when_they_came_from(archive: Archive, tmp_path: Path) -> None:
    stored = archive.put(write(tmp_path / "a", b"figures"), FACTS)
    assert stored.outcome == "new"
    assert archive.records() == [stored.record]
    assert archive.verified(stored.record).read_bytes() == b"figures"
    assert (stored.record.size_bytes, stored.record.address) == (7, FACTS.address)


def test_the_same_file_again_is_kept_once(archive: Archive, tmp_path: Path) -> None:
    first = archive.put(write(tmp_path / "a", b"figures"), FACTS)
    again = archive.put(write(tmp_path / "b", b"figures"), replace(FACTS, retrieved_at="2026-02-05T09:45:00+00:00"))
    assert again.outcome == "unchanged"
    assert again.record == first.record
    assert len(archive.records()) == 1


def test_the_same_name_with_new_bytes_is_a_second_version_and_both_stay(archive: Archive, tmp_path: Path) -> None:
    first = archive.put(write(tmp_path / "a", b"figures"), FACTS)
    second = archive.put(write(tmp_path / "a", b"other figures"), FACTS)
    assert second.outcome == "re-issued"
    assert {archive.verified(each.record).read_bytes() for each in (first, second)} == {b"figures", b"other figures"}


def test_bytes_that_no_longer_match_their_hash_are_refused(archive: Archive, tmp_path: Path) -> None:
    record = archive.put(write(tmp_path / "a", b"figures"), FACTS).record
    path = archive.verified(record)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    path.write_bytes(b"FIGURES")
    with pytest.raises(ArchiveDamaged, match=f"workbook.xlsx.*Expected {record.sha256}.*restore"):
        archive.verified(record)


def test_bytes_that_are_gone_are_refused(archive: Archive, tmp_path: Path) -> None:
    record = archive.put(write(tmp_path / "a", b"figures"), FACTS).record
    archive.verified(record).unlink()
    with pytest.raises(ArchiveDamaged, match="Found no file"):
        archive.verified(record)


def test_the_same_file_taken_in_again_mends_damaged_bytes(archive: Archive, tmp_path: Path) -> None:
    record = archive.put(write(tmp_path / "a", b"figures"), FACTS).record
    path = archive.verified(record)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    path.write_bytes(b"FIGURES")
    assert archive.put(write(tmp_path / "a", b"figures"), FACTS).outcome == "unchanged"
    assert archive.verified(record).read_bytes() == b"figures"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"series": "ods"}'])
def test_a_damaged_record_is_named_and_the_others_are_read(archive: Archive, tmp_path: Path, content: bytes) -> None:
    archive.put(write(tmp_path / "a", b"figures"), FACTS)
    (place,) = (archive.root / "editions").rglob("*.json")
    other = archive.put(write(tmp_path / "b", b"other"), replace(FACTS, file_name="other.xlsx")).record
    whole = place.read_bytes()
    place.chmod(stat.S_IRUSR | stat.S_IWUSR)
    place.write_bytes(content)
    assert archive.records() == [other]
    (why,) = archive.damaged_records()
    assert place.name in why
    assert "backup" in why
    assert archive.put(write(tmp_path / "a", b"figures"), FACTS).record in archive.records()
    assert place.read_bytes() == whole


def test_a_file_stays_set_aside_though_its_note_is_damaged(archive: Archive, tmp_path: Path) -> None:
    record = archive.put(write(tmp_path / "a", b"figures"), FACTS).record
    archive.set_aside(record.sha256, reason="superseded", decided_at="2026-01-06T10:00:00+00:00")
    write(archive.root / "set-aside" / f"{record.sha256}.json", b"{")
    assert "damaged" in archive.aside()[record.sha256]


def test_archived_bytes_are_read_only(archive: Archive, tmp_path: Path) -> None:
    record = archive.put(write(tmp_path / "a", b"figures"), FACTS).record
    assert not archive.verified(record).stat().st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)


def test_an_edition_name_cannot_lead_out_of_the_archive(archive: Archive, tmp_path: Path) -> None:
    archive.put(write(tmp_path / "a", b"figures"), replace(FACTS, edition="../../../outside"))
    assert {path.name for path in tmp_path.iterdir()} == {"a", "archive"}
    assert len(archive.records()) == 1


def test_a_full_disk_leaves_no_half_written_object(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> None:
        Path(target).write_bytes(b"figu")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("warehouse.archive.shutil.copyfile", full)
    with pytest.raises(OSError, match="No space left"):
        archive.put(write(tmp_path / "a", b"figures"), FACTS)
    assert archive.records() == []
    assert not [path for path in archive.root.rglob("*") if path.is_file()]


def test_a_file_set_aside_keeps_its_bytes_and_its_reason(archive: Archive, tmp_path: Path) -> None:
    record = archive.put(write(tmp_path / "a", b"figures"), FACTS).record
    archive.set_aside(record.sha256, reason="superseded by v2", decided_at="2026-01-06T10:00:00+00:00")
    assert archive.aside() == {record.sha256: "superseded by v2"}
    assert archive.verified(record).exists()


def test_a_file_set_aside_can_be_read_again_and_both_decisions_are_kept(archive: Archive, tmp_path: Path) -> None:
    sha256 = archive.put(write(tmp_path / "a", b"figures"), FACTS).record.sha256
    for reason in ("wrong file", "wrong again"):
        archive.set_aside(sha256, reason=reason, decided_at="2026-01-06T10:00:00+00:00")
        assert archive.undo_set_aside(sha256) == reason
        assert archive.aside() == {}
    assert len(list((archive.root / "set-aside" / "undone").iterdir())) == 2
    with pytest.raises(NotSetAside, match="workforce editions"):
        archive.undo_set_aside(sha256)


def test_a_file_is_meant_by_the_first_characters_of_its_hash(archive: Archive, tmp_path: Path) -> None:
    one, other = (archive.put(write(tmp_path / name, name.encode()), FACTS).record.sha256 for name in ("a", "b"))
    assert archive.sha256_beginning(one[:12]) == one
    assert one[0] != other[0]
    for start in ("", "no such"):
        with pytest.raises(NoSuchFile, match="no file"):
            archive.sha256_beginning(start)


def test_an_issue_retrieved_by_a_clock_that_was_set_back_is_refused(archive: Archive, tmp_path: Path) -> None:
    by_a_fast_clock = replace(FACTS, retrieved_at="2027-01-05T09:45:00+00:00")
    first = archive.put(write(tmp_path / "a", b"figures"), by_a_fast_clock).record
    other = write(tmp_path / "b", b"revised figures")
    with pytest.raises(ClockBehind, match=rf"a time after 2027.*workforce set-aside {first.sha256[:12]}") as refused:
        archive.put(other, FACTS)
    assert "workbook.xlsx" in str(refused.value)
    assert archive.records() == [first]
    # The same bytes again, another file, and another edition are in no order with it.
    assert archive.put(tmp_path / "a", FACTS).outcome == "unchanged"
    assert archive.put(other, replace(FACTS, file_name="other.xlsx")).outcome == "new"
    assert archive.put(other, replace(FACTS, edition="2023-06")).outcome == "new"
    archive.set_aside(first.sha256, reason="the clock was fast", decided_at="2026-01-05")
    assert archive.put(other, FACTS).outcome == "re-issued"
