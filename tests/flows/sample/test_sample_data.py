"""The sample's data: it is what `tests.sample_maker` writes, and the server answers every address of it."""

from __future__ import annotations

import json
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import requests

from flows.sample import is_in_the_sample, sample_registered, sample_server
from tests.sample_maker import REGISTERED, sample_site
from tests.sample_maker.data import sample_data, write
from transforms.series import SeriesId

SAMPLE = Path(__file__).resolve().parents[3] / "flows" / "sample"
INDEX = json.loads((SAMPLE / "index.json").read_text(encoding="utf-8"))
WRITE_AGAIN = "`python -m tests.sample_maker` writes the sample again; commit it if the difference is meant"
ZLIB = "1.2.13"
"""What the sample is compressed with. Another version may make other bytes of the same content."""
LARGEST_BYTES = 2_000_000
"""Of the whole sample: it is part of the repository and of the wheel."""


def committed() -> dict[str, bytes]:
    """The sample's data by its path below `flows/sample`."""
    paths = [SAMPLE / "index.json", *(path for path in (SAMPLE / "publishers").rglob("*") if path.is_file())]
    return {path.relative_to(SAMPLE).as_posix(): path.read_bytes() for path in paths}


def unpacked(name: str, content: bytes) -> Any:
    """A file's content; of a workbook or a zip, its members before compression, in their order and with their dates."""
    if not name.endswith((".zip", ".xlsx")):
        return content
    with zipfile.ZipFile(BytesIO(content)) as archive:
        members = [(item.filename, item.date_time, archive.read(item)) for item in archive.infolist()]
    return [(member, written_on, unpacked(member, inside)) for member, written_on, inside in members]


def test_the_sample_is_byte_for_byte_what_the_maker_writes() -> None:
    if zlib.ZLIB_RUNTIME_VERSION != ZLIB:
        pytest.skip(f"the sample is compressed with zlib {ZLIB}; here is {zlib.ZLIB_RUNTIME_VERSION}")
    there, written = committed(), sample_data()
    assert set(there) == set(written), WRITE_AGAIN
    assert [path for path in there if there[path] != written[path]] == [], WRITE_AGAIN


def test_every_file_of_the_sample_holds_what_the_maker_writes_whatever_zlib_compresses_it() -> None:
    there, written = committed(), sample_data()
    files = [each["file"] for each in INDEX["resources"] if "download_as" in each]
    assert len(files) == 24
    assert set(there) == set(written), WRITE_AGAIN
    assert [path for path in files if unpacked(path, there[path]) != unpacked(path, written[path])] == [], WRITE_AGAIN


def test_the_maker_makes_the_same_bytes_again() -> None:
    first = sample_data()
    sample_site.cache_clear()
    assert sample_data() == first


def test_writing_replaces_the_files_of_before(tmp_path: Path) -> None:
    old = tmp_path / "publishers" / "example.org" / "old.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    write({"index.json": b"{}", "publishers/example.org/new.html": b"new"}, tmp_path)
    assert not old.exists()
    assert (tmp_path / "publishers" / "example.org" / "new.html").read_bytes() == b"new"


def test_the_sample_is_small() -> None:
    assert sum(map(len, committed().values())) < LARGEST_BYTES


def test_every_page_says_that_its_figures_are_illustrative() -> None:
    pages = {path: content for path, content in committed().items() if path.endswith(".html")}
    assert len(pages) == 19
    assert [path for path, content in pages.items() if b"<p>Illustrative figures of the sample" not in content] == []


def test_the_index_lists_every_file_once() -> None:
    listed = [each["file"] for each in INDEX["resources"]]
    assert sorted(["index.json", *listed]) == sorted(committed())


def test_the_server_answers_every_address_with_its_file_and_says_when_it_has_not_changed() -> None:
    with sample_server() as server:
        for each in INDEX["resources"]:
            address = each["address"].replace("https:/", server.base)
            got = requests.get(address, timeout=10)
            assert got.content == (SAMPLE / each["file"]).read_bytes(), address
            assert got.headers["Content-Type"] == each["media_type"]
            assert got.headers["Last-Modified"] == each["last_modified"]
            assert ("Content-Disposition" in got.headers) == ("download_as" in each)
            again = requests.get(address, headers={"If-None-Match": got.headers["ETag"]}, timeout=10)
            assert (again.status_code, again.content) == (304, b"")
        assert requests.get(f"{server.base}/example.org/", timeout=10).status_code == 404


def test_a_series_is_in_the_sample_where_the_maker_has_it() -> None:
    assert {series for series in SeriesId if is_in_the_sample(series)} == {each.series for each in sample_site()}


def test_every_registered_address_is_served() -> None:
    assert {series: sample_registered(series) for series in SeriesId if sample_registered(series)} == REGISTERED
    offered = {each["address"] for each in INDEX["resources"]}
    assert {each.address for known in REGISTERED.values() for each in known} <= offered
