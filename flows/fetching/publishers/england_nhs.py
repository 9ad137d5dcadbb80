"""england.nhs.uk: yearly reports on a standard, documents from the site's API, and the mapping of trusts to ICBs.

The hub page of a standard (WRES, WDES) links to a report per year; addresses follow no pattern, so the year is taken
from title or address. The API (`/wp-json/wp/v2/documents`) lists documents with the time of their last change. The
mapping of trusts to integrated care boards is a file that the A&E page of the financial year links to as "System
Mapping File"; its name and folder change with every upload.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any

from flows.errors import Blocked, PageChanged
from flows.fetching.http import Client, Page
from flows.fetching.http.addresses import file_name
from flows.fetching.http.contents import kind_by_name
from flows.fetching.publishers import registered as by_hand
from flows.fetching.publishers.choosing import OfferedFile, choose
from flows.fetching.publishers.found import Discovery, Failure, FoundEdition, FoundFile
from flows.fetching.publishers.pages import ParsedPage, answered_json, answers, one_line
from transforms.catalogue import Registered, Series
from transforms.errors import WorkforceError
from transforms.plain_text import name_alone, plain

TITLE = ("main h1", "h1")
LINKS = ("main a[href]", "a[href]")
UPLOADS = "/wp-content/uploads/"
REPORTS = ("/long-read/", "/publication/")
AE_PAGE = (
    "https://www.england.nhs.uk/statistics/statistical-work-areas/ae-waiting-times-and-activity/"
    "ae-attendances-and-emergency-admissions-{}/"
)
_YEAR = re.compile(r"20[0-9][0-9]")


@dataclass(frozen=True)
class OfferedReport:
    """A yearly report, as a hub page links to it."""

    title: str
    address: str
    edition: str


@dataclass(frozen=True)
class HubPage:
    """The hub page of a standard: its reports, newest year first, and its files."""

    reports: tuple[OfferedReport, ...]
    files: tuple[OfferedFile, ...]


@dataclass(frozen=True)
class ReportPage:
    """A yearly report and its files."""

    title: str
    edition: str
    files: tuple[OfferedFile, ...]


@dataclass(frozen=True)
class Document:
    """A file of the site with the time of its last change, as the API prints it."""

    file: OfferedFile
    modified: str


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """Files registered by hand, and those that the hub, the newest report and the API offer.

    A file is wanted whose name or title contains the standard and a year. A page that cannot be fetched or read is a
    failure.
    """
    known = by_hand.discover(series, client, today=today, registered=registered)
    search = _StandardSearch(series, client)
    search.run()
    registered_already = {file.address for edition in known.editions for file in edition.files}
    found = {each.address: each for each in search.offered if each.address not in registered_already}
    editions = (*known.editions, *_editions(series, found.values()))
    newest = search.reports[0] if search.reports else None
    notes = [f"newest report: {newest.title} ({newest.address})"] if newest else []
    notes += known.notes if not editions else ()
    return Discovery(series.id, editions, failures=tuple(search.failures), notes=tuple(notes))


def read_hub(html: str, address: str) -> HubPage:
    """The reports and files of a hub page. Raises `PageChanged` where it has neither."""
    page = ParsedPage(Page(address, html, changed=True))
    links = [OfferedFile(file_name(page.link(node)), page.link(node), one_line(node)) for node in page.all(*LINKS)]
    reports = [
        OfferedReport(each.title, each.address, year)
        for each in links
        if any(place in each.address for place in REPORTS)
        and (year := _year(each.title) or _year(each.address))
        and "report" in f"{each.title} {each.address}".lower()
    ]
    files = _uploads(links)
    if not reports and not files:
        raise page.changed("links to reports of a year, or to files", LINKS)
    newest_first = sorted(dict.fromkeys(reports), key=lambda report: report.edition, reverse=True)
    return HubPage(tuple(newest_first), files)


def read_report(html: str, address: str) -> ReportPage:
    """Title, year and files of a report page. Raises `PageChanged` where it has no title."""
    page = ParsedPage(Page(address, html, changed=True))
    title = one_line(page.needed("the report's title", *TITLE)[0])
    links = [OfferedFile(file_name(page.link(node)), page.link(node), one_line(node)) for node in page.all(*LINKS)]
    return ReportPage(title, _year(title) or _year(address), _uploads(links))


@answers
def read_documents(content: str, address: str) -> tuple[Document, ...]:
    """The documents in a response of the API. Raises `PageChanged` where it is not a list."""
    answer = answered_json(content, address)
    if not isinstance(answer, list):
        raise PageChanged(
            "the API of the site has changed its response",
            file=address,
            expected="a list of publications with their documents",
            found=f"{type(answer).__name__}: {str(answer)[:200]}",
            do="open the address and adapt flows/fetching/publishers/england_nhs.py",
        )
    return tuple(_documents(answer))


def read_mapping(html: str, address: str) -> tuple[OfferedFile, ...]:
    """The links whose text or file name contains "system mapping"."""
    page = ParsedPage(Page(address, html, changed=True))
    links = [OfferedFile(file_name(page.link(node)), page.link(node), one_line(node)) for node in page.all(*LINKS)]
    found = [
        each
        for each in links
        if kind_by_name(each.name) in {"xls", "xlsx"}
        and "system mapping" in f"{each.title} {_words(each.name)}".lower()
    ]
    return tuple({each.address: each for each in found}.values())


def ae_pages(today: date) -> tuple[str, str]:
    """Addresses of the A&E pages of the financial year of a day, and of the year before."""
    start = today.year if today.month >= 4 else today.year - 1
    years = [f"{year}-{(year + 1) % 100:02d}" for year in (start, start - 1)]
    return AE_PAGE.format(years[0]), AE_PAGE.format(years[1])


class _StandardSearch:
    """The search for the files of a standard, until the site blocks it."""

    def __init__(self, series: Series, client: Client) -> None:
        self.series, self.client = series, client
        self.offered: list[OfferedFile] = []
        self.reports: tuple[OfferedReport, ...] = ()
        self.failures: list[Failure] = []
        self.blocked = False

    def run(self) -> None:
        """Read the hub, the newest report on it, and the responses of the API."""
        if hub := self._page(self.series.landing):
            self._read(hub, self._hub)
        if self.reports and (report := self._page(self.reports[0].address)):
            self._read(report, lambda page: self.offered.extend(_dated(read_report(page.html, page.address))))
        for address in self.series.more_pages:
            if answer := self._page(address):
                self._read(answer, lambda page: self.offered.extend(_listed(read_documents(page.html, page.address))))

    def _hub(self, page: Page) -> None:
        hub = read_hub(page.html, page.address)
        self.reports = hub.reports
        self.offered.extend(hub.files)

    def _page(self, address: str) -> Page | None:
        if self.blocked:
            return None
        try:
            return self.client.page(address, hosts=self.series.hosts)
        except WorkforceError as error:
            self.blocked = isinstance(error, Blocked)
            self._fail(address, error)
            return None

    def _read(self, page: Page, read: Callable[[Page], None]) -> None:
        try:
            read(page)
        except WorkforceError as error:
            self._fail(page.address, error)

    def _fail(self, address: str, error: WorkforceError) -> None:
        self.failures.append(Failure(address, type(error).__name__, str(error)))


def _dated(report: ReportPage) -> Iterator[OfferedFile]:
    """The files of a report; the report's title is added to titles that contain no year."""
    for each in report.files:
        named = _year(each.name) or _year(each.title)
        yield each if named else replace(each, title=f"{each.title} ({report.title})")


def _listed(documents: tuple[Document, ...]) -> Iterator[OfferedFile]:
    return (each.file for each in documents)


def _editions(series: Series, offered: Iterable[OfferedFile]) -> tuple[FoundEdition, ...]:
    """Editions by year, newest first, of the files that name the standard and a year."""
    by_year: dict[str, list[FoundFile]] = {}
    for each in offered:
        named = f"{each.title} {_words(each.name)}"
        year = _year(each.name) or _year(each.title)
        if kind_by_name(each.name) and year and re.search(series.mentioned_as, named, re.IGNORECASE):
            # Chosen one by one: several files of a year are no ambiguity.
            by_year.setdefault(year, []).extend(choose(series, year, series.landing, [each]).files)
    return tuple(
        FoundEdition(series.id, year, f"{series.title}, {year}", series.landing, tuple(files))
        for year, files in sorted(by_year.items(), reverse=True)
        if files
    )


def _documents(node: Any) -> Iterator[Document]:
    """Documents at any depth: where their list is depends on the kind of publication."""
    if isinstance(node, list):
        for each in node:
            yield from _documents(each)
    elif isinstance(node, dict):
        file = node.get("document")
        if isinstance(file, dict) and file.get("url"):
            address = str(file["url"])
            name = name_alone(str(file.get("filename") or "")) or file_name(address)
            yield Document(
                OfferedFile(name, address, plain(_text(node.get("title"))) or name), str(file.get("modified") or "")
            )
        else:
            for each in node.values():
                yield from _documents(each)


def _text(title: Any) -> str:
    return str(title.get("rendered", "")) if isinstance(title, dict) else str(title or "")


def _uploads(links: list[OfferedFile]) -> tuple[OfferedFile, ...]:
    found = {each.address: each for each in links if UPLOADS in each.address and PurePosixPath(each.name).suffix}
    return tuple(found.values())


def _year(text: str) -> str:
    """The last year in a title, a file name, or the last part of an address."""
    last = file_name(text) if text.startswith("https://") else text
    named = _YEAR.findall(last)
    return named[-1] if named else ""


def _words(name: str) -> str:
    """A file's name with separators replaced by spaces."""
    return re.sub(r"[-_.\s]+", " ", name)
