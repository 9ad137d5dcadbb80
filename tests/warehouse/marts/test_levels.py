"""Queries that sum a mart use one level: the sums equal England's printed total."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.leadership_figures import CLINICAL, CORE, ETHNICITY, MADE, by_ethnicity, figures
from transforms.series import TABLES
from warehouse.archive import Archive, Facts
from warehouse.building.build import Build, build
from warehouse.staging import Staging

pytestmark = pytest.mark.slow

WORKBOOK = "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
ROUNDING = 0.01
"""Full-time equivalents are printed to five decimals; this leaves room for the sum of some thousand cells."""

ENGLAND = """
    SELECT period_end, value AS printed FROM core.workforce_latest
    WHERE geography_level = 'England' AND staff_group = 'All staff groups' AND measure = 'fte'
"""


@pytest.fixture(scope="module")
def real(published: Path, made: Build, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A warehouse of the real workbook of May 2023."""
    root = tmp_path_factory.mktemp("real")
    archive = Archive(root / "archive")
    path = next(published.rglob(WORKBOOK))
    facts = Facts(
        series="nhs-workforce-statistics",
        edition="2023-05",
        publisher="NHS England",
        file_name=path.name,
        address="https://example.invalid/workbook",
        retrieved_at="2023-08-24T09:30:00+00:00",
        licence="OGL",
        attribution="NHS England",
        figure_kind="published",
    )
    archive.put(path, facts)
    staging = Staging(root / "staged", archive)
    build(root / "workforce.duckdb", [staging.stage(record) for record in archive.records()], made)
    return root / "workforce.duckdb"


def rows(warehouse: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(warehouse, read_only=True) as con:
        return con.execute(sql).fetchall()


def off_england(warehouse: Path, mart: str) -> list[tuple[Any, ...]]:
    """Months of `mart` whose sum over all rows is not England's printed FTE."""
    return rows(
        warehouse,
        f"""
        SELECT period_end, printed, sum(fte) FROM ({ENGLAND}) LEFT JOIN marts.{mart} USING (period_end)
        WHERE period_end IN (SELECT period_end FROM marts.{mart})
        GROUP BY ALL HAVING sum(fte) IS NULL OR abs(sum(fte) - printed) > {ROUNDING}
        """,
    )


@pytest.mark.slow
@pytest.mark.parametrize("mart", ["workforce_fte_by_organisation", "workforce_fte_by_staff_group"])
def test_the_safe_sum_is_englands_total_in_every_month_of_the_real_workbook(real: Path, mart: str) -> None:
    assert off_england(real, mart) == []
    assert rows(real, f"SELECT count(DISTINCT period_end) FROM marts.{mart}") == [(165,)]


@pytest.mark.slow
def test_the_newest_real_month_is_cut_by_organisation_and_staff_group(real: Path) -> None:
    """The same filter gives the total of England for each staff group."""
    newest = "(SELECT max(period_end) FROM marts.workforce_fte_by_organisation)"
    found = rows(
        real,
        f"""
        SELECT staff_group, sum(organisation.fte), any_value(england.fte)
        FROM marts.workforce_fte_by_organisation AS organisation
        INNER JOIN marts.workforce_fte_by_staff_group AS england USING (period_end, main_staff_group, staff_group)
        WHERE period_end = {newest} GROUP BY ALL ORDER BY ALL
        """,
    )
    assert len(found) == 13
    assert all(abs(of_organisations - of_england) < ROUNDING for _, of_organisations, of_england in found)


@pytest.mark.parametrize("mart", ["workforce_fte_by_organisation", "workforce_fte_by_staff_group"])
def test_the_safe_sum_is_englands_total_in_every_month_of_the_sample(sample: Any, mart: str) -> None:
    assert off_england(sample.warehouse, mart) == []
    assert rows(sample.warehouse, f"SELECT count(*) > 0 FROM marts.{mart}") == [(True,)]


@pytest.mark.slow
def test_one_level_of_core_workforce_adds_up_and_all_together_do_not(real: Path) -> None:
    sums = dict(
        rows(
            real,
            """
            SELECT staff_group_level, sum(value) FROM core.workforce_latest
            WHERE geography_level = 'England' AND measure = 'fte' AND period_end = DATE '2023-05-31' GROUP BY ALL
            """,
        )
    )
    assert sums["main group"] == pytest.approx(sums["all"], abs=ROUNDING)
    assert sum(sums.values()) > 3 * sums["all"]
    unknown = rows(
        real,
        """
        SELECT sum(value) FROM core.workforce_latest
        WHERE geography_level = 'England' AND measure = 'fte' AND period_end = DATE '2023-05-31'
            AND staff_group = 'Unknown classification'
        """,
    )[0][0]
    assert sums["group"] + unknown == pytest.approx(sums["all"], abs=ROUNDING)


@pytest.mark.parametrize(
    ("table", "level"), [(table.name, level.name) for table in TABLES.values() for level in table.levels]
)
def test_every_row_of_the_sample_has_a_level_also_in_latest_and_as_of(sample: Any, table: str, level: str) -> None:
    for source in (f"core.{table}", f"core.{table}_latest", f"core.{table}_as_of(DATE '2999-01-01')"):
        assert rows(sample.warehouse, f"SELECT count(*) FROM {source} WHERE {level} IS NULL") == [(0,)]


def test_role_groups_do_not_share_a_level_with_the_grades_of_doctors(tmp_path: Path) -> None:
    """Grades are not added to the doctors either where the publisher prints no total over staff groups."""
    people = [
        *by_ethnicity(CLINICAL, "HCHS doctors", "All grades", {"White": 100}),
        *by_ethnicity(CLINICAL, "HCHS doctors - Consultant", "All grades", {"White": 60}),
        *by_ethnicity(CLINICAL, "Nurses & health visitors", "All grades", {"White": 200}),
    ]
    warehouse = tmp_path / "workforce.duckdb"
    build(warehouse, [figures(tmp_path, ETHNICITY, "2022-06", "person_characteristic", people)], MADE)
    found = rows(
        warehouse,
        f"""
        SELECT staff_group_level, staff_group, headcount FROM marts.staff_by_characteristic
        WHERE population = '{CORE}' AND category = 'White' AND grade_level = 'all' ORDER BY ALL
        """,
    )
    assert found == [
        ("all", "All staff groups", 300),
        ("clinical or not", "Clinical", 300),
        ("role group", "HCHS doctors", 100),
        ("role group", "Nurses & health visitors", 200),
        ("sub-group", "HCHS doctors - Consultant", 60),
    ]
