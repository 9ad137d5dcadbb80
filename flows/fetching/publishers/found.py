"""What looking at a publisher's pages finds: editions with their files, and editions announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flows.fetching.last_discovery import Upcoming


@dataclass(frozen=True)
class Link:
    """A link as a page shows it, with its whole address."""

    title: str
    address: str


@dataclass(frozen=True)
class Notice:
    """A notice of change on an edition's page. `title` may be empty; `printed_date` is as printed, with the time."""

    title: str
    text: str
    printed_date: str = ""


@dataclass(frozen=True)
class FoundFile:
    """A wanted file of an edition. `edition` is what the file's own name says it is of, else that of its page.

    Once it is in the archive it is asked for again after `ask_after_days`. `made_anew` tells that the publisher makes
    it anew all the time: it counts as re-issued only where the rows read from it differ.
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
    """An edition that is out. `coverage` is as printed; `other_files` are names on its page that nobody wants.

    `missing` are wanted files, not required ones, that the edition should have and has not. `page_sha256` is of the
    page with its data-set pages, '' where it is not known. `ask_files` is False where nothing on the page has changed
    since its files were archived, so that they need not be asked for.
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
    notices: tuple[Notice, ...] = ()
    chapters: tuple[Link, ...] = ()
    other_links: tuple[Link, ...] = ()
    supplementary: tuple[Link, ...] = ()
    page_sha256: str = ""
    ask_files: bool = True


@dataclass(frozen=True)
class Failure:
    """Something that could not be had. `kind` is the error's name; `reason` the whole sentence."""

    where: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Discovery:
    """All that looking at a series found. `failures` are editions whose page could not be read; the others stand.

    `full_round_on` is the last day on which every edition's page was asked for, None where that is not kept.
    """

    series: str
    editions: tuple[FoundEdition, ...]
    upcoming: tuple[Upcoming, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    full_round_on: date | None = None
