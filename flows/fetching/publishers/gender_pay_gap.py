"""The gender pay gap service: one page with a link to the file of each reporting year.

The service regenerates the files of all years every hour, with current addresses and names, and sends no validators. So
a closed year is requested once a month, and a file counts as re-issued only where a figure that is read has changed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from flows.fetching.http import Client, Page
from flows.fetching.http.addresses import file_name
from flows.fetching.publishers.choosing import OfferedFile, choose
from flows.fetching.publishers.found import Discovery, FoundEdition
from flows.fetching.publishers.pages import ParsedPage, one_line
from transforms.catalogue import Registered, Series

YEARS = ('a[href*="/viewing/download-data/"]',)
WITHOUT_FILE = ("main li span",)
CLOSED_YEAR_AFTER_DAYS = 30

_YEAR = re.compile(r"20[0-9]{2}")
_WITHOUT = re.compile(r"([0-9]{4}) to [0-9]{4} \(no CSV file")


@dataclass(frozen=True)
class OfferedYear:
    """The file of a reporting year, with the name under which the service saves it; the address has no name."""

    start: int
    address: str

    @property
    def edition(self) -> str:
        """The edition, such as '2025-26'."""
        return _edition(self.start)

    @property
    def name(self) -> str:
        """The file's name, such as 'UK Gender Pay Gap Data - 2025 to 2026.csv'."""
        return f"UK Gender Pay Gap Data - {self.years}.csv"

    @property
    def years(self) -> str:
        """The years, such as '2025 to 2026'."""
        return f"{self.start} to {self.start + 1}"


@dataclass(frozen=True)
class DownloadPage:
    """The years with a file, newest first, and the editions listed without one."""

    offered: tuple[OfferedYear, ...]
    without_file: tuple[str, ...]


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """Every reporting year with a link, newest first. Raises `PageChanged` where there is none."""
    page = client.page(series.landing, hosts=series.hosts)
    years = read_years(page.html, page.address)
    notes = tuple(f"the service offers no file of {edition} yet" for edition in years.without_file)
    return Discovery(series.id, tuple(_year(series, each, today) for each in years.offered), notes=notes)


def read_years(html: str, address: str) -> DownloadPage:
    """The reporting years on the download page. Raises `PageChanged` where it has no link to a file."""
    page = ParsedPage(Page(address, html, changed=True))
    addresses = {page.link(node) for node in page.needed("links to the years' files", *YEARS)}
    starts = {int(last): found for found in addresses if _YEAR.fullmatch(last := file_name(found))}
    if not starts:
        raise page.changed("links that end in a reporting year", YEARS)
    without = [found[1] for node in page.all(*WITHOUT_FILE) if (found := _WITHOUT.search(one_line(node)))]
    return DownloadPage(
        tuple(OfferedYear(start, starts[start]) for start in sorted(starts, reverse=True)),
        tuple(_edition(int(start)) for start in without),
    )


def _year(series: Series, year: OfferedYear, today: date) -> FoundEdition:
    offered = OfferedFile(year.name, year.address, f"Reporting year {year.years}")
    chosen = choose(series, year.edition, series.landing, [offered])
    # The last reports of a year are due on 4 April of the next.
    wait = CLOSED_YEAR_AFTER_DAYS if today > date(year.start + 1, 4, 4) else 0
    files = tuple(replace(file, ask_after_days=wait, made_anew=True) for file in chosen.files)
    return FoundEdition(series.id, year.edition, f"{series.title}, {year.years}", series.landing, files)


def _edition(start: int) -> str:
    return f"{start}-{(start + 1) % 100:02d}"
