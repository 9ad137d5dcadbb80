"""The gender pay gap service: one page with a link to each reporting year's file.

The service makes the files of all years anew every hour, with today's addresses and names, and gives no validators. So
a closed year is asked for once a month, and a file counts as re-issued only where a figure that is kept has changed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from flows.publishers.choosing import Offered, choose
from flows.publishers.found import Discovery, FoundEdition
from flows.publishers.pages import Parsed
from flows.series import Registered, Series
from flows.web import Client

YEARS = ('a[href*="/viewing/download-data/"]',)
CLOSED_YEAR_AFTER_DAYS = 30


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """Every reporting year with a link, newest first. Raises `PageChanged` where there is none."""
    page = Parsed(client.page(series.landing, hosts=series.hosts))
    addresses = {page.link(node) for node in page.needed("links to the years' files", *YEARS)}
    starts = {int(last): address for address in addresses if (last := _last_part(address)).isdigit()}
    if not starts:
        raise page.changed("links that end in a reporting year", YEARS)
    newest_first = sorted(starts, reverse=True)
    return Discovery(series.id, tuple(_year(series, start, starts[start], today) for start in newest_first))


def _year(series: Series, start: int, address: str, today: date) -> FoundEdition:
    # The address carries no name; the service saves the file under this one.
    years = f"{start} to {start + 1}"
    name = f"UK Gender Pay Gap Data - {years}.csv"
    edition = f"{start}-{(start + 1) % 100:02d}"
    chosen = choose(series, edition, series.landing, [Offered(name, address, f"Reporting year {years}")])
    # The last reports of a year are due on 4 April of the next.
    wait = CLOSED_YEAR_AFTER_DAYS if today > date(start + 1, 4, 4) else 0
    files = tuple(replace(file, ask_after_days=wait, made_anew=True) for file in chosen.files)
    return FoundEdition(series.id, edition, f"{series.title}, {years}", series.landing, files)


def _last_part(address: str) -> str:
    return PurePosixPath(urlsplit(address).path).name
