"""A topic page and its page of sources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from warehouse.site.answers import FIGURE, Row, SiteAnswer, ask
from warehouse.site.charts.vega import draw
from warehouse.site.formats import is_numeric, show, table_of
from warehouse.site.loaded import Loaded
from warehouse.site.provenance import SourceFile, Sources, trace
from warehouse.site.render import Pages, slug, svg
from warehouse.site.topics.declared import Topic, TopicBlock
from warehouse.site.topics.vacancies import REGION_BLOCKS, VACANCIES


def write_topic(
    con: duckdb.DuckDBPyConnection,
    pages: Pages,
    topic: Topic,
    loaded: Loaded,
    files: Mapping[tuple[str, str], SourceFile],
    links: Sequence[tuple[str, str]] = (),
) -> None:
    """Write the page of a topic, and the page that says where its figures are printed. `links`: pages below it."""
    blocks = [_asked(con, block, loaded) for block in topic.blocks]
    pages.write(f"{topic.slug}/", "topic.html", _topic(topic, blocks, links))
    write_sources(pages, f"{topic.slug}/", topic.title, [each for each in blocks if each["figures"]], files)


def write_regions(
    con: duckdb.DuckDBPyConnection,
    pages: Pages,
    loaded: Loaded,
    files: Mapping[tuple[str, str], SourceFile],
) -> list[tuple[str, str]]:
    """Write a page on vacancies for each region; returns the address below vacancies/ and the name of each."""
    asked = [(block, answer := ask(con, block.query, block.mart), trace(con, answer)) for block in REGION_BLOCKS]
    names = sorted({row["region_name"] for _, answer, _ in asked for row in answer.rows})
    for name in names:
        blocks = [
            _block(block, answer, [row for row in answer.rows if row["region_name"] == name], sources, loaded)
            for block, answer, sources in asked
        ]
        address = f"{VACANCIES.slug}/{slug(name)}/"
        lead = f"Posts in {name} not filled by permanent or fixed-term staff."
        page = Topic(VACANCIES.slug, f"Vacancies: {name}", lead, (), VACANCIES.definitions)
        pages.write(address, "topic.html", _topic(page, blocks, [("../", "All regions, newest quarter")]))
        write_sources(pages, address, page.title, [each for each in blocks if each["figures"]], files)
    return [(f"{slug(name)}/", f"{name} over time") for name in names]


def _topic(topic: Topic, blocks: list[dict[str, Any]], links: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {"title": topic.title, "lead": topic.lead, "blocks": blocks, "terms": topic.definitions, "links": links}


def _asked(con: duckdb.DuckDBPyConnection, block: TopicBlock, loaded: Loaded) -> dict[str, Any]:
    answer = ask(con, block.query, block.mart)
    return _block(block, answer, answer.rows, trace(con, answer) if answer.rows else {}, loaded)


def _block(
    block: TopicBlock, answer: SiteAnswer, rows: Sequence[Row], sources: Mapping[str, Sources], loaded: Loaded
) -> dict[str, Any]:
    """A block of a page: some rows of an answer, drawn and with their sources."""
    lacking = [table for table in block.needs if not loaded.has(table)]
    return {
        "name": block.name,
        "title": block.title,
        "about": block.about,
        "mart": block.mart,
        "table": table_of(rows, block.columns),
        "charts": [svg(drawn) for chart in block.charts if (drawn := draw(chart, rows))],
        "caveats": answer.caveats,
        "missing": loaded.why_not(lacking[0]) if lacking else "No figure of this kind is in the release.",
        "sources": sources,
        "definitions": {
            heading: answer.definitions[name] for name, heading in block.columns.items() if answer.definitions.get(name)
        },
        "sql": answer.sql,
        "figures": [
            {"id": row[FIGURE], "words": _words(block, row), "sources": sources[row[FIGURE]]}
            for row in rows
            if row.get(FIGURE) in sources
        ],
    }


def _words(block: TopicBlock, row: Row) -> str:
    named = [show(name, row[name]) for name in block.columns if row[name] is not None and not is_numeric(name)]
    return ", ".join(named) or block.title


def write_sources(
    pages: Pages,
    address: str,
    title: str,
    blocks: Sequence[dict[str, Any]],
    files: Mapping[tuple[str, str], SourceFile],
) -> None:
    """Write the page with the provenance of a page's figures."""
    if not blocks:
        return
    seen: set[str] = set()
    shown = []
    for block in blocks:
        # A figure that two tables of the page show has one address.
        new = [each for each in block["figures"] if each["id"] not in seen]
        seen |= {each["id"] for each in new}
        if new:
            shown.append(block | {"figures": new})
    used = {
        (cells.file_sha256, cells.edition)
        for block in shown
        for each in block["figures"]
        for cells in each["sources"].printed
    }
    listed = [files[key] for key in sorted(used) if key in files]
    pages.write(f"{address}sources/", "sources.html", {"title": title, "blocks": shown, "files": listed})
