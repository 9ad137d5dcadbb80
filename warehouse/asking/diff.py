"""Compares two warehouses: tables, rows added, removed and changed, and the largest changes.

Core tables are compared by their newest values (core.<table>_latest) on the declared keys, marts on the grain that
their comments state, by outer joins. A table without a grain in column names, or with several rows for one value of
the grain, is compared by whole rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import polars as pl

from transforms.series import TABLES
from transforms.tables.declare import SOURCE
from warehouse.asking.lookup import grain_columns
from warehouse.paths import path_literal
from warehouse.sql import SAME

PROVENANCE = {"edition", "edition_order", "file_sha256", "figure_kind", *(column.name for column in SOURCE)}
"""Provenance columns, which are not compared: the same figure in another cell is not a change."""

NUMBERS = ("DOUBLE", "FLOAT", "BIGINT", "INTEGER", "SMALLINT", "HUGEINT", "DECIMAL")
MOST = 5
"""How many of the largest changes are shown for each table and measure."""

TABLE_COLUMNS = {
    **dict.fromkeys(("table", "compared_by"), pl.String),
    **dict.fromkeys(("rows_before", "rows_after", "added", "removed", "changed"), pl.Int64),
    "columns": pl.String,
}
CHANGE_COLUMNS = {
    **dict.fromkeys(("table", "measure", "row"), pl.String),
    **dict.fromkeys(("before", "after", "change", "change_percent"), pl.Float64),
}


@dataclass
class Difference:
    """Two warehouses compared.

    `tables`: table, compared_by (its grain, or 'whole rows'), rows_before, rows_after (NULL: the table is not there),
    added, removed, changed (NULL where whole rows are compared), columns (those that only one side has).
    `changes`: the largest changes by table and measure: row (its key as JSON), before, after, change, change_percent.
    `editions`: series, edition, state (added or removed). `kinds`: figure_kind of each side.
    """

    before: str
    after: str
    kinds: tuple[str, str]
    tables: pl.DataFrame
    changes: pl.DataFrame
    editions: pl.DataFrame = field(default_factory=pl.DataFrame)

    @property
    def differing(self) -> pl.DataFrame:
        """The tables with a difference."""
        differs = (
            (pl.sum_horizontal("added", "removed", "changed") > 0)
            | (pl.col("columns") != "")
            | pl.col("rows_before").is_null()
            | pl.col("rows_after").is_null()
        )
        return self.tables.filter(differs)


def diff(before: Path, after: Path, *, only: Sequence[str] = ()) -> Difference:
    """Compare two warehouse files, or `only` some of their tables ('marts.vacancies'). Neither file is changed."""
    with duckdb.connect() as con:
        for name, path in (("before", before), ("after", after)):
            con.execute(f"ATTACH {path_literal(path)} AS {name} (READ_ONLY)")
        tables, changes = [], [pl.DataFrame(schema=CHANGE_COLUMNS)]
        columns = {side: _columns(con, side) for side in ("before", "after")}
        for table in only or _tables(con):
            line, largest = _compare(con, table, {side: there.get(table, {}) for side, there in columns.items()})
            tables.append(line)
            changes.extend(largest)
        return Difference(
            str(before),
            str(after),
            (_figure_kind(con, "before"), _figure_kind(con, "after")),
            pl.DataFrame(tables, schema=TABLE_COLUMNS, orient="row"),
            pl.concat(changes),
            _editions(con),
        )


def _tables(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Names of the tables of either warehouse: core.<table>_latest, marts, reference."""
    newest = [f"core.{name}_latest" for name in TABLES]
    others = con.execute("""
        SELECT DISTINCT schema_name || '.' || table_name AS name FROM duckdb_tables()
        WHERE database_name IN ('before', 'after') AND schema_name IN ('marts', 'reference')
        UNION
        SELECT DISTINCT schema_name || '.' || view_name FROM duckdb_views()
        WHERE database_name IN ('before', 'after') AND schema_name = 'marts'
        ORDER BY name
    """).fetchall()
    return [*newest, *(name for (name,) in others)]


def _compare(
    con: duckdb.DuckDBPyConnection, table: str, columns: dict[str, dict[str, str]]
) -> tuple[tuple[object, ...], list[pl.DataFrame]]:
    rows = {side: _count(con, f"{side}.{table}") if columns[side] else None for side in columns}
    if not all(columns.values()):
        added, removed = rows["after"] or 0, rows["before"] or 0
        return (table, "", rows["before"], rows["after"], added, removed, 0, ""), []
    both = {name: kind for name, kind in columns["after"].items() if name in columns["before"]}
    # A number on one side and text on the other: no value of the column can be compared.
    retyped = [name for name, kind in both.items() if _is_number(kind) != _is_number(columns["before"][name])]
    shared = {name: kind for name, kind in both.items() if name not in retyped}
    one_sided = {
        "removed": [name for name in columns["before"] if name not in both],
        "added": [name for name in columns["after"] if name not in both],
        "other type": retyped,
    }
    only = "; ".join(f"{word}: {', '.join(names)}" for word, names in one_sided.items() if names)
    grain = [name for name in _grain(con, table) if name in shared]
    if not grain or not all(_is_unique(con, f"{side}.{table}", grain, rows[side]) for side in columns):
        added, removed = _whole_rows(con, table, list(shared))
        return (table, "whole rows", rows["before"], rows["after"], added, removed, None, only), []
    compared = [name for name in _values(table, shared) if name not in grain]
    _join(con, table, grain, compared)
    differs = " OR ".join(_differs(name, shared[name]) for name in compared) or "FALSE"
    added, removed, changed = con.execute(f"""
        SELECT count(*) FILTER (NOT was_there), count(*) FILTER (NOT is_there),
            count(*) FILTER (was_there AND is_there AND ({differs}))
        FROM compared
    """).fetchall()[0]
    largest = _largest(con, table, grain, {name: shared[name] for name in compared}) if changed else []
    con.execute("DROP TABLE compared")
    return (table, ", ".join(grain), rows["before"], rows["after"], added, removed, changed, only), largest


def _columns(con: duckdb.DuckDBPyConnection, side: str) -> dict[str, dict[str, str]]:
    """Columns and their types of every table and view of one side."""
    tables: dict[str, dict[str, str]] = {}
    for table, column, kind in con.execute(
        "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() "
        "WHERE database_name = ? AND NOT internal ORDER BY ALL",
        [side],
    ).fetchall():
        tables.setdefault(table, {})[column] = kind
    return tables


def _count(con: duckdb.DuckDBPyConnection, source: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM {source}").fetchall()[0][0])


def _grain(con: duckdb.DuckDBPyConnection, table: str) -> Sequence[str]:
    """The grain as the warehouse `after` states it."""
    con.execute("USE after")
    try:
        return grain_columns(con, table)
    finally:
        con.execute("USE memory")


def _is_unique(con: duckdb.DuckDBPyConnection, table: str, grain: Sequence[str], rows: int | None) -> bool:
    listed = ", ".join(f'"{name}"' for name in grain)
    return rows == _count(con, f"(SELECT DISTINCT {listed} FROM {table})")


def _values(table: str, shared: dict[str, str]) -> list[str]:
    schema, _, name = table.partition(".")
    if schema == "core":
        return list(TABLES[name.removesuffix("_latest")].values)
    return [column for column in shared if column not in PROVENANCE]


def _join(con: duckdb.DuckDBPyConnection, table: str, grain: Sequence[str], compared: Sequence[str]) -> None:
    keys = ", ".join(f'coalesce(after_row."{name}", before_row."{name}") AS "{name}"' for name in grain)
    values = "".join(
        f', before_row."{name}" AS "before_{name}", after_row."{name}" AS "after_{name}"' for name in compared
    )
    same = " AND ".join(f'before_row."{name}" IS NOT DISTINCT FROM after_row."{name}"' for name in grain)
    con.execute(f"""
        CREATE TEMP TABLE compared AS
        SELECT {keys}, coalesce(before_row.there, FALSE) AS was_there, coalesce(after_row.there, FALSE) AS is_there
            {values}
        FROM (SELECT *, TRUE AS there FROM before.{table}) AS before_row
        FULL JOIN (SELECT *, TRUE AS there FROM after.{table}) AS after_row ON {same}
    """)


def _is_number(kind: str) -> bool:
    return kind.startswith(NUMBERS) and not kind.endswith("]")


def _differs(name: str, kind: str) -> str:
    one, other = f'"before_{name}"', f'"after_{name}"'
    if _is_number(kind):
        return f"(({one} IS NULL) <> ({other} IS NULL) OR abs({one} - {other}) > {SAME})"
    return f"{one} IS DISTINCT FROM {other}"


def _largest(
    con: duckdb.DuckDBPyConnection, table: str, grain: Sequence[str], compared: dict[str, str]
) -> list[pl.DataFrame]:
    """The largest changes of each numeric column, by measure where the table has one: frames of `CHANGE_COLUMNS`."""
    key = "to_json({" + ", ".join(f"'{name}': \"{name}\"" for name in grain) + "})::VARCHAR"
    frames = []
    for name, kind in compared.items():
        if not _is_number(kind):
            continue
        measure = f"'{name}'" if "measure" not in grain else "measure" if name == "value" else f"'{name}, ' || measure"
        one, other = f'"before_{name}"::DOUBLE', f'"after_{name}"::DOUBLE'
        frames.append(
            con.execute(f"""
                SELECT '{table}' AS "table", {measure} AS measure, {key} AS "row", {one} AS before, {other} AS after,
                    {other} - {one} AS change, 100 * ({other} - {one}) / nullif(abs({one}), 0) AS change_percent
                FROM compared
                WHERE was_there AND is_there AND {_differs(name, kind)}
                QUALIFY row_number() OVER (
                    PARTITION BY {measure} ORDER BY abs({other} - {one}) DESC NULLS LAST, {key}
                ) <= {MOST}
                ORDER BY measure, abs(change) DESC NULLS LAST, "row"
            """)
            .pl()
            .cast(pl.Schema(CHANGE_COLUMNS))
        )
    return frames


def _whole_rows(con: duckdb.DuckDBPyConnection, table: str, shared: Sequence[str]) -> tuple[int, int]:
    listed = ", ".join(f'"{name}"' for name in shared if name not in PROVENANCE)

    def only_in(one: str, other: str) -> int:
        rows = f"SELECT {listed} FROM {one}.{table} EXCEPT ALL SELECT {listed} FROM {other}.{table}"
        return _count(con, f"({rows})")

    return only_in("after", "before"), only_in("before", "after")


def _editions(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return con.execute("""
        SELECT
            coalesce(now.series, earlier.series) AS series, coalesce(now.edition, earlier.edition) AS edition,
            CASE WHEN earlier.series IS NULL THEN 'added' ELSE 'removed' END AS state
        FROM (SELECT DISTINCT series, edition, issue FROM before.meta.edition) AS earlier
        FULL JOIN (SELECT DISTINCT series, edition, issue FROM after.meta.edition) AS now
            USING (series, edition, issue)
        WHERE earlier.series IS NULL OR now.series IS NULL
        ORDER BY ALL
    """).pl()


def _figure_kind(con: duckdb.DuckDBPyConnection, side: str) -> str:
    return str(con.execute(f"SELECT max(figure_kind) FROM {side}.meta.build").fetchall()[0][0])
