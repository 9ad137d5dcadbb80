"""Rows of published files for core tables that a test fills itself."""

from __future__ import annotations

from pathlib import Path

import duckdb

from transforms.published_file import PublishedFile, read_tables
from transforms.series import TABLES, reader_for
from warehouse.sql import key


def add_file(con: duckdb.DuckDBPyConnection, path: Path, order: int, *, hint: str = "") -> None:
    """Insert what a file prints into the core tables, as the edition with this order, the newest of its figures."""
    file = PublishedFile(path, path.name, hint=hint)
    reader, edition = reader_for(file)
    for name, frame in read_tables(reader, file).items():
        if name not in TABLES:  # parts of the file that are not read
            continue
        con.register("frame", frame.to_arrow())
        con.execute(
            f"INSERT INTO core.{name} BY NAME SELECT *, ? AS series, ? AS edition, ? AS edition_order FROM frame",
            [edition.series, edition.edition, order],
        )
        con.execute(f"""
            UPDATE core.{name} SET is_newest_value = rowid IN (
                SELECT arg_max(rowid, edition_order) FROM core.{name} GROUP BY {key(TABLES[name])}
            )
        """)
