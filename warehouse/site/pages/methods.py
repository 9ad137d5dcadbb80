"""The page on methods: series, definitions, checks and limits, as the warehouse and its marts state them."""

from __future__ import annotations

from typing import Any

import duckdb

from warehouse.asking.answers import rows_of
from warehouse.building.mart_columns import shared_columns
from warehouse.site.render import Pages

SERIES = """
    SELECT
        series.title, series.publisher, series.landing, series.months,
        string_agg(DISTINCT 'core.' || tables.table_name, ', ' ORDER BY 'core.' || tables.table_name) AS tables,
        coalesce(bool_or(tables.is_loaded), FALSE) AS is_loaded
    FROM meta.series AS series
    LEFT JOIN meta.series_table AS tables ON tables.series = series.series
    GROUP BY ALL ORDER BY is_loaded DESC, series.title
"""

RULES = """
    SELECT
        coalesce(table_name, 'several tables') AS about, severity, count(*) AS rules,
        count(*) FILTER (WHERE outcome = 'passed') AS passed
    FROM meta.check_result GROUP BY ALL ORDER BY about, severity
"""

CAVEATS = "SELECT mart, caveats FROM meta.mart WHERE caveats <> '' ORDER BY mart"

UNREAD = """
    SELECT series, count(*) AS parts, count(*) FILTER (WHERE NOT is_known) AS unknown
    FROM meta.unread_part GROUP BY series ORDER BY series
"""


def write_methods(con: duckdb.DuckDBPyConnection, pages: Pages) -> None:
    """Write the page on methods."""
    context: dict[str, Any] = {
        "series": rows_of(con, SERIES),
        "rules": rows_of(con, RULES),
        "caveats": rows_of(con, CAVEATS),
        "unread": rows_of(con, UNREAD),
        "columns": sorted(shared_columns().values(), key=lambda column: column.name),
    }
    pages.write("methods/", "methods.html", context)
