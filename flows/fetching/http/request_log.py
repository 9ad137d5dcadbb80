"""Log of requests: one entry per request, redirects and retries included."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RequestRecord:
    """One request.

    `status` is 0 where no response came; `received` is the number of bytes of the body as transferred.
    """

    host: str
    path: str
    status: int
    received: int
    conditional: bool


@dataclass
class RequestLog:
    """The requests of a run, in the order in which they ended."""

    requests: list[RequestRecord] = field(default_factory=list)
    _by_thread: Counter[int] = field(default_factory=Counter, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, request: RequestRecord) -> None:
        """Add a request."""
        with self._lock:
            self.requests.append(request)
            self._by_thread[threading.get_ident()] += 1

    @property
    def count_of_this_thread(self) -> int:
        """Number of requests of the current thread: one thread fetches one series, and several threads share a log."""
        return self._by_thread[threading.get_ident()]

    @property
    def conditional(self) -> int:
        """Number of conditional requests."""
        return sum(request.conditional for request in self.requests)

    @property
    def received(self) -> int:
        """Total bytes of all bodies."""
        return sum(request.received for request in self.requests)

    def table(self) -> list[dict[str, str | int]]:
        """The requests as rows with host, path, status, bytes and conditional ("yes" or "no")."""
        return [
            {
                "host": request.host,
                "path": request.path,
                "status": request.status,
                "bytes": request.received,
                "conditional": "yes" if request.conditional else "no",
            }
            for request in self.requests
        ]
