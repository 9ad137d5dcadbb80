"""The prepared database is the one that Prefect's own migrations make, and stands aside for any other."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from flows.service import prefect_database
from flows.service.prefect_database import SCHEMA, migrated_schema, prepare_database
from tests.environment import without_prefect


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


WRITES = """
import asyncio, sys
from pathlib import Path

import sqlalchemy as sa
from prefect.server.database import provide_database_interface

from flows.service.prefect_database import let_writes_wait, prepare_database

home = Path(sys.argv[1])
assert prepare_database(home, f"sqlite+aiosqlite:///{home}/prefect.db")
if sys.argv[2] == "waiting":
    let_writes_wait()
db = provide_database_interface()
INSERT = sa.text("INSERT INTO flow (id, name, tags, labels) VALUES (:id, :id, '[]', '{}')")


async def read_then_write(number: int) -> None:
    async with db.session_context(begin_transaction=True) as session:
        (await session.execute(sa.text("SELECT count(*) FROM flow"))).all()
        await asyncio.sleep(float(sys.argv[3]))
        await session.execute(INSERT, {"id": f"00000000-0000-4000-8000-{number:012}"})


async def main() -> None:
    done = await asyncio.gather(*(read_then_write(number) for number in range(4)), return_exceptions=True)
    print(sum(each is None for each in done), any("database is locked" in str(each) for each in done))


asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.parametrize(("way", "seconds", "said"), [("waiting", "0.1", "4 False"), ("as Prefect does", "2", "True")])
def test_transactions_that_read_and_then_write_wait_for_each_other(
    tmp_path: Path, way: str, seconds: str, said: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITES, str(tmp_path / "prefect"), way, seconds],
        env=without_prefect(os.environ) | {"PREFECT_HOME": str(tmp_path / "prefect")},
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[3],
        check=False,
    )
    assert done.stdout.strip().endswith(said), done.stdout + done.stderr
