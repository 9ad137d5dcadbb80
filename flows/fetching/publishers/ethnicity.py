"""Ethnicity facts and figures: the page of a measure with its source data.

Selectors follow the site's templates (ukgov-equality-hub/ethnicity-facts-and-figures: `measure_v2.html`,
`download_the_data.html`). Banners say that a measure is closed, wrong, corrected, or not the newest version.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from selectolax.lexbor import LexborNode

from flows.errors import NotFound
from flows.fetching.http import Client, Page
from flows.fetching.http.addresses import file_name
from flows.fetching.publishers.choosing import OfferedFile, choose
from flows.fetching.publishers.found import Discovery, Failure, FoundEdition
from flows.fetching.publishers.pages import ParsedPage, day_in, one_line
from transforms.catalogue import Registered, Series
from transforms.errors import WorkforceError

TITLE = ("h1[itemprop=headline]",)
PUBLISHED = ("time[itemprop=datePublished]", "[itemprop=datePublished]")
UPDATED = ("span.updated",)
FILES = ("[itemprop=distribution] a[itemprop=contentUrl]", "a[itemprop=contentUrl]")
OLD_EDITION = (".old-edition-notice",)
MISTAKE = (".eff-factual-mistake",)
INSET = (".govuk-inset-text",)

BannerKind = Literal["archived", "superseded", "mistaken", "corrected"]


@dataclass(frozen=True)
class Banner:
    """A banner about the whole page. `leads_to` is the page that replaces or explains it, '' without one."""

    kind: BannerKind
    text: str
    leads_to: str = ""


@dataclass(frozen=True)
class MeasurePage:
    """The page of a measure. `updated_on` is None where it was not corrected since publication."""

    address: str
    title: str
    published_on: date | None
    updated_on: date | None
    files: tuple[OfferedFile, ...]
    banners: tuple[Banner, ...]


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """The newest version of the measure, and of the measures on the series' other pages; banners become notes.

    The edition is named by the file, else by the month of publication. Raises `PageChanged` where the measure's page
    has no title or no file; another page that cannot be read is a failure.
    """
    main = replace(series, wanted=tuple(wanted for wanted in series.wanted if wanted.required))
    others = replace(series, wanted=tuple(wanted for wanted in series.wanted if not wanted.required))
    pages = [(main, _measure(main, client, series.landing))]
    failures, notes = [], []
    for address in series.more_pages:
        try:
            pages.append((others, _measure(others, client, address)))
        except NotFound as error:
            notes.append(str(error))
        except WorkforceError as error:
            failures.append(Failure(address, type(error).__name__, str(error)))
    for _, page in pages:
        notes += [_note(page, banner) for banner in page.banners]
    editions = tuple(_edition(wanting, page) for wanting, page in pages)
    return Discovery(series.id, editions, failures=tuple(failures), notes=tuple(notes))


def read_measure(html: str, address: str) -> MeasurePage:
    """The page of a measure. Raises `PageChanged` where it has no title or no file."""
    page = ParsedPage(Page(address, html, changed=True))
    return MeasurePage(
        address=address,
        title=one_line(page.needed("the measure's title", *TITLE)[0]),
        published_on=day_in(page.text(*PUBLISHED)),
        updated_on=day_in(page.text(*UPDATED)),
        files=tuple(
            OfferedFile(file_name(page.link(node)), page.link(node), _title(node))
            for node in page.needed("the source data", *FILES)
        ),
        banners=tuple(_banners(page)),
    )


def _measure(series: Series, client: Client, address: str) -> MeasurePage:
    page = client.page(address, hosts=series.hosts)
    return read_measure(page.html, page.address)


def _title(link: LexborNode) -> str:
    """The file's title; the text of the link also contains type and size."""
    around = link.parent.css_first("meta[itemprop=name]") if link.parent else None
    named = (around.attributes.get("content") or "").strip() if around else ""
    return named or one_line(link)


def _banners(page: ParsedPage) -> list[Banner]:
    found = []
    for node in page.all(*OLD_EDITION):
        text = one_line(node)
        found.append(Banner("archived" if "archived" in text.lower() else "superseded", text, _leads_to(page, node)))
    found += [Banner("mistaken", one_line(node), _leads_to(page, node)) for node in page.all(*MISTAKE)]
    found += [
        Banner("corrected", one_line(node), _leads_to(page, node))
        for node in page.all(*INSET)
        # The text of a measure may be in such a box too.
        if "correct" in one_line(node).lower()
    ]
    return found


def _leads_to(page: ParsedPage, node: LexborNode) -> str:
    link = node.css_first("a[href]")
    return page.link(link) if link else ""


def _note(page: MeasurePage, banner: Banner) -> str:
    more = f" See {banner.leads_to}" if banner.leads_to else ""
    return f"the page of {page.title!r} ({page.address}) is marked as {banner.kind}: {banner.text}{more}"


def _edition(series: Series, page: MeasurePage) -> FoundEdition:
    chosen = choose(series, "", page.address, page.files)
    # Where neither the name of a file that no reader takes nor anything in it says its month: that of publication.
    month = f"{page.published_on:%Y-%m}" if page.published_on else ""
    files = tuple(file if file.edition or file.reader else replace(file, edition=month) for file in chosen.files)
    return FoundEdition(
        series=series.id,
        edition=next((file.edition for file in files), ""),
        title=page.title,
        page=page.address,
        files=files,
        published_on=page.published_on,
        other_files=chosen.other,
    )
