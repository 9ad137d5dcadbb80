"""Compares printed totals with the sum of their parts, as each table declares them, within one edition.

Core tables store a value again only where it changed, so the value of an edition is the newest row up to that edition.
Sums are compared for the newest period of each edition, the only one for which an edition prints all parts.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import Rule
from transforms.series import TABLES
from transforms.tables import Table
from transforms.tables.declare import Partition
from warehouse.sql import key_as_json

LAST_DECIMAL = "(0.5 * parts.step * (parts.number + 1) + 0.0001)"
"""Tolerance in SQL: half a unit of the last printed decimal for each part and for the total."""


def rules() -> Iterator[Rule]:
    """A rule for each partition (total and parts) that a table declares."""
    for table in TABLES.values():
        for partition in table.partitions:
            yield Rule(
                f"{table.name}.{partition.name}",
                partition.severity,
                f"core.{table.name}",
                parts_and_total(
                    table.name,
                    rows=_figures(table, partition),
                    same=shared(table, partition),
                    total=is_total(partition),
                    part=is_part(partition),
                    tolerance=LAST_DECIMAL if partition.tolerance is None else f"{partition.tolerance}",
                ),
                partition.wrong,
                "a row was left out, altered, or read at the wrong level or under the wrong heading: compare the"
                " total's cell with its parts in the published file",
            )


def _figures(table: Table, partition: Partition) -> str:
    """SQL for the rows that hold the total and its parts."""
    newest = f"({newest_of_each_edition(table.name, period=table.periods[-1])})"
    rows = f"SELECT * FROM {newest if partition.newest_only else f'core.{table.name}_latest'}"
    return f"{rows} WHERE measure = '{partition.measure}'" if partition.measure else rows


def shared(table: Table, partition: Partition) -> tuple[str, ...]:
    """The columns that have the same value in a total and its parts."""
    apart = {partition.column, *partition.across, *(["measure"] if partition.measure else [])}
    as_of = ("as_of_order",) if partition.newest_only else ()
    return ("series", *as_of, *(name for name in table.key if name not in apart), *partition.within)


def is_total(partition: Partition) -> str:
    """SQL that is true for a row that is a total."""
    return f"{partition.column} = '{partition.total}'"


def is_part(partition: Partition) -> str:
    """SQL that is true for a row that is a part of a total."""
    if not partition.parts:
        return f"{partition.column} <> '{partition.total}'"
    parts = ", ".join(f"'{part}'" for part in partition.parts)
    return f"{partition.column} IN ({parts})"


def newest_of_each_edition(table_name: str, *, period: str) -> str:
    """SQL for the values that each edition prints for its newest period; `as_of_order` is the order of the edition."""
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
    """SQL for totals that differ from the sum of their parts. The finding names the cell of the total.

    `rows` is SQL for the rows; `same` are columns that a total shares with its parts; `total` and `part` are SQL
    conditions on a row; `tolerance` is SQL that may use `parts.number` (number of parts) and `parts.step` (unit of the
    last decimal printed). Where a part has no number, the sum may be below the total, but not above it.
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
