"""Records of a CSV: numbers of records, places of columns, and the bytes publishers really send."""

from __future__ import annotations

import gzip
from contextlib import suppress
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.errors import LayoutChanged, NotWhatItClaims
from transforms.published_file import PublishedFile
from transforms.reading import records
from transforms.reading.records import as_number, melt_records, read_records, require_headings
from transforms.reading.text import separator_of


def test_a_record_with_line_breaks_in_quotes_is_one_record() -> None:
    frame = read_records(b'name,n\n"one\ntwo",1\nthree,2\n')
    assert frame.rows() == [(2, "one\ntwo", "1"), (3, "three", "2")]


def test_blank_lines_are_counted_and_left_out() -> None:
    assert read_records(b"a,b\n1,2\n\n3,4\n")["source_row"].to_list() == [2, 4]


def test_byte_order_mark_and_crlf_leave_no_trace() -> None:
    frame = read_records(b"\xef\xbb\xbfa,b\r\n1,2\r\n")
    assert frame.columns == ["source_row", "a", "b"]
    assert frame.rows() == [(2, "1", "2")]


def test_nul_bytes_are_dropped_but_not_out_of_a_number() -> None:
    assert read_records(b"a,b\n12\x00,\x00\n\x00x\x00y,4\n").rows() == [(2, "12", None), (3, "xy", "4")]
    with pytest.raises(NotWhatItClaims, match="there is a NUL byte inside a number") as stopped:
        read_records(b"a,b\n1,2\n1\x002,3\n", file="x.csv")
    assert stopped.value.cell == "line 3"


def test_a_gzipped_file_is_read_like_a_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "list.csv.gz"
    path.write_bytes(gzip.compress(b"a,b\n1,2\n", mtime=0))
    assert read_records(PublishedFile(path, "list.csv.gz")).rows() == [(2, "1", "2")]


def test_windows_1252_is_read_where_the_bytes_are_no_utf8() -> None:
    assert read_records(b"name,n\nGuy\x92s,1\n")["name"][0] == "Guy’s"


def test_a_file_without_headings_takes_given_names_and_counts_from_one() -> None:
    frame = read_records(b'"RJ1","GUY\'S"\n"RJ2","LEWISHAM"\n', columns=["org_code", "name"])
    assert frame.rows() == [(1, "RJ1", "GUY'S"), (2, "RJ2", "LEWISHAM")]


def test_melting_keeps_each_figures_place_in_the_file() -> None:
    long = melt_records(read_records(b"org,HC,note,FTE\nRJ1,3,x,2.5\n"), {"HC": "headcount", "FTE": "fte"})
    assert long.select("source_row", "org", "note", "column", "printed", "number", "source_column").rows() == [
        (2, "RJ1", "x", "headcount", "3", 3.0, 2),
        (2, "RJ1", "x", "fte", "2.5", 2.5, 4),
    ]


def test_melting_may_leave_out_blanks() -> None:
    frame = read_records(b"org,a,b\nRJ1,3,\n")
    assert melt_records(frame, ["a", "b"], keep_blank=False).height == 1
    assert melt_records(frame, ["a", "b"]).height == 2


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        (b"a,b\n1,2,3\n", LayoutChanged, "3 fields in record 2"),
        (b"a,a\n1,2\n", LayoutChanged, "a heading of its own"),
        (b"a,\n1,2\n", LayoutChanged, "(blank)"),
        (b'a,b\n"1,2\n', LayoutChanged, "cannot be read as a table"),
        (b"a,b,c\n1,2,3\n4,5", NotWhatItClaims, "ends in the middle of a record"),
        (b"", NotWhatItClaims, "an empty file"),
        (b"<!DOCTYPE html><html>", NotWhatItClaims, "not a CSV file"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], NotWhatItClaims, "cut off or damaged"),
    ],
)
def test_broken_records_stop_with_a_sentence(content: bytes, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as raised:
        read_records(content, file="broken.csv")
    assert says in str(raised.value)
    assert str(raised.value).startswith("broken.csv")


def test_a_record_with_too_many_fields_is_named() -> None:
    with pytest.raises(LayoutChanged) as stopped:
        read_records(b"a,b\n1,2\n1,2,3\n", file="x.csv")
    assert (stopped.value.cell, stopped.value.found) == ("row 3", "3 fields in record 3")


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,\u2019\n".encode("utf-16"),
        b"\xfe\xff" + "a,b\r\n1,\u2019\r\n".encode("utf-16-be"),
        b"a,b\r1,\x92\r",
        b"a;b\n1;\x92\n",
        b"a\tb\n1\t\x92\n",
    ],
    ids=["UTF-16, little endian", "UTF-16, big endian", "carriage returns alone", "semicolons", "tabs"],
)
def test_odd_text_reads_the_same(content: bytes, tmp_path: Path) -> None:
    assert read_records(content).rows() == [(2, "1", "’")]
    path = tmp_path / "x.csv"
    path.write_bytes(content)
    assert (PublishedFile(path, "x.csv").kind, PublishedFile(path, "x.csv").columns) == ("text", ["a", "b"])


def test_a_decimal_comma_is_no_number() -> None:
    assert melt_records(read_records(b"a;b\nx;1,5\n"), ["b"])["number"].to_list() == [None]


def test_unknown_columns_are_told_of_and_stop_nothing() -> None:
    assert [part.name for part in require_headings(read_records(b"a,c,b\n1,2,3\n"), ["a", "b"])] == ["c"]


def test_missing_and_unknown_headings_are_both_named() -> None:
    with pytest.raises(LayoutChanged) as raised:
        require_headings(read_records(b"a,c\n1,2\n"), ["a", "b"], file="x.csv")
    assert "missing: b; unknown: c" in str(raised.value)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_back_exactly(number: float) -> None:
    assert pl.select(as_number(pl.lit(repr(number)))).item() == number


@pytest.mark.parametrize("text", ["", "inf", "nan", "NaN", "1,234", "12%", "1 2", "*", "-", "0x1f", "1e", "٣", "true"])
def test_what_is_no_number_becomes_none(text: str) -> None:
    assert pl.select(as_number(pl.lit(text))).item() is None


@pytest.mark.parametrize("content", [b"a," + b"x" * 200_000 + b"\n1,2\n", b"a,b\n1," + b"x" * 200_000])
def test_a_field_longer_than_python_reads_is_read_or_refused(content: bytes) -> None:
    with suppress(NotWhatItClaims):
        assert read_records(content).height == 1


def test_a_file_of_more_fields_or_bytes_than_memory_is_for_is_refused_before_it_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(records, "MOST_FIELDS", 1_000)
    with pytest.raises(NotWhatItClaims, match="101 lines and 11 columns"):
        read_records(b"a,b,c,d,e,f,g,h,i,j,k\n" + b"1\n" * 99)
    monkeypatch.setattr(records, "MOST_BYTES", 1_000)
    with pytest.raises(NotWhatItClaims, match="more than 1,000 bytes"):
        read_records(gzip.compress(b"a,b\n" + b"1,2\n" * 1_000), file="a.csv.gz")


def test_a_carriage_return_inside_the_first_line_does_not_hide_the_separator() -> None:
    assert separator_of(b"a;b\rc;d\n1;2\n") == ";"
