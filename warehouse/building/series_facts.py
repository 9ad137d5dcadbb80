"""What the catalogue says of a series, as the warehouse holds it in meta.series: rights, and how often it comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import duckdb
import polars as pl

from transforms.series import TABLES
from transforms.tables import Table


@dataclass(frozen=True)
class SeriesFacts:
    """One series of the catalogue.

    `may_redistribute`: whether its licence lets anyone pass its figures on. `months` is the length of the period that
    an edition adds (0: no rhythm, never due), `lag_days` the usual time from its end to publication, `grace_days` how
    much later still counts as due rather than late. `announced_on` is the next publication day the publisher has
    announced, ISO text or ''. `tables` are the core tables its files fill.
    """

    series: str
    title: str
    publisher: str
    licence: str
    attribution: str
    landing: str
    may_redistribute: bool
    months: int
    lag_days: int
    grace_days: int
    announced_on: str
    tables: tuple[str, ...]


def write_series(con: duckdb.DuckDBPyConnection, series: Sequence[SeriesFacts]) -> None:
    """Fill meta.series, and meta.series_table with the newest period of each core table. Call it after core is made."""
    if series:
        con.register("facts", pl.DataFrame([asdict(each) for each in series]).to_arrow())
        con.execute("""
            INSERT INTO meta.series BY NAME
            SELECT * EXCLUDE (tables, announced_on), try_cast(nullif(announced_on, '') AS DATE) AS announced_on
            FROM facts ORDER BY series
        """)
        con.execute("""
            INSERT INTO meta.series_table BY NAME
            SELECT series, unnest(tables) AS table_name, FALSE AS is_loaded FROM facts ORDER BY ALL
        """)
        con.unregister("facts")
    for table in TABLES.values():
        period = period_of(table)
        covered = f"max({period})" if period else "NULL"
        con.execute(f"""
            UPDATE meta.series_table AS held SET is_loaded = TRUE, covered_until = newest.covered_until
            FROM (SELECT series, {covered} AS covered_until FROM core.{table.name}_latest GROUP BY series) AS newest
            WHERE held.table_name = '{table.name}' AND held.series = newest.series
        """)


def period_of(table: Table) -> str | None:
    """The first column of a table's key that is a date: the period its rows are of."""
    dates = {column.name for column in table.columns if column.dtype == pl.Date()}
    return next((name for name in table.key if name in dates), None)
