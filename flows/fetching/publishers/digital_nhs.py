"""digital.nhs.uk: a series page lists editions; an edition's page offers files, some of them one page deeper.

Nothing is built by pattern: every address is a link on a page. Editions that are only announced look like the others
and answer too; they are told by the list they stand in and by the sentence on their page.

The series page decides whether anything is new. It is the cheapest answer: one page of 90 to 170 kB names every edition
with its day and the announced ones, while the site's sitemap of publications lists every series and every chapter of
the site without titles. The sitemap is asked for where the series page no longer has its lists.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import date

from flows.errors import Blocked, PageChanged, Unreachable
from flows.fetching.http import Client, Page
from flows.fetching.last_discovery import Upcoming
from flows.fetching.publishers.choosing import choose
from flows.fetching.publishers.digital_nhs_pages import (
    CHAPTERS,
    COVERAGE_DATES,
    TITLE,
    EditionPage,
    ListedEdition,
    SeriesPage,
    read_data_set,
    read_edition,
    read_series,
    read_sitemap,
)
from flows.fetching.publishers.found import Discovery, Failure, FoundEdition
from flows.fetching.publishers.known_editions import NEWEST, KnownEditions
from flows.fetching.publishers.pages import ParsedPage, month_in
from transforms.catalogue import Series
from transforms.errors import WorkforceError

SITEMAP = "https://digital.nhs.uk/sitemap-publication.xml"

# A publisher that fails this often in a row is left alone until the next run.
_FAILURES_IN_A_ROW = 3


def discover(series: Series, client: Client, *, today: date, known: KnownEditions | None = None) -> Discovery:
    """Every edition of the series from `first_edition` on, newest first, and those announced.

    Pages of old editions of which `visits` tells are asked for rarely (see `visits`). An edition whose
    page cannot be read is a failure of its own. Raises `PageChanged` where neither the series page nor the sitemap
    lists editions, and what the client raises where they cannot be had.
    """
    known = known or KnownEditions()
    listing, failures = _listing(series, client)
    announced = {each.page for each in listing.upcoming}
    listed = [
        each
        for each in (*listing.latest, *listing.past)
        if each.address not in announced and not _is_too_old(series, each)
    ]
    look = _EditionSearch(series, client, known, full=known.full_round_is_due(today), failures=failures)
    look.at(listed)
    notes = list(look.notes)
    if look.left_alone:
        notes.append(f"{series.title}: {look.left_alone} older editions stand as last read; all are read once a month")
    return Discovery(
        series.id,
        tuple(look.editions),
        (*listing.upcoming, *look.upcoming),
        tuple(look.failures),
        tuple(notes),
        full_round_on=today if look.full and not look.broken_off else known.full_round_on,
    )


@dataclass
class _EditionSearch:
    """One look at the editions of a series: what was found, and when to leave the publisher alone."""

    series: Series
    client: Client
    known: KnownEditions
    full: bool
    failures: list[Failure]
    editions: list[FoundEdition] = field(default_factory=list)
    upcoming: list[Upcoming] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_alone: int = 0
    broken_off: bool = False

    def at(self, listed: list[ListedEdition]) -> None:
        """Look at every edition; ask for the pages of those that are new, incomplete or due."""
        newest = {each.address for each in sorted(listed, key=_month, reverse=True)[:NEWEST]}
        in_a_row = 0
        for each in listed:
            before = self.known.editions.get(each.address)
            rests = not self.full and each.address not in newest and before and self.known.complete(before)
            if before and (rests or self.broken_off):
                self.editions.append(replace(before, ask_files=False))
                self.left_alone += 1
                continue
            if self.broken_off:
                continue
            try:
                self._ask(each, before, is_new=each.address in newest)
                in_a_row = 0
            except WorkforceError as error:
                self.failures.append(Failure(each.title or each.address, type(error).__name__, str(error)))
                in_a_row += isinstance(error, Unreachable)
                self.broken_off = isinstance(error, Blocked) or in_a_row == _FAILURES_IN_A_ROW

    def _ask(self, listed: ListedEdition, before: FoundEdition | None, *, is_new: bool) -> None:
        answer = self._page(listed.address)
        page = read_edition(answer.html, answer.address)
        if not listed.title and not page.is_publication:
            return  # An article that the sitemap lists below the series.
        if page.upcoming:
            self.upcoming.append(Upcoming(page.title, page.published_on, listed.address, page.printed_month))
            return
        found = self._edition(listed, page, answer)
        if found.edition >= self.series.first_edition:
            changed = before is None or found.page_sha256 != before.page_sha256
            ask_files = is_new or changed or not self.known.complete(found)
            self.editions.append(replace(found, ask_files=ask_files))
            self.notes += page.notes

    def _edition(self, listed: ListedEdition, page: EditionPage, answer: Page) -> FoundEdition:
        """What an edition's page and its data-set pages say. Raises `PageChanged` where nothing dates the edition."""
        edition = month_in(page.title) or month_in(listed.title) or page.edition
        if page.chapter:
            raise ParsedPage(answer).changed(f"an edition (this is its chapter {page.chapter!r})", (CHAPTERS,))
        if not edition:
            raise ParsedPage(answer).changed(
                "the month the edition is of, in its title or coverage", (*TITLE, *COVERAGE_DATES)
            )
        offered, seen = list(page.files), hashlib.sha256(answer.html.encode())
        for data_set in page.data_sets:
            below = self._page(data_set.address)
            seen.update(below.html.encode())
            offered += read_data_set(below.html, below.address).files
        chosen = choose(self.series, edition, listed.address, offered)
        return FoundEdition(
            series=self.series.id,
            edition=edition,
            title=page.title,
            page=listed.address,
            files=chosen.files,
            published_on=page.published_on or listed.published_on,
            coverage=page.coverage,
            kind_of_statistics=page.kind_of_statistics,
            key_facts=page.key_facts,
            other_files=chosen.other,
            missing=chosen.missing,
            notices=page.notices,
            chapters=page.chapters,
            other_links=page.other_links,
            supplementary=page.supplementary,
            page_sha256=seen.hexdigest(),
        )

    def _page(self, address: str) -> Page:
        return self.client.page(address, hosts=self.series.hosts)


def _listing(series: Series, client: Client) -> tuple[SeriesPage, list[Failure]]:
    """The lists of the series page; where they have gone, what the sitemap lists, with the failure of the page."""
    answer = client.page(series.landing, hosts=series.hosts)
    try:
        return read_series(answer.html, answer.address), []
    except PageChanged as changed:
        try:
            places = read_sitemap(client.page(SITEMAP, hosts=series.hosts).html, series.landing)
        except WorkforceError:
            places = ()
        if not places:
            raise
        past = tuple(ListedEdition("", place) for place in places)
        return SeriesPage("", (), past), [Failure(series.landing, type(changed).__name__, str(changed))]


def _month(listed: ListedEdition) -> str:
    """The month of an edition as its list tells it, '9999' where it does not: it may be the newest."""
    # The last part of the address names the month as the title does: 'april-2015---march-2026'.
    slug = listed.address.rpartition("/")[2].replace("-", " ")
    published = f"{listed.published_on:%Y-%m}" if listed.published_on else ""
    return month_in(listed.title) or month_in(slug) or published or "9999"


def _is_too_old(series: Series, listed: ListedEdition) -> bool:
    """Whether an edition is of a month before the first one wanted; an edition comes out after the month it is of."""
    return _month(listed) < series.first_edition
