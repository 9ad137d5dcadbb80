"""A read-only SQLAlchemy dialect for DuckDB without transactions, as Great Expectations needs it.

Great Expectations closes a connection before it fetches the result; SQLAlchemy then rolls back, and DuckDB discards
the pending result. Here begin, commit and rollback do nothing, so the result is kept. That is safe because the file is
opened read-only.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duckdb_engine import Dialect
from sqlalchemy.dialects import registry

DRIVER = "duckdb+workforce_checks"
_OPENED: dict[str, list[Any]] = {}


class ReadOnlyDialect(Dialect):
    """Connects read-only; `on_connect` (a connect argument) lists statements run on every new connection."""

    name = "duckdb"
    supports_statement_cache = False

    def connect(self, *args: Any, on_connect: Sequence[str] = (), **arguments: Any) -> Any:
        """Open a read-only connection and run the `on_connect` statements on it."""
        connection = super().connect(*args, **(arguments | {"read_only": True}))
        for statement in on_connect:
            connection.execute(statement)
        _OPENED.setdefault(str(args[0] if args else arguments["database"]), []).append(connection)
        return connection

    def do_begin(self, connection: Any) -> None:
        """Does nothing: the file is read-only."""

    def do_commit(self, connection: Any) -> None:
        """Does nothing: the file is read-only."""

    def do_rollback(self, connection: Any) -> None:
        """Does nothing: a rollback would discard a result that has not been fetched yet."""


def close_all(database: str) -> None:
    """Close every connection to a file.

    Great Expectations leaves some open, and DuckDB lets nobody write to a file that is open elsewhere.
    """
    for connection in _OPENED.pop(database, []):
        connection.close()


def register() -> None:
    """Register the dialect with SQLAlchemy under `DRIVER`."""
    registry.register(DRIVER.replace("+", "."), __name__, ReadOnlyDialect.__name__)
