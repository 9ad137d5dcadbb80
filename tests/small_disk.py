"""A file system of a few megabytes, to fill it up."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MEGABYTE = 2**20


@contextmanager
def mounted(place: Path, megabytes: int) -> Iterator[Path]:
    """Mount an empty file system of that size; skips the test where that is not allowed, or not possible."""
    place.mkdir()
    tool = shutil.which("mount")
    command = [tool or "mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False) if tool else None
    if done is None or done.returncode:
        pytest.skip(f"no small file system can be mounted here: {done.stderr.strip() if done else 'no mount'}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill_up(place: Path) -> None:
    """Write until the disk is full. Raises the error of the last write."""
    with (place / "filler").open("wb", buffering=0) as stream:
        while True:
            stream.write(bytes(MEGABYTE // 4))
