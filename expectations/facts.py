"""Inputs of the rules besides the candidate: the date, the hand-kept lists, row counts.

They are written to a small DuckDB database that is attached as `gate`, so that a rule is plain SQL that needs neither
the clock nor a file name.

gate.today                   day: the date of the run
gate.known_failure           rule_id, figure, owner, reason, until
gate.organisation_exception  org_code, reason
gate.cross_source_limit      comparison, series ('*': every series not listed), limits for the difference of two sources
gate.edition_limit           series, table_name, measure ('*': every one not listed), limits for an edition's changes
gate.tolerance               one row per series ('*': every series not listed)
gate.finding                 rows that rules found by their own SQL (`expectations.gate.write_findings`)
gate.partition               release ('candidate', 'published'), table_name, series, part, rows_held, rows_withdrawn;
                             release 'set aside': in rows_held the figures lost with files that were set aside
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path
from types import MappingProxyType

import duckdb

from expectations.hand_kept import CSV_TABLES, Lines, frame, merged
from transforms.series import TABLES
from transforms.tables import Table
from warehouse.building.set_aside import lost_figures, tables_set_aside
from warehouse.paths import path_literal
from warehouse.sql import key
from warehouse.threads import limit_threads

NO_LINES: Lines = MappingProxyType({})


def write_facts(
    path: Path,
    *,
    candidate: Path | None,
    published: Path | None,
    today: date,
    own: Lines = NO_LINES,
    unchanged: Collection[str] = frozenset(),
) -> None:
    """Write the database that is attached as `gate` when the candidate is checked; `own` are the operator's lines.

    gate.partition counts the rows of the candidate and of the published release; it stays empty without a candidate.
    A release with another kind of figures (illustrative, published) is not counted. `unchanged`: core tables, with
    schema, that have the same rows in both, and are counted once.
    """
    with duckdb.connect() as con:
        _attach(con, "gate", path, options="")
        make_facts(con, today, own)
        if candidate is not None:
            limit_threads(con, candidate.stat().st_size)
            _attach(con, "candidate", candidate)
            count_partitions(con, "candidate", catalog="candidate")
        if candidate is not None and published is not None and published.exists():
            _attach(con, "published", published)
            if _figure_kind(con, "published") == _figure_kind(con, "candidate"):
                same = {name.removeprefix("core.") for name in unchanged} & TABLES.keys()
                count_partitions(con, "published", catalog="published", without=same)
                con.execute(
                    "INSERT INTO gate.partition SELECT 'published', * EXCLUDE (release) FROM gate.partition"
                    " WHERE release = 'candidate' AND list_contains(?::VARCHAR[], table_name)",
                    [sorted(same)],
                )
                count_set_aside(con)


def make_facts(con: duckdb.DuckDBPyConnection, today: date, own: Lines = NO_LINES) -> None:
    """Create the tables of the attached database `gate` from the packaged lists and the operator's lines (`own`)."""
    con.execute("CREATE TABLE gate.today AS SELECT ?::DATE AS day", [today])
    con.execute(
        "CREATE TABLE gate.partition "
        "(release VARCHAR, table_name VARCHAR, series VARCHAR, part VARCHAR, rows_held BIGINT, "
        "rows_withdrawn BIGINT)"
    )
    for name, lines in merged(own).items():
        types = ", ".join(f"{column}::{kind} AS {column}" for column, kind in CSV_TABLES[name].columns.items())
        con.register("lines", frame(name, lines).to_arrow())
        con.execute(f"CREATE TABLE gate.{name} AS SELECT {types} FROM lines")
        con.unregister("lines")


def count_partitions(
    con: duckdb.DuckDBPyConnection, release: str, *, catalog: str = "", without: Collection[str] = frozenset()
) -> None:
    """Add to gate.partition the number of rows of each core table but `without` of one release, by series and part.

    `release` is 'candidate' or 'published'; a part is a period and measure. `rows_withdrawn` counts figures that a
    later edition no longer prints, `rows_held` the others.
    """
    prefix = f"{catalog}." if catalog else ""
    # Releases built by older versions of this code lack withdrawn_order, is_newest_value, or both.
    columns = set(
        con.execute(
            "SELECT table_name, column_name FROM duckdb_columns() WHERE schema_name = 'core' AND database_name = "
            + (f"'{catalog}'" if catalog else "current_database()")
        ).fetchall()
    )
    for table in TABLES.values():
        if (table.name, "edition_order") in columns and table.name not in without:
            by_window = f"QUALIFY row_number() OVER (PARTITION BY {key(table)} ORDER BY edition_order DESC) = 1"
            newest = "WHERE is_newest_value" if (table.name, "is_newest_value") in columns else by_window
            withdrawn = "withdrawn_order" if (table.name, "withdrawn_order") in columns else "NULL"
            con.execute(f"""
                INSERT INTO gate.partition
                WITH newest AS (SELECT *, {withdrawn} AS withdrawn FROM {prefix}core.{table.name} {newest})
                SELECT '{release}', '{table.name}', series, {_part(table)},
                    count(*) FILTER (withdrawn IS NULL), count(withdrawn)
                FROM newest
                GROUP BY ALL
            """)


def count_set_aside(con: duckdb.DuckDBPyConnection) -> None:
    """Add to gate.partition the figures of the published release that are lost with files set aside since.

    The releases are attached as `published` and `candidate`.
    """
    for table in tables_set_aside(con, "published", "candidate"):
        con.execute(f"""
            INSERT INTO gate.partition
            SELECT 'set aside', '{table.name}', series, {_part(table)}, count(*), 0
            FROM ({lost_figures(table, "published", "candidate")})
            GROUP BY ALL
        """)


def _part(table: Table) -> str:
    """SQL for the part that a row is counted in: the period its key begins with, and the measure."""
    parts = [name for name in table.key[:1] if name in table.periods]
    parts += ["measure"] if "measure" in table.key else []
    return "concat_ws(' ', " + ", ".join(f"{name}::VARCHAR" for name in parts) + ")" if parts else "'all'"


def _attach(con: duckdb.DuckDBPyConnection, name: str, path: Path, *, options: str = "(READ_ONLY)") -> None:
    con.execute(f"ATTACH {path_literal(path)} AS {name} {options}")


def _figure_kind(con: duckdb.DuckDBPyConnection, catalog: str) -> object:
    return con.execute(f"SELECT max(figure_kind) FROM {catalog}.meta.build").fetchall()[0][0]
