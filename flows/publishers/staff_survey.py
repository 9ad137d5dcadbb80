"""The NHS Staff Survey's results page: links to workbooks below /static/."""

from __future__ import annotations

from datetime import date

from flows.publishers.choosing import Offered, choose
from flows.publishers.found import Discovery, FoundEdition
from flows.publishers.pages import Parsed, one_line
from flows.series import Registered, Series
from flows.web import Client
from flows.web.addresses import file_name

FILES = ('a[href*="/static/"]',)


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """The benchmark workbooks on the page, one edition per survey year, newest first.

    Raises `PageChanged` where the page links to no file, `MissingFile` where to no benchmark workbook, `AmbiguousFile`
    where to two of one year.
    """
    page = Parsed(client.page(series.landing, hosts=series.hosts))
    offered = [
        Offered(file_name(page.link(node)), page.link(node), one_line(node))
        for node in page.needed("links to files", *FILES)
    ]
    chosen = choose(series, "", series.landing, offered)
    years = sorted({file.edition for file in chosen.files}, reverse=True)
    return Discovery(
        series.id,
        tuple(
            FoundEdition(
                series=series.id,
                edition=year,
                title=f"{series.title}, {year}",
                page=series.landing,
                files=tuple(file for file in chosen.files if file.edition == year),
                other_files=chosen.other,
            )
            for year in years
        ),
    )
