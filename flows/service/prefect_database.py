"""An empty database for the Prefect server of `workforce serve`, as Prefect's own migrations make it.

On a new data folder Prefect makes its database by running each of its migrations since its first version: 4 s of CPU
time and a hundred writes synced to disk. `prefect_database.ddl` holds what they come to, for one version of Prefect;
with any other version Prefect migrates as usual. Write it anew with `python -m flows.service.prefect_database`.

And the way a server writes to it: `let_writes_wait`.
"""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flows.service.prefect_environment import database_address

SCHEMA = Path(__file__).with_name("prefect_database.ddl")
MIGRATE = """
import asyncio
from prefect.server.database import provide_database_interface

asyncio.run(provide_database_interface().create_db())
"""


def heading() -> str:
    """The first line of the schema, which names the version of Prefect whose database it is."""
    return f"-- The empty database of Prefect {version('prefect')}, as its migrations make it."


def prepare_database(home: Path, address: str) -> bool:
    """Make home/prefect.db, unless there is one or another version of Prefect is installed; say whether it was made.

    `address` is where Prefect's settings have its database: only that of its folder `home` is made.
    """
    database = home / "prefect.db"
    schema = SCHEMA.read_text(encoding="utf-8")
    if address != database_address(home) or database.exists() or not schema.startswith(heading()):
        return False
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home, prefix=".database-") as folder:
        prepared = Path(folder) / "prefect.db"
        with closing(sqlite3.connect(prepared)) as connection:
            connection.executescript(schema)
        try:
            # Not a rename: a refresh that began at the same time may already use its own.
            os.link(prepared, database)
        except OSError:
            return False
    return True


def let_writes_wait() -> None:
    """Let each writing transaction of the Prefect server of this process wait for its turn, where it uses SQLite.

    Prefect begins most of them DEFERRED: as reading, and SQLite then refuses the first write at once ("database is
    locked"), without waiting, if anything was written in between. Begun IMMEDIATE, as Prefect does in some places, they
    wait up to 60 seconds for each other. Call it before the server is created.
    """
    from prefect.server.database.configurations import AioSqliteConfiguration
    from prefect.server.database.dependencies import MODELS_DEPENDENCIES
    from prefect.server.utilities.database import get_dialect
    from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL

    class WaitingConfiguration(AioSqliteConfiguration):
        def begin_transaction(self, session: Any, with_for_update: bool = False) -> Any:
            return super().begin_transaction(session, with_for_update=True)

    address = PREFECT_API_DATABASE_CONNECTION_URL.value()
    if get_dialect(address).name == "sqlite":
        MODELS_DEPENDENCIES["database_config"] = WaitingConfiguration(connection_url=address)


def migrated_schema() -> str:
    """The schema that Prefect's migrations make, as SQL; they run in a process of their own."""
    with tempfile.TemporaryDirectory() as folder:
        settings = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
        subprocess.run([sys.executable, "-c", MIGRATE], env=settings | {"PREFECT_HOME": folder}, check=True)  # noqa: S603
        with closing(sqlite3.connect(Path(folder) / "prefect.db")) as connection:
            lines = "\n".join([heading(), *connection.iterdump(), ""]).splitlines(keepends=True)
            return "".join(f"{line.rstrip()}\n" for line in lines)


if __name__ == "__main__":
    SCHEMA.write_text(migrated_schema(), encoding="utf-8")
