"""What is looked at before a refresh begins: what an earlier one left, free space, the clock, and the file system."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime

from flows.errors import ClockWrong
from flows.file_system import on_a_network
from warehouse.disk import require_room
from warehouse.folder import DataFolder
from warehouse.interrupted import recover

EARLIEST = date(2026, 1, 1)
"""No copy of this code is older: a clock that shows an earlier day is wrong, as after a boot without a battery."""

log = logging.getLogger("workforce")


def prepare(folder: DataFolder, now: datetime | None = None) -> None:
    """Recover what an interrupted refresh left, and see that another can begin. Call it while holding the lock.

    Raises `TooLittleSpace`, and `ClockWrong` for a clock before `EARLIEST`.
    """
    recover(folder)
    require_room(folder.root, 0, what="a refresh")
    require_clock(now or datetime.now(UTC))
    if said := on_a_network(folder):
        log.warning("%s", said)


def require_clock(now: datetime) -> None:
    """Raise `ClockWrong` where the clock shows a day before this code was written.

    The time at which a file is retrieved is kept for good: it orders the issues of a file and bounds its dates.
    """
    if now.date() < EARLIEST:
        raise ClockWrong(
            "the clock of this machine is wrong",
            expected=f"a day after {EARLIEST:%-d %B %Y}",
            found=f"{now:%-d %B %Y %H:%M} UTC",
            do="set the clock, for example by NTP, and refresh again; nothing was fetched",
        )
