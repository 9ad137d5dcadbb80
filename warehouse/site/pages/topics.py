"""A topic page and its page of sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from warehouse.asking.answers import FIGURE, QuestionAnswer, Row
from warehouse.asking.formats import is_numeric, show
from warehouse.asking.loaded import Loaded
from warehouse.site.charts.drawings import Drawings
from warehouse.site.charts.vega import draw
from warehouse.site.formats import table_of
from warehouse.site.provenance import SourceFile, Sources, of_answer
from warehouse.site.render import Pages, slug, svg
from warehouse.site.topics import TOPICS
from warehouse.site.topics.declared import Topic, TopicBlock
from warehouse.site.topics.vacancies import REGION_BLOCKS, VACANCIES

BLOCKS = (*REGION_BLOCKS, *(block for topic in TOPICS for block in topic.blocks))
"""Every block of the pages; they show the answers to its questions."""


def write_topic(
    pages: Pages,
    topic: Topic,
    asked: Mapping[str, QuestionAnswer],
    sources: Mapping[str, Sources],
    loaded: Loaded,
    files: Mapping[tuple[str, str], SourceFile],
    links: Sequence[tuple[str, str]] = (),
) -> None:
    """Write the page of a topic, and the page that says where its figures are printed.

    `asked`: answers by the name of the question; `sources`: those of their figures; `links`: pages below it.
    """
    blocks = [
        _block(block, answer := asked[block.name], answer.rows, of_answer(answer, sources), loaded, pages.drawings)
        for block in topic.blocks
    ]
    pages.write(f"{topic.slug}/", "topic.html", _topic(topic.title, topic.lead, topic, blocks, links))
    write_sources(pages, f"{topic.slug}/", topic.title, [each for each in blocks if each["figures"]], files)


def write_regions(
    pages: Pages,
    asked: Mapping[str, QuestionAnswer],
    sources: Mapping[str, Sources],
    loaded: Loaded,
    files: Mapping[tuple[str, str], SourceFile],
) -> list[tuple[str, str]]:
    """Write a page on vacancies for each region; returns the address below vacancies/ and the name of each."""
    traced = [(block, answer := asked[block.name], of_answer(answer, sources)) for block in REGION_BLOCKS]
    names = sorted({row["region_name"] for _, answer, _ in traced for row in answer.rows})
    for name in names:
        blocks = [
            _block(
                block,
                answer,
                [row for row in answer.rows if row["region_name"] == name],
                printed,
                loaded,
                pages.drawings,
                one_region=True,
            )
            for block, answer, printed in traced
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


def _block(
    block: TopicBlock,
    answer: QuestionAnswer,
    rows: Sequence[Row],
    sources: Mapping[str, Sources],
    loaded: Loaded,
    drawings: Drawings,
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
        "charts": [svg(drawn) for chart in block.charts if (drawn := draw(chart, rows, drawings))],
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
