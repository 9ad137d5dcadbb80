"""Every page of digital.nhs.uk that was rebuilt from its templates is read as its expectation says, field by field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.fetching.publishers.digital_nhs_pages import (
    EditionPage,
    FilesPage,
    SeriesPage,
    read_data_set,
    read_edition,
    read_series,
    read_sitemap,
    read_supplementary,
)

PAGES = Path(__file__).resolve().parents[4] / "shared" / "pages" / "digital-nhs"
NOT_PAGES = {"Cloudflare challenge", "an answer of the file store"}
"""Answers that the client refuses before anybody reads them."""
REMARKS = {"address", "kind", "basis", "notes", "as_of", "invented"}
SITE = "https://digital.nhs.uk/data-and-information/publications/statistical/nhs-workforce-statistics"


@dataclass(frozen=True)
class Case:
    """A rebuilt page and what a right reading of it returns."""

    name: str
    content: str
    expect: dict[str, Any]


def cases() -> list[Case]:
    """Every page with an expectation that is a page at all."""
    expectations = {path: json.loads(path.read_text(encoding="utf-8")) for path in sorted(PAGES.glob("*.expect.json"))}
    return [
        Case(path.name.removesuffix(".expect.json"), _content(path), expect)
        for path, expect in expectations.items()
        if expect["kind"] not in NOT_PAGES
    ]


def _content(expectation: Path) -> str:
    stem = expectation.name.removesuffix(".expect.json")
    return next(
        path.read_text(encoding="utf-8") for path in (PAGES / f"{stem}.html", PAGES / f"{stem}.xml") if path.exists()
    )


def _links(links: Iterable[Any]) -> list[dict[str, str]]:
    return [{"title": each.title, "address": each.address} for each in links]


def _files(files: Iterable[Any]) -> list[dict[str, str]]:
    return [{"title": each.title, "name": each.name, "address": each.address} for each in files]


def _printed(day: date | None, month: str) -> str:
    """How the list of announced editions prints a day, or a month."""
    return f"{day.day} {day:%b %Y}" if day else f"{date.fromisoformat(month + '-01'):%b %Y}"


def _below(data_sets: list[dict[str, str]]) -> list[dict[str, str]]:
    """The files on the data-set pages of an edition, in the order in which the edition lists the pages."""
    pages = {case.expect["address"]: case.content for case in cases()}
    found = [read_data_set(pages[each["address"]], each["address"]) for each in data_sets]
    return [file for page in found for file in _files(page.files)]


def of_series(content: str, address: str) -> dict[str, Any]:
    page: SeriesPage = read_series(content, address)

    def listed(entries: Iterable[Any]) -> list[dict[str, str]]:
        return [
            {
                "title": each.title,
                "address": each.address,
                "printed_date": each.printed_date,
                "published_on": str(each.published_on),
            }
            for each in entries
        ]

    upcoming = [
        {
            "title": each.title,
            "address": each.page,
            "due_on": str(each.due_on) if each.due_on else None,
            "due_month": each.due_month,
            "printed_date": _printed(each.due_on, each.due_month),
        }
        for each in page.upcoming
    ]
    found = {"latest": listed(page.latest), "past": listed(page.past), "upcoming": upcoming}
    return found | {"series_files": _files(page.files), "title": page.title}


def of_edition(content: str, address: str) -> dict[str, Any]:
    page: EditionPage = read_edition(content, address)
    day = str(page.published_on) if page.published_on else None
    return {
        "title": page.title,
        "edition": page.edition,
        "published_on": day,
        "due_on": day,
        "due_month": page.printed_month,
        "coverage": page.coverage,
        "kind_of_statistics": page.kind_of_statistics,
        "upcoming": page.upcoming,
        "chapter": page.chapter,
        "files": _files(page.files),
        "data_sets": _links(page.data_sets),
        "key_facts": page.key_facts,
        "chapters": _links(page.chapters),
        "other_links": _links(page.other_links),
        "supplementary": _links(page.supplementary),
        "change_notices": [{"title": each.title, "printed_date": each.printed_date} for each in page.notices],
    }


def of_files(read: Callable[[str, str], FilesPage]) -> Callable[[str, str], dict[str, Any]]:
    def of(content: str, address: str) -> dict[str, Any]:
        page = read(content, address)
        return {
            "title": page.title,
            "published_on": str(page.published_on),
            "coverage": page.coverage,
            "files": _files(page.files),
            "other_links": _links(page.other_links),
        }

    return of


def of_sitemap(content: str, _: str) -> dict[str, Any]:
    landings = (SITE, SITE.replace("nhs-workforce-statistics", "nhs-vacancies-survey"))
    return {"editions": [place for landing in landings for place in read_sitemap(content, landing)]}


def reading(kind: str) -> Callable[[str, str], dict[str, Any]]:
    """How a kind of page is read."""
    ways: dict[str, Callable[[str, str], dict[str, Any]]] = {
        "series": of_series,
        "archive": of_series,
        "data-set": of_files(read_data_set),
        "supplementary information": of_files(read_supplementary),
        "sitemap": of_sitemap,
    }
    return next((way for start, way in ways.items() if kind.startswith(start)), of_edition)


def as_stated(case: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the expectation states and what was found, of the fields that it states."""
    found = reading(case.expect["kind"])(case.content, case.expect["address"])
    stated = {name: value for name, value in case.expect.items() if name not in REMARKS}
    refused = [each["address"] for name in ("not_editions", "not_wanted") for each in stated.pop(name, [])]
    entries = [found.get(name, []) for name in ("latest", "past", "upcoming", "files")]
    taken = [each["address"] for found_here in entries if isinstance(found_here, list) for each in found_here]
    assert not set(refused) & set(taken)
    if case.expect["kind"].startswith("archive"):
        found["past"] = [{"title": each["title"], "address": each["address"]} for each in found["past"]]
    if case.expect["kind"] == "edition page":
        found["files"] += _below(found["data_sets"])
    return stated, {name: found[name] for name in stated}


@pytest.mark.skipif(not PAGES.exists(), reason="the rebuilt pages of digital.nhs.uk are not at hand")
@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_rebuilt_page_is_read_as_its_expectation_says(case):
    stated, found = as_stated(case)
    assert found == stated


LEGACY = """
<main><article class="article article--legacy-publication"><h1 data-uipath="document.title">Staff, March 2016</h1>
<span data-uipath="ps.legacyPublication.information-types">Official statistics, Experimental statistics</span>
<dd data-uipath="ps.publication.publication-date" itemprop="datePublished">26 May 2016</dd>
<div id="key-facts"><div class="callout callout--attention"><h2>Key facts</h2>
<div class="rich-text-content"><p>There were <b>1.3</b>million.</p><p>That is more.</p></div></div></div>
<div id="resources"><h2>Resources</h2>
<ul data-uipath="ps.publication.resources"><li class="attachment"><a class="block-link" itemprop="contentUrl"
title="Staff, tables" href="https://files.digital.nhs.uk/publicationimport/pub20xxx/pub20647/staff-tab.xlsx">
<span class="block-link__title">Staff, tables</span> [xlsx, size: 70.1 kB]</a></li></ul>
<ul data-uipath="ps.publication.resources"><li><a href="/other" title="Other">Other</a></li>
<li itemprop="hasPart"><a itemprop="url" href="/set" title="A set"><span itemprop="name">A set</span></a></li></ul>
</div></article></main>"""


def edition(body: str, title: str = "Staff - May 2026") -> EditionPage:
    """An edition's page with this body, read."""
    return read_edition(f'<main><article><h1 data-uipath="document.title">{title}</h1>{body}</article></main>', SITE)


def test_a_publication_of_before_2018_is_read_by_its_own_marks():
    page = read_edition(LEGACY, SITE)
    assert (page.edition, page.is_publication, str(page.published_on)) == ("2016-03", True, "2016-05-26")
    assert page.kind_of_statistics == "Official statistics, Experimental statistics"
    assert page.key_facts == "There were 1.3million. That is more."
    assert [(file.name, file.title) for file in page.files] == [("staff-tab.xlsx", "Staff, tables")]
    assert _links(page.data_sets) == [{"title": "A set", "address": "https://digital.nhs.uk/set"}]
    assert _links(page.other_links) == [{"title": "Other", "address": "https://digital.nhs.uk/other"}]


def test_a_notice_of_change_may_have_no_title():
    box = """<div class="nhsd-m-emphasis-box"><p class="nhsd-t-heading-s"></p><div class="nhsd-t-body-s"><p>A table
    was</p><p>corrected.</p></div><p class="nhsd-t-body-s">15 May 2026 09:30 AM</p></div>"""
    inside = f'<div data-uipath="ps.publication.body">{box}</div>'
    (notice,) = edition(box + inside).notices
    assert (notice.title, notice.text, notice.printed_date) == ("", "A table was corrected.", "15 May 2026 09:30 AM")


@pytest.mark.parametrize(
    ("body", "upcoming"),
    [
        ("<p class='nhsd-t-heading-xs'>(Upcoming, not yet published)</p>", True),
        ("<div><p> (Upcoming,\n not yet published) </p></div>", True),
        ("<p>An edition is (Upcoming, not yet published).</p>", False),
        ("<div data-uipath='ps.publication.body'><p>(Upcoming, not yet published)</p></div>", False),
    ],
)
def test_an_announced_edition_is_told_by_one_sentence_and_by_having_no_body(body, upcoming):
    assert edition(body).upcoming is upcoming


def test_a_chapter_has_no_files_whatever_it_links_to():
    page = edition(
        "<h2 data-uipath='ps.publication.page-title'>Method</h2><a href='https://files.digital.nhs.uk/1/2/a.xlsx'>A</a>"
    )
    assert (page.chapter, page.files) == ("Method", ())


def test_key_facts_with_a_heading_of_their_own_keep_it():
    page = edition(
        "<div id='key-facts'><h2>Key Facts</h2><p>One.</p><h2>Nurses</h2><ul><li>Two</li><li>3<b>4</b></li></ul></div>"
    )
    assert page.key_facts == "One. Nurses Two 34"


def test_a_plain_link_in_the_text_of_a_response_is_a_file_by_its_ending():
    page = read_supplementary(
        """<h1 data-uipath="document.title">Answer</h1><div id="request"><a href="/asked.xlsx">asked</a></div>
        <div id="response"><p>See <a href="/binaries/content/assets/Turnover%20by%20trust.CSV">the table</a> and
        <a href="/data-and-information/publications">publications</a>.</p></div>""",
        "https://digital.nhs.uk/supplementary-information/2023/turnover",
    )
    assert [(file.name, file.title) for file in page.files] == [("Turnover by trust.CSV", "the table")]


@pytest.mark.parametrize("printed", ["3 Sep 2026", "3 Sept 2026", "3 September 2026"])
def test_a_day_in_september_is_read_in_every_spelling(printed):
    page = edition(f'<dd data-uipath="ps.publication.publication-date">\n {printed}\n</dd>')
    assert str(page.published_on) == "2026-09-03"
