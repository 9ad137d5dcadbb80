"""A topic page and its page of sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from warehouse.asking.answers import FIGURE, QuestionAnswer, Row, ask_ready
from warehouse.asking.formats import is_numeric, show
from warehouse.asking.loaded import Loaded
from warehouse.site.charts.vega import draw
from warehouse.site.formats import table_of
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
    pages.write(f"{topic.slug}/", "topic.html", _topic(topic.title, topic.lead, topic, blocks, links))
    write_sources(pages, f"{topic.slug}/", topic.title, [each for each in blocks if each["figures"]], files)


def write_regions(
    con: duckdb.DuckDBPyConnection,
    pages: Pages,
    loaded: Loaded,
    files: Mapping[tuple[str, str], SourceFile],
) -> list[tuple[str, str]]:
    """Write a page on vacancies for each region; returns the address below vacancies/ and the name of each."""
    asked = [(block, answer := ask_ready(con, block.question), trace(con, answer)) for block in REGION_BLOCKS]
    names = sorted({row["region_name"] for _, answer, _ in asked for row in answer.rows})
    for name in names:
        blocks = [
            _block(
                block,
                answer,
                [row for row in answer.rows if row["region_name"] == name],
                sources,
                loaded,
                one_region=True,
            )
            for block, answer, sources in asked
        ]
        address = f"{VACANCIES.slug}/{slug(name)}/"
        lead = f"Posts in {name} not filled by permanent or fixed-term staff."
        title = f"Vacancies: {name}"
        pages.write(
            address, "topic.html", _topic(title, lead, VACANCIES, blocks, [("../", "All regions, newest quarter")])
        )
        write_sources(pages, address, title, [each for each in blocks if each["figures"]], files)
    return [(f"{slug(name)}/", f"{name} over time") for name in names]


def _topic(
    title: str, lead: str, topic: Topic, blocks: list[dict[str, Any]], links: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    return {"title": title, "lead": lead, "blocks": blocks, "terms": topic.definitions, "links": links}


def _asked(con: duckdb.DuckDBPyConnection, block: TopicBlock, loaded: Loaded) -> dict[str, Any]:
    answer = ask_ready(con, block.question)
    return _block(block, answer, answer.rows, trace(con, answer) if answer.rows else {}, loaded)


def _block(
    block: TopicBlock,
    answer: QuestionAnswer,
    rows: Sequence[Row],
    sources: Mapping[str, Sources],
    loaded: Loaded,
    *,
    one_region: bool = False,
) -> dict[str, Any]:
    """A block of a page: some rows of an answer, drawn and with their sources."""
    question = block.question
    # Each row of a region's page is of that region.
    columns = {name: heading for name, heading in question.columns.items() if not one_region or name != "region_name"}
    return {
        "name": question.anchor,
        "title": question.heading,
        "about": question.caveat,
        "mart": question.mart,
        "table": table_of(rows, columns),
        "charts": [svg(drawn) for chart in block.charts if (drawn := draw(chart, rows))],
        "caveats": answer.caveats,
        "missing": loaded.why_no_answer(question.needs) or loaded.why_no_rows(question.needs),
        "sources": sources,
        "definitions": {
            heading: answer.definitions[name] for name, heading in columns.items() if answer.definitions.get(name)
        },
        "sql": answer.sql,
        "figures": [
            {"id": row[FIGURE], "words": _words(question.heading, columns, row), "sources": sources[row[FIGURE]]}
            for row in rows
            if row.get(FIGURE) in sources
        ],
    }


def _words(title: str, columns: Iterable[str], row: Row) -> str:
    named = [show(name, row[name]) for name in columns if row[name] is not None and not is_numeric(name)]
    return ", ".join(named) or title


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
