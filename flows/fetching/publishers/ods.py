"""ODS Data Search and Export: reports at fixed addresses that change daily, without a page that lists editions.

The mapping of trusts to integrated care boards comes from england.nhs.uk, whose A&E page links to it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from flows.errors import NotFound
from flows.fetching.http import Client
from flows.fetching.publishers.choosing import OfferedFile, choose
from flows.fetching.publishers.england_nhs import ae_pages, read_mapping
from flows.fetching.publishers.found import Discovery, Failure, FoundEdition
from transforms.catalogue import Registered, Series
from transforms.errors import WorkforceError


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """The reports as one edition, named by the month in which they are fetched, with the newest mapping file.

    No request is made for the reports. A missing mapping is a note, because it is optional; a page that cannot be
    fetched is a failure.
    """
    edition = f"{today:%Y-%m}"
    offered = [OfferedFile(each.name, each.address, each.title) for each in (*series.registered, *registered)]
    chosen = choose(series, edition, series.landing, offered)
    title = f"{series.title}, {today:%B %Y}"
    found = FoundEdition(series.id, edition, title, series.landing, chosen.files)
    try:
        page, mapping = _mapping(series, client, today)
        wanted = replace(series, wanted=tuple(each for each in series.wanted if not each.required))
        more = choose(wanted, edition, page, mapping).files
    except WorkforceError as error:
        failure = Failure("trusts to integrated care boards", type(error).__name__, str(error))
        return Discovery(series.id, (found,), failures=(failure,))
    return Discovery(
        series.id,
        (replace(found, files=(*chosen.files, *more)),),
        notes=() if more else (_not_found(mapping, page, today),),
    )


def _not_found(mapping: tuple[OfferedFile, ...], page: str, today: date) -> str:
    if mapping:
        names = ", ".join(each.name for each in mapping)
        return f"{page} offers a system mapping under a name that the catalogue does not know: {names}"
    return f"no link to a system mapping file (trusts to integrated care boards) on {' or '.join(ae_pages(today))}"


def _mapping(series: Series, client: Client, today: date) -> tuple[str, tuple[OfferedFile, ...]]:
    """The page that links to the mapping, and the links: of this financial year, else of the year before."""
    for address in ae_pages(today):
        try:
            page = client.page(address, hosts=series.hosts)
        except NotFound:
            continue
        if offered := read_mapping(page.html, page.address):
            return page.address, offered
    return "", ()
