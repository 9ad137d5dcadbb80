"""The log of the service's own processes, as text or as one JSON object a line (WORKFORCE_LOG_FORMAT)."""

from __future__ import annotations

import logging
import os
import sys

PREFECT_JSON = {"PREFECT_LOGGING_HANDLERS_CONSOLE_FORMATTER": "json"}
"""What lets Prefect's server, worker and runs log as JSON, too."""


def log_as(log_format: str) -> None:
    """Let this process log warnings and the project's messages on standard error, in this format."""
    if log_format != "json":
        return
    from pythonjsonlogger.json import JsonFormatter

    handler = logging.StreamHandler(sys.stderr)
    named = {"asctime": "time", "levelname": "level", "name": "logger"}
    handler.setFormatter(JsonFormatter("%(asctime)s %(levelname)s %(name)s %(message)s", rename_fields=named))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("workforce").setLevel(logging.INFO)
    os.environ.update(PREFECT_JSON)
