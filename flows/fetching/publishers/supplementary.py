"""digital.nhs.uk: a supplementary information page holds the response to one request, as one or a few files."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from flows.errors import NotFound
from flows.fetching.http import Client, Page
from flows.fetching.publishers.choosing import choose
from flows.fetching.publishers.digital_nhs_pages import INFORMATION_PUBLISHED, read_supplementary
from flows.fetching.publishers.found import Discovery, FoundEdition
from flows.fetching.publishers.known_editions import KnownEditions
from flows.fetching.publishers.pages import ParsedPage
from transforms.catalogue import Series


def discover(series: Series, client: Client, *, today: date, known: KnownEditions | None = None) -> Discovery:
    """The page's files as one edition, of the month in which the page was published.

    Such a page is published once: when its files are archived, it is requested once a month. A withdrawn page is a
    note, because its archived files remain. Raises `PageChanged` where the page has no title, response or day, and
    `MissingFile` where its response has no wanted file.
    """
    known = known or KnownEditions()
    before = tuple(replace(each, ask_files=False) for each in known.editions.values())
    if not known.full_round_is_due(today) and all(known.complete(each) for each in before):
        return Discovery(series.id, before, full_round_on=known.full_round_on)
    try:
        answer = client.page(series.landing, hosts=series.hosts)
    except NotFound as error:
        return Discovery(series.id, before, notes=(str(error),), full_round_on=today)
    return Discovery(series.id, (_edition(series, answer, known),), full_round_on=today)


def _edition(series: Series, answer: Page, known: KnownEditions) -> FoundEdition:
    page = read_supplementary(answer.html, answer.address)
    if page.published_on is None:
        raise ParsedPage(answer).changed("the day of publication", INFORMATION_PUBLISHED)
    edition = f"{page.published_on:%Y-%m}"
    wanted = [file for file in page.files if any(each.match(file.name) is not None for each in series.wanted)]
    # Chosen one by one, because all of several files belong to the response. Where there is none, `choose` raises.
    chosen = [choose(series, edition, series.landing, [file]) for file in wanted] or [
        choose(series, edition, series.landing, page.files)
    ]
    found = FoundEdition(
        series=series.id,
        edition=edition,
        title=page.title,
        page=series.landing,
        files=tuple(file for each in chosen for file in each.files),
        published_on=page.published_on,
        coverage=page.coverage,
        other_files=tuple(file.name for file in page.files if file not in wanted),
        other_links=page.other_links,
        page_sha256=hashlib.sha256(answer.html.encode()).hexdigest(),
    )
    before = known.editions.get(series.landing)
    changed = before is None or before.page_sha256 != found.page_sha256
    return replace(found, ask_files=changed or not known.complete(found))
