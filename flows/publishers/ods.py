"""ODS Data Search and Export: reports at fixed addresses that change daily, without a page that lists editions."""

from __future__ import annotations

from datetime import date

from flows.publishers.choosing import Offered, choose
from flows.publishers.found import Discovery, FoundEdition
from flows.series import Registered, Series
from flows.web import Client


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """The reports as one edition, named by the month in which they are fetched. No request is made."""
    offered = [Offered(each.name, each.address, each.title) for each in (*series.registered, *registered)]
    edition = f"{today:%Y-%m}"
    chosen = choose(series, edition, series.landing, offered)
    found = FoundEdition(series.id, edition, f"{series.title}, {today:%B %Y}", series.landing, chosen.files)
    return Discovery(series.id, (found,))
