"""What a discovery finds: editions with their files, and announced editions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flows.fetching.last_discovery import Upcoming


@dataclass(frozen=True)
class Link:
    """A link on a page, with its absolute address."""

    title: str
    address: str


@dataclass(frozen=True)
class PageNotice:
    """A notice on an edition's page. `title` may be empty; `printed_date` is as printed, with the time."""

    title: str
    text: str
    printed_date: str = ""


@dataclass(frozen=True)
class FoundFile:
    """A wanted file of an edition. `edition` is taken from the file's name, else from its page.

    Once archived it is requested again after `ask_after_days`. `made_anew` says that the publisher regenerates it all
    the time: it counts as re-issued only where its rows differ.
    """

    what: str
    name: str
    address: str
    reader: str
    edition: str
    title: str = ""
    ask_after_days: int = 0
    made_anew: bool = False


@dataclass(frozen=True)
class FoundEdition:
    """A published edition. `coverage` is as printed; `other_files` are names on its page that are not wanted.

    `missing` are optional files that the edition should have and has not. `page_sha256` is of the page with its data-
    set pages, '' where it is not known. `ask_files` is False where the page is unchanged since its files were archived,
    so that they need not be requested.
    """

    series: str
    edition: str
    title: str
    page: str
    files: tuple[FoundFile, ...]
    published_on: date | None = None
    coverage: str = ""
    kind_of_statistics: str = ""
    key_facts: str = ""
    other_files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    notices: tuple[PageNotice, ...] = ()
    chapters: tuple[Link, ...] = ()
    other_links: tuple[Link, ...] = ()
    supplementary: tuple[Link, ...] = ()
    page_sha256: str = ""
    ask_files: bool = True


@dataclass(frozen=True)
class Failure:
    """A page or file that could not be fetched or read. `kind` is the error's class, `reason` its text."""

    where: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Discovery:
    """The result of a discovery. `failures` are editions whose page could not be read.

    `full_round_on` is the last day on which every edition's page was requested, None where that is not kept.
    """

    series: str
    editions: tuple[FoundEdition, ...]
    upcoming: tuple[Upcoming, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    full_round_on: date | None = None
