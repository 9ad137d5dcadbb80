"""What a file is, from its first bytes: whatever stands in a folder can be asked without an accident."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from transforms.errors import NotWhatItClaims, UnknownFile
from transforms.series import reader_for
from transforms.sources import PublishedFile


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
