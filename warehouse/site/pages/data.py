"""The pages about the data itself: downloads, the dictionary, releases, checks, and the Atom feed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.site.releases import Change
from warehouse.site.render import Pages

SCHEMAS = {
    "marts": "What analysts open: one declared grain each, numerator and denominator beside every share.",
    "core": "Tidy published figures with their cells, every edition.",
    "reference": "Hand-kept lists: vocabularies, cited headlines, mappings, corrections.",
    "meta": "Files, editions, revisions, checks, and what was not read.",
}


@dataclass(frozen=True)
class Described:
    """A table or view: schema.name, description, columns (name, type, description), grain columns, SQL of a mart."""

    name: str
    about: str
    columns: tuple[tuple[str, str, str], ...]
    grain: tuple[str, ...]
    made_by: str

    @property
    def schema(self) -> str:
        """Its schema."""
        return self.name.partition(".")[0]


def write_data(
    con: duckdb.DuckDBPyConnection, pages: Pages, tables: Sequence[Described], history: Sequence[Change]
) -> None:
    """Write these pages and the feed."""
    pages.write("data/", "data.html", {"marts": [each for each in tables if each.schema == "marts"], **_rights(con)})
    by_schema = {schema: [each for each in tables if each.schema == schema] for schema in SCHEMAS}
    pages.write("data/dictionary/", "dictionary.html", {"schemas": SCHEMAS, "tables": by_schema})
    for table in tables:
        pages.write(
            f"data/dictionary/{table.name.replace('.', '-').replace('_', '-')}/", "table.html", {"table": table}
        )
    pages.write("data/releases/", "releases.html", {"history": history})
    pages.write("data/checks/", "checks.html", _checks(con))
    pages.put("feed.xml", pages.environment.get_template("feed.xml").render(history=history))


def describe(con: duckdb.DuckDBPyConnection) -> list[Described]:
    """Every table and view with its columns, as the warehouse's own comments say."""
    made_by = dict(con.execute("SELECT 'marts.' || mart, made_by FROM meta.mart").fetchall())
    columns = con.execute("""
        SELECT schema_name || '.' || table_name,
            list((column_name, data_type, coalesce(comment, '')) ORDER BY column_index)
        FROM duckdb_columns() WHERE NOT internal AND database_name = current_database() GROUP BY ALL
    """).fetchall()
    listed = con.execute("""
        SELECT schema_name || '.' || table_name AS name, coalesce(comment, '') FROM duckdb_tables()
        WHERE NOT internal AND NOT temporary
        UNION ALL
        SELECT schema_name || '.' || view_name, coalesce(comment, '') FROM duckdb_views() WHERE NOT internal
        ORDER BY name
    """).fetchall()
    of = {name: tuple(tuple(column) for column in found) for name, found in columns}
    return [
        Described(name, about, of[name], _grain(about, of[name]), made_by.get(name, ""))
        for name, about in listed
        if name.partition(".")[0] in SCHEMAS
    ]


def _grain(about: str, columns: Sequence[tuple[str, str, str]]) -> tuple[str, ...]:
    """The columns that a description states as the grain; () where it states it in other words."""
    stated = tuple(part.strip() for part in about.partition("Grain: ")[2].partition(".")[0].split(" x "))
    return stated if set(stated) <= {name for name, *_ in columns} else ()


def _rights(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    rights = con.execute("""
        SELECT coalesce(series.title, series.series), coalesce(series.publisher, ''), coalesce(series.landing, ''),
            coalesce(files.licence, series.licence),
            coalesce(files.attribution, series.attribution), files.series IS NOT NULL
        FROM meta.series AS series
        LEFT JOIN (
            SELECT series, max(licence) AS licence, max(attribution) AS attribution
            FROM meta.source_file GROUP BY series
        ) AS files ON files.series = series.series
        ORDER BY series.title
    """).fetchall()
    names = ("title", "publisher", "landing", "licence", "attribution", "is_loaded")
    return {"rights": [dict(zip(names, row, strict=True)) for row in rights]}


def _checks(con: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    outcomes = con.execute("SELECT outcome, count(*) FROM meta.check_result GROUP BY ALL ORDER BY ALL").fetchall()
    names = ("rule_id", "table_name", "severity", "outcome", "failing_rows", "message", "guidance")
    found = con.execute(f"""
        SELECT {", ".join(names)} FROM meta.check_result ORDER BY outcome = 'passed', rule_id
    """).fetchall()
    rows = [dict(zip(names, row, strict=True)) for row in found]
    simple = {"passed": "passed", "idle": "ran over no rows"}
    return {
        "outcomes": outcomes,
        "others": [row for row in rows if row["outcome"] not in simple.values()],
        **{name: [row for row in rows if row["outcome"] == outcome] for name, outcome in simple.items()},
    }
