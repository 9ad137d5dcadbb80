"""The last discovery of each series, as kept in the data folder: when it was, and the editions found and announced.

`workforce status` reads it, so nothing heavy is imported here.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from transforms.reading.months import last_day
from warehouse.folder import DataFolder, write_whole


@dataclass(frozen=True)
class Upcoming:
    """An edition that the publisher has announced. It is never fetched.

    `due_on` is None where only the month is announced; `due_month` is that month ('2027-02'), '' where none is.
    """

    title: str
    due_on: date | None
    page: str = ""
    due_month: str = ""


@dataclass(frozen=True)
class LastDiscovery:
    """The last discovery of a series: its time, the editions found and announced, and a later one that failed.

    `looked_at` is None where every one has failed so far, `failed_at` where the last one did not.
    """

    series: str
    looked_at: datetime | None
    failed_at: datetime | None
    editions: tuple[dict[str, Any], ...]
    upcoming: tuple[Upcoming, ...]

    @property
    def announced(self) -> date | None:
        """The next announced day; the last day of the month where only a month is announced."""
        days = [
            each.due_on or last_day(*map(int, each.due_month.split("-")))
            for each in self.upcoming
            if each.due_on or each.due_month
        ]
        return min(days, default=None)


def last_discovery(folder: DataFolder, series: str) -> LastDiscovery | None:
    """The last discovery of a series, None where its publisher was never asked."""
    note = discovery_file(folder, series)
    if not note.exists():
        return None
    seen = json.loads(note.read_text(encoding="utf-8"))
    upcoming = tuple(Upcoming(**each | {"due_on": _day(each["due_on"])}) for each in seen["upcoming"])
    looked_at, failed_at = (_moment(seen.get(name)) for name in ("looked_at", "failed_at"))
    return LastDiscovery(series, looked_at, failed_at, tuple(seen["editions"]), upcoming)


def note_discovery(
    folder: DataFolder, series: str, now: datetime, editions: dict[str, Any] | None, *, failed: bool
) -> None:
    """Keep a discovery: `editions` found and announced (None: those found before stay), and whether it `failed`.

    A discovery that failed, wholly or for a page, does not count as the last one: its time is kept as `failed_at`.
    """
    note = discovery_file(folder, series)
    before = json.loads(note.read_text(encoding="utf-8")) if note.exists() else {"editions": [], "upcoming": []}
    times = {
        "looked_at": before.get("looked_at") if failed else now.isoformat(),
        "failed_at": now.isoformat() if failed else None,
    }
    seen = before | (editions or {}) | times
    write_whole(note, json.dumps(seen, indent=1, default=str, ensure_ascii=False).encode())


def announced_days(folder: DataFolder, series: Iterable[str]) -> dict[str, date]:
    """The next publication day of each series, where the last discovery found one announced."""
    found = (last_discovery(folder, each) for each in series)
    return {each.series: each.announced for each in found if each and each.announced}


def discovery_file(folder: DataFolder, series: str) -> Path:
    """The file that keeps the last discovery of a series."""
    return folder.state / "looked" / f"{series}.json"


def _moment(printed: str | None) -> datetime | None:
    return datetime.fromisoformat(printed) if printed else None


def _day(printed: str | None) -> date | None:
    return date.fromisoformat(printed) if printed else None
