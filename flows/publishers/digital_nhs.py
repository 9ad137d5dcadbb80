"""digital.nhs.uk: a series page lists editions; an edition's page offers files, some of them one page deeper.

Selectors follow the site's own templates (NHS-digital-website/hippo: `series.ftl`, `publication.ftl`, `dataset.ftl`).
Nothing is built by pattern: every address is a link on a page. Editions that are only announced look like the others
and answer too; they are told by the list they stand in and by the disclaimer on their page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flows.errors import Blocked, Unreachable
from flows.publishers.choosing import Offered, choose
from flows.publishers.found import Discovery, Failure, FoundEdition, Upcoming
from flows.publishers.pages import Parsed, day_in, month_in, one_line
from flows.series import Registered, Series
from flows.web import Client
from flows.web.addresses import file_name
from transforms.errors import WorkforceError

_UIPATH = 'ul[data-uipath="ps.series.publications-list.{}"]'
LATEST = (f"{_UIPATH.format('latest')} li a.cta__button", "#latest-statistics li a[itemprop=url]")
PAST = (f"{_UIPATH.format('previous')} li a.cta__button", "#past-publications li a[itemprop=url]")
UPCOMING = (f"{_UIPATH.format('upcoming')} li a.cta__button", "#upcoming-publications li a[itemprop=url]")
SECTION = 'a[href="#{0}"], [id="{0}"]'

TITLE = ('h1[data-uipath="document.title"]', 'h1[data-uipath="ps.document.title"]', "h1[itemprop=name]")
DISCLAIMER = ('p[data-uipath="ps.publication.upcoming-disclaimer"]',)
PUBLISHED = ('dd[data-uipath="ps.publication.nominal-publication-date"]', "[itemprop=datePublished]")
COVERAGE = ('dd[data-uipath="ps.publication.date-range"]',)
COVERAGE_DATES = ("meta[itemprop=temporalCoverage]",)
KIND = ('[data-uipath="ps.publication.information-types"]',)
KEY_FACTS = ('[data-uipath="ps.publication.key-facts"]', "#key-facts")
FILES = (
    'ul[data-uipath="ps.publication.resources-attachments"] a[itemprop=contentUrl]',
    'ul[data-uipath="ps.publication.resources"] a[itemprop=contentUrl]',
    "[itemprop=distribution] a[itemprop=contentUrl], #resources a[itemprop=contentUrl]",
)
DATA_SETS = ('ul[data-uipath="ps.publication.datasets"] a[itemprop=url]', "#data-sets a[itemprop=url]")
DATA_SET_FILES = ('ul[data-uipath="ps.dataset.resources"] a[itemprop=contentUrl]', "a[itemprop=contentUrl]")

# A publisher that fails this often in a row is left alone until the next run.
_FAILURES_IN_A_ROW = 3


@dataclass(frozen=True)
class _Link:
    title: str
    address: str


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """Every edition of the series from `first_edition` on, newest first, and those announced.

    An edition whose page cannot be read is a failure of its own. Raises `PageChanged` where the series page has no
    list of editions, and what the client raises where it cannot be had.
    """
    page = Parsed(client.page(series.landing, hosts=series.hosts))
    upcoming = tuple(_announced(page))
    links = [link for link in _editions(page) if link.address not in {each.page for each in upcoming}]
    editions: list[FoundEdition] = []
    failures: list[Failure] = []
    in_a_row = 0
    for link in links:
        if (named := month_in(link.title)) and named < series.first_edition:
            continue
        try:
            found = _edition(series, client, link)
            in_a_row = 0
        except WorkforceError as error:
            failures.append(Failure(link.title, type(error).__name__, str(error)))
            in_a_row += isinstance(error, Unreachable)
            if isinstance(error, Blocked) or in_a_row == _FAILURES_IN_A_ROW:
                break
            continue
        if isinstance(found, Upcoming):
            upcoming = (*upcoming, found)
        elif found.edition >= series.first_edition:
            editions.append(found)
    return Discovery(series.id, tuple(editions), upcoming, tuple(failures))


def _editions(page: Parsed) -> list[_Link]:
    """Links to the latest and the past editions, each once, in the page's order."""
    lists = []
    for section, selectors in (("latest-statistics", LATEST), ("past-publications", PAST)):
        found = page.all(*selectors)
        if not found and page.all(SECTION.format(section)):
            raise page.changed(f"the editions under #{section}", selectors)
        lists += found
    if not lists:
        raise page.changed("the lists of editions", (*LATEST, *PAST))
    links = {page.link(node): node.attributes.get("title") or one_line(node) for node in lists}
    return [_Link(title, address) for address, title in links.items()]


def _announced(page: Parsed) -> list[Upcoming]:
    nodes = page.all(*UPCOMING)
    if not nodes and page.all(SECTION.format("upcoming-publications")):
        raise page.changed("the announced editions", UPCOMING)
    found = []
    for node in nodes:
        card = node.parent.parent if node.parent and node.parent.parent else node
        dated = card.css_first("p.cta__text")
        due_on = day_in(one_line(dated)) if dated else None
        found.append(Upcoming(node.attributes.get("title") or one_line(node), due_on, page.link(node)))
    return found


def _edition(series: Series, client: Client, link: _Link) -> FoundEdition | Upcoming:
    page = Parsed(client.page(link.address, hosts=series.hosts))
    title = one_line(page.needed("the edition's title", *TITLE)[0])
    published_on = day_in(page.text(*PUBLISHED))
    if page.all(*DISCLAIMER):
        return Upcoming(title, published_on, link.address)
    edition = month_in(title) or month_in(link.title) or _last_month_covered(page)
    offered = _files(page, FILES)
    if not offered and page.all("#resources"):
        raise page.changed("the files under #resources", FILES)
    for data_set in page.all(*DATA_SETS):
        below = Parsed(client.page(page.link(data_set), hosts=series.hosts))
        offered += _files(below, DATA_SET_FILES)
    chosen = choose(series, edition, link.address, offered)
    return FoundEdition(
        series=series.id,
        edition=edition,
        title=title,
        page=link.address,
        files=chosen.files,
        published_on=published_on,
        coverage=page.text(*COVERAGE),
        kind_of_statistics=page.text(*KIND),
        key_facts=page.text(*KEY_FACTS),
        other_files=chosen.other,
        missing=chosen.missing,
    )


def _files(page: Parsed, selectors: tuple[str, ...]) -> list[Offered]:
    return [
        Offered(file_name(page.link(node)), page.link(node), node.attributes.get("title") or one_line(node))
        for node in page.all(*selectors)
    ]


def _last_month_covered(page: Parsed) -> str:
    """The month the coverage ends in, '2025-08' of '2025-08-01/2025-08-31'. Raises `PageChanged` where none is told."""
    for node in page.all(*COVERAGE_DATES):
        last = (node.attributes.get("content") or "").rpartition("/")[2]
        try:
            return f"{date.fromisoformat(last):%Y-%m}"
        except ValueError:
            continue
    if ends := day_in(page.text(*COVERAGE)):
        return f"{ends:%Y-%m}"
    raise page.changed("the month the edition is of, in its title or coverage", (*TITLE, *COVERAGE_DATES))
