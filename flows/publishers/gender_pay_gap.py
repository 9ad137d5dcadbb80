"""The gender pay gap service: one page with a link to each reporting year's file."""

from __future__ import annotations

from datetime import date
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from flows.publishers.choosing import Offered, choose
from flows.publishers.found import Discovery, FoundEdition
from flows.publishers.pages import Parsed
from flows.series import Registered, Series
from flows.web import Client

YEARS = ('a[href*="/viewing/download-data/"]',)


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """Every reporting year with a link, newest first. Raises `PageChanged` where there is none."""
    page = Parsed(client.page(series.landing, hosts=series.hosts))
    addresses = {page.link(node) for node in page.needed("links to the years' files", *YEARS)}
    starts = {int(last): address for address in addresses if (last := _last_part(address)).isdigit()}
    if not starts:
        raise page.changed("links that end in a reporting year", YEARS)
    return Discovery(series.id, tuple(_year(series, start, starts[start]) for start in sorted(starts, reverse=True)))


def _year(series: Series, start: int, address: str) -> FoundEdition:
    # The address carries no name; the service saves the file under this one.
    years = f"{start} to {start + 1}"
    name = f"UK Gender Pay Gap Data - {years}.csv"
    edition = f"{start}-{(start + 1) % 100:02d}"
    chosen = choose(series, edition, series.landing, [Offered(name, address, f"Reporting year {years}")])
    return FoundEdition(series.id, edition, f"{series.title}, {years}", series.landing, chosen.files)


def _last_part(address: str) -> str:
    return PurePosixPath(urlsplit(address).path).name
