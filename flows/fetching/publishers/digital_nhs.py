"""digital.nhs.uk: a series page lists editions; the page of an edition offers files, some of them on data-set pages.

No address is constructed: each is a link on a page. The page of an announced edition exists before publication; it is
recognised by the list it is in and by a sentence on it.

The series page shows whether anything is new. One page of 90 to 170 kB lists every edition with its day and those
announced, whereas the sitemap of publications lists every series and chapter of the site without titles. The sitemap is
used only where the series page no longer has its lists.
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

# After this many failures in a row no more requests are sent in this run.
_FAILURES_IN_A_ROW = 3


def discover(series: Series, client: Client, *, today: date, known: KnownEditions | None = None) -> Discovery:
    """Every edition of the series from `first_edition` on, newest first, and those announced.

    Pages of `known` editions are requested less often (see `known_editions`). An edition whose page cannot be read is a
    failure. Raises `PageChanged` where neither the series page nor the sitemap lists editions, and what the client
    raises where they cannot be fetched.
    """
    known = known or KnownEditions()
    listing, failures = _listing(series, client)
    announced = {each.page for each in listing.upcoming}
    listed = [
        each
        for each in (*listing.latest, *listing.past)
        if each.address not in announced and not _is_too_old(series, each)
    ]
    search = _EditionSearch(series, client, known, full=known.full_round_is_due(today), failures=failures)
    search.run(listed)
    notes = list(search.notes)
    if search.not_requested:
        notes.append(
            f"{series.title}: {search.not_requested} older editions were not requested again; all are once a month"
        )
    return Discovery(
        series.id,
        tuple(search.editions),
        (*listing.upcoming, *search.upcoming),
        tuple(search.failures),
        tuple(notes),
        full_round_on=today if search.full and not search.stopped else known.full_round_on,
    )


MOST_PAGES = 2_000
"""Pages that are requested for a series in one run: several times what a monthly series since 2009 has."""


@dataclass
class _EditionSearch:
    """The search for editions of a series: what was found, and when to stop requesting."""

    series: Series
    client: Client
    known: KnownEditions
    full: bool
    failures: list[Failure]
    editions: list[FoundEdition] = field(default_factory=list)
    upcoming: list[Upcoming] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    not_requested: int = 0
    requested: int = 0
    stopped: bool = False

    def run(self, listed: list[ListedEdition]) -> None:
        """Go through the listed editions; request the pages of those that are new, incomplete or due."""
        newest = {each.address for each in sorted(listed, key=_month, reverse=True)[:NEWEST]}
        in_a_row = 0
        for each in listed:
            before = self.known.editions.get(each.address)
            rests = not self.full and each.address not in newest and before and self.known.complete(before)
            if before and (rests or self.stopped):
                self.editions.append(replace(before, ask_files=False))
                self.not_requested += 1
                continue
            if self.stopped:
                continue
            try:
                self._ask(each, before, is_new=each.address in newest)
                in_a_row = 0
            except WorkforceError as error:
                self.failures.append(Failure(each.title or each.address, type(error).__name__, str(error)))
                in_a_row += isinstance(error, Unreachable)
                has_failed = isinstance(error, Blocked) or in_a_row == _FAILURES_IN_A_ROW
                self.stopped = has_failed or self.requested >= MOST_PAGES

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
        """An edition as its page and data-set pages describe it.

        Raises `PageChanged` where no month is found for it.
        """
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
        if self.requested >= MOST_PAGES:
            raise PageChanged(
                "the pages of the series lead to more pages than a series has",
                file=self.series.landing,
                expected=f"fewer than {MOST_PAGES:,} pages of editions and data sets",
                do="open the page; no more pages of the series are requested in this run",
            )
        self.requested += 1
        return self.client.page(address, hosts=self.series.hosts)


def _listing(series: Series, client: Client) -> tuple[SeriesPage, list[Failure]]:
    """The lists of the series page; where they are missing, those of the sitemap and the failure of the page."""
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
    """The month of a listed edition, '9999' where the list does not give it: it may be the newest."""
    # The last part of the address names the month as the title does: 'april-2015---march-2026'.
    slug = listed.address.rpartition("/")[2].replace("-", " ")
    published = f"{listed.published_on:%Y-%m}" if listed.published_on else ""
    return month_in(listed.title) or month_in(slug) or published or "9999"


def _is_too_old(series: Series, listed: ListedEdition) -> bool:
    """Whether an edition is older than the first one wanted; an edition is published after its month."""
    return _month(listed) < series.first_edition
