"""The pages about the data itself: downloads, the dictionary, releases, checks, and the Atom feed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.exports.facts import MartFacts, mart_facts
from warehouse.site.described import citation, dataset_of_mart, dataset_of_release
from warehouse.site.releases import Change
from warehouse.site.render import Pages, slug
from warehouse.site.snippets import PLACEHOLDER, UNTESTED, snippets

EXAMPLE = "vacancies"
"""The mart that the page on data reads in every tool."""

Exports = Mapping[str, Mapping[str, Any]]
"""What the manifest says of each mart's files: rows, files (bytes by ending), no_workbook."""

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
    con: duckdb.DuckDBPyConnection,
    pages: Pages,
    tables: Sequence[Described],
    history: Sequence[Change],
    exports: Exports,
    size: int,
) -> None:
    """Write these pages and the feed.

    `exports`: what the manifest says of each mart; `size`: bytes of the warehouse.
    """
    marts = {mart.name: mart for mart in mart_facts(con)}
    _write_downloads(con, pages, marts, exports, size)
    by_schema = {schema: [each for each in tables if each.schema == schema] for schema in SCHEMAS}
    pages.write("data/dictionary/", "dictionary.html", {"schemas": SCHEMAS, "tables": by_schema})
    for table in tables:
        mart = marts.get(table.name.removeprefix("marts.")) if table.schema == "marts" else None
        context = {"table": table} | (_of_mart(pages, mart, exports) if mart else {"mart": None})
        pages.write(f"data/dictionary/{slug(table.name)}/", "table.html", context)
    pages.write("data/releases/", "releases.html", {"history": history})
    for each in history:
        if each.has_figures:
            shown = {"release": each, "figures": each.figures}
            pages.write(f"data/releases/{slug(each.release)}/", "figure_changes.html", shown)
    pages.write("data/checks/", "checks.html", _checks(con))
    pages.put("feed.xml", pages.environment.get_template("feed.xml").render(history=history))


def _write_downloads(
    con: duckdb.DuckDBPyConnection, pages: Pages, marts: Mapping[str, MartFacts], exports: Exports, size: int
) -> None:
    facts, rights = pages.facts, _rights(con)
    used = sorted({each for mart in marts.values() for each in mart.rights}, key=lambda each: each.series)
    root = facts.address or "../"
    of_marts = {name: f"{root}data/dictionary/{slug(f'marts.{name}')}/" for name in marts}
    pages.write(
        "data/",
        "data.html",
        {
            "marts": list(marts.values()),
            "exports": exports,
            "size_of_warehouse": size,
            "snippets": snippets(marts[EXAMPLE], facts.address or PLACEHOLDER),
            "untested": UNTESTED,
            "example": EXAMPLE,
            "citation": citation(facts, _page(facts.address, "data/"), None, [each.attribution for each in used]),
            "dataset": dataset_of_release(facts, used, root, of_marts),
            "rights": rights,
        },
    )


def _of_mart(pages: Pages, mart: MartFacts, exports: Exports) -> dict[str, Any]:
    """What the dictionary's page of a mart has more: files, rights, citation, snippets, the data for programs."""
    facts, exported = pages.facts, exports.get(mart.name, {})
    files = exported.get("files", {})
    page = f"data/dictionary/{slug(f'marts.{mart.name}')}/"
    place = f"{facts.address or '../../../'}releases/{facts.release}/marts/{mart.name}"
    return {
        "mart": mart,
        "exported": exported,
        "citation": citation(facts, _page(facts.address, page), mart, [each.attribution for each in mart.rights]),
        "dataset": dataset_of_mart(mart, facts, files, place),
        "snippets": snippets(mart, facts.address or PLACEHOLDER),
        "untested": UNTESTED,
    }


def _page(address: str, page: str) -> str:
    return f"{address}{page}" if address else ""


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


def _rights(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    """Every series of the catalogue with its licence and attribution, and whether this release holds it."""
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
    return [dict(zip(names, row, strict=True)) for row in rights]


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
