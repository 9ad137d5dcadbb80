"""Declarations of tables: what they speak of exists, and what follows from them covers every table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from expectations.suites import RULES
from transforms.series import CATALOGUE, READERS, TABLES
from transforms.series.pay_gap.tables import PAY_GAP
from transforms.series.vacancies.tables import VACANCY
from transforms.series.workforce.turnover.tables import TURNOVER
from transforms.series.wres.tables import WRES_INDICATOR
from transforms.tables import Table
from transforms.tables.declare import OpeningStock, Partition, Ratio, Unbroken


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        (PAY_GAP, {"percents": ("female_bonus",)}),
        (PAY_GAP, {"differences": ("mean_pay_gap_percent",)}),
        (PAY_GAP, {"organisation_name": "org_name"}),
        (PAY_GAP, {"key": ("reporting_year", "employer")}),
        (WRES_INDICATOR, {"ratios": (Ratio("percent", "numerator", "people"),)}),
        (VACANCY, {"partitions": (Partition("p", "sectors", "All sectors", "wrong"),)}),
        (VACANCY, {"partitions": (Partition("p", "sector", "All sectors", "wrong", measure="vacancies"),)}),
        (VACANCY, {"unbroken": Unbroken("quarter", "quarter", months=3)}),
        (TURNOVER, {"opening_stock": OpeningStock("flows", "a", "b", "period_start", "period_end")}),
    ],
)
def test_a_declaration_that_speaks_of_what_the_table_has_not_is_refused(table: Table, changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=f"core.{table.name} has unknown"):
        replace(table, **changes)


def test_a_table_of_a_name_is_one_declaration() -> None:
    for reader in READERS:
        assert all(TABLES[table.name] is table for table in reader.tables)


def test_scopes_of_a_reader_are_of_its_tables_and_their_columns() -> None:
    for reader in READERS:
        columns = {table.name: {column.name for column in table.columns} for table in reader.tables}
        for scope in reader.scopes:
            assert {*scope.columns, *(name for name, _ in scope.only)} <= columns[scope.table], reader.name


def test_a_reader_is_of_one_series() -> None:
    named = [reader.name for entry in CATALOGUE.values() for reader in entry.readers]
    assert len(named) == len(set(named))


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_every_declaration_has_its_rule(table: Table) -> None:
    implied = {
        "percent": bool(table.percents),
        "share_of_denominator": bool(table.ratios),
        "continuity": bool(table.opening_stock),
        "whole_periods": any(column.day for column in table.columns),
        "organisation_listed": bool(table.referring_to("organisation")),
        "board_listed": bool(table.referring_to("board")),
        **{partition.name: True for partition in table.partitions},
        **({f"{table.unbroken.noun}_missing": True} if table.unbroken else {}),
    }
    assert {name: f"{table.name}.{name}" in RULES for name in implied} == implied
