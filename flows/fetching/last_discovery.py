"""The last look at each series' publisher, as kept in the data folder: when, and which editions were seen or announced.

Nothing heavy is imported here: `workforce status` reads looks without fetching anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from transforms.reading.months import last_day
from warehouse.folder import DataFolder


@dataclass(frozen=True)
class Upcoming:
    """An edition the publisher has announced. It is never fetched.

    `due_on` is None where only the month is printed; `due_month` is that month ('2027-02'), '' where none is.
    """

    title: str
    due_on: date | None
    page: str = ""
    due_month: str = ""


@dataclass(frozen=True)
class LastDiscovery:
    """When a series was last looked at and what was seen: editions known, and editions announced with their day."""

    series: str
    looked_at: datetime
    editions: tuple[dict[str, Any], ...]
    upcoming: tuple[Upcoming, ...]

    @property
    def announced(self) -> date | None:
        """The next day the publisher has announced; the last day of a month of which no day is announced yet."""
        days = [
            each.due_on or last_day(*map(int, each.due_month.split("-")))
            for each in self.upcoming
            if each.due_on or each.due_month
        ]
        return min(days, default=None)


def last_discovery(folder: DataFolder, series: str) -> LastDiscovery | None:
    """The last time the publisher of a series was reached, or None."""
    note = discovery_file(folder, series)
    if not note.exists():
        return None
    seen = json.loads(note.read_text(encoding="utf-8"))
    upcoming = tuple(Upcoming(**each | {"due_on": _day(each["due_on"])}) for each in seen["upcoming"])
    return LastDiscovery(series, datetime.fromisoformat(seen["looked_at"]), tuple(seen["editions"]), upcoming)


def announced_days(folder: DataFolder, series: Iterable[str]) -> dict[str, date]:
    """The next publication day of each series whose publisher had announced one at the last look."""
    looks = (last_discovery(folder, each) for each in series)
    return {look.series: look.announced for look in looks if look and look.announced}


def discovery_file(folder: DataFolder, series: str) -> Path:
    """Where the last look at a series is kept."""
    return folder.state / "looked" / f"{series}.json"


def _day(printed: str | None) -> date | None:
    return date.fromisoformat(printed) if printed else None
