"""The environment variables that Prefect runs with: the only place that sets them, for every way of starting it.

They are read when Prefect is imported, so they are set before.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

STARTUP_SECONDS = 240
"""How long a Prefect server may take to start: 10 to 16 seconds on a new folder, longer on a slow machine."""

_ALWAYS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    # A library of Prefect's server checks the types of its own calls otherwise, which slows down every start.
    "PY_KEY_VALUE_DISABLE_BEARTYPE": "true",
    # How a run is known to be alive, also where its machine is another one.
    "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "60",
}


def database_address(home: Path) -> str:
    """The address of Prefect's SQLite database in its folder `home`, as Prefect itself gives it.

    Where the path has a question mark, at which such an address would end, it is an address with an escaped path.
    """
    path = home / "prefect.db"
    return (
        f"sqlite+aiosqlite:///file:{quote(str(path))}?uri=true" if "?" in str(path) else f"sqlite+aiosqlite:///{path}"
    )


def _database(home: Path) -> dict[str, str]:
    # Only where it must be: Prefect's other settings of its database hold as long as no address is set.
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": database_address(home)} if "?" in str(home) else {}


def with_client_password(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment, in which clients send the password that the server of this environment asks for."""
    secret = environment.get("PREFECT_SERVER_API_AUTH_STRING")
    return ({"PREFECT_API_AUTH_STRING": secret} if secret else {}) | dict(environment)


def local_environment(data: Path) -> dict[str, str]:
    """Variables for a flow that runs in this process; Prefect's files lie below `data`."""
    return _ALWAYS | {
        "PREFECT_HOME": str(data / "prefect"),
        **_database(data / "prefect"),
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }


def service_environment(data: Path, ui: str) -> dict[str, str]:
    """Variables for server, worker and deployments of the service whose UI has the address `ui`."""
    return _ALWAYS | {
        "PREFECT_HOME": str(data / "prefect"),
        **_database(data / "prefect"),
        "PREFECT_API_URL": f"{ui}/api",
        "PREFECT_UI_URL": ui,
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # Relative: the UI calls the server that it was loaded from, under whatever name the browser used.
        "PREFECT_SERVER_UI_API_URL": "/api",
        "PREFECT_LOGGING_EXTRA_LOGGERS": "workforce",
        "PREFECT_LOGGING_SERVER_LEVEL": "WARNING",
        # Deletes runs after 90 days, with their logs and artifacts.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    }
