"""What the entry of a series is made of: what is published, the files wanted of it, when it comes out, how it is found.

Each series has its entry in `transforms/series/<series>/__init__.py`, beside its readers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from transforms.published_file import Reader
from transforms.reading.months import MONTHS
from transforms.reading.text import plain_name

OGL = "Open Government Licence v3.0"
OGL_ATTRIBUTION = "Contains public sector information licensed under the Open Government Licence v3.0. Source: "
"""The sentence that the licence asks for; the publisher and the series follow it."""


class FoundBy(StrEnum):
    """How a publisher's editions are found. Each has one module in `flows/fetching/publishers`."""

    NHS_DIGITAL_PAGES = "series and edition pages of digital.nhs.uk"
    SUPPLEMENTARY_PAGE = "supplementary information page of digital.nhs.uk"
    PAY_GAP_DOWNLOADS = "download page of the gender pay gap service"
    STAFF_SURVEY_PAGE = "results page of the NHS Staff Survey"
    ETHNICITY_PAGE = "measure page of Ethnicity facts and figures"
    ODS_REPORTS = "reports of ODS Data Search and Export"
    STANDARD_HUB = "hub page of a standard and documents of england.nhs.uk, with addresses registered by hand"


_MONTH = "|".join(MONTHS)
_SHORT_MONTH = "|".join(month[:3] for month in MONTHS)
_PLACES = {
    "{month}": rf"(?P<month>(?:{_MONTH})[ -]\d{{4}})",
    "{mmmyy}": rf"(?P<mmmyy>(?:{_SHORT_MONTH})-?\d{{2}})",
    "{year}": r"(?P<year>\d{4})",
    "{years}": r"(?P<years>\d{4} to \d{4})",
    "{yy}": r"(?P<yy>\d{2})",
    "{from}": r"\d{4}",
    "*": r".*",
}


@dataclass(frozen=True)
class WantedFile:
    """A file wanted of every edition.

    `named` are patterns of the name as the publisher wrote it (decoded, any case): `{month}` is 'August 2025',
    `{mmmyy}` 'aug25' or 'Aug-25', `{year}` '2025', `{yy}` '25', `{years}` '2023 to 2024', `{from}` a year
    before the edition's, `*` anything. They say which edition the
    file itself is of, where it says so. `reader` is the one that takes it; None where it is kept in the archive but
    not read. `since` and `until` are the first and last editions that have it.
    """

    what: str
    named: tuple[str, ...]
    reader: Reader | None
    required: bool = False
    since: str = ""
    until: str = ""

    def is_due_in(self, edition: str) -> bool:
        """Whether an edition should have this file."""
        return (not self.since or edition >= self.since) and (not self.until or edition <= self.until)

    def match(self, name: str) -> str | None:
        """The edition a file's name speaks of ('' where it names none); None where it is another file."""
        for pattern in self._patterns:
            if found := pattern.fullmatch(plain_name(name)):
                return _edition_named(found.groupdict())
        return None

    @cached_property
    def _patterns(self) -> list[re.Pattern[str]]:
        pieces = "|".join(re.escape(place) for place in _PLACES)
        return [
            re.compile(
                "".join(_PLACES.get(part, re.escape(part)) for part in re.split(f"({pieces})", pattern)), re.IGNORECASE
            )
            for pattern in self.named
        ]


def _edition_named(parts: dict[str, str | None]) -> str:
    if month := parts.get("month"):
        name, year = month.replace("-", " ").split()
        return f"{year}-{MONTHS.index(name.lower()) + 1:02d}"
    if mmmyy := parts.get("mmmyy"):
        number = [month[:3] for month in MONTHS].index(mmmyy[:3].lower()) + 1
        return f"20{mmmyy[-2:]}-{number:02d}"
    if years := parts.get("years"):
        return f"{years[:4]}-{years[-2:]}"
    if yy := parts.get("yy"):
        return f"20{yy}"
    return parts.get("year") or ""


@dataclass(frozen=True)
class ReleaseSchedule:
    """How often a series comes out and how long after the period it covers.

    `months` is the length of the period an edition adds (0: no pattern, never due); `lag_days` the usual time from its
    end to publication; `grace_days` how much later still counts as due rather than late.
    """

    cadence: str
    months: int = 0
    lag_days: int = 0
    grace_days: int = 14


@dataclass(frozen=True)
class Registered:
    """An address found by a person, for a file that no page lists in a form a program could read."""

    edition: str
    address: str
    name: str
    title: str = ""


@dataclass(frozen=True)
class Series:
    """One entry of the catalogue: what is published, by whom, under which licence, where, when, and what we want of it.

    `id` is the series in the warehouse, in forms and in commands. It is stated here alone.
    `hosts` are the only hosts its addresses may lead to. `may_redistribute`: whether its licence lets anyone pass on
    its figures. `first_edition` is the earliest edition that is fetched;
    `registered` are addresses known by hand, `more_pages` pages that are read besides the landing page.
    `mentioned_as` is a pattern of what a page that links to several series calls this one. `cited_as` is what
    reference.headline calls it, where its headlines count as its figures. `placed_by_hand` are the readers of files
    that are never looked for.
    """

    id: str
    title: str
    publisher: str
    licence: str
    attribution: str
    landing: str
    found_by: FoundBy
    hosts: tuple[str, ...]
    schedule: ReleaseSchedule
    wanted: tuple[WantedFile, ...]
    contact: str
    may_redistribute: bool = True
    first_edition: str = ""
    registered: tuple[Registered, ...] = ()
    more_pages: tuple[str, ...] = ()
    mentioned_as: str = ""
    cited_as: str = ""
    placed_by_hand: tuple[Reader, ...] = ()

    @property
    def readers(self) -> tuple[Reader, ...]:
        """Every reader of its files."""
        wanted = (each.reader for each in self.wanted if each.reader)
        return tuple({reader.name: reader for reader in (*wanted, *self.placed_by_hand)}.values())
