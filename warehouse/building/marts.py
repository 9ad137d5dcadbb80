"""Marts: each one SQL file, a SELECT with its comments, built in the order in which they read each other."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import TopologicalSorter
from importlib.resources import files

import duckdb

from warehouse.building import notes
from warehouse.building.mart_columns import describe_columns
from warehouse.building.mart_files import Mart, macros, marts, parsed
from warehouse.building.reuse import CATALOG, Reuse, core_table
from warehouse.errors import MartFailed
from warehouse.sql import comment, tables_read

NOTES = "marts.data_quality_notes"
KINDS = "marts.organisation_kind"
KIND = "organisation_kind"


def build_marts(
    con: duckdb.DuckDBPyConnection,
    figure_kind: str,
    *,
    reuse: Reuse | None = None,
) -> None:
    """(Re)build every mart. Each gets a last column `figure_kind`, so that exports also say which figures they have.

    A mart with `source_series` and a period also gets the number of the publisher's data quality notes that apply to
    the row; one with `source_series` and `org_code` the kind of the organisation. `reuse`: what may be copied from the
    previous release, which is attached; a mart is copied where every table it reads has the same rows there, and left
    where the file has it already. Where those tables have later rows only, those of the mart are added (`Rows by`).

    Raises `MartFailed` with the name of the mart.
    """
    known = {f"marts.{mart.name}": mart for mart in marts()}
    shared = {f"marts.{macro.name}": create_macro(con, macro) for macro in macros()}
    every_read = {name: _reads(con, mart, shared) for name, mart in known.items()}
    reads = {name: tables & known.keys() - {name} for name, tables in every_read.items()}
    for name in reads.keys() - {NOTES, KINDS} - reads[NOTES] - reads[KINDS]:
        reads[name] |= {NOTES, KINDS}
    with_lookups: dict[str, set[str]] = {}
    order = list(TopologicalSorter(reads).static_order())
    for name in order:
        mart = known[name]
        try:
            columns = [name for name, *_ in con.execute(f"DESCRIBE {mart.select}").fetchall()]
            added = _kind_of_organisation(mart, columns) | _count_of_notes(mart, columns)
            extra = "".join(f"{sql} AS {column}, " for column, sql in added.items())
            marked = f"SELECT made.*, {extra}'{figure_kind}' AS figure_kind FROM ({mart.select}) AS made"
            looked_up = ({NOTES} if notes.COUNT in added else set()) | ({KINDS} if KIND in added else set())
            read = every_read[name] | looked_up
            with_lookups[name] = read
            same = reuse is not None and reuse.reads_same(name, read) and mart.kind == "table"
            first = reuse.first_added(name, read, mart.rows_by) if reuse and not same else None
            if first is not None:
                later = f"SELECT * FROM ({marked}) WHERE {mart.rows_by} >= ?"
                con.execute(f"INSERT INTO {name} BY NAME {later}", [first])
            elif not (reuse and mart.kind == "table" and reuse.holds(name)):
                con.execute(f"DROP {mart.kind} IF EXISTS {name} CASCADE")
                con.execute(f"CREATE {mart.kind} {name} AS {f'FROM {CATALOG}.{name}' if same else marked}")
                for statement in mart.comments:
                    con.execute(statement)
            comment(con, f"{mart.kind} {name}", mart.about)
        except duckdb.Error as error:
            raise MartFailed(
                f"{name} cannot be built", file=f"{mart.name}.sql", found=str(error), do="correct its SQL"
            ) from error
    _record(con, known, with_lookups)
    describe_columns(con, {name: reads[name] - {NOTES, KINDS} for name in order})
    _explain_empty_marts(con, {name: mart.kind for name, mart in known.items()}, every_read)
    _check_headlines(con)
    for name in shared:
        # A macro resolves names in the database of its caller: on an attached file it could answer from another one.
        con.execute(f"DROP MACRO TABLE {name}")


def _record(con: duckdb.DuckDBPyConnection, known: Mapping[str, Mart], reads: dict[str, set[str]]) -> None:
    """(Re)fill meta.mart: what each mart file says, and the tables of figures that its rows come from."""
    con.execute("DELETE FROM meta.mart")
    con.executemany(
        "INSERT INTO meta.mart VALUES (?, ?, ?, ?, ?, ?)",
        [
            [mart.name, mart.kind, mart.select, mart.source, mart.caveats, sorted(_core_tables(name, reads))]
            for name, mart in known.items()
        ],
    )


def _core_tables(name: str, reads: dict[str, set[str]]) -> set[str]:
    """The core tables that a mart reads, directly or through other marts, without 'core.' and '_latest'."""
    return {core_table(each) for each in _all_reads(name, reads)} - {""}


def _check_headlines(con: duckdb.DuckDBPyConnection) -> None:
    """(Re)build reference.headline_check: each cited headline compared with the core tables and marts."""
    path = files("warehouse") / "building" / "headline_check.sql"
    check = parsed("headline_check", path.read_text(encoding="utf-8"))
    try:
        con.execute(f"CREATE OR REPLACE TABLE reference.headline_check AS {check.select}")
        for statement in check.comments:
            con.execute(statement)
    except duckdb.Error as error:
        raise MartFailed(
            "reference.headline_check cannot be built", file=path.name, found=str(error), do="correct its SQL"
        ) from error


def _explain_empty_marts(con: duckdb.DuckDBPyConnection, kinds: dict[str, str], reads: dict[str, set[str]]) -> None:
    """Add the series that are not loaded to the description of each mart without rows.

    An analyst can then see that an empty mart lacks data, and does not mean that the figure is zero.

    `kinds` says of each mart whether it is a table or a view.
    """
    described = dict(
        con.execute("""
            SELECT 'marts.' || table_name, comment FROM duckdb_tables()
            WHERE database_name = current_database() AND schema_name = 'marts'
            UNION ALL
            SELECT 'marts.' || view_name, comment FROM duckdb_views()
            WHERE database_name = current_database() AND schema_name = 'marts'
        """).fetchall()
    )
    for name, kind in kinds.items():
        if con.execute(f"FROM {name} LIMIT 1").fetchall():
            continue
        core = sorted(_core_tables(name, reads))
        missing = con.execute(
            """
            SELECT string_agg(series || ' (core.' || table_name || ')', ', ' ORDER BY series, table_name)
            FROM meta.series_table WHERE NOT is_loaded AND list_contains(?, table_name)
            """,
            [core],
        ).fetchall()[0][0]
        if missing:
            words = f"{described[name]} Without rows in this file: not loaded are {missing}."
            comment(con, f"{kind} {name}", words)


def _all_reads(name: str, reads: dict[str, set[str]]) -> set[str]:
    """Every table a mart reads, directly or through other marts."""
    found: set[str] = set()
    waiting = [name]
    while waiting:
        new = reads.get(waiting.pop(), set()) - found
        found |= new
        waiting += new
    return found


def _kind_of_organisation(mart: Mart, columns: list[str]) -> dict[str, str]:
    """SQL for the column organisation_kind, by column name; {} for a mart without source_series and org_code."""
    if f"marts.{mart.name}" == NOTES or KIND in columns or not {"org_code", "source_series"} <= set(columns):
        return {}
    kind = f"(SELECT listed.{KIND} FROM {KINDS} AS listed WHERE listed.org_code = made.org_code)"
    return {KIND: kind}


def _count_of_notes(mart: Mart, columns: list[str]) -> dict[str, str]:
    """SQL for the number of data quality notes of a row, by column name; {} for a mart without series or period."""
    period = next((column for column in notes.PERIODS if column in columns), None)
    if f"marts.{mart.name}" == NOTES or period is None or "source_series" not in columns:
        return {}
    touches = notes.note_touches("made", "source_series", period, has_org_code="org_code" in columns)
    loaded = f"made.source_series IN (SELECT loaded.source_series FROM {NOTES} AS loaded)"
    count = f"CASE WHEN {loaded} THEN (SELECT count(*) FROM {NOTES} AS note WHERE {touches}) END"
    return {notes.COUNT: count}


def create_macro(con: duckdb.DuckDBPyConnection, macro: Mart) -> set[str]:
    """Create a table macro that marts share, for the build. Returns the qualified names of the tables it reads."""
    con.execute(f"CREATE OR REPLACE MACRO marts.{macro.name}({macro.parameter}) AS TABLE {macro.select}")
    return _reads(con, macro, {})


def _reads(con: duckdb.DuckDBPyConnection, mart: Mart, shared: Mapping[str, set[str]]) -> set[str]:
    """Qualified names of the tables a mart's SELECT reads, from its parse tree (nothing is bound or run).

    `shared`: the tables that each macro reads, by macro name; the tree names a macro as a table function.
    """
    try:
        named = tables_read(con, mart.select)
    except duckdb.ParserException as error:
        raise MartFailed(
            f"marts.{mart.name} cannot be parsed", file=f"{mart.name}.sql", found=str(error), do="correct its SQL"
        ) from error
    return set().union(named - shared.keys(), *(tables for name, tables in shared.items() if name in named))
