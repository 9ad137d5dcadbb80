"""Finds the one row that has the given column=value pairs; errors say which values would identify a row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb

from warehouse.asking.tables import similar_tables
from warehouse.errors import NoSuchColumn, NoSuchRow, NoSuchTable, SeveralRows

if TYPE_CHECKING:
    from transforms.tables import Table

MAX_VALUES_LISTED = 8
"""Maximum number of values of a column that a message lists."""


@dataclass(frozen=True)
class SelectedRow:
    """One row: its table (or the view of its newest values), and an SQL condition that only this row meets."""

    table: str
    where: str
    row: dict[str, object]


def one_row(con: duckdb.DuckDBPyConnection, table: str, key: Mapping[str, str]) -> SelectedRow:
    """The row of `table` ('marts.vacancies', 'vacancies', 'core.workforce') that has the values of `key`.

    An empty value means NULL. The name of a core table means its newest values (core.<table>_latest) unless `key` has
    an edition. Raises `NoSuchTable`, `NoSuchColumn`, `NoSuchRow` or `SeveralRows`.
    """
    name = _qualified(con, table, key)
    types = _columns(con, name)
    for column in key:
        if column not in types:
            raise NoSuchColumn(
                f"{name} has no column {column!r}",
                expected=", ".join(types),
                found=column,
                do="use the column names that workforce sql 'DESCRIBE …' shows",
            )
    where = " AND ".join(_same(con, name, column, types[column], value) for column, value in key.items()) or "TRUE"
    found = con.execute(f"SELECT * FROM {name} WHERE {where} LIMIT 2").pl()
    if found.is_empty() and name.startswith("core.") and name.endswith("_latest"):
        _stop_where_withdrawn(con, name.removeprefix("core.").removesuffix("_latest"), where, key)
    if found.is_empty():
        raise _no_row(con, name, types, key)
    if found.height > 1:
        raise _several_rows(con, name, types, where)
    return SelectedRow(name, where, found.row(0, named=True))


def _qualified(con: duckdb.DuckDBPyConnection, table: str, key: Mapping[str, str]) -> str:
    names = [
        name
        for (name,) in con.execute("""
            SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal
            UNION ALL
            SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal
            ORDER BY ALL
        """).fetchall()
    ]
    for name in (table, f"marts.{table}", f"core.{table}"):
        if name in names:
            newest = f"{name}_latest"
            return newest if newest in names and not {"edition", "edition_order"} & key.keys() else name
    near = similar_tables(table, [name for name in names if name.startswith(("marts.", "core."))])
    raise NoSuchTable(
        f"there is no table {table!r}",
        expected=" or ".join(near) or "a table of schema marts or core",
        found=table,
        do="list the tables with workforce tables",
    )


def _columns(con: duckdb.DuckDBPyConnection, name: str) -> dict[str, str]:
    return {column: kind for column, kind, *_ in con.execute(f"DESCRIBE {name}").fetchall()}


def _same(con: duckdb.DuckDBPyConnection, table: str, column: str, kind: str, value: str) -> str:
    if value == "":
        return f'"{column}" IS NULL'
    quoted = value.replace("'", "''")
    if con.execute(f"SELECT TRY_CAST('{quoted}' AS {kind}) IS NULL").fetchall()[0][0]:
        raise NoSuchColumn(
            f"column {column!r} of {table} cannot hold {value!r}",
            expected=f"a value of type {kind}",
            found=value,
            do="write dates as 2023-05-31; for NULL write nothing after the =",
        )
    return f"\"{column}\" = TRY_CAST('{quoted}' AS {kind})"


def _no_row(con: duckdb.DuckDBPyConnection, table: str, types: Mapping[str, str], key: Mapping[str, str]) -> NoSuchRow:
    hints = []
    for column, value in key.items():
        same = _same(con, table, column, types[column], value)
        if not con.execute(f"SELECT count(*) FROM {table} WHERE {same}").fetchall()[0][0]:
            hints.append(f"no row at all has {column}={value}; there are {_values(con, table, column, 'TRUE')}")
    return NoSuchRow(
        f"no row of {table} has these values",
        found="; ".join(hints) or "rows with each of the values, but none with all of them",
        expected=", ".join(f"{column}={value}" for column, value in key.items()) or "a row",
        do="leave out a column to see which values it has together with the others",
    )


def _stop_where_withdrawn(con: duckdb.DuckDBPyConnection, table: str, where: str, key: Mapping[str, str]) -> None:
    """Raise `NoSuchRow`, with the edition that withdrew them, where the requested rows are no longer printed."""
    from warehouse.sql import key_as_json

    matching = f"(SELECT series, {key_as_json(_core_tables()[table])} AS figure FROM core.{table} WHERE {where})"
    withdrawals = con.execute(
        "SELECT withdrawn_edition, max(last_edition), count(DISTINCT figure) FROM meta.withdrawn_figure "
        f"WHERE table_name = '{table}' AND printed_again_edition IS NULL "
        f"AND (series, figure) IN (SELECT (series, figure) FROM {matching}) GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    if withdrawals:
        edition, last, number = withdrawals[-1]
        raise NoSuchRow(
            f"the newest values of core.{table} no longer hold this figure: edition {edition} does not print it",
            found=f"{number:,} such figure{'s' * (number > 1)}, last printed in edition {last}",
            expected=", ".join(f"{column}={value}" for column, value in key.items()),
            do="add edition=... or edition_order=... to see what was printed; meta.withdrawn_figure lists them all",
        )


def _several_rows(con: duckdb.DuckDBPyConnection, table: str, types: Mapping[str, str], where: str) -> SeveralRows:
    counts = con.execute(
        "SELECT count(*), "
        + ", ".join(f'count(DISTINCT "{column}")' for column in types)
        + f" FROM {table} WHERE {where}"
    ).fetchall()[0]
    keys = grain_columns(con, table)
    differing = [column for column, number in zip(types, counts[1:], strict=True) if number > 1 and column in keys]
    return SeveralRows(
        f"{counts[0]:,} rows of {table} have these values",
        expected="values that identify one row",
        found="; ".join(f"{column}: {_values(con, table, column, where)}" for column in differing) or "equal rows",
        do="add column=value for " + (", ".join(differing) or "another column"),
    )


def _values(con: duckdb.DuckDBPyConnection, table: str, column: str, where: str) -> str:
    rows = con.execute(
        f'SELECT DISTINCT "{column}" FROM {table} WHERE {where} ORDER BY 1 LIMIT {MAX_VALUES_LISTED + 1}'
    ).fetchall()
    shown = ", ".join("NULL" if value is None else str(value) for (value,) in rows[:MAX_VALUES_LISTED])
    return shown + (", …" if len(rows) > MAX_VALUES_LISTED else "")


def _core_tables() -> Mapping[str, Table]:
    """The declared tables; the registry imports every reader, so it is loaded only for a table of schema core."""
    from transforms.series import TABLES

    return TABLES


def grain_columns(con: duckdb.DuckDBPyConnection, table: str) -> tuple[str, ...]:
    """The columns that identify a row of a table: the key of a core table, or the grain in the table's comment.

    () where no grain is stated in column names.
    """
    schema, _, name = table.partition(".")
    if schema == "core" and (declared := _core_tables().get(name.removesuffix("_latest"))):
        return ("series", *declared.key, *(() if name.endswith("_latest") else ("edition_order",)))
    if schema == "core" and (declared := _core_tables().get(name.removesuffix("_history"))):
        return ("series", *declared.key, "known_from")
    comments = con.execute(
        "SELECT comment FROM duckdb_tables() WHERE schema_name = ? AND table_name = ? "
        "UNION ALL SELECT comment FROM duckdb_views() WHERE schema_name = ? AND view_name = ?",
        [schema, name, schema, name],
    ).fetchall()
    stated = (comments[0][0] or "") if comments else ""
    grain = stated.partition("Grain: ")[2].partition(".")[0]
    named = tuple(part.strip() for part in grain.split(" x "))
    columns = _columns(con, table) if grain else {}
    return named if all(part in columns for part in named) else ()
