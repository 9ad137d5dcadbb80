"""Marts: each one SQL file, a SELECT with its comments, built in the order in which they read each other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from importlib.resources import files
from typing import Any

import duckdb

from warehouse.errors import MartFailed
from warehouse.sql import comment

FIGURE_KIND = (
    "published: figures as the publisher printed them; illustrative: the bundled sample's figures, not statistics."
)


@dataclass(frozen=True)
class Mart:
    """One mart. `select` makes it, `comments` are the COMMENT ON statements after it."""

    name: str
    kind: str
    select: str
    comments: tuple[str, ...]


def marts() -> list[Mart]:
    """Every mart of warehouse/marts, by name."""
    folder = files("warehouse") / "marts"
    return [
        _parsed(path.name.removesuffix(".sql"), path.read_text(encoding="utf-8"))
        for path in sorted(folder.iterdir(), key=lambda path: path.name)
        if path.name.endswith(".sql")
    ]


def build_marts(con: duckdb.DuckDBPyConnection, figure_kind: str) -> None:
    """(Re)build every mart. Each gets a last column `figure_kind`, so that no export can lose the mark.

    Raises `MartFailed` naming the mart.
    """
    known = {f"marts.{mart.name}": mart for mart in marts()}
    for name, mart in reversed(known.items()):
        con.execute(f"DROP {mart.kind} IF EXISTS {name} CASCADE")
    reads = {name: _reads(con, mart) & known.keys() - {name} for name, mart in known.items()}
    for name in TopologicalSorter(reads).static_order():
        mart = known[name]
        try:
            marked = f"SELECT made.*, '{figure_kind}' AS figure_kind FROM ({mart.select}) AS made"
            con.execute(f"CREATE {mart.kind} {name} AS {marked}")
            for statement in mart.comments:
                con.execute(statement)
        except duckdb.Error as error:
            raise MartFailed(
                f"{name} cannot be built", file=f"{mart.name}.sql", found=str(error), do="mend its SQL"
            ) from error
        comment(con, f"COLUMN {name}.figure_kind", FIGURE_KIND)


def _parsed(name: str, sql: str) -> Mart:
    select, *comments = [statement.query.strip().rstrip(";") for statement in duckdb.extract_statements(sql)]
    kind = "view" if "-- kind: view" in sql else "table"
    return Mart(name, kind, select, tuple(comments))


def _reads(con: duckdb.DuckDBPyConnection, mart: Mart) -> set[str]:
    """Qualified names of the tables a mart's SELECT reads, from its parse tree (nothing is bound or run)."""
    tree = json.loads(con.execute("SELECT json_serialize_sql(?::VARCHAR)", [mart.select]).fetchall()[0][0])
    if tree.get("error"):
        raise MartFailed(
            f"marts.{mart.name} cannot be parsed",
            file=f"{mart.name}.sql",
            found=str(tree.get("error_message")),
            do="mend its SQL",
        )
    return set(_tables(tree))


def _tables(node: Any) -> Iterator[str]:
    if isinstance(node, list):
        for part in node:
            yield from _tables(part)
    elif isinstance(node, dict):
        if node.get("type") == "BASE_TABLE":
            yield f"{node['schema_name']}.{node['table_name']}"
        for part in node.values():
            yield from _tables(part)
