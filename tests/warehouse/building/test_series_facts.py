"""meta.figure_count and meta.published_organisation: figures by table and measure, and their organisations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import duckdb
import pytest

from tests.warehouse.conftest import MakeRow, MakeStaged
from transforms.catalogue import ReleaseSchedule
from transforms.series import CATALOGUE, TABLES, workforce
from warehouse.building.build import Build, fill, prepare
from warehouse.building.series_facts import count_figures, write_series

MADE = Build("b", "2026-11-27T00:00:00+00:00", "published", "f", "0")


@pytest.fixture
def counted(staged: MakeStaged, row: MakeRow) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two months of a trust that changes its name, one of a trust that is closed (0), one of a trust without number."""
    trust = {"geography_level": "Organisation", "org_code": "RJ1", "area_code": "RJ1"}
    rows = [
        row(100.0),
        row(60.0, **trust, area_name="Old name", period_end=date(2023, 4, 30)),
        row(61.0, **trust, area_name="New name"),
        row(0.0, **trust | {"org_code": "RJ2", "area_code": "RJ2"}),
        row(None, **trust | {"org_code": "RJ3", "area_code": "RJ3"}),
    ]
    with duckdb.connect() as con:
        prepare(con, MADE)
        fill(con, [staged("2023-05", rows)])
        count_figures(con)
        yield con


def test_figures_are_counted_by_series_table_edition_and_measure(counted: duckdb.DuckDBPyConnection) -> None:
    assert counted.execute("FROM meta.figure_count").fetchall() == [
        ("nhs-workforce-statistics", "workforce", "2023-05", "headcount", 5)
    ]


def test_organisations_with_a_number_are_listed_under_their_newest_name(counted: duckdb.DuckDBPyConnection) -> None:
    assert counted.execute("FROM meta.published_organisation").fetchall() == [
        ("nhs-workforce-statistics", "workforce", "RJ1", "New name", date(2023, 4, 30), date(2023, 5, 31), 2)
    ]


def test_counting_again_does_not_count_twice(counted: duckdb.DuckDBPyConnection) -> None:
    count_figures(counted)
    assert counted.execute("SELECT sum(figures)::INTEGER FROM meta.figure_count").fetchall() == [(5,)]


def test_every_series_and_every_table_that_is_looked_for_is_in_meta(counted: duckdb.DuckDBPyConnection) -> None:
    write_series(counted, CATALOGUE.values(), {workforce.SERIES.id: date(2023, 8, 24)})
    stated = counted.execute("SELECT series, months, lag_days, grace_days FROM meta.series").fetchall()
    assert {name: ReleaseSchedule("", *days) for name, *days in stated} == {
        entry.id: ReleaseSchedule("", entry.schedule.months, entry.schedule.lag_days, entry.schedule.grace_days)
        for entry in CATALOGUE.values()
    }
    announced = "SELECT series, announced_on FROM meta.series WHERE announced_on IS NOT NULL"
    assert counted.execute(announced).fetchall() == [(workforce.SERIES.id, date(2023, 8, 24))]
    filled = {name for (name,) in counted.execute("SELECT table_name FROM meta.series_table").fetchall()}
    assert set(TABLES) - filled == {"organisation_membership"}  # its lists are only placed by hand
