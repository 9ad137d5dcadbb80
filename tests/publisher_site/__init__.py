"""A stand-in for the publishers on loopback: their pages and files, so that the same code fetches from it as from them.

with PublisherServer([SiteSeries(SeriesId.WORKFORCE, (SiteEdition(...),))]) as server:
    client = Client(cache, user_agent="...", transport=server.transport, host_limits=HostLimits(delay=0))
"""

from __future__ import annotations

from tests.publisher_site.content import SiteDataSet, SiteEdition, SiteFile, SiteSeries
from tests.publisher_site.server import PublisherServer

__all__ = ["PublisherServer", "SiteDataSet", "SiteEdition", "SiteFile", "SiteSeries"]
