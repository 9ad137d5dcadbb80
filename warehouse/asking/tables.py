"""The tables of a warehouse as an analyst looks for them: marts by subject first, and the columns of one table."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from warehouse.asking.formats import unit_word
from warehouse.asking.query import reading
from warehouse.errors import NoSuchTable

SCHEMAS = ("marts", "core", "reference", "meta")
"""In the order in which they are listed."""


@dataclass(frozen=True)
class Listed:
    """A table or view of the warehouse: schema.name, group, number of rows (None for a view), description with grain.

    `group` is "marts: SUBJECT" for a mart, else the schema.
    """

    name: str
    group: str
    rows: int | None
    description: str


@dataclass(frozen=True)
class ListedColumn:
    """A column: name, type, unit in a word ('' where the name tells none), description."""

    name: str
    type: str
    unit: str
    description: str


def listed_tables(warehouse: Path) -> list[Listed]:
    """Every table and view: marts by subject, then core, reference and meta. Rows of views are not counted."""
    with reading(warehouse) as con:
        found = con.execute("""
            SELECT schema_name, table_name, comment, FALSE AS is_view FROM duckdb_tables()
            UNION ALL
            SELECT schema_name, view_name, comment, TRUE FROM duckdb_views() WHERE NOT internal
        """).fetchall()
        counted = [f"{schema}.{name}" for schema, name, _, is_view in found if not is_view]
        sums = ", ".join(f"(SELECT count(*) FROM {name})" for name in counted)
        # A view is not counted: DuckDB needs longer to plan 40 of them than for all else here.
        rows = dict(zip(counted, con.execute(f"SELECT {sums}").fetchall()[0], strict=True)) if counted else {}
    subjects = _subjects()
    tables = [
        Listed(
            f"{schema}.{name}",
            f"marts: {subjects.get(name, 'other')}" if schema == "marts" else schema,
            rows.get(f"{schema}.{name}"),
            about or "",
        )
        for schema, name, about, _ in found
    ]
    return sorted(tables, key=lambda each: (_place(each.name), each.group, each.name))


def columns_of(warehouse: Path, table: str) -> tuple[Listed, list[ListedColumn]]:
    """A table and its columns. The schema may be left out. Raises `NoSuchTable` with similar names."""
    tables = {each.name: each for each in listed_tables(warehouse)}
    name = next((each for each in (table, *(f"{schema}.{table}" for schema in SCHEMAS)) if each in tables), None)
    if name is None:
        raise NoSuchTable(
            f"there is no table {table!r}",
            expected=" or ".join(similar_tables(table, tables)) or "a table of the warehouse",
            found=table,
            do="list the tables with workforce tables",
        )
    schema, _, short = name.partition(".")
    with reading(warehouse) as con:
        columns = con.execute(
            "SELECT column_name, data_type, coalesce(comment, '') FROM duckdb_columns() "
            "WHERE schema_name = ? AND table_name = ? ORDER BY column_index",
            [schema, short],
        ).fetchall()
    return tables[name], [ListedColumn(column, kind, unit_word(column), about) for column, kind, about in columns]


def similar_tables(typed: str, names: Iterable[str]) -> list[str]:
    """The names most like what was typed, which may leave out the schema; marts before others."""
    # Compare names without the schema, since users mostly leave it out.
    offered = {name.partition(".")[2]: name for name in sorted(names, key=_place, reverse=True)}
    return [offered[name] for name in difflib.get_close_matches(typed.rpartition(".")[2].lower(), offered, n=3)]


def _place(name: str) -> int:
    schema = name.partition(".")[0]
    return SCHEMAS.index(schema) if schema in SCHEMAS else len(SCHEMAS)


def _subjects() -> dict[str, str]:
    """The subject of each mart: the folder of its file."""
    return {
        path.name.removesuffix(".sql"): folder.name.replace("_", " ")
        for folder in files("warehouse").joinpath("marts").iterdir()
        if folder.is_dir()
        for path in folder.iterdir()
    }
