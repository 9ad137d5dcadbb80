"""The file `.env` in the folder in which a command is started: settings that the environment does not have."""

from __future__ import annotations

import os
from pathlib import Path

PREFIXES = ("WORKFORCE_", "PREFECT_")


def load_env_file(path: Path = Path(".env")) -> None:
    """Set the variables of the file that are settings of this program or of Prefect; the environment's own stay.

    It is done once, before anything reads a setting, so that one file holds for options (--data), for Prefect's server
    and for the processes that `workforce serve` starts.
    """
    if not path.is_file():
        return
    from dotenv import dotenv_values

    for name, value in dotenv_values(path).items():
        if name.startswith(PREFIXES) and value is not None:
            os.environ.setdefault(name, value)
