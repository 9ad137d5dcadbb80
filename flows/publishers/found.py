"""What looking at a publisher's pages finds: editions with their files, and editions announced."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class FoundFile:
    """A wanted file of an edition. `edition` is what the file's own name says it is of, else that of its page."""

    what: str
    name: str
    address: str
    reader: str
    edition: str
    title: str = ""


@dataclass(frozen=True)
class FoundEdition:
    """An edition that is out. `coverage` is as printed; `other_files` are names on its page that nobody wants.

    `missing` are wanted files, not required ones, that the edition should have and has not.
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


@dataclass(frozen=True)
class Upcoming:
    """An edition the publisher has announced. It is never fetched."""

    title: str
    due_on: date | None
    page: str = ""


@dataclass(frozen=True)
class Failure:
    """Something that could not be had. `kind` is the error's name; `reason` the whole sentence."""

    where: str
    kind: str
    reason: str


@dataclass(frozen=True)
class Discovery:
    """All that looking at a series found. `failures` are editions whose page could not be read; the others stand."""

    series: str
    editions: tuple[FoundEdition, ...]
    upcoming: tuple[Upcoming, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
