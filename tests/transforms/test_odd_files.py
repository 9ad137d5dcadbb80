"""Odd files, each a published layout changed as a real file was once: read the same, or stopped with a sentence."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import polars as pl
import pytest

from tests.conftest import PUBLISHED
from transforms.errors import WorkforceError
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for

CASES = PUBLISHED.parent / "cases"
EXPECTED = CASES / "EXPECTED.csv"


def cases() -> list[dict[str, str]]:
    if not EXPECTED.is_file():
        return []
    with EXPECTED.open(newline="") as lines:
        return list(csv.DictReader(lines))


BASES = {case["file"].partition("/")[0]: case["file"] for case in cases() if case["outcome"] == "base"}


def meaning(name: str) -> dict[str, pl.DataFrame]:
    """What a file says: its tidy rows by table, without their places in it."""
    path = CASES / name
    file = PublishedFile(path, path.name, hint=path.parent.name)
    reader, _ = reader_for(file)
    return {
        table: frame.select(pl.exclude("source_sheet", "source_row", "source_column")).sort(pl.all())
        for table, frame in read_tables(reader, file).items()
        if table != "unread_part"
    }


base = cache(meaning)


def read_or_stopped(name: str) -> dict[str, pl.DataFrame] | WorkforceError:
    try:
        return meaning(name)
    except WorkforceError as error:
        return error


@pytest.mark.skipif(not EXPECTED.is_file(), reason="the folder of odd files (../shared/cases) is not here")
@pytest.mark.parametrize(
    ("name", "outcome"), [(case["file"], case["outcome"]) for case in cases()] or [("", "")], ids=str
)
def test_an_odd_file_reads_the_same_or_stops_with_a_sentence(name: str, outcome: str) -> None:
    found = read_or_stopped(name)
    if isinstance(found, WorkforceError):
        assert "stop" in outcome, found
        assert str(found).startswith(Path(name).name)
        assert "What to do: " in str(found)
        assert len(str(found)) < 1500
        return
    assert outcome != "stop", "nothing stopped this file"
    if "read" not in outcome.split("|"):
        same = base(BASES[name.partition("/")[0]])
        assert found.keys() == same.keys()
        assert [table for table in found if not found[table].equals(same[table])] == []
