"""A build that begins with a copy of the previous release's file, and leaves in it what has not changed.

Rows that stay where they are cost next to nothing; copied from an attached file, each is read and compressed again. The
space of what is replaced is used by the next builds. Where much of the file would be such space, the build begins with
an empty file. Nothing is left in that space that the new release may not hold, since the files of the previous release
are files of the new one, too (`flows.pipeline.release_before`).
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

MOST_UNUSED = 0.2
"""Share of a file that may be unused space, for a build to begin with a copy of it."""


def begun_as_copy(before: Path | None, candidate: Path) -> bool:
    """Copy the file of the previous release to `candidate`, if there is one and little of it is unused."""
    if before is None or unused_share(before) > MOST_UNUSED:
        return False
    shutil.copyfile(before, candidate)
    return True


def unused_share(file: Path) -> float:
    """The share of a DuckDB file that holds nothing."""
    with duckdb.connect(file, read_only=True) as con:
        total, unused = con.execute("SELECT total_blocks, free_blocks FROM pragma_database_size()").fetchall()[0]
    return unused / total if total else 0.0


def clear(con: duckdb.DuckDBPyConnection) -> None:
    """Drop what every build makes anew: schemas meta and reference, the view of headlines, and the macros of core.

    Call it outside a transaction: their space is free then, and the build uses it.
    """
    con.begin()
    con.execute("DROP SCHEMA meta CASCADE; DROP SCHEMA reference CASCADE; DROP VIEW core.headline")
    macros = con.execute("""
        SELECT DISTINCT function_name, function_type FROM duckdb_functions()
        WHERE database_name = current_database() AND schema_name = 'core' AND NOT internal
    """).fetchall()
    for name, kind in macros:
        con.execute(f"DROP MACRO {'TABLE ' if kind == 'table_macro' else ''}core.{name}")
    con.commit()
    con.execute("CHECKPOINT")
