"""Files that an operator set aside: recorded in the warehouse, with the figures that are lost with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from transforms.series import TABLES
from transforms.tables import Table
from warehouse.archive import Archive
from warehouse.paths import open_to_write, path_literal
from warehouse.sql import key


@dataclass(frozen=True)
class LostFigures:
    """How many figures of a core table are no longer in the warehouse since a file was set aside, and why it was."""

    file_name: str
    series: str
    edition: str
    reason: str
    table_name: str
    figures: int


def note_set_aside(candidate: Path, archive: Archive, *, figure_kind: str) -> None:
    """Write the archived files of a kind of figures that are set aside into the candidate's meta.set_aside_file."""
    aside = archive.aside()
    rows = [
        (record.sha256, record.series, record.edition, record.file_name, aside[record.sha256])
        for record in archive.records()
        if record.sha256 in aside and record.figure_kind == figure_kind
    ]
    if rows:
        with open_to_write(candidate) as con:
            con.executemany("INSERT INTO meta.set_aside_file VALUES (?, ?, ?, ?, ?)", rows)


def lost_with_files(candidate: Path, published: Path) -> list[LostFigures]:
    """The figures of the published release that the candidate lacks because their files were set aside since."""
    with duckdb.connect() as con:
        for name, path in (("candidate", candidate), ("published", published)):
            con.execute(f"ATTACH {path_literal(path)} AS {name} (READ_ONLY)")
        return [
            LostFigures(*row)
            for table in tables_set_aside(con, "published", "candidate")
            for row in con.execute(f"""
                SELECT any_value(aside.file_name), aside.series, any_value(aside.edition), any_value(aside.reason),
                    '{table.name}', count(DISTINCT lost)
                FROM ({lost_figures(table, "published", "candidate")}) AS lost
                INNER JOIN candidate.meta.set_aside_file AS aside ON lost.file_sha256 = aside.file_sha256
                GROUP BY aside.file_sha256, aside.series ORDER BY ALL
            """).fetchall()
        ]


def tables_set_aside(con: duckdb.DuckDBPyConnection, before: str, now: str) -> Sequence[Table]:
    """The core tables of the attached warehouse `before` with rows of files that are set aside in `now`.

    None where `before` was built by an older version of this code, without the columns that are needed.
    """
    columns = f"SELECT table_name FROM duckdb_columns() WHERE database_name = '{before}' AND schema_name = 'core'"
    held = {name for (name,) in con.execute(f"{columns} AND column_name = 'withdrawn_order'").fetchall()}
    recorded = con.execute(
        f"SELECT 1 FROM duckdb_tables() WHERE database_name = '{now}' AND table_name = 'set_aside_file'"
    ).fetchall()
    if not recorded:
        return []
    aside = f"SELECT file_sha256 FROM {now}.meta.set_aside_file"
    return [
        table
        for table in TABLES.values()
        if table.name in held
        and con.execute(f"SELECT 1 FROM {before}.core.{table.name} WHERE file_sha256 IN ({aside}) LIMIT 1").fetchall()
    ]


def lost_figures(table: Table, before: str, now: str) -> str:
    """SQL for the newest rows of `before` whose every row is of a file set aside, and whose figure `now` lacks."""
    same = " AND ".join(f"figures.{name} IS NOT DISTINCT FROM kept.{name}" for name in ("series", *table.key))
    return f"""
        WITH figures AS (
            SELECT *, bool_and(file_sha256 IN (SELECT file_sha256 FROM {now}.meta.set_aside_file))
                OVER (PARTITION BY {key(table)}) AS is_set_aside
            FROM {before}.core.{table.name}
            QUALIFY row_number() OVER (PARTITION BY {key(table)} ORDER BY edition_order DESC) = 1
        )
        SELECT figures.* FROM figures
        WHERE is_set_aside AND withdrawn_order IS NULL
            AND NOT EXISTS (SELECT 1 FROM {now}.core.{table.name} AS kept WHERE {same})
    """
