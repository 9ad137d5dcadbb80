"""Copies of a data folder, to change things in."""

from __future__ import annotations

import os
import shutil
from pathlib import Path


def copied(data: Path, target: Path, *left_out: str) -> Path:
    """A copy of the data folder without the names `left_out`. Files that nobody may write are not copied but linked."""
    ignored = shutil.ignore_patterns(*left_out)
    shutil.copytree(data, target, symlinks=True, ignore=ignored, copy_function=_linked_if_read_only)
    return target


def _linked_if_read_only(source: str, target: str) -> None:
    if Path(source).stat().st_mode & 0o222:
        shutil.copy2(source, target)
    else:
        os.link(source, target)
