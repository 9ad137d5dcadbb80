"""The sample's files, kept where they were made once: a refresh that finds nothing new need not make them again."""

from __future__ import annotations

import hashlib
import shutil
import sys
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from warehouse.folder import write_whole

LIBRARIES = ("xlsxwriter", "polars")
"""Libraries that write the files or choose what is in them."""


class Make(Protocol):
    """Makes a file: calls `maker` with arguments that say by themselves what they are (dates, numbers, names)."""

    def __call__(self, maker: Callable[..., bytes], *arguments: object) -> bytes:
        """The file's bytes."""


def keeping(folder: Path | None) -> Make:
    """A `Make` that keeps files below `folder`, by the code that made them; without a folder, for this process only."""
    if folder is None:
        return _made
    of_this_code = folder / _code()

    def kept(maker: Callable[..., bytes], *arguments: object) -> bytes:
        called = f"{maker.__module__}.{maker.__qualname__}{arguments!r}"
        place = of_this_code / hashlib.sha256(called.encode()).hexdigest()
        if not place.exists():
            _forget_others(folder, of_this_code)
            write_whole(place, _made(maker, *arguments))
        return place.read_bytes()

    return kept


@cache
def _made(maker: Callable[..., bytes], *arguments: object) -> bytes:
    return maker(*arguments)


@cache
def _code() -> str:
    """A hash of everything that the sample is made with."""
    digest = hashlib.sha256(f"{sys.version} {[version(library) for library in LIBRARIES]}".encode())
    for package in ("flows", "transforms", "warehouse"):
        for path in sorted(Path(str(files(package))).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _forget_others(folder: Path, of_this_code: Path) -> None:
    for old in folder.glob("*"):
        if old != of_this_code:
            shutil.rmtree(old, ignore_errors=True)
