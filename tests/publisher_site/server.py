"""Serves the stand-in on loopback."""

from __future__ import annotations

from collections.abc import Iterable

from flows.sample.server import LoopbackServer
from tests.publisher_site.content import SiteSeries
from tests.publisher_site.pages import render


class PublisherServer(LoopbackServer):
    """A running stand-in. Use it as a context manager; `publish` changes what it shows."""

    def __init__(self, series: Iterable[SiteSeries] = ()) -> None:
        super().__init__(render(series))

    def publish(self, series: Iterable[SiteSeries]) -> None:
        """Show exactly these series from now on."""
        self.show(render(series))
