"""Cells that would take more memory than there is, however a workbook names them."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from transforms.errors import NotWhatItClaims
from transforms.opening import sheet_size, zips
from transforms.opening.sheet_size import MOST_CELLS, refuse_huge_sheets
from transforms.opening.zips import opened_member, opened_zip


def book(tmp_path: Path, cells: bytes, member: str = "xl/worksheets/sheet1.xml") -> Path:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(member, b"<worksheet><sheetData>" + cells + b"</sheetData></worksheet>")
    return path


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r='1048576'><c r='xfd1048576'><v>1</v></c></row>",
        b'<x:row r="9"><x:c s="1"  r = "XFD1048576" ><v>1</v></x:c></x:row>',
        b'<row r="1"><c r="A4294967295"><v>1</v></c></row>',
        b'<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>',
        b'<row r="9999999999"><c><v>1</v></c></row>',
        b"<row>" + b"<c/>" * 20_000 + b"<c><v>1</v></c></row>" + b"<row><c><v>1</v></c></row>" * 600,
    ],
    ids=range(7),
)
def test_a_cell_far_away_is_refused_however_it_is_named(tmp_path: Path, cells: bytes) -> None:
    with pytest.raises(NotWhatItClaims, match="too large to be read"):
        refuse_huge_sheets(book(tmp_path, cells), "a.xlsx")


@pytest.mark.parametrize("member", ["xl/worksheets/sheet1.xml", "xl/other.bin", "far/away"])
def test_a_sheet_is_found_under_any_name(tmp_path: Path, member: str) -> None:
    path = book(tmp_path, b'<row r="1"><c r="XFD1048576"><v>1</v></c></row>', member)
    with pytest.raises(NotWhatItClaims, match="too large to be read") as refused:
        refuse_huge_sheets(path, "a.xlsx")
    assert (refused.value.sheet, refused.value.cell) == (member, "XFD1048576")


@pytest.mark.parametrize(
    "cells",
    [
        b'<row r="1"><c x="<" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c x=">" r="XFD1048576"><v>1</v></c></row>',
        b'<row r="1"><c ' + b" " * 9_000_000 + b'r="XFD1048576"><v>1</v></c></row>',
        b"<row><c " * 200_000,
    ],
    ids=range(4),
)
def test_a_tag_in_which_another_cell_could_be_found_is_refused(tmp_path: Path, cells: bytes) -> None:
    with pytest.raises(NotWhatItClaims, match="damaged"):
        refuse_huge_sheets(book(tmp_path, cells), "a.xlsx")


def test_more_cells_without_names_than_a_table_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_size, "MOST_UNUSUAL", 1_000)
    with pytest.raises(NotWhatItClaims, match="cells and rows without names"):
        refuse_huge_sheets(book(tmp_path, b"<row><c/></row>" * 600), "a.xlsx")


def test_a_workbook_of_too_many_bytes_is_refused_before_it_is_searched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheet_size, "MOST_UNPACKED", 10)
    monkeypatch.setattr(sheet_size, "_size", None)
    with pytest.raises(NotWhatItClaims, match="too large to be read"):
        refuse_huge_sheets(book(tmp_path, b""), "a.xlsx")


def test_sheets_are_counted_together(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    row = MOST_CELLS // 100 * 6 // 10
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(2):
            archive.writestr(f"xl/worksheets/{number}.xml", b'<sheetData><c r="CV%d"><v>1</v></c>' % row)
    with pytest.raises(NotWhatItClaims, match="too large to be read"):
        refuse_huge_sheets(path, "a.xlsx")


def test_tables_of_usual_size_pass_in_any_notation(tmp_path: Path) -> None:
    rows = b"".join(b"<row><c><v>1</v></c><c s='3' /></row>" for _ in range(2_000))
    refuse_huge_sheets(book(tmp_path, rows + b'<row r="3000"><c r="AZ3000" t="s"><v>0</v></c></row>'), "a.xlsx")


def test_a_directory_of_too_many_members_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = book(tmp_path, b"")
    monkeypatch.setattr(zips, "LONGEST_DIRECTORY", 20)
    monkeypatch.setattr(zipfile, "ZipFile", None)
    with pytest.raises(NotWhatItClaims, match="too many members"), opened_zip(path, "a.xlsx"):
        pass


def test_a_member_without_a_name_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path, b"", "a")
    name_of_one = b"\x01\x00\x00\x00"
    content = path.read_bytes()
    directory = content.index(b"PK\x01\x02")
    assert content[directory + 28 : directory + 32] == name_of_one
    # The letter of the name becomes an extra field, so that all lengths fit.
    path.write_bytes(content[: directory + 28] + b"\x00\x00\x00\x00\x01\x00" + content[directory + 34 :])
    with pytest.raises(NotWhatItClaims), opened_zip(path, "a.zip") as archive:
        archive.infolist()[0].is_dir()


def test_a_member_whose_own_header_has_a_name_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path, b"", "\u00e9.csv")
    content = path.read_bytes()
    name = "\u00e9".encode()
    path.write_bytes(content.replace(name, b"\x96\x96", 1))
    with (
        pytest.raises(NotWhatItClaims, match="damaged"),
        opened_zip(path, "a.zip") as archive,
        opened_member(archive, "\u00e9.csv", "a.zip"),
    ):
        pass
