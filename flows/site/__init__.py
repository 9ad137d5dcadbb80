"""A stand-in for the publishers on loopback: their pages and files, so that the same code fetches from it as from them.

with PublisherServer([SiteSeries(SeriesId.WORKFORCE, (SiteEdition(...),))]) as server:
client = Client(transport=server.transport, ...)
"""

from __future__ import annotations

from flows.site.content import SiteDataSet, SiteEdition, SiteFile, SiteSeries

__all__ = ["SiteDataSet", "SiteEdition", "SiteFile", "SiteSeries"]
