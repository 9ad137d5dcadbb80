"""Whether the data folder is on a file system whose locks other machines may not see."""

from __future__ import annotations

import psutil

from warehouse.folder import DataFolder

SHARED = (
    "nfs", "cifs", "smb", "9p", "afs", "ceph", "glusterfs", "fuse", "gfs", "lustre", "ocfs", "beegfs", "gpfs", "davfs",
)  # fmt: skip
"""How the types of file systems begin that several machines may write, or whose locks depend on another program."""
NOT_SHARED = ("fuseblk", "fusectl", "fuse.fuse-overlayfs")
"""Types that begin so and lie on a disk of this machine."""


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
