"""Areas that a later edition assigns to another region or board, or renames, in a month already published.

A workbook prints all months of an area, but its staff groups for the newest month only. Figures that it does not print
again still belong to the area, so core.<table>_latest shows them with the newest region, board and name.
"""

from __future__ import annotations

import duckdb

from transforms.tables import Table

PLACE = ("period_end", "geography_level", "area_code")
"""Key columns that identify an area in a month."""

AREA_ATTRIBUTES = ("region_code", "icb_code", "area_name")
"""Attributes of an area: region, integrated care board, name."""


def has_areas_by_month(table: Table) -> bool:
    """Whether the table has figures of areas by month, with region, board and name as attributes."""
    return set(PLACE) <= set(table.key) and set(AREA_ATTRIBUTES) <= set(table.attributes)


def note_moved(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Add to meta.moved_area the areas of core.<table> whose attributes a later edition changes.

    Names are compared only where each of the two editions has one name for the area.
    """
    if not has_areas_by_month(table):
        return
    con.execute(f"""
        INSERT INTO meta.moved_area BY NAME
        WITH placed AS (
            SELECT series, {", ".join(PLACE)}, edition, edition_order, min(region_code) AS region_code,
                min(icb_code) AS icb_code, IF(count(DISTINCT area_name) = 1, min(area_name), NULL) AS area_name
            FROM core.{table.name}
            GROUP BY ALL
        )
        SELECT '{table.name}' AS table_name, * FROM placed
        WINDOW history AS (PARTITION BY series, {", ".join(PLACE)} ORDER BY edition_order)
        QUALIFY lag(edition_order) OVER history IS NOT NULL AND (
            region_code IS DISTINCT FROM lag(region_code) OVER history
            OR icb_code IS DISTINCT FROM lag(icb_code) OVER history
            OR area_name <> lag(area_name) OVER history
        )
    """)


def newest_area_attributes(table: Table) -> tuple[str, str]:
    """SQL for core.<table>_latest over core.<table> AS newest: its REPLACE clause and JOIN; '' where none is needed."""
    if not has_areas_by_month(table):
        return "", ""
    later = "moved.edition_order > newest.edition_order"
    with_fallback = {"area_name": "coalesce(moved.area_name, newest.area_name)"}
    replaced = ", ".join(
        f"CASE WHEN {later} THEN {with_fallback.get(name, f'moved.{name}')} ELSE newest.{name} END AS {name}"
        for name in AREA_ATTRIBUTES
    )
    join = f"""LEFT JOIN (
        SELECT * FROM meta.moved_area WHERE table_name = '{table.name}'
        QUALIFY row_number() OVER (PARTITION BY series, {", ".join(PLACE)} ORDER BY edition_order DESC) = 1
    ) AS moved USING (series, {", ".join(PLACE)})"""
    return f"REPLACE ({replaced})", join
