"""Consecutive periods, as each table declares them: no period is missing, and closing stocks equal opening stocks."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import PLACE, Rule, offending, without_cell
from transforms.series import TABLES
from transforms.tables import Table
from transforms.tables.declare import OpeningStock, Unbroken
from warehouse.sql import key_as_json


def rules() -> Iterator[Rule]:
    """A rule for each table that declares an opening stock, and one for each that declares unbroken periods."""
    for table in TABLES.values():
        if table.opening_stock:
            yield Rule(
                f"{table.name}.continuity",
                "reject file",
                f"core.{table.name}",
                _carried_over(table, table.opening_stock),
                "The opening stock of a period differs from the closing stock of the previous period.",
                "rows of another edition may be in the file, or the publisher revised a month: compare the two files",
            )
        if table.unbroken:
            missing = _gap_in_time_series if table.unbroken.each_line else _gap_in_table
            yield Rule(
                f"{table.name}.{table.unbroken.noun}_missing",
                "reject file" if table.unbroken.each_line else "warn",
                f"core.{table.name}",
                missing(table, table.unbroken),
                f"A {table.unbroken.noun} is missing between the first and the last.",
                "compare the periods in the published file: a column may not have been read, or its heading may have"
                " been taken for another period",
            )


def _carried_over(table: Table, stock: OpeningStock) -> str:
    apart = {stock.column, stock.starts, stock.ends}
    line = ", ".join(("series", *(name for name in table.key if name not in apart)))
    before = f"""(
        SELECT {line}, {stock.ends} AS {stock.starts}, value AS before
        FROM core.{table.name}_latest
        WHERE {stock.column} = '{stock.closing}'
    )"""
    return offending(
        table,
        "abs(t.value - t.before) > 0.001",
        expected="t.before || ', at the end of the period before'",
        found="t.value",
        source=f"(SELECT * FROM core.{table.name}_latest INNER JOIN {before} AS before USING ({line}, {stock.starts})"
        f" WHERE {stock.column} = '{stock.opening}')",
    )


def _gap_in_time_series(table: Table, unbroken: Unbroken) -> str:
    """SQL for the first row after a gap in a time series (a key without its period)."""
    line = ", ".join(("series", *(name for name in table.key if name != unbroken.column)))
    places = ", ".join(f"t.{name}" for name in PLACE)
    return f"""
SELECT {places}, {key_as_json(table, "t")} AS figure, t.value,
    'the {unbroken.noun} of ' || t.next_due::DATE AS expected,
    'the {unbroken.noun} of ' || t.{unbroken.column} || ' after a gap' AS found
FROM (
    SELECT *, {_next_due(table, unbroken, f"PARTITION BY {line} ")} AS next_due
    FROM core.{table.name}_latest
) AS t
WHERE t.{unbroken.column} > t.next_due
"""


def _gap_in_table(table: Table, unbroken: Unbroken) -> str:
    """SQL for the first period after a gap in a table as a whole."""
    return without_cell(
        f"to_json(struct_pack({unbroken.column} := t.{unbroken.column}))::VARCHAR",
        expected=f"'the {unbroken.noun} of ' || t.next_due::DATE",
        found=f"'the {unbroken.noun} of ' || t.{unbroken.column} || ' after a gap'",
        source=f"""(
        SELECT series, {unbroken.column}, {_next_due(table, unbroken, "PARTITION BY series ")} AS next_due
        FROM (SELECT DISTINCT series, {unbroken.column} FROM core.{table.name})
    )""",
        where=f"t.{unbroken.column} > t.next_due",
    )


def _next_due(table: Table, unbroken: Unbroken, line: str) -> str:
    """SQL for the period expected after the previous one of the same time series (`line`: its PARTITION BY)."""
    following = f"lag({unbroken.column}) OVER ({line}ORDER BY {unbroken.column}) + INTERVAL {unbroken.months} MONTH"
    day = next(column.day for column in table.columns if column.name == unbroken.column)
    return f"last_day({following})" if day == "last" else following
