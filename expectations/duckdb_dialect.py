"""DuckDB for SQLAlchemy as Great Expectations needs it: reading only, and without transactions.

Great Expectations closes a connection before it fetches; SQLAlchemy then rolls back, and DuckDB drops the pending
result. With begin, commit and rollback that do nothing, on a file opened read-only, the result stays.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duckdb_engine import Dialect
from sqlalchemy.dialects import registry

DRIVER = "duckdb+workforce_checks"
_OPENED: dict[str, list[Any]] = {}


class ReadOnlyDialect(Dialect):
    """Connects read-only; `attach` (a connect argument) lists statements run on every new connection."""

    name = "duckdb"
    supports_statement_cache = False

    def connect(self, *args: Any, attach: Sequence[str] = (), **arguments: Any) -> Any:
        """A connection with the further databases attached."""
        connection = super().connect(*args, **(arguments | {"read_only": True}))
        for statement in attach:
            connection.execute(statement)
        _OPENED.setdefault(str(args[0] if args else arguments["database"]), []).append(connection)
        return connection

    def do_begin(self, connection: Any) -> None:
        """Nothing: there is nothing to change."""

    def do_commit(self, connection: Any) -> None:
        """Nothing."""

    def do_rollback(self, connection: Any) -> None:
        """Nothing: a rollback would drop the result that is still to be fetched."""


def close_all(database: str) -> None:
    """Close every connection to a file. Great Expectations keeps some, and an open one keeps others from writing."""
    for connection in _OPENED.pop(database, []):
        connection.close()


def register() -> None:
    """Make the dialect known to SQLAlchemy under `DRIVER`."""
    registry.register(DRIVER.replace("+", "."), __name__, ReadOnlyDialect.__name__)
