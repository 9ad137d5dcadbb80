"""Builds a candidate warehouse from staged files: core tables with history, reference, marts, and meta tables.

staged Parquet -> meta.source_file, meta.edition -> core.* (corrections applied, a row only where a value changed)
-> reference.* -> marts.* -> a DuckDB file that is checked before it is published.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any

import duckdb
import polars as pl

from transforms.catalogue import Series
from transforms.series import CATALOGUE, TABLES
from transforms.tables import Table
from warehouse.archive import FigureKind, Record
from warehouse.building.additions import grown_tables
from warehouse.building.core_views import drop_core_table
from warehouse.building.history import add_to_core_table, keep_core_table, make_core_table
from warehouse.building.in_place import begun_as_copy, clear
from warehouse.building.marts import build_marts
from warehouse.building.reference import load_reference, show_headlines
from warehouse.building.rejections import take_out
from warehouse.building.reuse import Grown, Reuse, Unchanged, attach, detach, renumbered_tables, unchanged_tables
from warehouse.building.series_facts import count_figures, write_series
from warehouse.paths import open_to_write
from warehouse.staging import StagedFile
from warehouse.threads import GROWTH, limit_memory, limit_threads

Refuse = Callable[[duckdb.DuckDBPyConnection], pl.DataFrame]
"""Returns the rows to remove from the core tables, with the columns that `rejections.take_out` expects."""

KEPT_ONLY = "kept, not read: no reader for this layout yet"
"""Value of meta.unread_part.why for an archived file that the catalogue lists and that has no reader yet."""

CHECKED_WITH = ("great-expectations", "sqlalchemy", "duckdb-engine")
"""Libraries that evaluate rules: another version may give another result."""

META = (files("warehouse") / "meta.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Build:
    """A build: id and time (UTC, ISO 8601), figure kind, code version.

    `fingerprint` is the same for the same inputs and the same code.
    """

    build_id: str
    built_at: str
    figure_kind: FigureKind
    fingerprint: str
    code_version: str


@dataclass(frozen=True)
class Filled:
    """Core tables that equal those of the previous release, and those to which rows were added."""

    unchanged: set[str]
    grown: Grown


def fingerprint(
    staged: Sequence[StagedFile],
    *,
    packages: Sequence[str] = ("transforms", "warehouse"),
    kept: Sequence[Record] = (),
    passed_on: frozenset[str] = frozenset(),
    configuration: str = "",
) -> str:
    """Hash of all inputs of a build: staged files, code and data files of `packages`, versions of libraries.

    Also of the archived files without a reader (`kept`), and of the series that the operator has permission to
    redistribute (`passed_on`), since exports include them, and of the operator's lists (`configuration`: their digest).
    """
    digest = hashlib.sha256(" ".join([duckdb.__version__, *map(version, CHECKED_WITH)]).encode())
    for each in sorted(staged, key=lambda file: (file.record.identity, file.reader)):
        came = f"{each.record.identity} {each.record.published_on} {each.reader}@{each.reader_version}\n"
        digest.update(came.encode())
    for package in packages:
        _add_files(digest, files(package))
    digest.update("".join(f"{identity} kept\n" for identity in sorted(record.identity for record in kept)).encode())
    digest.update("".join(f"{series} passed on\n" for series in sorted(passed_on)).encode())
    if configuration:
        digest.update(f"{configuration} configuration\n".encode())
    return digest.hexdigest()


def build(
    candidate: Path,
    staged: Sequence[StagedFile],
    build_info: Build,
    *,
    catalogue: Collection[Series] = CATALOGUE.values(),
    announced: Mapping[str, date] = MappingProxyType({}),
    kept: Sequence[Record] = (),
    refuse: Refuse | None = None,
    before: Path | None = None,
    corrections: Sequence[Sequence[object]] = (),
) -> frozenset[str]:
    """Write the candidate file. It must not exist yet.

    Returns the names, with schema, of the core tables and marts that have the same rows as in `before`.

    `announced`: the next publication dates that publishers have announced, by series of the `catalogue`. `kept`:
    archived files without a reader. `refuse` returns the rows to remove from the core tables before the marts are
    built. `before`: the warehouse of a release built by the same code, from which unchanged tables are copied.
    `corrections`: the operator's, as `corrections_and_errors` gives them.

    Raises `CorrectionMalformed`, `CorrectionDoesNotApply`, `MartFailed`, and DuckDB's error where the disk is full.
    """
    candidate.parent.mkdir(parents=True, exist_ok=True)
    in_place = begun_as_copy(before, candidate)
    with open_to_write(candidate) as con:
        size = sum(path.stat().st_size for file in staged for path in file.parquet.values())
        limit_threads(con, GROWTH * size)
        limit_memory(con)
        # Few transactions, since each one is synced to disk, and there are thousands of small statements (comments).
        con.execute("SET enable_progress_bar = false")
        if before:
            attach(con, before)
        if in_place:
            clear(con)
        con.begin()
        prepare(con, build_info, corrections)
        filled = fill(con, staged, reuse=before is not None, in_place=in_place)
        unchanged, grown = filled.unchanged, filled.grown
        _note_kept(con, kept)
        write_series(con, catalogue, announced, unchanged=unchanged, grown=grown)
        con.execute("DROP TABLE meta.staged_file")
        con.commit()
        refused = refuse(con) if refuse else pl.DataFrame()
        con.begin()
        if not refused.is_empty():
            take_out(con, refused)
            fewer = {name.removeprefix("core.") for name in refused["table_name"]}
            unchanged -= fewer
            grown = {name: columns for name, columns in grown.items() if name not in fewer}
        count_figures(con, unchanged=unchanged, grown=grown)
        same = {f"core.{name}" for name in unchanged - renumbered_tables(con, unchanged)} if before else set()
        reuse = Reuse(con, same, in_place=in_place, grown=grown) if before else None
        build_marts(con, build_info.figure_kind, reuse=reuse)
        con.commit()
        if before:
            detach(con)
        con.execute("CHECKPOINT")
        return reuse.known_same() if reuse else frozenset()


def prepare(con: duckdb.DuckDBPyConnection, build_info: Build, corrections: Sequence[Sequence[object]] = ()) -> None:
    """Create the schemas, the empty meta tables, and the reference tables with their content."""
    con.execute("CREATE SCHEMA IF NOT EXISTS core; CREATE SCHEMA IF NOT EXISTS marts")
    con.execute("CREATE SCHEMA reference; CREATE SCHEMA meta")
    con.execute(META)
    con.execute("INSERT INTO meta.build VALUES (?, ?, ?, ?, ?)", list(asdict(build_info).values()))
    load_reference(con, corrections)
    show_headlines(con)


def fill(
    con: duckdb.DuckDBPyConnection,
    staged: Sequence[StagedFile],
    tables: Iterable[Table] | None = None,
    *,
    reuse: bool = False,
    in_place: bool = False,
) -> Filled:
    """Record the staged files in meta and create the core tables from them (`tables`; default: all).

    `reuse`: copy unchanged tables from the previous release, which is attached. `in_place`: the file began as a copy
    of it, so that they are there, and those to which new files only add rows.

    Raises `CorrectionDoesNotApply`.
    """
    _note_files(con, staged)
    _note_unread_parts(con, staged)
    same = unchanged_tables(con) if reuse else Unchanged(set(), set())
    kept = same.files - renumbered_tables(con, same.files) if in_place else set()
    grown = grown_tables(con, same.earlier_files - same.files) if in_place else {}
    for table in TABLES.values() if tables is None else tables:
        if table.name in kept:
            keep_core_table(con, table)
            continue
        if table.name in grown:
            add_to_core_table(con, table)
            continue
        if in_place:
            drop_core_table(con, table)
        make_core_table(con, table, unchanged=table.name in same.files)
    return Filled(same.files, grown)


def note_checks(candidate: Path, results: pl.DataFrame, configuration: pl.DataFrame) -> None:
    """Write the results of the checks to meta.check_result, and the lists they used to meta.configuration."""
    with open_to_write(candidate) as con:
        for name, rows in {"check_result": results, "configuration": configuration}.items():
            con.register("rows_to_note", rows.to_arrow())
            con.execute(f"DELETE FROM meta.{name}")
            con.execute(f"INSERT INTO meta.{name} BY NAME FROM rows_to_note")
            con.unregister("rows_to_note")


def _note_files(con: duckdb.DuckDBPyConnection, staged: Sequence[StagedFile]) -> None:
    """Fill meta.source_file, meta.edition and meta.staged_file.

    Files of one edition with the same name and reader are issues of one file; a later issue has a later edition_order.
    """
    con.register("staged_rows", pl.DataFrame([_facts(file) for file in staged], schema=_FACTS).to_arrow())
    con.execute("""
        CREATE TEMP TABLE filed AS
        WITH issues AS (
            SELECT *, dense_rank() OVER (
                PARTITION BY series, edition, reader, file_name ORDER BY retrieved_at, file_sha256
            )::INTEGER AS issue
            FROM staged_rows
        )
        SELECT *, dense_rank() OVER (PARTITION BY series ORDER BY edition, issue)::INTEGER AS edition_order
        FROM issues
    """)
    con.unregister("staged_rows")
    con.execute("""
        INSERT INTO meta.source_file BY NAME
        SELECT * EXCLUDE (title, published_on, coverage_end, kind_of_statistics, key_facts, issue, tables)
        FROM filed
        ORDER BY series, edition_order, file_name
    """)
    con.execute("""
        INSERT INTO meta.edition BY NAME
        SELECT
            series, edition, edition_order, issue, max(title) AS title,
            max(try_cast(published_on AS DATE)) AS published_on,
            coalesce(max(try_cast(published_on AS DATE)), min(retrieved_at::TIMESTAMPTZ)::DATE) AS available_from,
            max(try_cast(coverage_end AS DATE)) AS coverage_end,
            max(kind_of_statistics) AS kind_of_statistics, max(key_facts) AS key_facts
        FROM filed
        GROUP BY ALL
        ORDER BY series, edition_order
    """)
    con.execute("""
        INSERT INTO meta.staged_file BY NAME
        SELECT
            part.parquet, part.table_name, filed.series, filed.edition, filed.file_sha256, filed.edition_order,
            filed.issue, filed.retrieved_at AS issued, filed.reader, filed.file_name
        FROM filed, unnest(filed.tables) AS each (part)
    """)
    con.execute("DROP TABLE filed")


def _note_unread_parts(con: duckdb.DuckDBPyConnection, staged: Sequence[StagedFile]) -> None:
    """Fill meta.unread_part: the parts of each file that are not read."""
    facts = (
        file.unread.select(
            pl.lit(file.edition.series).alias("series"),
            pl.lit(file.edition.edition).alias("edition"),
            pl.lit(file.record.file_name).alias("file_name"),
            pl.lit(file.record.sha256).alias("file_sha256"),
            pl.all(),
        )
        for file in staged
        if file.unread.height
    )
    if frames := list(facts):
        con.register("unread", pl.concat(frames).to_arrow())
        con.execute("INSERT INTO meta.unread_part BY NAME FROM unread ORDER BY series, edition, file_name")
        con.unregister("unread")


def _note_kept(con: duckdb.DuckDBPyConnection, kept: Sequence[Record]) -> None:
    """Add the archived files without a reader to meta.unread_part."""
    rows = [
        (each.series, each.edition, each.file_name, each.sha256, "file", "", each.file_name, KEPT_ONLY, True)
        for each in sorted(kept, key=lambda record: (record.series, record.edition, record.file_name))
    ]
    if rows:
        con.executemany("INSERT INTO meta.unread_part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _facts(file: StagedFile) -> dict[str, object]:
    """One row for meta.source_file and meta.edition: edition from the file itself, provenance from its record."""
    record = file.record
    return {
        "series": file.edition.series,
        "edition": file.edition.edition,
        "title": file.edition.title,
        "coverage_end": file.edition.coverage_end,
        "file_sha256": record.sha256,
        "reader": file.reader,
        "reader_version": file.reader_version,
        "tables": [{"table_name": table, "parquet": str(path)} for table, path in file.parquet.items()],
    } | {name: getattr(record, name) for name in _AS_RECORDED}


_AS_RECORDED = (
    "file_name",
    "publisher",
    "address",
    "page",
    "size_bytes",
    "media_type",
    "retrieved_at",
    "licence",
    "attribution",
    "figure_kind",
    "published_on",
    "kind_of_statistics",
    "key_facts",
)
_FACTS: dict[str, Any] = (
    dict.fromkeys(("series", "edition", "title", "coverage_end", "file_sha256", "reader", *_AS_RECORDED), pl.String)
    | {"reader_version": pl.Int32, "size_bytes": pl.Int64}
    | {"tables": pl.List(pl.Struct({"table_name": pl.String, "parquet": pl.String}))}
)


def _add_files(digest: hashlib._Hash, folder: Traversable) -> None:
    """Add the content of each SQL, CSV, TOML, Markdown and Python file of a package: a change of any is a new build."""
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.is_dir():
            _add_files(digest, path)
        elif path.name.endswith((".sql", ".csv", ".md", ".py", ".toml")):
            digest.update(path.name.encode() + path.read_bytes())
