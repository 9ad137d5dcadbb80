"""Meta tables about each series, for marts and checks, from its declaration and from its rows in core.

meta.series and meta.series_table have publisher, licence, schedule and the newest loaded period; meta.figure_count
counts the figures; meta.published_organisation lists the organisations with figures. All are derived from the catalogue
and the table declarations, so that a new series needs no change here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import duckdb
import polars as pl

from transforms.catalogue import Series
from transforms.series import TABLES
from transforms.tables import Table
from warehouse.building.reuse import Grown, counted_before, coverage_before, take_over_counts, take_over_coverage

_SERIES: dict[str, Any] = {
    **dict.fromkeys(("series", "title", "publisher", "licence", "attribution", "landing"), pl.String),
    "may_redistribute": pl.Boolean,
    **dict.fromkeys(("months", "lag_days", "grace_days"), pl.Int32),
    "announced_on": pl.Date,
    "cited_as": pl.String,
}


def write_series(
    con: duckdb.DuckDBPyConnection,
    catalogue: Iterable[Series],
    announced: Mapping[str, date],
    *,
    unchanged: Collection[str] = frozenset(),
    grown: Grown = MappingProxyType({}),
) -> None:
    """Fill meta.series, and meta.series_table with the newest period of each core table. Call it after core is filled.

    `announced`: the next publication dates that publishers have announced, by series. `unchanged`: core tables that are
    copied from the previous release, which is attached (`warehouse.building.reuse`). `grown`: those with added rows.
    """
    entries = list(catalogue)
    facts = pl.DataFrame([_facts(entry, announced.get(entry.id)) for entry in entries], schema=_SERIES)
    filled = [(entry.id, name) for entry in entries for name in _tables_looked_for(entry)]
    con.register("facts", facts.to_arrow())
    con.register("filled", pl.DataFrame(filled, schema=["series", "table_name"], orient="row").to_arrow())
    con.execute("INSERT INTO meta.series BY NAME FROM facts ORDER BY series")
    con.execute("INSERT INTO meta.series_table BY NAME SELECT *, FALSE AS is_loaded FROM filled ORDER BY ALL")
    con.unregister("facts")
    con.unregister("filled")
    note_coverage(con, unchanged=unchanged, grown=grown)


def note_coverage(
    con: duckdb.DuckDBPyConnection, *, unchanged: Collection[str] = frozenset(), grown: Grown = MappingProxyType({})
) -> None:
    """Set is_loaded and covered_until (the newest period) in meta.series_table.

    The periods are those of core.<table>_latest, found without its join of areas that were moved: the newest row of a
    figure is withdrawn exactly where all its rows are.
    """
    for table in TABLES.values():
        if table.name in unchanged:
            take_over_coverage(con, table)
            continue
        period = _period_covered(table)
        covered = f"max({period})" if period else "NULL"
        added = _added(table, grown)
        con.execute(f"""
            UPDATE meta.series_table AS held SET is_loaded = TRUE, covered_until = newest.covered_until
            FROM (
                SELECT series, max(covered_until) AS covered_until
                FROM (
                    SELECT series, {covered} AS covered_until FROM core.{table.name}
                    WHERE withdrawn_order IS NULL {added and f"AND {added}"}
                    GROUP BY series
                    {added and f"UNION ALL BY NAME {coverage_before(table)}"}
                )
                GROUP BY series
            ) AS newest
            WHERE held.table_name = '{table.name}' AND held.series = newest.series
        """)


def count_figures(
    con: duckdb.DuckDBPyConnection, *, unchanged: Collection[str] = frozenset(), grown: Grown = MappingProxyType({})
) -> None:
    """(Re)fill meta.figure_count and meta.published_organisation. Call it before the marts are built.

    `unchanged`: core tables that are copied from the previous release and of which no row was rejected now. `grown`:
    those to which rows were added, of which none was rejected, either.
    """
    con.execute("DELETE FROM meta.figure_count; DELETE FROM meta.published_organisation")
    for table in TABLES.values():
        if table.name in unchanged:
            take_over_counts(con, table)
            continue
        added = _added(table, grown)
        measure = "measure" if table.measures else "NULL"
        con.execute(f"""
            INSERT INTO meta.figure_count BY NAME
            SELECT series, table_name, edition, measure, sum(figures)::BIGINT AS figures
            FROM (
                SELECT series, '{table.name}' AS table_name, edition, {measure} AS measure, count(*) AS figures
                FROM core.{table.name}_latest
                {added and f"WHERE {added}"}
                GROUP BY ALL
                {added and f"UNION ALL BY NAME {counted_before('figure_count', table)}"}
            )
            GROUP BY ALL
            ORDER BY ALL
        """)
        if table.figures_of_organisations:
            _note_organisations(con, table, added)


def _added(table: Table, grown: Grown) -> str:
    """SQL condition for the rows that were added to a table, all of later days than the others; '' where they are not.

    The previous release has the counts and the newest period of the others.
    """
    first = grown.get(table.name, {}).get(table.day)
    return "" if first is None else f"{table.day} >= DATE '{first}'"


def _note_organisations(con: duckdb.DuckDBPyConnection, table: Table, added: str) -> None:
    """Add the organisations with figures in a table; zero counts, printed for closed organisations, are ignored.

    `added`: as of `_added`.
    """
    code, day = table.figures_of_organisations, table.day or "NULL::DATE"
    name = table.organisation_name or "NULL::VARCHAR"
    signed = ", ".join(f"'{measure}'" for measure in (*table.percents, *table.differences))
    counted = f"(value <> 0 OR measure IN ({signed}))" if signed else "value <> 0"
    con.execute(f"""
        INSERT INTO meta.published_organisation BY NAME
        SELECT
            series, table_name, org_code, coalesce(arg_max(org_name, last_period_end), max(org_name)) AS org_name,
            min(first_period_end) AS first_period_end, max(last_period_end) AS last_period_end,
            sum(figures)::BIGINT AS figures
        FROM (
            SELECT
                series, '{table.name}' AS table_name, {code} AS org_code,
                coalesce(arg_max({name}, {day}), max({name})) AS org_name,
                min({day}) AS first_period_end, max({day}) AS last_period_end, count(*) AS figures
            FROM core.{table.name}_latest
            WHERE {code} IS NOT NULL AND {counted} {added and f"AND {added}"}
            GROUP BY ALL
            {added and f"UNION ALL BY NAME {counted_before('published_organisation', table)}"}
        )
        GROUP BY ALL
        ORDER BY ALL
    """)


def _facts(entry: Series, announced: date | None) -> dict[str, object]:
    names = ("title", "publisher", "licence", "attribution", "landing", "may_redistribute")
    schedule = {name: getattr(entry.schedule, name) for name in ("months", "lag_days", "grace_days")}
    return {
        "series": entry.id,
        **{name: getattr(entry, name) for name in names},
        **schedule,
        "announced_on": announced,
        "cited_as": entry.cited_as or None,
    }


def _tables_looked_for(entry: Series) -> list[str]:
    """The core tables filled by the files that the catalogue lists for a series and that have a reader."""
    return sorted({table.name for wanted in entry.wanted if wanted.reader for table in wanted.reader.tables})


def _period_covered(table: Table) -> str:
    """The date column whose maximum is the newest period of a table; '' where the key has no date."""
    return next((name for name in reversed(table.periods) if name in table.dates), "")
