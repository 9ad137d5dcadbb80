"""What was asked of whom: one entry per request, redirects and retries included."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True)
class RequestRecord:
    """One request. `status` 0: no answer came. `received` counts the body's bytes on the wire."""

    host: str
    path: str
    status: int
    received: int
    conditional: bool


@dataclass
class RequestLog:
    """Every request of a run, in the order in which they ended."""

    requests: list[RequestRecord] = field(default_factory=list)
    _by_thread: Counter[int] = field(default_factory=Counter, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, request: RequestRecord) -> None:
        """Note a request."""
        with self._lock:
            self.requests.append(request)
            self._by_thread[threading.get_ident()] += 1

    @property
    def count_of_this_thread(self) -> int:
        """How many this thread has made: a series is fetched by one thread, several share a log."""
        return self._by_thread[threading.get_ident()]

    @property
    def conditional(self) -> int:
        """How many of them were conditional."""
        return sum(request.conditional for request in self.requests)

    @property
    def received(self) -> int:
        """Bytes of all bodies together."""
        return sum(request.received for request in self.requests)

    def table(self) -> list[dict[str, str | int]]:
        """The requests as rows: host, path, status, bytes, conditional."""
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
