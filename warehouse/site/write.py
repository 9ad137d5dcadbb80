"""Writing the site of one release."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from warehouse.asking.answers import ask_ready
from warehouse.asking.loaded import what_is_loaded
from warehouse.asking.query import reading
from warehouse.asking.questions import ready_question
from warehouse.site.charts.drawings import Drawings
from warehouse.site.frontend import BUILD_COMMAND, built_files
from warehouse.site.pages.data import describe, write_data
from warehouse.site.pages.home import write_home
from warehouse.site.pages.methods import write_methods
from warehouse.site.pages.organisations import ask_all, write_organisations
from warehouse.site.pages.speech import QUESTION, write_speech
from warehouse.site.pages.sql import write_sql_page
from warehouse.site.pages.testing import write_testing
from warehouse.site.pages.topics import BLOCKS, write_regions, write_sources, write_topic
from warehouse.site.provenance import source_files, trace
from warehouse.site.releases import WITHHELD, changes
from warehouse.site.render import Pages, SiteFacts
from warehouse.site.topics import TOPICS
from warehouse.site.topics.vacancies import VACANCIES

log = logging.getLogger("workforce")

NAVIGATION = (
    ("speech", "The speech"),
    *((topic.slug, topic.title) for topic in TOPICS),
    ("organisations", "Trusts and boards"),
    ("data", "Data"),
    ("methods", "Methods"),
)


def write_site(
    warehouse: Path,
    out: Path,
    facts: SiteFacts,
    manifests: Sequence[Mapping[str, Any]],
    drawings: Drawings | None = None,
) -> list[str]:
    """Write the whole site below `out` and return the names of its files.

    `warehouse` must be the file that may be passed on. `manifests` are those of the releases kept, oldest first, that
    of `facts` among them. `drawings`: charts of the release before; those of the site are added. Raises DuckDB's error
    where a question does not fit the file.
    """
    pages = Pages(out, facts, NAVIGATION, drawings or Drawings())
    pages.copy_static()
    history = changes(manifests)
    exports: Mapping[str, Any] = next(
        (each.get("marts", {}) for each in manifests if each["release"] == facts.release), {}
    )
    with reading(warehouse, few_threads=True) as con:
        tables = describe(con)
        # Before the others, whose navigation and SQL lead there where it is.
        if built := built_files():
            write_sql_page(pages, tables, warehouse, built)
        else:
            log.warning("The site is written without the page for SQL in the browser: %s adds it.", BUILD_COMMAND)
        files = source_files(con)
        loaded = what_is_loaded(con, facts.withheld)
        names = dict.fromkeys((QUESTION, *(block.name for block in BLOCKS)))
        answers = {name: ask_ready(con, ready_question(name)) for name in names}
        asked = ask_all(con)
        sources = trace(con, [*answers.values(), *asked.answers.values()])
        write_home(con, pages, loaded, history[0])
        claims = write_speech(con, pages, answers[QUESTION], sources)
        write_sources(pages, "speech/", "The speech, claim by claim", [claims], files)
        regions = write_regions(pages, answers, sources, loaded, files)
        for topic in TOPICS:
            write_topic(pages, topic, answers, sources, loaded, files, regions if topic is VACANCIES else ())
        write_organisations(pages, asked, sources, files, loaded)
        questions = {name: answer.sql for name, answer in asked.answers.items()}
        pages.write("organisations/sql/", "questions.html", {"questions": questions})
        write_data(con, pages, tables, history, exports, warehouse.stat().st_size)
        write_methods(con, pages)
        write_testing(con, pages)
    pages.put_map()
    return pages.written


def site_facts(manifest: Mapping[str, Any]) -> SiteFacts:
    """What pages say of a release, from its manifest. Where series are withheld, Data Docs may show rows of them."""
    withheld = tuple(manifest.get(WITHHELD) or ())
    return SiteFacts(
        release=str(manifest["release"]),
        built_at=str(manifest["built_at"]),
        figure_kind=str(manifest["figure_kind"]),
        code_version=str(manifest["code_version"]),
        withheld=withheld,
        has_docs=not withheld,
        address=str(manifest.get("address", "")),
    )
