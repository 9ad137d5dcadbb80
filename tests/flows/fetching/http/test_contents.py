"""Bytes against the name they come under, and zips that are not safe to open."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest

from flows.errors import AddressRefused, Blocked, UnsafeZip
from flows.fetching.http import SizeLimits
from flows.fetching.http.addresses import check_address, check_peer, file_name
from flows.fetching.http.contents import check_content
from tests.flows.stand_in import CHALLENGE, xlsx, zipped
from transforms.errors import NotWhatItClaims

XLS = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


def check(tmp_path, name: str, content: bytes, limits: SizeLimits | None = None) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    check_content(path, name, "https://files.digital.nhs.uk/x", limits or SizeLimits())


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", xlsx()),
        ("a.XLSX", xlsx()),
        ("a.xls", XLS),
        ("a.zip", zipped({"Core 1.csv": b"ORG_CODE,FTE\nR1A,1\n", "notes/Core 0.xlsx": xlsx()})),
        ("etr.csv", b'"R0A","MANCHESTER UNIVERSITY NHS FOUNDATION TRUST"\r\n'),
    ],
)
def test_sound_files_pass(tmp_path, name, content):
    check(tmp_path, name, content)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", zipped({"Core 1.csv": b"a,b"})),
        ("a.xlsx", XLS),
        ("a.xls", xlsx()),
        ("a.zip", xlsx()),
        ("a.zip", b"a,b\n1,2\n"),
        ("a.csv", zipped({"a": b"a"})),
        ("a.csv", b"<!DOCTYPE html><p>Not found"),
        ("a.csv", b"%PDF-1.7"),
        ("a.csv", b""),
        ("a.docx", xlsx()),
        ("a", b"a,b"),
        ("a.xlsx", xlsx()[:-400]),
    ],
)
def test_files_of_another_kind_than_their_name_says_are_refused(tmp_path, name, content):
    with pytest.raises(NotWhatItClaims):
        check(tmp_path, name, content)


@pytest.mark.parametrize("name", ["nhs_trusts_latest.zip", "a.xlsx", "a.csv"])
def test_a_challenge_page_saved_under_a_files_name_is_blocked(tmp_path, name):
    with pytest.raises(Blocked):
        check(tmp_path, name, CHALLENGE)


@pytest.mark.parametrize("member", ["../x.csv", "a/../../x.csv", "/etc/x.csv", "..\\x.csv", "C:\\x.csv", "C:x.csv"])
def test_a_member_that_leads_outside_is_refused(tmp_path, member):
    with pytest.raises(UnsafeZip, match="leads outside"):
        check(tmp_path, "a.zip", zipped({member: b"1"}))


def test_a_link_in_a_zip_is_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        link = zipfile.ZipInfo("figures.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(UnsafeZip, match="is a link"):
        check(tmp_path, "a.zip", stream.getvalue())


@pytest.mark.parametrize(
    ("limits", "words"),
    [(SizeLimits(zip_members=2), "3 members"), (SizeLimits(zip_bytes=10), "unpacks to 30 bytes")],
)
def test_a_zip_beyond_the_limits_is_refused(tmp_path, limits, words):
    with pytest.raises(UnsafeZip, match=words):
        check(tmp_path, "a.zip", zipped({f"{n}.csv": b"x" * 10 for n in range(3)}), limits)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_refused(tmp_path):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("a.csv", "1")
        archive.writestr("a.csv", "2")
    with pytest.raises(UnsafeZip, match="the same name"):
        check(tmp_path, "a.zip", stream.getvalue())


def test_a_member_that_unpacks_to_more_than_it_declares_is_refused(tmp_path):
    content = bytearray(zipped({"a.csv": b"x" * 100_000}))
    declared = (100_000).to_bytes(4, "little")
    assert content.count(declared) == 2
    content = content.replace(declared, (100).to_bytes(4, "little"))
    with pytest.raises(NotWhatItClaims, match="damaged"):
        check(tmp_path, "a.zip", bytes(content))


def test_a_damaged_member_is_refused(tmp_path):
    content = bytearray(zipped({"a.csv": bytes(range(256)) * 8}))
    content[60] ^= 0xFF
    with pytest.raises(NotWhatItClaims, match="damaged"):
        check(tmp_path, "a.zip", bytes(content))


def test_a_gzip_that_unpacks_to_too_much_or_is_cut_off_is_refused(tmp_path):
    with pytest.raises(UnsafeZip, match="unpacks to more than"):
        check(tmp_path, "etrust.csv.gz", gzip.compress(bytes(30_000_000)))
    with pytest.raises(NotWhatItClaims, match="cannot be unpacked"):
        check(tmp_path, "etrust.csv.gz", gzip.compress(b"RJ1,A TRUST\n" * 100)[:-8])
    check(tmp_path, "etrust.csv.gz", gzip.compress(b"RJ1,A TRUST\n" * 100))


@pytest.mark.parametrize("peer", ["127.0.0.1", "10.1.2.3", "192.168.0.1", "169.254.169.254", "::1", "fe80::1%eth0"])
def test_private_machines_are_no_publishers(peer):
    with pytest.raises(AddressRefused):
        check_peer("digital.nhs.uk", peer)


def test_public_machines_may_be_publishers():
    check_peer("digital.nhs.uk", "104.18.0.1")


def test_an_address_on_the_list_gives_its_host():
    assert check_address("https://Files.Digital.NHS.uk/B8/a.xlsx", {"files.digital.nhs.uk"}) == "files.digital.nhs.uk"


def test_a_files_name_is_read_decoded():
    address = "https://files.digital.nhs.uk/76/EEDF5D/NHS%20Workforce%20Statistics%2C%20August%202025%20csv%20files.zip"
    assert file_name(address) == "NHS Workforce Statistics, August 2025 csv files.zip"


def far_cell() -> bytes:
    sheet = b'<sheetData><row><c r="A1"><v>1</v></c></row><row><c s="1" r="XFD1048576"><v>1</v></c></row></sheetData>'
    return zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": sheet})


@pytest.mark.parametrize(("name", "content"), [("a.xlsx", far_cell()), ("a.zip", zipped({"b.xlsx": far_cell()}))])
def test_a_sheet_that_would_not_fit_into_memory_is_refused_with_its_cell(tmp_path, name, content):
    with pytest.raises(NotWhatItClaims, match="too large to be read") as refused:
        check(tmp_path, name, content)
    assert refused.value.cell == "XFD1048576"


def test_far_cells_with_a_format_only_and_long_tables_pass(tmp_path):
    rows = b"".join(b'<row><c r="A%d"><v>1</v></c></row>' % number for number in range(1, 120_000, 7))
    sheet = b'<sheetData><row><c r="XFD1" s="3"/></row>' + rows + b"</sheetData>"
    check(tmp_path, "a.xlsx", zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": sheet}))


def test_a_bomb_in_a_workbook_in_a_zip_is_refused(tmp_path):
    inner = zipped({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": b" " * 30_000_000})
    with pytest.raises(UnsafeZip, match="unpacks"):
        check(tmp_path, "a.zip", zipped({"b.xlsx": inner}))


def test_a_member_that_is_only_called_a_workbook_stops_nothing(tmp_path):
    check(tmp_path, "a.zip", zipped({"notes.xlsx": b"PK\x03\x04 ", "Core 1.csv": b"ORG_CODE\nRJ1\n"}))
