"""What the stand-in site publishes: series, editions and files, given as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from transforms.series import SeriesId


@dataclass(frozen=True)
class SiteFile:
    """A file as a publisher offers it.

    `name` is the publisher's own file name ('NHS Workforce Statistics, May 2023 England and Organisation.xlsx', for
    ODS 'etr.csv', for the pay gap 'UK Gender Pay Gap Data - 2017 to 2018.csv'); `title` the text of its link;
    `address` where it is served, '' for an address like the publisher's own.
    """

    name: str
    content: bytes
    title: str = ""
    address: str = ""


@dataclass(frozen=True)
class SiteDataSet:
    """A data-set page below an edition (digital.nhs.uk puts some files one page deeper)."""

    title: str
    files: tuple[SiteFile, ...]


@dataclass(frozen=True)
class SiteEdition:
    """An edition, or with `upcoming` the stub of one that is only announced.

    `covers` is first and last day; `slug` the last part of its page's address, '' for one made from the title; `links`
    are titles and addresses that stand beside the files.
    """

    title: str
    published_on: date
    files: tuple[SiteFile, ...] = ()
    covers: tuple[date, date] | None = None
    kind_of_statistics: str = "Accredited official statistics"
    key_facts: str = ""
    data_sets: tuple[SiteDataSet, ...] = ()
    slug: str = ""
    upcoming: bool = False
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SiteSeries:
    """A series of the catalogue with the editions the stand-in shows, in any order."""

    series: SeriesId
    editions: tuple[SiteEdition, ...]
