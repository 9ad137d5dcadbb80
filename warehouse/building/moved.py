"""Areas that a later edition places under another region or board, or names otherwise, in a month already published.

A workbook prints all months of an area, and its staff groups for the newest month only: figures that it does not print
again are still those of the area, whose region, board and name are what the newest edition says.
"""

from __future__ import annotations

import duckdb

from transforms.tables import Table

PLACE = ("period_end", "geography_level", "area_code")
"""Columns of a key that name an area in a month."""

SAID = ("region_code", "icb_code", "area_name")
"""What a file says of it."""


def places_areas(table: Table) -> bool:
    """Whether the table's rows speak of areas in months, with region, board and name as attributes."""
    return set(PLACE) <= set(table.key) and set(SAID) <= set(table.attributes)


def note_moved(con: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Add to meta.moved_area what later editions say otherwise of the areas in core.<table>.

    A name is compared where each of two editions has one name for the area.
    """
    if not places_areas(table):
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


def newest_places(table: Table) -> tuple[str, str]:
    """SQL for `_latest` over a relation `newest`: what replaces its columns, and the join for it; both may be empty."""
    if not places_areas(table):
        return "", ""
    later = "moved.edition_order > newest.edition_order"
    said = {"area_name": "coalesce(moved.area_name, newest.area_name)"}
    replaced = ", ".join(
        f"CASE WHEN {later} THEN {said.get(name, f'moved.{name}')} ELSE newest.{name} END AS {name}" for name in SAID
    )
    join = f"""LEFT JOIN (
        SELECT * FROM meta.moved_area WHERE table_name = '{table.name}'
        QUALIFY row_number() OVER (PARTITION BY series, {", ".join(PLACE)} ORDER BY edition_order DESC) = 1
    ) AS moved USING (series, {", ".join(PLACE)})"""
    return f"REPLACE ({replaced})", join
