"""Running the flow in this process, with Prefect's own temporary server where no other is set up."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running_here(data: Path) -> Iterator[None]:
    """Settings for Prefect, made before it is imported: its files below the data folder, no telemetry, patience.

    The flow finds the data folder by WORKFORCE_DATA, which is set for as long as it runs. Where PREFECT_API_URL is
    set, runs are reported to that server instead.
    """
    home = data.resolve() / "prefect"
    for name, value in {
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # A temporary server needs 10 to 16 seconds on a new folder, longer on a slow machine.
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }.items():
        os.environ.setdefault(name, value)
    home.mkdir(parents=True, exist_ok=True)
    before = os.environ.get("WORKFORCE_DATA")
    os.environ["WORKFORCE_DATA"] = str(data.resolve())
    try:
        yield
    finally:
        if before is None:
            del os.environ["WORKFORCE_DATA"]
        else:
            os.environ["WORKFORCE_DATA"] = before
