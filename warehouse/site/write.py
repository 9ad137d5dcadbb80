"""Writing the site of one release."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.query import reading
from warehouse.site.answers import FIGURE, Row, ask
from warehouse.site.charts import draw
from warehouse.site.data_pages import write_data
from warehouse.site.formats import is_numeric, show, table_of
from warehouse.site.home import write_home
from warehouse.site.loaded import Loaded, what_is_loaded
from warehouse.site.organisations import PARTS, ask_all, write_organisations
from warehouse.site.provenance import SourceFile, source_files, trace
from warehouse.site.releases import changes
from warehouse.site.render import Facts, Pages, svg
from warehouse.site.speech import write_speech
from warehouse.site.topics import TOPICS, Block, Topic

NAVIGATION = (
    ("speech", "The speech"),
    *((topic.slug, topic.title) for topic in TOPICS),
    ("organisations", "Trusts and boards"),
    ("data", "Data"),
    ("methods", "Methods"),
)


def write_site(warehouse: Path, out: Path, facts: Facts, manifests: Sequence[Mapping[str, Any]]) -> list[str]:
    """Write the whole site below `out` and return the names of its files.

    `warehouse` must be the file that may be passed on. `manifests` are those of the releases kept, oldest first, the
    one that is written last. Raises DuckDB's error where a question does not fit the file.
    """
    pages = Pages(out, facts, NAVIGATION)
    pages.copy_static()
    history = changes(manifests)
    with reading(warehouse) as con:
        files = source_files(con)
        loaded = what_is_loaded(con, facts.withheld)
        write_home(con, pages, loaded, history[0])
        claims = write_speech(con, pages)
        _write_sources(pages, "speech/", "The speech, claim by claim", [claims], files)
        for topic in TOPICS:
            blocks = [_block(con, block, loaded) for block in topic.blocks]
            pages.write(f"{topic.slug}/", "topic.html", _topic(topic, blocks))
            _write_sources(pages, f"{topic.slug}/", topic.title, [each for each in blocks if each["figures"]], files)
        asked = ask_all(con)
        write_organisations(pages, asked, files, loaded)
        questions = {name: answer.sql for name, answer in asked.answers.items()}
        pages.write("organisations/sql/", "questions.html", {"questions": questions})
        write_data(con, pages, history)
    pages.write("methods/", "methods.html", {"parts": PARTS})
    return pages.written


def _topic(topic: Topic, blocks: list[dict[str, Any]]) -> dict[str, Any]:
    return {"title": topic.title, "lead": topic.lead, "blocks": blocks, "terms": topic.definitions, "links": []}


def _block(con: Any, block: Block, loaded: Loaded) -> dict[str, Any]:
    """A block of a topic page, asked and drawn."""
    answer = ask(con, block.query, block.mart)
    sources = trace(con, answer) if answer.rows else {}
    lacking = [table for table in block.needs if not loaded.has(table)]
    return {
        "name": block.name,
        "title": block.title,
        "about": block.about,
        "mart": block.mart,
        "table": table_of(answer.rows, block.columns),
        "charts": [svg(drawn) for chart in block.charts if (drawn := draw(chart, answer.rows))],
        "caveats": answer.caveats,
        "missing": loaded.why_not(lacking[0]) if lacking else "No figure of this kind is in the release.",
        "sources": sources,
        "definitions": {
            heading: answer.definitions[name] for name, heading in block.columns.items() if answer.definitions.get(name)
        },
        "sql": answer.sql,
        "figures": [
            {"id": row[FIGURE], "words": _words(block, row), "sources": sources[row[FIGURE]]}
            for row in answer.rows
            if row.get(FIGURE) in sources
        ],
    }


def _words(block: Block, row: Row) -> str:
    named = [show(name, row[name]) for name in block.columns if row[name] is not None and not is_numeric(name)]
    return ", ".join(named) or block.title


def _write_sources(
    pages: Pages,
    address: str,
    title: str,
    blocks: Sequence[dict[str, Any]],
    files: Mapping[tuple[str, str], SourceFile],
) -> None:
    """Write the page with the provenance of a page's figures."""
    if not blocks:
        return
    used = {
        (cells.file_sha256, cells.edition)
        for block in blocks
        for each in block["figures"]
        for cells in each["sources"].printed
    }
    listed = [files[key] for key in sorted(used) if key in files]
    pages.write(f"{address}sources/", "sources.html", {"title": title, "blocks": blocks, "files": listed})
