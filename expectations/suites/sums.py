"""SQL for parts against totals, in one edition's own terms.

Core tables keep a value again only where it changed, so what an edition says of a period is the newest row up to it.
Sums are compared for the newest period of each edition: only there does one edition print all the parts.
"""

from __future__ import annotations

from transforms.tables import TABLES
from warehouse.sql import key_as_json


def newest_of_each_edition(table_name: str, *, period: str = "period_end") -> str:
    """Rows of a table for the newest period of each edition, as that edition has them (with `as_of_order`)."""
    table = TABLES[table_name]
    columns = ", ".join(f"figures.{name}" for name in table.key)
    return f"""
SELECT * FROM (SELECT figures.*, newest.edition_order AS as_of_order
FROM core.{table_name} AS figures
INNER JOIN (
    SELECT series, edition_order, max({period}) AS {period} FROM core.{table_name} GROUP BY series, edition_order
) AS newest
    ON figures.series = newest.series AND figures.{period} = newest.{period}
    AND figures.edition_order <= newest.edition_order
QUALIFY row_number() OVER (
    PARTITION BY newest.edition_order, figures.series, {columns} ORDER BY figures.edition_order DESC
) = 1)
WHERE withdrawn_order IS NULL OR withdrawn_order > as_of_order
"""


def parts_and_total(table_name: str, *, rows: str, same: tuple[str, ...], total: str, part: str, tolerance: str) -> str:
    """SQL for totals whose parts add up to something else. The total's cell is shown.

    `rows` is SQL for the rows; `same` are columns that a total shares with its parts; `total` and `part` are SQL
    conditions on a row; `tolerance` is SQL over the parts' group (`parts.number`: how many; `parts.step`: the finest
    decimal step any of them shows). Where a part has no number, the others may add up to less, never to more.
    """
    shared = ", ".join(same)
    joined = " AND ".join(f"t.{name} IS NOT DISTINCT FROM parts.{name}" for name in same)
    return f"""
WITH read_rows AS ({rows}),
parts AS (
    SELECT {shared}, sum(value) AS added, count(*) AS number, count(*) - count(value) AS without_number,
        CASE
            WHEN bool_and(coalesce(value = round(value), TRUE)) THEN 1
            WHEN bool_and(coalesce(value = round(value, 1), TRUE)) THEN 0.1
            WHEN bool_and(coalesce(value = round(value, 2), TRUE)) THEN 0.01
            ELSE 0.00001
        END AS step
    FROM read_rows
    WHERE {part}
    GROUP BY {shared}
)
SELECT t.series, t.edition, t.file_sha256, t.source_sheet, t.source_row, t.source_column,
    {key_as_json(TABLES[table_name], "t")} AS figure, t.value AS value,
    'its ' || parts.number || ' parts add up to ' || round(parts.added, 5) AS expected,
    'a total of ' || t.value || ' (difference ' || round(t.value - parts.added, 5) || ')' AS found
FROM (SELECT * FROM read_rows WHERE {total}) AS t
INNER JOIN parts ON {joined}
WHERE t.value - parts.added < -({tolerance}) OR (parts.without_number = 0 AND t.value - parts.added > {tolerance})
"""
