"""The end of an exchange that takes too long, whatever the publisher sends.

The timeout of a socket begins anew with each byte. A publisher that sends a byte now and then, in its headers, between
two chunks or after the last one, or one interim response (100 Continue) after another, would never be given up by it.
"""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from contextvars import ContextVar, Token
from types import TracebackType
from typing import Self

from flows.fetching.http.responses import unreachable

_CURRENT: ContextVar[Deadline | None] = ContextVar("deadline", default=None)


class Deadline:
    """Closes the connection of the request to `address` once `seconds` have passed; then its block ends in an error.

    A context manager: connections made by `flows.fetching.http.transport` in its block register their socket.
    Raises `Unreachable`, which is temporary, at the end of the block.
    """

    def __init__(self, address: str, seconds: float) -> None:
        self.address, self.has_passed = address, False
        self._began = time.monotonic()
        self._until = self._began + seconds
        self._socket: socket.socket | None = None
        self._changed = threading.Condition()
        self._is_over = False
        self._token: Token[Deadline | None] | None = None

    def watch(self, connection: socket.socket) -> None:
        """Close this connection at the deadline."""
        with self._changed:
            self._socket = connection
            if self.has_passed:
                self._close()

    def extend(self, seconds: float) -> None:
        """Move the deadline to so many seconds from now."""
        self._until = time.monotonic() + seconds

    def _wait(self) -> None:
        with self._changed:
            while not self._is_over:
                left = self._until - time.monotonic()
                if left <= 0:
                    self.has_passed = True
                    self._close()
                    return
                self._changed.wait(left)

    def _close(self) -> None:
        if self._socket is not None:
            # Not SSLSocket.shutdown, which drops the state of TLS that the reading thread is using.
            with suppress(OSError):
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._token = _CURRENT.set(self)
        threading.Thread(target=self._wait, name="deadline", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._token is not None:
            _CURRENT.reset(self._token)
        with self._changed:
            self._is_over = True
            self._changed.notify()
        if self.has_passed and (error is None or isinstance(error, Exception)):
            seconds = time.monotonic() - self._began
            raise unreachable(self.address, f"no end of the answer after {seconds:.0f} seconds") from error


def current() -> Deadline | None:
    """The deadline of the request that this thread is making; None outside of one."""
    return _CURRENT.get()
