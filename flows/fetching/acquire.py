"""Fetching a series from the live publishers, or from the bundled sample's server on loopback."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from flows.fetching.fetch import Progress, fetch_series
from flows.fetching.http import Client, HostLimits, HttpCache, Robots, SizeLimits
from flows.fetching.http.robots import AGENT
from flows.fetching.results import FetchedSeries
from flows.request import Source
from flows.settings import Settings
from transforms.catalogue import Registered
from transforms.series import CATALOGUE
from warehouse.archive import FigureKind
from warehouse.folder import DataFolder

log = logging.getLogger("workforce")


@contextmanager
def client_for(source: Source, folder: DataFolder, settings: Settings) -> Iterator[Client]:
    """Yield a client for the live publishers, or for the sample's server on loopback while it runs.

    Raises `WrongRequest` where WORKFORCE_CONTACT is not set: publishers must be able to reach the operator.
    """
    if source is Source.SAMPLE:
        from flows.sample import sample_server

        with sample_server() as server:
            cache = HttpCache(folder.state / "sample")
            yield Client(
                cache, user_agent=_user_agent("sample"), transport=server.transport, host_limits=HostLimits(delay=0)
            )
    else:
        settings.check_contact()
        cache = HttpCache(folder.state / "web")
        host_limits = HostLimits(delay=settings.delay_seconds)
        robots = Robots(cache.root, overridden=settings.overridden_hosts, contacts=contacts())
        limits = SizeLimits.of(settings)
        yield Client(
            cache, user_agent=_user_agent(settings.contact), host_limits=host_limits, robots=robots, limits=limits
        )


def fetch(
    series: str, client: Client, folder: DataFolder, *, kind: FigureKind, progress: Progress | None = None
) -> FetchedSeries:
    """Fetch what is new of one series into the archive. Failures are in the result and never raised."""
    if kind == "illustrative" and not _is_in_the_sample(series):
        return FetchedSeries(series, notes=("the bundled sample has no file of this series",))
    registered = _registered_for_the_sample(series) if kind == "illustrative" else ()
    log.info("Looking for editions of %s", CATALOGUE[series].title)
    return fetch_series(series, client, folder, figure_kind=kind, progress=progress, registered=registered)


def _is_in_the_sample(series: str) -> bool:
    from flows.sample import is_in_the_sample

    return is_in_the_sample(series)


def _registered_for_the_sample(series: str) -> tuple[Registered, ...]:
    from flows.sample import sample_registered

    return sample_registered(series)


def contacts() -> dict[str, str]:
    """Where to ask about each host of the catalogue: an e-mail address of the publisher, else the landing page."""
    return {
        host: entry.contact if "@" in entry.contact else entry.landing
        for entry in reversed(CATALOGUE.values())
        for host in entry.hosts
    }


def _user_agent(contact: str) -> str:
    return f"{AGENT} (open data pipeline; contact: {contact})"
