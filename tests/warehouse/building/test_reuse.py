"""A build that reuses the previous release equals a full build, and copies the unchanged tables."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.warehouse.same_contents import assert_same_contents
from transforms.series import TABLES, is_read
from transforms.tables import Table
from warehouse.building import in_place, reuse
from warehouse.building.build import Build, build
from warehouse.public_copy import write_public_copy
from warehouse.staging import StagedFile, Staging

ORDERS = int(os.environ.get("WORKFORCE_TEST_EXAMPLES", "1"))
"""Random orders of arrival to try: each takes four builds."""


@pytest.fixture(scope="module")
def staged(sample: Any) -> list[StagedFile]:
    """The sample's files, from the cache."""
    staging = Staging(sample.warehouse.parent / "staged", sample.archive)
    return [staging.stage(each) for each in sample.archive.records() if is_read(each.series, each.file_name)]


def without_newest(staged: list[StagedFile], series: str) -> list[StagedFile]:
    """Every file but those of the newest edition of a series."""
    newest = max(file.edition.edition for file in staged if file.edition.series == series)
    return [file for file in staged if (file.edition.series, file.edition.edition) != (series, newest)]


def without_oldest(staged: list[StagedFile], series: str) -> list[StagedFile]:
    """Every file but those of the oldest edition of a series: when it arrives, every other edition has a new order."""
    oldest = min(file.edition.edition for file in staged if file.edition.series == series)
    return [file for file in staged if (file.edition.series, file.edition.edition) != (series, oldest)]


def with_first_issue(staged: list[StagedFile], folder: Path) -> list[StagedFile]:
    """One file of a workforce edition as it was issued first: another value, and rows that the later issue left out."""
    chosen = next(file for file in staged if file.reader == "workforce-workbook")
    shutil.copytree(chosen.folder, folder, copy_function=shutil.copyfile)
    rows = pl.read_parquet(folder / "workforce.parquet").with_row_index()
    with_other_value = rows.with_columns(pl.when(pl.col("index") % 7 == 0).then(pl.col("value") + 1).otherwise("value"))
    with_other_value.drop("index").write_parquet(folder / "workforce.parquet")
    record = replace(chosen.record, sha256="0" * 64, retrieved_at="2020-01-01T00:00:00+00:00")
    first = replace(chosen, record=record, folder=folder)
    return [file for file in staged if file is not chosen] + [first]


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the core tables that a build takes over from the release before, by rows or as they are."""
    names: list[str] = []

    def noted(take: Callable[[duckdb.DuckDBPyConnection, Table], None]) -> Callable[..., None]:
        def take_and_note(con: duckdb.DuckDBPyConnection, table: Table) -> None:
            names.append(table.name)
            take(con, table)

        return take_and_note

    for take in (reuse.take_over, reuse.take_over_notes):
        monkeypatch.setattr(f"warehouse.building.history.{take.__name__}", noted(take))
    return names


@pytest.fixture
def only_by_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every build begin with an empty file, as if too much of the release's were unused."""
    monkeypatch.setattr("warehouse.building.in_place.MOST_UNUSED", -1.0)


@pytest.fixture
def same_inputs(monkeypatch: pytest.MonkeyPatch) -> dict[str, bool]:
    """Whether all that a mart reads has the same rows as in the release before, by the name of the mart."""
    same: dict[str, bool] = {}

    class Watched(reuse.Reuse):
        def reads_same(self, mart: str, read: Iterable[str]) -> bool:
            same[mart] = super().reads_same(mart, read)
            return same[mart]

    monkeypatch.setattr("warehouse.building.build.Reuse", Watched)
    return same


Choose = Callable[[list[StagedFile], str], list[StagedFile]]
WORKFORCE, VACANCIES, SURVEY = "nhs-workforce-statistics", "nhs-vacancy-statistics", "nhs-staff-survey"


@pytest.mark.slow
@pytest.mark.parametrize(
    "arriving",
    [
        pytest.param({WORKFORCE: without_newest}, id="newest workforce"),
        pytest.param({WORKFORCE: without_oldest, VACANCIES: without_newest}, id="oldest workforce, newest vacancies"),
        pytest.param({VACANCIES: without_oldest}, id="oldest vacancies"),
    ],
)
def test_editions_that_arrive_after_a_release_give_what_a_full_build_gives(
    arriving: dict[str, Choose],
    staged: list[StagedFile],
    sample: Any,
    made: Build,
    tmp_path: Path,
    taken: list[str],
    same_inputs: dict[str, bool],
) -> None:
    earlier = staged
    for series, choose in arriving.items():
        rest = choose(earlier, series)
        assert 0 < len(rest) < len(earlier)
        earlier = rest
    kind = replace(made, figure_kind="illustrative")
    before, after = tmp_path / "before.duckdb", tmp_path / "after.duckdb"
    build(before, earlier, kind)
    unchanged = build(after, staged, replace(kind, build_id="later"), before=before)
    changed = {name for file in staged if file not in earlier for name in file.parquet}
    assert set(taken) >= TABLES.keys() - changed
    assert {"organisation", "staff_survey"} <= set(taken)
    # A mart is copied only where all it reads has the same rows.
    assert same_inputs["marts.leadership_culture"]
    assert same_inputs["marts.vacancies"] is (VACANCIES not in arriving)
    if arriving == {WORKFORCE: without_newest}:
        assert not same_inputs["marts.workforce_by_organisation"]
        assert not same_inputs["marts.workforce_fte_by_organisation"]
    assert_same_contents(after, sample.warehouse)
    # The marts that are replaced leave their space unused.
    assert after.stat().st_size < 1.5 * sample.warehouse.stat().st_size
    # The public copy: of the release before, begun with a copy of that, and written anew.
    first, second, anew = (tmp_path / f"{name}.duckdb" for name in ("first", "second", "anew"))
    write_public_copy(before, first, [SURVEY], "illustrative")
    same = write_public_copy(after, second, [SURVEY], "illustrative", before=first, unchanged=unchanged)
    assert same == unchanged
    assert write_public_copy(after, anew, [SURVEY], "illustrative") == frozenset()
    assert_same_contents(second, anew)


@pytest.mark.slow
def test_a_file_issued_again_gives_what_a_full_build_gives(
    staged: list[StagedFile], made: Build, tmp_path: Path, taken: list[str], only_by_rows: None
) -> None:
    kind = replace(made, figure_kind="illustrative")
    first = with_first_issue(staged, tmp_path / "first")
    both = [*staged, first[-1]]
    build(tmp_path / "before.duckdb", first, kind)
    build(tmp_path / "after.duckdb", both, kind, before=tmp_path / "before.duckdb")
    assert "workforce" not in taken
    assert "turnover" in taken
    build(tmp_path / "full.duckdb", both, kind)
    assert_same_contents(tmp_path / "after.duckdb", tmp_path / "full.duckdb")
    with pytest.raises(AssertionError, match=r"core\."):
        assert_same_contents(tmp_path / "before.duckdb", tmp_path / "full.duckdb")


def rows_refused(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """What a rule of severity 'reject rows' gives: two cells of the successions of organisations."""
    return con.execute("""
        SELECT 'a.rule' AS rule_id, 'core.organisation_succession' AS table_name, file_sha256, source_sheet, source_row,
            source_column, 'something' AS expected, 'other' AS found
        FROM core.organisation_succession ORDER BY file_sha256, source_row, source_column LIMIT 2
    """).pl()


def rejected(warehouse: Path) -> bool:
    """Whether rows were rejected in a build."""
    with duckdb.connect(warehouse, read_only=True) as con:
        return bool(con.execute("FROM meta.rejected_row").fetchall())


@pytest.mark.slow
def test_files_that_arrive_in_any_order_give_what_a_full_build_gives(
    staged: list[StagedFile], made: Build, tmp_path: Path, taken: list[str]
) -> None:
    kind = replace(made, figure_kind="illustrative")
    build(tmp_path / "full.duckdb", staged, kind, refuse=rows_refused)
    for seed in range(1, 1 + ORDERS):
        ever: set[str] = set()
        arriving = random.Random(seed).sample(staged, len(staged))
        before: Path | None = None
        for count in (len(staged) // 2, len(staged) - 4, len(staged) - 1, len(staged)):
            after = tmp_path / f"{seed}-{count}.duckdb"
            taken.clear()
            build(after, arriving[:count], kind, refuse=rows_refused, before=before)
            if before and rejected(before):
                assert "organisation_succession" not in taken
            ever |= set(taken)
            before = after
        assert ever
        assert before is not None
        assert rejected(before)
        assert_same_contents(before, tmp_path / "full.duckdb")


def test_a_file_of_which_much_is_unused_is_not_begun_with(tmp_path: Path) -> None:
    before, candidate = tmp_path / "before.duckdb", tmp_path / "candidate.duckdb"
    with duckdb.connect(before) as con:
        for name in ("kept", "dropped"):
            con.execute(f"CREATE TABLE {name} AS SELECT random() AS value FROM range(200_000)")
    assert in_place.begun_as_copy(before, candidate)
    assert candidate.read_bytes() == before.read_bytes()
    with duckdb.connect(before) as con:
        con.execute("DROP TABLE dropped")
    candidate.unlink()
    assert not in_place.begun_as_copy(before, candidate)
    assert not in_place.begun_as_copy(None, candidate)
    assert not candidate.exists()


def test_a_table_of_which_rows_were_refused_is_built_again(
    staged: list[StagedFile], sample: Any, made: Build, tmp_path: Path
) -> None:
    before = tmp_path / "before.duckdb"
    before.write_bytes(sample.warehouse.read_bytes())
    with duckdb.connect(before) as con:
        con.execute("INSERT INTO meta.rejected_row BY NAME SELECT 'core.pay_gap' AS table_name")
    with duckdb.connect(tmp_path / "after.duckdb") as con:
        reuse.attach(con, before)
        con.execute("CREATE SCHEMA meta")
        con.execute("CREATE TABLE meta.source_file AS FROM before.meta.source_file")
        con.execute("CREATE TABLE meta.edition AS FROM before.meta.edition")
        con.execute("CREATE TABLE meta.staged_file AS SELECT *, '' AS table_name FROM before.meta.source_file LIMIT 0")
        con.execute("CREATE SCHEMA reference; CREATE TABLE reference.corrections AS FROM before.reference.corrections")
        unchanged = reuse.unchanged_tables(con).files
        assert "pay_gap" not in unchanged
        assert "workforce" in unchanged
        con.execute("INSERT INTO reference.corrections BY NAME SELECT 'vacancy' AS table_name")
        assert "vacancy" not in reuse.unchanged_tables(con).files
        con.execute("DELETE FROM reference.corrections")
        for table in ("edition", "source_file"):
            con.execute(f"UPDATE meta.{table} SET edition_order = edition_order + 1 WHERE series LIKE '%workforce%'")
        assert reuse.unchanged_tables(con).files == unchanged
        assert reuse.renumbered_tables(con, ["workforce", "vacancy"]) == {"workforce"}
        con.execute("UPDATE meta.edition SET available_from = '2000-01-01' WHERE series LIKE '%workforce%'")
        assert "workforce" not in reuse.unchanged_tables(con).files


@pytest.mark.parametrize(
    ("rows", "same"),
    [
        ("(1), (2), (2)", True),
        ("(2), (1), (2)", True),
        ("(1), (1), (2)", False),
        ("(1), (2)", False),
        ("(1), (2), (NULL)", False),
    ],
)
def test_tables_have_the_same_rows_if_each_row_is_there_as_often(tmp_path: Path, rows: str, same: bool) -> None:
    for name, values in {"before": "(1), (2), (2)", "now": rows}.items():
        with duckdb.connect(tmp_path / f"{name}.duckdb") as con:
            con.execute(f"CREATE SCHEMA core; CREATE TABLE core.held AS FROM (VALUES {values})")
    with duckdb.connect(tmp_path / "now.duckdb") as con:
        reuse.attach(con, tmp_path / "before.duckdb")
        assert reuse.same_rows(con, "core.held") is same
        assert not reuse.same_rows(con, "core.missing")
