"""A DuckLake lakehouse with the tables of each release: one snapshot per release, so that any of them can be queried.

The catalogue is a database (PostgreSQL, or one file), the data are Parquet files in a folder or a bucket:

    WORKFORCE_LAKE=ducklake:postgres:dbname=lake host=db.example.org
    WORKFORCE_LAKE_DATA=s3://bucket/lake

Written are the tables and views of the warehouse that may be passed on. Of tables of figures only the editions that
differ from those in the lakehouse are written, of other tables those that differ. A digest of each part is kept beside
them in `lakehouse.part`, so that nothing is read back to compare.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import duckdb

from flows.errors import StorageFailed, WrongRequest
from flows.settings import Settings
from warehouse.publish import Release
from warehouse.sql import comment, quoted

LAKE = "lake"
RELEASE = "release"
PARTS = f"{LAKE}.lakehouse.part"
UNUSED_FILES_KEPT = timedelta(days=1)
"""How long files of expired snapshots stay for readers who began before."""
_EXTENSION_OF = {"postgres": "postgres_scanner", "s3": "httpfs"}


@dataclass(frozen=True)
class LakeResult:
    """What a publication wrote: its snapshot (None where the lakehouse had the release), tables and rows."""

    snapshot: int | None
    tables: int = 0
    rows: int = 0


@dataclass(frozen=True)
class Part:
    """A part of a table with a digest of its rows: an edition of a series, or the whole table ('' and '')."""

    table: str
    series: str
    edition: str
    digest: str
    rows: int


def publish_to_lake(release: Release, settings: Settings) -> LakeResult:
    """Write the public tables of a release to the lakehouse of the settings, as one snapshot in one transaction.

    Snapshots older than the newest `keep_releases` are expired. Nothing is done where the newest snapshot is of this
    release. Raises `StorageFailed` where the catalogue or the data cannot be written; the lakehouse is then as before.
    """
    with _lake(settings) as con:
        if release.release_id in (name for _, name in snapshots(con)[-1:]):
            return LakeResult(None)
        con.execute(f"ATTACH {quoted(str(release.public))} AS {RELEASE} (READ_ONLY)")
        con.begin()
        try:
            result = _write(con)
            con.execute(
                f"CALL {LAKE}.set_commit_message('NHS Workforce', {quoted(f'Release {release.release_id}')}, "
                f"extra_info => {quoted(json.dumps({'release': release.release_id}))})"
            )
            con.commit()
        except duckdb.Error:
            con.rollback()
            raise
        _tidy(con, settings.keep_releases)
        return LakeResult(snapshots(con)[-1][0], *result)


def snapshots(con: duckdb.DuckDBPyConnection) -> list[tuple[int, str]]:
    """Snapshot and release id of each release in the attached lakehouse, oldest first."""
    found = con.execute(
        f"SELECT snapshot_id, commit_extra_info FROM {LAKE}.snapshots() "
        "WHERE commit_extra_info IS NOT NULL ORDER BY snapshot_id"
    ).fetchall()
    return [(number, json.loads(about)["release"]) for number, about in found]


@contextmanager
def _lake(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with the lakehouse attached for writing. DuckDB's errors in it become `StorageFailed`."""
    address = settings.lake
    with duckdb.connect() as con:
        con.execute("SET enable_progress_bar = false")
        try:
            attach(con, settings)
            yield con
        except duckdb.Error as error:
            raise StorageFailed(
                "the lakehouse could not be read or written",
                file=_without_password(address),
                found=_without_password(" ".join(str(error).split()))[:300],
                do="check WORKFORCE_LAKE, WORKFORCE_LAKE_DATA and the credentials, and run `workforce publish`: "
                "the release itself is published, and the lakehouse is as before",
            ) from None  # DuckDB's text quotes the address with its password.


def attach(con: duckdb.DuckDBPyConnection, settings: Settings, *, read_only: bool = False) -> None:
    """Attach the lakehouse of the settings as `lake`. Raises `WrongRequest` where their address is no catalogue."""
    address = settings.lake
    if not address.startswith("ducklake:"):
        raise WrongRequest(
            "WORKFORCE_LAKE is not the address of a DuckLake catalogue",
            expected="ducklake:postgres:dbname=… host=…, or ducklake:/folder/lake.ducklake",
            found=repr(_without_password(address)),
            do="correct the setting in the environment or in .env",
        )
    if re.search(r"//[^/\s]*@[^/\s]*@", address):
        # PostgreSQL's library would take what follows the first @ for the host, and name it in its error.
        raise WrongRequest(
            "WORKFORCE_LAKE has an @ too many",
            expected="an @ within the password written as %40",
            found=repr(_without_password(address)),
            do="correct the setting in the environment or in .env",
        )
    used = address + settings.lake_data
    _load(con, "ducklake", *(name for key, name in _EXTENSION_OF.items() if f"{key}:" in used))
    if "s3:" in settings.lake_data:
        con.execute(_s3_secret())
    data = [f"DATA_PATH {quoted(settings.lake_data)}"] if settings.lake_data else []
    options = ", ".join([*data, *(["READ_ONLY"] if read_only else [])])
    con.execute(f"ATTACH {quoted(address)} AS {LAKE}" + (f" ({options})" if options else ""))


def _without_password(text: str) -> str:
    """A text without the passwords of addresses in it: `password=…`, in quotes too, and `//user:…@`."""
    text = re.sub(r"(password\s*=\s*)('(?:\\.|[^'\\])*'|[^\s\"']+)", r"\1***", text, flags=re.IGNORECASE)
    return re.sub(r"(//[^/@\s:]*:)[^\s\"'/]+@", r"\1***@", text)


def _load(con: duckdb.DuckDBPyConnection, *extensions: str) -> None:
    """Load extensions that were installed as Python packages; DuckDB downloads nothing."""
    con.execute("SET autoinstall_known_extensions = false")
    for name in extensions:
        _import_once(name)
        con.execute(f"LOAD {name}")


@cache
def _import_once(name: str) -> None:
    """Let DuckDB find the extension of an installed package. It goes through DuckDB's one connection of the process."""
    try:
        from duckdb_extensions import import_extension
    except ImportError as error:
        raise WrongRequest(
            "WORKFORCE_LAKE is set, and the extensions for a lakehouse are not installed",
            do="install them: pip install 'nhs-workforce[cloud]'",
        ) from error
    import_extension(name)


def _s3_secret() -> str:
    """A secret for S3 from the variables that other S3 clients read (AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID and so on)."""
    endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
    options = {
        "KEY_ID": os.environ.get("AWS_ACCESS_KEY_ID", ""),
        "SECRET": os.environ.get("AWS_SECRET_ACCESS_KEY", ""),
        "SESSION_TOKEN": os.environ.get("AWS_SESSION_TOKEN", ""),
        "REGION": os.environ.get("AWS_REGION", ""),
        "ENDPOINT": endpoint.split("://")[-1].rstrip("/"),
        "URL_STYLE": "path" if endpoint else "",
    }
    listed = ", ".join(f"{name} {quoted(value)}" for name, value in options.items() if value)
    return f"CREATE SECRET (TYPE s3, USE_SSL {str(not endpoint.startswith('http://')).lower()}, {listed})"


def _write(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Bring every table into line with the release. Returns the number of tables and of rows written."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {LAKE}.lakehouse")
    con.execute(
        f"CREATE TABLE IF NOT EXISTS {PARTS} "
        "(table_name VARCHAR, series VARCHAR, edition VARCHAR, digest VARCHAR, row_count BIGINT)"
    )
    before = _parts_in_lake(con)
    tables, there = _tables(con, RELEASE), _tables(con, LAKE)
    written, rows = 0, 0
    for table, columns in tables.items():
        if there.get(table) != columns:
            _create(con, table, columns)
            before.pop(table, None)
        now, then = _parts(con, table, columns), before.get(table, set())
        if now != then:
            _replace(con, table, outdated=then - now, new=now - then)
        if now != then or table not in before:
            written, rows = written + 1, rows + sum(part.rows for part in now - then)
    for gone in sorted(set(before) - set(tables)):
        con.execute(f"DROP TABLE IF EXISTS {LAKE}.{gone}")
        con.execute(f"DELETE FROM {PARTS} WHERE table_name = {quoted(gone)}")
    return written, rows


def _create(con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> None:
    """Create a table without rows, or anew where its columns have changed."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {LAKE}.{table.split('.')[0]}")
    con.execute(f"CREATE OR REPLACE TABLE {LAKE}.{table} AS FROM {RELEASE}.{table} LIMIT 0")
    if _by_edition(table, columns):
        con.execute(f"ALTER TABLE {LAKE}.{table} SET PARTITIONED BY (series)")
    con.execute(f"DELETE FROM {PARTS} WHERE table_name = {quoted(table)}")
    _describe(con, table)


def _replace(con: duckdb.DuckDBPyConnection, table: str, *, outdated: set[Part], new: set[Part]) -> None:
    """Delete the outdated parts of a table, and add the new ones."""
    if outdated:
        con.execute(f"DELETE FROM {LAKE}.{table} WHERE {_any_of(outdated)}")
        con.executemany(
            f"DELETE FROM {PARTS} WHERE table_name = ? AND series = ? AND edition = ?",
            [[part.table, part.series, part.edition] for part in outdated],
        )
    if new:
        con.execute(f"INSERT INTO {LAKE}.{table} FROM {RELEASE}.{table} WHERE {_any_of(new)}")
        con.executemany(f"INSERT INTO {PARTS} VALUES (?, ?, ?, ?, ?)", [list(astuple(part)) for part in new])


def _describe(con: duckdb.DuckDBPyConnection, table: str) -> None:
    """Copy the comments of a table and its columns."""
    schema, name = table.split(".")
    about = con.execute(
        f"""
        SELECT comment FROM duckdb_tables() WHERE database_name = '{RELEASE}' AND schema_name = ? AND table_name = ?
        UNION ALL
        SELECT comment FROM duckdb_views() WHERE database_name = '{RELEASE}' AND schema_name = ? AND view_name = ?
        """,
        [schema, name, schema, name],
    ).fetchall()
    if about and about[0][0]:
        comment(con, f"TABLE {LAKE}.{table}", about[0][0])
    for column, words in con.execute(
        f"SELECT column_name, comment FROM duckdb_columns() WHERE database_name = '{RELEASE}' AND schema_name = ? "
        "AND table_name = ? AND comment IS NOT NULL",
        [schema, name],
    ).fetchall():
        comment(con, f'COLUMN {LAKE}.{table}."{column}"', words)


def _tables(con: duckdb.DuckDBPyConnection, database: str) -> dict[str, tuple[str, ...]]:
    """Name and columns (name and type) of every table and view of a database."""
    rows = con.execute(
        f"""
        SELECT schema_name || '.' || table_name AS name, list(column_name || ' ' || data_type ORDER BY column_index)
        FROM duckdb_columns()
        WHERE database_name = '{database}' AND NOT internal AND schema_name IN ('core', 'marts', 'reference', 'meta')
        GROUP BY name ORDER BY name
        """
    ).fetchall()
    return {name: tuple(columns) for name, columns in rows}


def _by_edition(table: str, columns: tuple[str, ...]) -> bool:
    """Whether the table holds figures of editions that are added and rarely change."""
    return table.startswith("core.") and {"series VARCHAR", "edition VARCHAR"} <= set(columns)


def _parts(con: duckdb.DuckDBPyConnection, table: str, columns: tuple[str, ...]) -> set[Part]:
    """The parts of a table of the release, each with its digest."""
    digest = f"'{duckdb.__version__}:' || count(*) || ':' || coalesce(sum(hash(part)::HUGEINT), 0)"
    if _by_edition(table, columns):
        rows = con.execute(
            f"SELECT series, edition, {digest}, count(*) FROM {RELEASE}.{table} AS part GROUP BY series, edition"
        ).fetchall()
    else:
        rows = con.execute(f"SELECT '', '', {digest}, count(*) FROM {RELEASE}.{table} AS part").fetchall()
    return {Part(table, *row) for row in rows}


def _parts_in_lake(con: duckdb.DuckDBPyConnection) -> dict[str, set[Part]]:
    """The parts that the lakehouse holds, by table."""
    found: dict[str, set[Part]] = {}
    for row in con.execute(f"FROM {PARTS}").fetchall():
        found.setdefault(row[0], set()).add(Part(*row))
    return found


def _any_of(parts: set[Part]) -> str:
    """SQL that is true for the rows of these parts of one table."""
    if any(not part.series for part in parts):
        return "TRUE"
    return " OR ".join(
        f"(series = {quoted(part.series)} AND edition = {quoted(part.edition)})"
        for part in sorted(parts, key=lambda part: (part.series, part.edition))
    )


def _tidy(con: duckdb.DuckDBPyConnection, keep: int) -> None:
    """Expire snapshots older than the newest `keep` releases, merge small files, delete files unused for a day."""
    numbers = [number for number, _ in snapshots(con)]
    if len(numbers) > keep:
        old = con.execute(
            f"SELECT snapshot_id FROM {LAKE}.snapshots() WHERE snapshot_id < ?", [numbers[-keep]]
        ).fetchall()
        listed = ", ".join(str(number) for (number,) in old)
        con.execute(f"CALL ducklake_expire_snapshots('{LAKE}', versions => [{listed}])")
    con.execute(f"CALL ducklake_merge_adjacent_files('{LAKE}')")
    unused_since = (datetime.now(UTC) - UNUSED_FILES_KEPT).isoformat()
    con.execute(f"CALL ducklake_cleanup_old_files('{LAKE}', older_than => TIMESTAMPTZ '{unused_since}')")
