"""Limits of requests: per host (concurrency, delay), per request (timeouts, minimum speed), and maximum sizes."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.settings import Settings

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class SizeLimits:
    """The largest page, file and zip that are accepted, in bytes, and the most members and redirects.

    A member of a zip may not unpack to more than `zip_ratio` times its size. `Settings` can raise all but the page's
    size and the redirects.
    """

    page_bytes: int = 10 * MEGABYTE
    file_bytes: int = 500 * MEGABYTE
    redirects: int = 5
    zip_members: int = 2_000
    zip_bytes: int = 4_000 * MEGABYTE
    zip_ratio: int = 400

    @classmethod
    def of(cls, settings: Settings) -> SizeLimits:
        """The limits that the operator has set."""
        return cls(
            file_bytes=settings.max_file_megabytes * MEGABYTE,
            zip_members=settings.max_zip_members,
            zip_bytes=settings.max_zip_megabytes * MEGABYTE,
            zip_ratio=settings.max_zip_ratio,
        )


@dataclass(frozen=True)
class Timeouts:
    """How long to wait for a connection and for the next bytes, in seconds, and how slow a download may be.

    Once a download has run for `slow_after` seconds, its mean rate must be at least `slowest` bytes a second; after
    `longest` seconds it ends, and another attempt goes on from there. A page, from the request to its last byte, and
    the time between two parts of a file, may take `whole` seconds.
    """

    connect: float = 10
    read: float = 60
    slow_after: float = 30
    slowest: float = 2_000
    longest: float = 3_600
    whole: float = 180
    clock: Callable[[], float] = time.monotonic


@dataclass
class HostLimits:
    """At most `connections` concurrent requests per host, and `delay` seconds between the starts of two."""

    connections: int = 2
    delay: float = 1.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    _gates: dict[str, threading.Semaphore] = field(default_factory=dict, repr=False)
    _next: dict[str, float] = field(default_factory=lambda: defaultdict(float), repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @contextmanager
    def slot(self, host: str) -> Iterator[None]:
        """Wait for a free connection and for the delay since the last start; hold it until the block ends."""
        with self._lock:
            gate = self._gates.setdefault(host, threading.Semaphore(self.connections))
        with gate:
            with self._lock:
                now = self.clock()
                start = max(now, self._next[host])
                self._next[host] = start + self.delay
            if start > now:
                self.sleep(start - now)
            yield
