"""Readers of the pages of digital.nhs.uk, one function per kind of page, from HTML and address.

Selectors follow the site's templates (NHS-digital-website/hippo). The page of an edition comes from
`nhsd-common/publication.ftl`, or before 2018 from `publicationsystem/legacy-publication.ftl`; a series page from
`publicationsystem/series.ftl`, a data set from `nhsd-common/dataset.ftl`, an archive from `archive.ftl`, supplementary
information from `common/supplementaryinformation.ftl`. Where there are several selectors, the first is of the current
template and the others are of older ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from selectolax.lexbor import LexborNode

from flows.fetching.http import Page
from flows.fetching.http.addresses import file_name
from flows.fetching.last_discovery import Upcoming
from flows.fetching.publishers.choosing import OfferedFile
from flows.fetching.publishers.found import Link, PageNotice
from flows.fetching.publishers.pages import ParsedPage, day_in, month_in, one_line, whole_text
from transforms.plain_text import plain

VERSION = 1
"""To be raised when the same page gives other results: pages of known editions are then requested and read again."""

_LIST = 'ul[data-uipath="ps.series.publications-list{}"]'
LATEST = (f"{_LIST.format('.latest')} li a.cta__button", "#latest-statistics li a[itemprop=url]")
PAST = (
    f"{_LIST.format('.previous')} li a.cta__button",
    "#past-publications li a[itemprop=url]",
    f"{_LIST.format('')} li a.cta__button",
    'ul[data-uipath="ps.archive.publications-list"] li a[href]',
)
UPCOMING = (f"{_LIST.format('.upcoming')} li a.cta__button", "#upcoming-publications li a[itemprop=url]")
SERIES_FILES = ('ul[data-uipath="ps.series.resources"] a[itemprop=contentUrl]',)
PRINTED_DATE = "p.callout-box__content-description-date, p.cta__text"
SECTION = 'a[href="#{0}"], [id="{0}"]'

TITLE = ('h1[data-uipath="document.title"]', 'h1[data-uipath="ps.document.title"]', "h1[itemprop=name]")
PUBLICATION = "article.article--publication, article.article--legacy-publication"
BODY = '[data-uipath="ps.publication.body"]'
NOT_YET = "(upcoming, not yet published)"
DISCLAIMER = 'p[data-uipath="ps.publication.upcoming-disclaimer"]'
CHAPTER = 'h2[data-uipath="ps.publication.page-title"]'
CHAPTERS = '[data-uipath="ps.publication.pages"] li a[itemprop=url]'
PUBLISHED = (
    'dd[data-uipath="ps.publication.publication-date"]',
    'dd[data-uipath="ps.publication.nominal-publication-date"]',
    "[itemprop=datePublished]",
)
COVERAGE = ('dd[data-uipath="ps.publication.date-range"]',)
COVERAGE_DATES = ("meta[itemprop=temporalCoverage]",)
KIND = (
    '[data-uipath="ps.publication.information-types"]',
    '[data-uipath="ps.legacyPublication.information-types"]',
)
KEY_FACTS = '[data-uipath="ps.publication.key-facts"]'
# The box's own heading, and the card of an interactive tool that the template puts inside the box.
NOT_KEY_FACTS = "#interactive-tool, #key-facts > h2:first-of-type, #key-facts .callout > h2:first-of-type"
NOTICES = "article .nhsd-m-emphasis-box"
FILES = (
    '[data-uipath="ps.publication.resources-attachments"] a[href]',
    'ul[data-uipath="ps.publication.resources"] a[itemprop=contentUrl]',
    "[itemprop=distribution] a[itemprop=contentUrl], #resources a[itemprop=contentUrl]",
)
FILE_STORE = 'a[href*="//files.digital.nhs.uk/"]'
LINKS = (
    '[data-uipath="ps.publication.resources-link"] a[href]',
    'ul[data-uipath="ps.publication.resources"] a[href]:not([itemprop])',
)
SUPPLEMENTARY = ('[data-uipath="ps.publication.supplementary-information-requests"] a[href]',)
DATA_SETS = (
    'ul[data-uipath="ps.publication.datasets"] a[itemprop=url]',
    'ul[data-uipath="ps.publication.resources"] li[itemprop=hasPart] a[itemprop=url]',
    "#data-sets a[itemprop=url]",
)
DATA_SET_PUBLISHED = ('dd[data-uipath="ps.dataset.nominal-date"]', "[itemprop=datePublished]")
DATA_SET_COVERAGE = ('dd[data-uipath="ps.dataset.date-range"]',)
DATA_SET_FILES = ('ul[data-uipath="ps.dataset.resources"] a[itemprop=contentUrl]', "a[itemprop=contentUrl]")
DATA_SET_LINKS = ('ul[data-uipath="ps.dataset.resources"] a[href]:not([itemprop=contentUrl])',)
LINK_TITLE = "p.nhsd-t-heading-xs, p.nhsd-t-heading-s, .block-link__title, [itemprop=name]"

INFORMATION_PUBLISHED = ('dd[data-uipath="website.supplementaryinfo.publisheddate"]',)
INFORMATION_COVERAGE = ('dd[data-uipath="website.supplementaryinfo.datepublished"]',)
INFORMATION_LINKS = ("#response a[href]", '[data-uipath="website.supplementaryinfo.response"] a[href]')
# A link on these pages is a file by its ending: the site marks files and pages alike.
FILE_ENDINGS = frozenset(
    {".csv", ".txt", ".tsv", ".json", ".xml", ".xls", ".xlsx", ".xlsm", ".xlsb", ".ods", ".zip", ".7z"}
    | {".pdf", ".doc", ".docx", ".odt", ".ppt", ".pptx"}
)


@dataclass(frozen=True)
class ListedEdition:
    """An edition in a list: `printed_date` as printed, `published_on` the day in it."""

    title: str
    address: str
    printed_date: str = ""
    published_on: date | None = None


@dataclass(frozen=True)
class SeriesPage:
    """A series page or an archive. Where the series page shows no latest edition, all are in `past`."""

    title: str
    latest: tuple[ListedEdition, ...]
    past: tuple[ListedEdition, ...]
    upcoming: tuple[Upcoming, ...] = ()
    files: tuple[OfferedFile, ...] = ()


@dataclass(frozen=True)
class EditionPage:
    """The page of an edition, of an announced edition (`upcoming`), or of a chapter (`chapter` is its title).

    `edition` is the month in the title or else in the coverage, '' where neither has one. `published_on` and
    `printed_month` are the printed day and month; for an announced edition they are when it is due. `notes` say which
    parts were found in an unusual place.
    """

    title: str
    edition: str
    is_publication: bool
    upcoming: bool = False
    chapter: str = ""
    published_on: date | None = None
    printed_month: str = ""
    coverage: str = ""
    kind_of_statistics: str = ""
    key_facts: str = ""
    files: tuple[OfferedFile, ...] = ()
    data_sets: tuple[Link, ...] = ()
    notices: tuple[PageNotice, ...] = ()
    chapters: tuple[Link, ...] = ()
    other_links: tuple[Link, ...] = ()
    supplementary: tuple[Link, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class FilesPage:
    """A data-set page or a supplementary information page: files with the printed day and coverage."""

    title: str
    published_on: date | None
    coverage: str
    files: tuple[OfferedFile, ...]
    other_links: tuple[Link, ...] = ()


def read_series(html: str, address: str) -> SeriesPage:
    """The lists of a series page or an archive. Raises `PageChanged` where a required list is not found."""
    page = ParsedPage(Page(address, html, changed=True))
    latest = _editions(page, "latest-statistics", LATEST)
    past = _editions(page, "past-publications", PAST)
    if not latest and not past:
        raise page.changed("the lists of editions", (*LATEST, *PAST))
    announced = page.all(*UPCOMING)
    if not announced and _shows(page, "upcoming-publications"):
        raise page.changed("the announced editions", UPCOMING)
    return SeriesPage(
        title=page.text(*TITLE),
        latest=latest,
        past=past,
        upcoming=tuple(_announced(page, node) for node in announced),
        files=_offered(page, page.all(*SERIES_FILES)),
    )


def read_edition(html: str, address: str) -> EditionPage:
    """The content of the page of an edition, of an announced edition or of a chapter.

    Raises `PageChanged` where it has no title, or resources in which neither files nor links are found.
    """
    page = ParsedPage(Page(address, html, changed=True))
    title = one_line(page.needed("the edition's title", *TITLE)[0])
    upcoming, chapter = _is_upcoming(page), page.text(CHAPTER)
    printed = page.text(*PUBLISHED)
    data_sets = _links(page, page.all(*DATA_SETS))
    files, notes = ((), ()) if upcoming or chapter else _edition_files(page, has_data_sets=bool(data_sets))
    day = day_in(printed)
    return EditionPage(
        title=title,
        edition=month_in(title) or _last_month_covered(page),
        is_publication=bool(page.all(PUBLICATION)),
        upcoming=upcoming,
        chapter=chapter,
        published_on=day,
        printed_month=f"{day:%Y-%m}" if day else month_in(printed),
        coverage=page.text(*COVERAGE),
        kind_of_statistics=page.text(*KIND),
        key_facts=_key_facts(page),
        files=files,
        data_sets=data_sets,
        notices=tuple(_notice(box) for box in page.all(NOTICES) if not _inside(box, "ps.publication.body")),
        chapters=_links(page, page.all(CHAPTERS)),
        other_links=_links(page, page.all(*LINKS)),
        supplementary=_links(page, page.all(*SUPPLEMENTARY)),
        notes=notes,
    )


def read_data_set(html: str, address: str) -> FilesPage:
    """The files of a data-set page."""
    page = ParsedPage(Page(address, html, changed=True))
    return FilesPage(
        title=page.text(*TITLE),
        published_on=day_in(page.text(*DATA_SET_PUBLISHED)),
        coverage=page.text(*DATA_SET_COVERAGE),
        files=_offered(page, page.all(*DATA_SET_FILES)),
        other_links=_links(page, page.all(*DATA_SET_LINKS)),
    )


def read_supplementary(html: str, address: str) -> FilesPage:
    """The files of a supplementary information page: links of its response with the ending of a file.

    Raises `PageChanged` where the page has no title or no response.
    """
    page = ParsedPage(Page(address, html, changed=True))
    title = one_line(page.needed("the page's title", *TITLE)[0])
    links = page.needed("the links of the response", *INFORMATION_LINKS)
    files = [node for node in links if _ending(page.link(node)) in FILE_ENDINGS]
    return FilesPage(
        title=title,
        published_on=day_in(page.text(*INFORMATION_PUBLISHED)),
        coverage=page.text(*INFORMATION_COVERAGE),
        files=_offered(page, files),
        other_links=_links(page, [node for node in links if node not in files]),
    )


def read_sitemap(xml: str, landing: str) -> tuple[str, ...]:
    """The addresses of a sitemap that are one level below a series page, in its order.

    The sitemap also lists chapters and other series. Only the page shows whether an address is an edition.
    """
    places = [one_line(node) for node in ParsedPage(Page(landing, xml, changed=True)).all("loc")]
    return tuple(dict.fromkeys(place for place in places if place.rstrip("/").rpartition("/")[0] == landing))


def _shows(page: ParsedPage, section: str) -> bool:
    """Whether a section or a link to it is on the page. A section without any link is empty, not changed."""
    return any(node.tag == "a" or node.css_first("a[href]") for node in page.all(SECTION.format(section)))


def _editions(page: ParsedPage, section: str, selectors: tuple[str, ...]) -> tuple[ListedEdition, ...]:
    """The editions of a list, each once, in the page's order."""
    nodes = page.all(*selectors)
    if not nodes and _shows(page, section):
        raise page.changed(f"the editions under #{section}", selectors)
    listed = {page.link(node): node for node in reversed(nodes)}
    return tuple(_listed(address, node) for address, node in reversed(listed.items()))


def _listed(address: str, node: LexborNode) -> ListedEdition:
    printed = _printed_date(node)
    return ListedEdition(plain(node.attributes.get("title") or "") or one_line(node), address, printed, day_in(printed))


def _announced(page: ParsedPage, node: LexborNode) -> Upcoming:
    printed = _printed_date(node)
    due_on = day_in(printed)
    month = f"{due_on:%Y-%m}" if due_on else month_in(printed)
    return Upcoming(plain(node.attributes.get("title") or "") or one_line(node), due_on, page.link(node), month)


def _printed_date(node: LexborNode) -> str:
    """The date printed in the list entry of a link, without its label; '' where there is none."""
    entry: LexborNode | None = node
    while entry is not None and entry.tag != "li":
        entry = entry.parent
    for dated in entry.css(PRINTED_DATE) if entry else ():
        printed = one_line(dated).rpartition(":")[2].strip()
        if month_in(printed):
            return printed
    return ""


def _is_upcoming(page: ParsedPage) -> bool:
    """Whether a page is the placeholder of an edition that is not published. Only this sentence marks it."""
    if page.all(DISCLAIMER):
        return True
    return not page.all(BODY) and any(one_line(node).casefold() == NOT_YET for node in page.all("main p", "p"))


def _edition_files(page: ParsedPage, *, has_data_sets: bool) -> tuple[tuple[OfferedFile, ...], tuple[str, ...]]:
    """The files of an edition, with a note where they were found outside the block that lists them."""
    if listed := page.all(*FILES):
        return _offered(page, listed), ()
    inside, anywhere = page.all(f"#resources {FILE_STORE}"), page.all(f"main {FILE_STORE}")
    # An edition may offer links or data sets only: a chart's file elsewhere on its page is then none of its files.
    elsewhere = inside or ([] if has_data_sets or page.all(*LINKS) else anywhere)
    if elsewhere:
        found = f"the {len(elsewhere)} links to files.digital.nhs.uk on the page were taken for it"
        return _offered(page, elsewhere), (f"{page.address}: the list of files was not found ({FILES[0]}); {found}",)
    if page.all("#resources") and not has_data_sets and not page.all(*LINKS):
        raise page.changed("the files under #resources", FILES)
    return (), ()


def _key_facts(page: ParsedPage) -> str:
    """The text of the key facts, without the heading of the box and without the interactive tool inside it."""
    if boxes := page.all("#key-facts"):
        return whole_text(boxes[0], without=NOT_KEY_FACTS)
    marked = page.all(KEY_FACTS)
    return " ".join(whole_text(node) for node in marked if not _inside(node, "ps.publication.key-facts"))


def _notice(box: LexborNode) -> PageNotice:
    title, last = box.css_first("p.nhsd-t-heading-s"), box.css("p.nhsd-t-body-s")
    printed = one_line(last[-1]) if last else ""
    text = box.css_first("div.nhsd-t-body-s")
    return PageNotice(
        title=one_line(title) if title else "",
        text=whole_text(text) if text else "",
        printed_date=printed if month_in(printed) else "",
    )


def _inside(node: LexborNode, uipath: str) -> bool:
    """Whether a node is inside a part of the page with this mark."""
    outer = node.parent
    while outer is not None and outer.attributes.get("data-uipath") != uipath:
        outer = outer.parent
    return outer is not None


def _last_month_covered(page: ParsedPage) -> str:
    """The last month of the coverage, '2025-08' of '2025-08-01/2025-08-31'; '' where there is none."""
    for node in page.all(*COVERAGE_DATES):
        last = (node.attributes.get("content") or "").rpartition("/")[2]
        try:
            return f"{date.fromisoformat(last):%Y-%m}"
        except ValueError:
            continue
    ends = day_in(page.text(*COVERAGE))
    return f"{ends:%Y-%m}" if ends else ""


def _offered(page: ParsedPage, nodes: Iterable[LexborNode]) -> tuple[OfferedFile, ...]:
    return tuple(OfferedFile(file_name(link.address), link.address, link.title) for link in _links(page, nodes))


def _links(page: ParsedPage, nodes: Iterable[LexborNode]) -> tuple[Link, ...]:
    """Links, each address once, in the page's order."""
    found: dict[str, Link] = {}
    for node in nodes:
        address = page.link(node)
        found.setdefault(address, Link(_link_title(node), address))
    return tuple(found.values())


def _link_title(node: LexborNode) -> str:
    named = node.css_first(LINK_TITLE)
    return (one_line(named) if named else "") or plain(node.attributes.get("title") or "").strip() or one_line(node)


def _ending(address: str) -> str:
    return PurePosixPath(file_name(address)).suffix.lower()
