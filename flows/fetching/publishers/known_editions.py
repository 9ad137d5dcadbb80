"""Editions found by earlier discoveries, so that pages of old editions are requested less often.

The page of an old edition hardly ever changes. It is requested while the edition is among the newest, while one of its
files is not archived, and otherwise once a month; in between, what was read from it last is used.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from flows.fetching.publishers import digital_nhs_pages
from flows.fetching.publishers.found import Discovery, FoundEdition, FoundFile, Link, PageNotice
from transforms.catalogue import Series

NEWEST = 3
"""Number of newest editions whose pages are always requested: corrections come soon after publication."""

FULL_ROUND_AFTER = timedelta(days=30)
"""After this time the pages of all editions are requested again."""


@dataclass(frozen=True)
class KnownEditions:
    """Editions by the address of their page, and the day on which all their pages were last requested.

    `archived` says whether the current bytes of a file are in the archive.
    """

    editions: Mapping[str, FoundEdition] = field(default_factory=dict)
    full_round_on: date | None = None
    archived: Callable[[FoundFile], bool] = lambda _: False

    def full_round_is_due(self, today: date) -> bool:
        """Whether every page is to be requested today."""
        return self.full_round_on is None or today - self.full_round_on >= FULL_ROUND_AFTER

    def complete(self, edition: FoundEdition) -> bool:
        """Whether every wanted file of the edition is archived."""
        return all(self.archived(file) for file in edition.files)


def load_known_editions(note: Path, series: Series, archived: Callable[[FoundFile], bool]) -> KnownEditions:
    """The editions that an earlier discovery kept; none where there is no file or pages are read differently now."""
    if not note.exists():
        return KnownEditions()
    seen = json.loads(note.read_text(encoding="utf-8"))
    if seen.get("read_with") != reading_version(series):
        return KnownEditions()
    editions = [_edition(each) for each in seen["editions"]]
    return KnownEditions({each.page: each for each in editions}, _day(seen["full_round_on"]), archived)


def known_editions_json(found: Discovery, series: Series) -> dict[str, Any]:
    """What the next discovery needs, ready for JSON."""
    return {
        "read_with": reading_version(series),
        "full_round_on": found.full_round_on,
        "editions": [asdict(edition) for edition in found.editions],
        "upcoming": [asdict(each) for each in found.upcoming],
    }


def reading_version(series: Series) -> str:
    """A hash that changes with the version of the page readers and with the series' catalogue entry."""
    return hashlib.sha256(f"{digital_nhs_pages.VERSION} {series!r}".encode()).hexdigest()[:16]


def _edition(noted: dict[str, Any]) -> FoundEdition:
    links = {name: tuple(Link(**each) for each in noted[name]) for name in ("chapters", "other_links", "supplementary")}
    return FoundEdition(
        **noted
        | links
        | {
            "files": tuple(FoundFile(**each) for each in noted["files"]),
            "notices": tuple(PageNotice(**each) for each in noted["notices"]),
            "other_files": tuple(noted["other_files"]),
            "missing": tuple(noted["missing"]),
            "published_on": _day(noted["published_on"]),
        }
    )


def _day(printed: str | None) -> date | None:
    return date.fromisoformat(printed) if printed else None
