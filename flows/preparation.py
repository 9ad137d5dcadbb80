"""What is looked at before a refresh begins: what an earlier one left, free space, the clock, and the file system."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime

import psutil

from flows.errors import ClockWrong
from warehouse.disk import require_room
from warehouse.folder import DataFolder
from warehouse.interrupted import recover

EARLIEST = date(2026, 1, 1)
"""No copy of this code is older: a clock that shows an earlier day is wrong, as after a boot without a battery."""
SHARED = (
    "nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "fuse", "gfs", "lustre", "ocfs", "beegfs", "gpfs", "davfs",
)  # fmt: skip
"""How the types of file systems begin that several machines may write, or whose locks depend on another program."""
NOT_SHARED = ("fuseblk", "fusectl", "fuse.fuse-overlayfs")
"""Types that begin so and lie on a disk of this machine."""

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


def on_a_network(folder: DataFolder) -> str:
    """A sentence where the data folder lies on a file system that other machines may write; '' where it does not.

    A lock (flock) of such a file system may hold on one machine alone, or not at all, without an error.
    """
    place = folder.root.absolute()
    mounts = [each for each in psutil.disk_partitions(all=True) if place.is_relative_to(each.mountpoint)]
    # Of two file systems mounted at one place the later one is seen.
    kind = max(enumerate(mounts), key=lambda each: (len(each[1].mountpoint), each[0]))[1].fstype if mounts else ""
    if not kind.startswith(SHARED) or kind in NOT_SHARED:
        return ""
    return (
        f"The data folder {place} is on a network file system ({kind}), whose locks may not hold between machines: let"
        " one machine alone refresh it, or give each machine a folder of its own disk and share by WORKFORCE_STORAGE."
    )
