"""Questions that only pages ask: each is one file below queries/. Those that anybody may ask are ready questions."""

from __future__ import annotations

from importlib.resources import files

import duckdb

from warehouse.asking.answers import QuestionAnswer, ask


def ask_for_page(con: duckdb.DuckDBPyConnection, name: str, mart: str = "") -> QuestionAnswer:
    """Ask the question warehouse/site/queries/<name>.sql. With a `mart`, each row must be a row of it."""
    sql = files("warehouse.site").joinpath("queries", f"{name}.sql").read_text(encoding="utf-8").strip()
    return ask(con, name, sql, mart)
