"""Compares the printed rows of a table between editions: new, revised, repeated and withdrawn figures.

All rows of 24 monthly editions need more than a gigabyte of memory, so they are compared in buckets (by a hash of the
key: a figure is in the same bucket in every edition). One pass over the staged files writes the buckets to Parquet
files in the folder of the database, and each bucket is read once.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from transforms.tables import Table
from warehouse.building.scopes import join_covered, next_order
from warehouse.paths import path_literal, pattern_literal
from warehouse.sql import differs

ROWS = 1_000_000
"""Approximate number of printed rows in a bucket (about 200 MB of memory)."""

RESULTS = {
    "notable": "position BIGINT, edition_order INTEGER, hash_one UBIGINT, hash_two UBIGINT, withdrawn_order INTEGER,"
    " printed_next INTEGER, is_new BOOLEAN, is_newest_value BOOLEAN",
    "repeated": "position BIGINT, position_before BIGINT",
    "step_count": "number BIGINT, step_measure VARCHAR, figures BIGINT, figures_before BIGINT, revised BIGINT,"
    " total_before DOUBLE, total_now DOUBLE",
    "step_ratio": "number BIGINT, step_measure VARCHAR, ratio DOUBLE",
}
"""Temporary tables that `compare` creates, with their columns."""


def compare(con: duckdb.DuckDBPyConnection, table: Table, files: str) -> None:
    """Compare all rows of `printed`; fill meta.edition_step and create the temporary tables of `RESULTS`.

    `notable`: figures that are new, changed or withdrawn; `is_newest_value` is true for the last new row of a figure.
    `repeated`: rows that print a figure again in the same edition with another value. `step_count`, `step_ratio`:
    counts and ratios of revised to earlier values by file.
    `files` is SQL for the staged files with their numbers. Reads the temporary table `covered`.
    """
    for name, columns in RESULTS.items():
        con.execute(f"CREATE TEMP TABLE {name} ({columns})")
    (printed,) = con.execute("SELECT count(*) FROM as_printed").fetchall()[0]
    buckets = -(-printed // ROWS) or 1
    (home,) = con.execute("SELECT path FROM duckdb_databases() WHERE database_name = current_database()").fetchall()[0]
    with tempfile.TemporaryDirectory(prefix=".compared-", dir=Path(home).parent if home else None) as folder:
        con.execute("SET partitioned_write_flush_threshold = 32768")
        con.execute(f"""
            COPY (SELECT *, hash_one % {buckets} AS bucket FROM ({_narrow(table)}))
            TO {path_literal(folder)} (FORMAT parquet, PARTITION_BY bucket, OVERWRITE_OR_IGNORE)
        """)
        # DuckDB frees dropped tables only when the transaction ends; on this cursor each statement is a transaction.
        with con.cursor() as apart:
            # There is no bucket where corrections dropped every row.
            filled = sorted(Path(folder).iterdir())
            for bucket in filled:
                _compare_bucket(apart, table, bucket)
        for name in RESULTS if filled else ():
            results = f"read_parquet({pattern_literal(folder, f'*/{name}.result')}, hive_partitioning = false)"
            con.execute(f"INSERT INTO {name} BY NAME FROM {results}")
    _note_steps(con, table, files)


def _compare_bucket(con: duckdb.DuckDBPyConnection, table: Table, bucket: Path) -> None:
    """Write the `RESULTS` of one bucket to Parquet files in the folder of the bucket."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE ranked AS {_ranked(table, pattern_literal(bucket, '*.parquet'))}")
    con.execute(f"CREATE OR REPLACE TEMP TABLE compared AS {_compared(table)}")
    for name, query in {
        "notable": """
            WITH changed AS (
                SELECT hash_one, hash_two, max(edition_order) AS newest_order
                FROM compared WHERE is_new AND was_printed GROUP BY ALL
            )
            SELECT position, edition_order, hash_one, hash_two, withdrawn_order, printed_next, is_new,
                is_new AND edition_order = coalesce(newest_order, edition_order) AS is_newest_value
            FROM compared LEFT JOIN changed USING (hash_one, hash_two)
            WHERE is_new OR withdrawn_order IS NOT NULL
        """,
        "repeated": "SELECT position, position_before FROM ranked WHERE contradicts",
        "step_count": """
            SELECT position >> 32 AS number, step_measure, count(*) AS figures,
                count(*) FILTER (was_printed) AS figures_before, count(*) FILTER (is_revised) AS revised,
                sum(value_before) FILTER (value IS NOT NULL) AS total_before,
                sum(value) FILTER (value_before IS NOT NULL) AS total_now
            FROM compared GROUP BY ALL
        """,
        "step_ratio": """
            SELECT position >> 32 AS number, step_measure, value / nullif(value_before, 0) AS ratio
            FROM compared WHERE is_revised
        """,
    }.items():
        con.execute(f"COPY ({query}) TO {path_literal(bucket / f'{name}.result')} (FORMAT parquet)")
    con.execute("DROP TABLE ranked; DROP TABLE compared")


def _narrow(table: Table) -> str:
    """SQL for every printed row, with its position and only the columns that are compared.

    Two 64-bit hashes stand for the key, because long keys of all editions would not fit into memory.
    """
    keys = ", ".join(("series", *table.key))
    attributes = ", ".join(f"'{name}', {name}" for name in table.attributes) or "''"
    measure = "measure" if any(column.name == "measure" for column in table.columns) else "NULL::VARCHAR"
    return f"""
        SELECT position, printed.edition_order, hash({keys}) AS hash_one, hash('another', {keys}) AS hash_two,
            {", ".join(table.values)}, hash({attributes}) AS attributes, {measure} AS step_measure,
            {next_order(table)} AS next_order
        FROM printed
        {join_covered(table)}
    """


def _ranked(table: Table, parquet: str) -> str:
    """SQL for the rows of a bucket, each compared with the previous place of the same figure.

    `is_repeat`: the same edition printed the figure before. `contradicts`: with another value.
    """
    return f"""
        SELECT *, lag(position) OVER places AS position_before,
            coalesce(lag(edition_order) OVER places = edition_order, FALSE) AS is_repeat,
            is_repeat AND {differs(table, "{}", "lag({}) OVER places")} AS contradicts
        FROM read_parquet({parquet}, hive_partitioning = false)
        WINDOW places AS (PARTITION BY hash_one, hash_two ORDER BY edition_order, position)
    """


def _compared(table: Table) -> str:
    """SQL for the first place of each figure in each edition, compared with the previous and the next edition.

    `is_new`: first print, another value or other attributes than before, or printed again after a withdrawal.
    `withdrawn_order`: order of the first later edition of the same scope, where that does not print the figure.
    """
    value = "value, lag(value) OVER history" if "value" in table.values else "NULL::DOUBLE AS value, NULL::DOUBLE"
    return f"""
        SELECT position, edition_order, hash_one, hash_two, step_measure, {value} AS value_before,
            lead(edition_order) OVER history AS printed_next,
            CASE WHEN next_order < coalesce(printed_next, next_order + 1) THEN next_order END AS withdrawn_order,
            lag(edition_order) OVER history IS NOT NULL AS was_printed,
            was_printed AND {differs(table, "{}", "lag({}) OVER history")} AS is_revised,
            NOT was_printed OR is_revised OR coalesce(lag(next_order) OVER history < edition_order, FALSE)
            OR attributes IS DISTINCT FROM lag(attributes) OVER history AS is_new
        FROM ranked
        WHERE NOT is_repeat
        WINDOW history AS (PARTITION BY hash_one, hash_two ORDER BY edition_order)
    """


def _note_steps(con: duckdb.DuckDBPyConnection, table: Table, files: str) -> None:
    """Fill meta.edition_step: each file's figures compared with earlier editions."""
    con.execute(f"""
        INSERT INTO meta.edition_step
        WITH counted AS (
            SELECT number, step_measure, sum(figures)::BIGINT AS figures, sum(figures_before)::BIGINT AS figures_before,
                sum(revised)::BIGINT AS revised, sum(total_before) AS total_before, sum(total_now) AS total_now
            FROM step_count GROUP BY ALL
        ),
        middle AS (SELECT number, step_measure, median(ratio) AS ratio FROM step_ratio GROUP BY ALL)
        SELECT '{table.name}', files.series, files.edition, files.edition_order, files.file_sha256,
            counted.step_measure, counted.figures, counted.figures_before, counted.revised, middle.ratio,
            counted.total_before, counted.total_now
        FROM counted
        INNER JOIN ({files}) AS files ON counted.number = files.number
        LEFT JOIN middle
            ON counted.number = middle.number AND counted.step_measure IS NOT DISTINCT FROM middle.step_measure
    """)
