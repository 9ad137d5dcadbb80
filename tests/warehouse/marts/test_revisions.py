"""Revisions between two editions of the published workbook that differ in a known set of cells."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.workbook_surgery import altered, cell, with_value
from transforms.published_file import PublishedFile
from transforms.series import TABLES
from transforms.series.workforce.workbook import READER
from warehouse.building.build import META
from warehouse.building.history import make_core_table
from warehouse.building.mart_files import marts
from warehouse.building.reference import load_reference
from warehouse.building.series_facts import count_figures

pytestmark = pytest.mark.slow

Database = duckdb.DuckDBPyConnection
CHANGED = (
    # member, sheet, cell, area, staff group, month, value before, value after
    ("sheet5", "4. All Staff, NHSE & Org - HC", "BU14", "RJ1", "All staff groups", "2015-03-31", 13137, 13140),
    ("sheet5", "4. All Staff, NHSE & Org - HC", "BU746", "RR8", "All staff groups", "2015-03-31", 15360, 15293),
    ("sheet2", "1. England", "BQ41", "England", "Managers", "2015-03-31", 20766, 20700),
    ("sheet3", "2. NHSE, Org & SG - HC", "AF12", "RJ1", "Managers", "2023-05-31", 443, 444),
)
"""Each headcount that the second edition prints with another value."""
EDITIONS = (("2023-05", "2023-08-31"), ("2023-06", "2023-09-28"))


def revised_workbook(published: Path, folder: Path) -> tuple[Path, Path]:
    (first,) = (published / "nhs-workforce-statistics").glob("*England and Organisation.xlsx")
    changes: dict[str, list[tuple[str, str]]] = {}
    for sheet, _, name, *_, after in CHANGED:
        member = f"xl/worksheets/{sheet}.xml"
        before = cell(first, member, name)
        changes.setdefault(member, []).append((before, with_value(before, str(after))))
    return first, altered(first, folder / "revised.xlsx", changes)


@pytest.fixture(scope="module")
def two_editions(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """core.workforce of the workbook of May 2023 and of a next edition that differs in the cells of `CHANGED`."""
    folder = tmp_path_factory.mktemp("editions")
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA core; CREATE SCHEMA marts; CREATE SCHEMA meta; CREATE SCHEMA reference")
        con.execute(META)
        load_reference(con)
        for order, (workbook, edition) in enumerate(
            zip(revised_workbook(published, folder), EDITIONS, strict=True), start=1
        ):
            _stage(con, workbook, folder / f"{order}.parquet", *edition, order)
        for table in TABLES.values():
            make_core_table(con, table)
        count_figures(con)
        yield con


def _stage(con: Database, workbook: Path, parquet: Path, edition: str, published_on: str, order: int) -> None:
    READER.read(PublishedFile(workbook, workbook.name))["workforce"].write_parquet(parquet)
    con.execute(
        "INSERT INTO meta.staged_file BY NAME SELECT ? AS parquet, 'workforce' AS table_name, ? AS series, "
        "? AS edition, ? AS file_sha256, ? AS edition_order, 1 AS issue, ? AS issued",
        [str(parquet), "nhs-workforce-statistics", edition, f"hash of {edition}", order, published_on],
    )
    con.execute(
        "INSERT INTO meta.edition BY NAME SELECT 'nhs-workforce-statistics' AS series, ? AS edition, "
        "? AS edition_order, 1 AS issue, ?::DATE AS available_from, last_day((? || '-01')::DATE) AS coverage_end",
        [edition, order, published_on, edition],
    )


def test_exactly_the_changed_cells_are_revisions(two_editions: Database) -> None:
    found = two_editions.execute("""
        SELECT new_sheet, core.cell_name(new_row, new_column), figure->>'area_code', figure->>'staff_group',
            figure->>'period_end', old_value, new_value
        FROM meta.revision
    """).fetchall()
    assert sorted(found) == sorted(row[1:] for row in CHANGED)


def test_a_revision_names_both_editions_and_both_cells(two_editions: Database) -> None:
    named = two_editions.execute("""
        SELECT DISTINCT old_edition, new_edition, old_file_sha256, new_file_sha256, measure, seen_at,
            (old_sheet, old_row, old_column) = (new_sheet, new_row, new_column)
        FROM meta.revision
    """).fetchall()
    assert named == [("2023-05", "2023-06", "hash of 2023-05", "hash of 2023-06", "headcount", EDITIONS[1][1], True)]


def test_a_value_printed_again_is_not_stored_again(two_editions: Database) -> None:
    count = two_editions.execute(
        "SELECT count(*) FILTER (WHERE edition = '2023-06'), count(*) - (SELECT count(*) FROM core.workforce_latest) "
        "FROM core.workforce"
    ).fetchall()
    assert count == [(len(CHANGED), len(CHANGED))]


@pytest.mark.parametrize(
    ("day", "values"),
    [
        (date(2023, 8, 30), []),
        (date(2023, 8, 31), [(13137.0,), (15360.0,)]),
        (date(2023, 9, 27), [(13137.0,), (15360.0,)]),
        (date(2023, 9, 28), [(13140.0,), (15293.0,)]),
    ],
)
def test_a_chart_can_be_drawn_again_as_it_was_on_a_day(two_editions: Database, day: date, values: list[Any]) -> None:
    seen = two_editions.execute(
        "SELECT value FROM core.workforce_as_of(?::DATE) WHERE area_code IN ('RJ1', 'RR8') "
        "AND period_end = DATE '2015-03-31' AND measure = 'headcount' ORDER BY value",
        [day],
    ).fetchall()
    assert seen == values


def test_as_of_differs_in_the_changed_figures_only(two_editions: Database) -> None:
    differing = two_editions.execute("""
        SELECT count(*) FILTER (WHERE earlier.value IS DISTINCT FROM later.value), count(*)
        FROM core.workforce_as_of(DATE '2023-08-31') AS earlier
        FULL JOIN core.workforce_as_of(DATE '2023-09-28') AS later
            USING (period_end, geography_level, area_code, staff_group, measure)
    """).fetchall()
    figures = two_editions.execute("SELECT count(*) FROM core.workforce_latest").fetchall()[0][0]
    assert differing == [(len(CHANGED), figures)]


@pytest.fixture(scope="module")
def revisions(two_editions: Database) -> dict[tuple[str, int | None], dict[str, Any]]:
    """marts.revisions of workforce headcounts, by lag_level and months_after."""
    (mart,) = (mart for mart in marts() if mart.name == "revisions")
    rows = two_editions.execute(
        f"SELECT * FROM ({mart.select}) WHERE table_name = 'workforce' AND measure = 'headcount'"
    ).pl()
    return {(row["lag_level"], row["months_after"]): row for row in rows.iter_rows(named=True)}


def test_the_mart_of_revisions_counts_them_by_lag(
    revisions: dict[tuple[str, int | None], dict[str, Any]], two_editions: Database
) -> None:
    assert {lag: row["revisions"] for lag, row in revisions.items()} == {
        ("all lags", None): 4,
        ("one lag", 1): 1,
        ("one lag", 99): 3,
    }
    headcounts = two_editions.execute(
        "SELECT count(*) FROM core.workforce_latest WHERE measure = 'headcount'"
    ).fetchall()[0][0]
    of_all = revisions["all lags", None]
    assert (of_all["figures_revised"], of_all["figures"]) == (4, headcounts)
    assert of_all["share_revised_percent"] == pytest.approx(100 * 4 / headcounts)


def test_the_mart_of_revisions_says_how_large_they_are(
    revisions: dict[tuple[str, int | None], dict[str, Any]],
) -> None:
    long_after = revisions["one lag", 99]
    assert (long_after["raised"], long_after["lowered"]) == (1, 2)
    assert long_after["largest_step"] == 67
    assert long_after["largest_step_percent"] == pytest.approx(100 * 67 / 15360)
    assert long_after["median_step_percent"] == pytest.approx(100 * 66 / 20766)


def test_a_series_that_never_revised_says_so(two_editions: Database) -> None:
    (mart,) = (mart for mart in marts() if mart.name == "revisions")
    rows = two_editions.execute(
        f"SELECT lag_level, revisions, share_revised_percent FROM ({mart.select}) "
        "WHERE table_name = 'workforce' AND measure = 'fte'"
    ).fetchall()
    assert rows == [("all lags", 0, 0.0)]
