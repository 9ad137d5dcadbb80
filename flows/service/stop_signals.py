"""Stopping a long-running command by SIGINT (Ctrl-C) or SIGTERM (systemd, containers)."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event


@contextmanager
def stop_signals() -> Iterator[Event]:
    """Yield an event that SIGINT and SIGTERM set."""
    stopping = Event()
    before = {each: signal.signal(each, lambda *_: stopping.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopping
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
