"""Types of a catalogue entry: the series, the files to download, the release schedule, and how editions are found.

Each series has its entry, `SERIES`, in `transforms/series/<series>/__init__.py`, next to its readers.
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
"""The attribution statement that the licence requires; the names of publisher and series are appended."""


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
    "{month}": rf"(?P<month>(?a:{_MONTH})[ -][0-9]{{4}})",
    "{mmmyy}": rf"(?P<mmmyy>(?a:{_SHORT_MONTH})-?[0-9]{{2}})",
    "{year}": r"(?P<year>[0-9]{4})",
    "{years}": r"(?P<years>[0-9]{4} to [0-9]{4})",
    "{yy}": r"(?P<yy>[0-9]{2})",
    "{from}": r"[0-9]{4}",
    "*": r".*",
}


@dataclass(frozen=True)
class WantedFile:
    """A file to download from each edition of a series.

    * `what`: description of the file.
    * `named`: patterns of the published file name (URL-decoded, case ignored): `{month}` is 'August 2025', `{mmmyy}`
      'aug25' or 'Aug-25', `{year}` '2025', `{yy}` '25', `{years}` '2023 to 2024', `{from}` a year before the
      edition's, `*` any text. All but `{from}` and `*` give the edition of the file.
    * `reader`: the reader of the file; None if the file is archived but not read.
    * `required`: whether an edition without the file is incomplete.
    * `since`, `until`: the first and last editions that have the file.
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
        """The edition in a file name that matches a pattern ('' if the name has none); None if no pattern matches."""
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
    """How often a series is published and how long after the period it covers.

    `cadence` describes it in words. `months` is the length in months of the period an edition adds (0: no regular
    releases, so none is ever due). `lag_days` is the usual number of days from the end of that period to publication,
    `grace_days` how many days after that an edition counts as late instead of due.
    """

    cadence: str
    months: int = 0
    lag_days: int = 0
    grace_days: int = 14


@dataclass(frozen=True)
class Registered:
    """The URL of a file, entered by hand because no page lists the file in a machine-readable form."""

    edition: str
    address: str
    name: str
    title: str = ""


@dataclass(frozen=True)
class Series:
    """One entry of the catalogue: a published series, its publisher, licence, web pages, release schedule and files.

    * `id`: identifier of the series in the warehouse, in forms and in commands; declared only here.
    * `landing`: URL of the landing page; `more_pages`: further pages that are read.
    * `found_by`: how editions are found; `registered`: URLs of files entered by hand.
    * `hosts`: allow-list of the hosts from which files may be downloaded.
    * `wanted`: the files to download; `placed_by_hand`: readers of files that a person supplies and that are not
      searched for.
    * `may_redistribute`: whether the licence permits redistribution of the figures.
    * `first_edition`: the earliest edition that is downloaded.
    * `mentioned_as`: regular expression for the name of this series on pages that link to several series.
    * `cited_as`: the name of the series in reference.headline, if its headlines are compared with its figures.
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
        """All readers of the series' files, each once."""
        wanted = (each.reader for each in self.wanted if each.reader)
        return tuple({reader.name: reader for reader in (*wanted, *self.placed_by_hand)}.values())
