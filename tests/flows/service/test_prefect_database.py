"""The prepared database is the one that Prefect's own migrations make, and stands aside for any other."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from flows.service import prefect_database
from flows.service.prefect_database import SCHEMA, migrated_schema, prepare_database


def address(home: Path) -> str:
    return f"sqlite+aiosqlite:///{home}/prefect.db"


def lines(schema: str) -> list[str]:
    """The lines without their order: indexes and constraints come from sets, in another order each time."""
    return sorted(line.rstrip(",") for line in schema.splitlines())


@pytest.mark.slow
def test_it_is_what_prefects_migrations_make() -> None:
    assert lines(SCHEMA.read_text(encoding="utf-8")) == lines(migrated_schema())


def test_a_new_folder_gets_a_database_without_rows(tmp_path: Path) -> None:
    assert prepare_database(tmp_path / "prefect", address(tmp_path / "prefect"))
    with closing(sqlite3.connect(tmp_path / "prefect" / "prefect.db")) as connection:
        assert connection.execute("SELECT count(*) FROM flow_run").fetchall() == [(0,)]
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchall() == [(1,)]
    assert [path.name for path in (tmp_path / "prefect").iterdir()] == ["prefect.db"]


def test_a_database_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "prefect.db").write_bytes(b"used")
    assert not prepare_database(tmp_path, address(tmp_path))
    assert (tmp_path / "prefect.db").read_bytes() == b"used"


def test_another_version_of_prefect_migrates_as_usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefect_database, "version", lambda name: "99.0")
    assert not prepare_database(tmp_path, address(tmp_path))
    assert not (tmp_path / "prefect.db").exists()


def test_a_database_that_is_set_up_elsewhere_is_left_alone(tmp_path: Path) -> None:
    assert not prepare_database(tmp_path, "postgresql+asyncpg://prefect@localhost/prefect")
    assert list(tmp_path.iterdir()) == []
