"""What a file is, from its first bytes: whatever stands in a folder can be asked without an accident."""

from __future__ import annotations

import gzip
import random
import zipfile
from pathlib import Path

import pytest

from transforms import series
from transforms.errors import LONGEST, NotWhatItClaims, UnknownFile, UnreadableValue, WorkforceError
from transforms.published_file import Edition, PublishedFile, Reader, read_tables
from transforms.reading.records import read_records
from transforms.series import reader_for


def file(path: Path, content: bytes, name: str = "") -> PublishedFile:
    path.write_bytes(content)
    return PublishedFile(path, name or path.name)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"a,b\n1,2\n", "text"),
        (b"\xef\xbb\xbfa,b\n", "text"),
        (b"\n <!DOCTYPE html>", "html"),
        (b"<html>", "html"),
        (b"%PDF-1.3", "pdf"),
        (gzip.compress(b"a", mtime=0), "gz"),
        (b"\xd0\xcf\x11\xe0...", "xls"),
        (b"\x00\x01", "unknown"),
        (b"", "unknown"),
    ],
)
def test_the_first_bytes_say_what_it_is(tmp_path: Path, content: bytes, kind: str) -> None:
    found = file(tmp_path / "x", content)
    assert found.kind == kind
    assert found.members == []


def test_headings_are_the_first_record(tmp_path: Path) -> None:
    assert file(tmp_path / "x", b'\xef\xbb\xbf"a\nb", c \r\n1,2\r\n').columns == ["a\nb", "c"]
    assert file(tmp_path / "y", gzip.compress(b"a,b\n1,2\n", mtime=0)).columns == ["a", "b"]
    odd = b"a\x1c,\xe2\x80\x83b,\x1fc\n1,2,3\n"
    assert file(tmp_path / "z", odd).columns == read_records(odd).columns[1:] == ["a\x1c", "b", "\x1fc"]


def test_prose_has_no_headings_that_a_reader_takes(tmp_path: Path) -> None:
    prose = file(tmp_path / "notes.md", ('It says "no, not so\n\n| a | "b, c |\n' * 500).encode())
    with pytest.raises(UnknownFile, match="no reader recognises this file"):
        reader_for(prose)


def test_every_published_file_is_taken_by_one_reader_or_none(published: Path) -> None:
    taken = {}
    for path in sorted(path for path in published.rglob("*") if path.is_file()):
        try:
            reader, edition = reader_for(PublishedFile(path, path.name, hint=str(path.parent.relative_to(published))))
        except UnknownFile as error:
            assert error.problem == "no reader recognises this file"  # noqa: PT017
        else:
            taken[path.name] = (reader.name, edition.edition)
    assert taken["NHS Workforce Statistics, May 2023 England and Organisation.xlsx"][1] == "2023-05"
    assert "MANIFEST.md" not in taken


def test_a_zip_without_its_end_is_called_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "a,b\n" * 100)
    cut = file(tmp_path / "y.zip", path.read_bytes()[:200])
    with pytest.raises(NotWhatItClaims, match="its end is missing"):
        _ = cut.kind


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> PublishedFile:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return PublishedFile(path, path.name)


def test_leftovers_of_operating_systems_and_folders_are_no_members(tmp_path: Path) -> None:
    leftovers = ["__MACOSX/._a.csv", "x/.DS_Store", "Thumbs.db", "x/", "desktop.ini"]
    assert zipped(tmp_path / "x.zip", dict.fromkeys([*leftovers, "x/a.csv"], b"a,b\n")).members == ["x/a.csv"]


def test_a_flipped_bit_is_refused_or_is_nowhere_in_what_is_read(tmp_path: Path) -> None:
    members = {"a.csv": b"a,b\n" + b"12,345\n" * 300, "b.csv": b"x"}
    whole = zipped(tmp_path / "x.zip", members).path.read_bytes()
    refused = 0
    for place in random.Random(11).sample(range(len(whole) * 8), 400):
        changed = bytearray(whole)
        changed[place // 8] ^= 1 << place % 8
        damaged = file(tmp_path / "y.zip", bytes(changed))
        try:
            assert damaged.kind != "zip" or damaged.is_whole
        except WorkforceError:
            refused += 1
            continue
        if damaged.kind == "zip":
            with zipfile.ZipFile(damaged.path) as archive:
                assert {name: archive.read(name) for name in archive.namelist()} == members
    assert refused > 100


def test_damage_in_a_published_workbook_is_refused(published: Path, tmp_path: Path) -> None:
    name = "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
    whole = (published / "nhs-workforce-statistics" / name).read_bytes()
    for place in (whole.index(b"PK\x01\x02") // 2, whole.index(b"PK\x01\x02") - 400):
        damaged = file(tmp_path / name, whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(NotWhatItClaims, match=r"damaged.*checksum.*fetch it again"):
            reader_for(damaged)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [("flag", 0x1, "protected with a password"), ("method", 9, "Deflate64"), ("method", 77, "method 77")],
)
def test_a_zip_that_cannot_be_unpacked_says_why(tmp_path: Path, field: str, value: int, says: str) -> None:
    content = bytearray(zipped(tmp_path / "x.zip", {"a.csv": b"a,b\n"}).path.read_bytes())
    for header, offset in ((b"PK\x03\x04", {"flag": 6, "method": 8}), (b"PK\x01\x02", {"flag": 8, "method": 10})):
        content[content.index(header) + offset[field]] = value
    with pytest.raises(NotWhatItClaims, match=says) as stopped:
        reader_for(file(tmp_path / "y.zip", bytes(content)))
    assert "y.zip > a.csv" in str(stopped.value)
    assert "etch it again" not in str(stopped.value)


def test_a_workbook_with_a_password_says_so(tmp_path: Path) -> None:
    content = b"\xd0\xcf\x11\xe0" + bytes(1020) + "EncryptedPackage".encode("utf-16-le") + bytes(400)
    with pytest.raises(NotWhatItClaims, match="protected with a password"):
        reader_for(file(tmp_path / "x.xlsx", content))


def test_a_zip_of_packed_files_only_asks_to_unpack_it(tmp_path: Path) -> None:
    with pytest.raises(NotWhatItClaims, match="unpack it"):
        reader_for(zipped(tmp_path / "x.zip", {"inner/core.ZIP": b"PK", "__MACOSX/._core.ZIP": b""}))


@pytest.mark.parametrize("error", [RecursionError("deep"), MemoryError(), KeyError("x"), ZeroDivisionError()])
def test_any_error_in_a_file_names_the_file_and_its_kind(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(_: PublishedFile) -> Edition:
        raise error

    broken = Reader("x", 1, "x", (), breaks, breaks)  # type: ignore[arg-type]
    monkeypatch.setattr(series, "READERS", (broken,))
    given = file(tmp_path / "figures.csv", b"a,b\n1,2\n")
    for asks in (lambda: reader_for(given), lambda: read_tables(broken, given)):
        with pytest.raises(NotWhatItClaims, match=type(error).__name__) as stopped:
            asks()
        assert str(stopped.value).startswith("figures.csv: ")


def test_an_error_of_a_reader_is_given_the_name_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(_: PublishedFile) -> Edition:
        raise UnreadableValue("a cell is wrong", sheet="Sheet 1", cell="B2", do="ask")

    reader = Reader("x", 1, "x", (), refuses, refuses)  # type: ignore[arg-type]
    monkeypatch.setattr(series, "READERS", (reader,))
    given = file(tmp_path / "figures.csv", b"a,b\n1,2\n")
    for asks in (lambda: reader_for(given), lambda: read_tables(reader, given)):
        with pytest.raises(UnreadableValue, match=r"^figures\.csv > Sheet 1 > B2: a cell is wrong"):
            asks()


def test_what_a_message_repeats_of_a_file_is_bounded() -> None:
    error = WorkforceError("a\rproblem", file="x" * 500, expected="e" * 40_000, found="1,2\r" * 10_000)
    assert len(str(error)) < 3 * LONGEST + 500
    assert "(40,000 characters in all)" in str(error)
    assert "\r" not in str(error)


@pytest.mark.parametrize("content", [b'"a\n', b'""x"\n', b"\xfe\xff\xfe\xff"])
def test_text_in_which_polars_finds_no_record_has_no_columns(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.csv").write_bytes(content)
    assert PublishedFile(tmp_path / "a.csv", "a.csv").columns == []
