"""What earlier visits found of a series, so that old editions are asked about rarely.

A publisher's page of an old edition hardly ever changes. It is asked for while it is one of the newest, while a file of
it is not in the archive, and with all others once a month; in between, what was read from it last stands.
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
from flows.fetching.publishers.found import Discovery, FoundEdition, FoundFile, Link, Notice
from transforms.catalogue import Series

NEWEST = 3
"""So many of the newest editions are asked about on every visit: corrections come soon after publication."""

FULL_ROUND_AFTER = timedelta(days=30)
"""After this time every edition is asked about again."""


@dataclass(frozen=True)
class KnownEditions:
    """What is known of a series: editions by their page, and the day on which all of them were last asked about.

    `archived` tells whether the bytes that a file's address answered with are in the archive.
    """

    editions: Mapping[str, FoundEdition] = field(default_factory=dict)
    full_round_on: date | None = None
    archived: Callable[[FoundFile], bool] = lambda _: False

    def full_round_is_due(self, today: date) -> bool:
        """Whether every edition is to be asked about today."""
        return self.full_round_on is None or today - self.full_round_on >= FULL_ROUND_AFTER

    def complete(self, edition: FoundEdition) -> bool:
        """Whether every wanted file that the edition offered is in the archive."""
        return all(self.archived(file) for file in edition.files)


def load_known_editions(note: Path, series: Series, archived: Callable[[FoundFile], bool]) -> KnownEditions:
    """What a note of an earlier visit says; nothing where there is none, or where pages are read differently now."""
    if not note.exists():
        return KnownEditions()
    seen = json.loads(note.read_text(encoding="utf-8"))
    if seen.get("read_with") != read_with(series):
        return KnownEditions()
    editions = [_edition(each) for each in seen["editions"]]
    return KnownEditions({each.page: each for each in editions}, _day(seen["full_round_on"]), archived)


def known_editions_json(found: Discovery, series: Series) -> dict[str, Any]:
    """What the next visit needs to know, ready for JSON."""
    return {
        "read_with": read_with(series),
        "full_round_on": found.full_round_on,
        "editions": [asdict(edition) for edition in found.editions],
        "upcoming": [asdict(each) for each in found.upcoming],
    }


def read_with(series: Series) -> str:
    """A hash that changes with the reading of pages and with the catalogue's entry of the series."""
    return hashlib.sha256(f"{digital_nhs_pages.VERSION} {series!r}".encode()).hexdigest()[:16]


def _edition(noted: dict[str, Any]) -> FoundEdition:
    links = {name: tuple(Link(**each) for each in noted[name]) for name in ("chapters", "other_links", "supplementary")}
    return FoundEdition(
        **noted
        | links
        | {
            "files": tuple(FoundFile(**each) for each in noted["files"]),
            "notices": tuple(Notice(**each) for each in noted["notices"]),
            "other_files": tuple(noted["other_files"]),
            "missing": tuple(noted["missing"]),
            "published_on": _day(noted["published_on"]),
        }
    )


def _day(printed: str | None) -> date | None:
    return date.fromisoformat(printed) if printed else None
