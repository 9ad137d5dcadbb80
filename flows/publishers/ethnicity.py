"""Ethnicity facts and figures: a measure's page with its source data.

Selectors follow the site's own template (ukgov-equality-hub/ethnicity-facts-and-figures: `download_the_data.html`).
"""

from __future__ import annotations

from datetime import date

from flows.publishers.choosing import Offered, choose
from flows.publishers.found import Discovery, FoundEdition
from flows.publishers.pages import Parsed, day_in, one_line
from flows.series import Registered, Series
from flows.web import Client
from flows.web.addresses import file_name

TITLE = ("h1[itemprop=headline]",)
PUBLISHED = ("[itemprop=datePublished]",)
FILES = ("[itemprop=distribution] a[itemprop=contentUrl]", "a[itemprop=contentUrl]")


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """The newest version of the measure. Its edition is named by the file, or '' where only the file's content tells.

    Raises `PageChanged` where the page has no title or offers no file.
    """
    page = Parsed(client.page(series.landing, hosts=series.hosts))
    title = one_line(page.needed("the measure's title", *TITLE)[0])
    offered = [
        Offered(file_name(page.link(node)), page.link(node), one_line(node))
        for node in page.needed("the source data", *FILES)
    ]
    chosen = choose(series, "", page.address, offered)
    edition = FoundEdition(
        series=series.id,
        edition=next((file.edition for file in chosen.files), ""),
        title=title,
        page=page.address,
        files=chosen.files,
        published_on=day_in(page.text(*PUBLISHED)),
        other_files=chosen.other,
    )
    return Discovery(series.id, (edition,))
