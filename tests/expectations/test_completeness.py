"""Two months of a CSV zip, the newer one with missing rows: each gap is found, with its file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.facts import make_facts
from expectations.gate import found_by
from expectations.report import Result
from expectations.suites import RULES
from tests.transforms.series.workforce.test_core_csv import zipped
from tests.transforms.series.workforce.test_core_csv_agreement import MONTH, october
from transforms.published_file import Edition, read_tables
from transforms.series import workforce
from transforms.series.workforce import core_csv
from warehouse.archive import Record
from warehouse.building.build import Build, fill, prepare
from warehouse.staging import StagedFile

pytestmark = pytest.mark.slow

SERIES = workforce.SERIES.id
Frames = dict[str, pl.DataFrame]
Check = Callable[..., dict[str, Result]]
NEWEST = pl.col("period_end") == date(2025, 10, 31)


@pytest.fixture(scope="module")
def october_frames(tmp_path_factory: pytest.TempPathFactory) -> Frames:
    """The tables of one month of a small zip; the previous month has the same figures."""
    return dict(read_tables(core_csv.READER, zipped(tmp_path_factory.mktemp("zip"), october())))


@pytest.fixture
def check(october_frames: Frames, tmp_path: Path) -> Iterator[Check]:
    """Findings of the rules where October lacks the rows of one table that match a condition."""
    con = duckdb.connect()
    con.execute("ATTACH ':memory:' AS gate")
    make_facts(con, date(2026, 11, 27))

    def found(table: str, lacks: pl.Expr, *, in_all_months: bool = False) -> dict[str, Result]:
        earlier = {
            name: frame.with_columns(pl.col("period_end").dt.offset_by("-1mo").dt.month_end())
            for name, frame in october_frames.items()
        }
        newer = october_frames | {table: october_frames[table].filter(~(lacks & (NEWEST | in_all_months)))}
        staged = [_staged(tmp_path, "2025-09", earlier), _staged(tmp_path, "2025-10", newer)]
        prepare(con, Build("b", "2026-11-27T00:00:00Z", "published", "f", "1"))
        fill(con, staged, core_csv.READER.tables)
        results = {
            name: found_by(con, rule)
            for name, rule in RULES.items()
            if name == "edition.tables"
            or (name.endswith(".complete") and rule.table.removeprefix("core.") in october_frames)
        }
        return {name: result for name, result in results.items() if result.outcome != "passed"}

    yield found
    con.close()


def _staged(root: Path, edition: str, frames: Frames) -> StagedFile:
    folder = root / edition
    folder.mkdir()
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
    record = Record(
        series=SERIES, edition=edition, publisher="", file_name=f"Core {edition}.zip", address="",
        retrieved_at=f"{edition}-28T09:30:00+00:00", licence="", attribution="", sha256=edition, size_bytes=1,
    )  # fmt: skip
    return StagedFile(record, core_csv.READER.name, 1, Edition(edition, "", series=SERIES), folder, parsed=True)


def test_two_whole_months_break_no_rule(check: Check) -> None:
    assert check("workforce", pl.lit(False)) == {}


@pytest.mark.parametrize(
    ("table", "lacks", "label"),
    [
        pytest.param("workforce", pl.col("staff_group") == "Managers", "Managers", id="staff group"),
        pytest.param("workforce", pl.col("org_code").is_in(["RJ1", "RJ2"]), "RJ1", id="organisations"),
        pytest.param("workforce_by_grade", pl.col("grade") == "Band 8b", "Band 8b", id="grade"),
        pytest.param("workforce_by_grade", pl.col("staff_group_1") == "Managers", "Managers", id="group of grades"),
        pytest.param("job_role", pl.col("nwd_staff_group") == "Medical and Dental", "all", id="national group"),
        pytest.param("job_role", pl.col("nwd_job_role") == "Clerical Worker", "Clerical Worker", id="job role"),
        pytest.param("job_role", pl.col("org_code") > "RK3", "RK4", id="last organisations"),
        pytest.param("person_characteristic", pl.col("grade") == "Band 6", "Band 6", id="grade of people"),
        pytest.param(
            "person_characteristic",
            pl.col("characteristic") == "disability",
            "disability: Disabled",
            id="characteristic",
        ),
        pytest.param("workforce_by_grade", pl.col("source_row") % 5 == 0, "all", id="every fifth record"),
    ],
)
def test_what_the_newer_month_lacks_is_found_and_named(check: Check, table: str, lacks: pl.Expr, label: str) -> None:
    found = check(table, lacks)
    assert set(found) == {f"{table}.complete"}
    result = found[f"{table}.complete"]
    assert result.files == {"2025-10"}
    assert any(label in figure for figure in result.rows["figure"])
    assert set(result.rows["series"]) == {SERIES}
    assert MONTH in result.rows["found"][0]


@pytest.mark.parametrize("table", ["workforce_by_grade", "job_role", "person_characteristic"])
def test_a_member_that_the_zip_no_longer_has_is_missed(check: Check, table: str) -> None:
    result = check(table, pl.lit(True), in_all_months=True)["edition.tables"]
    assert result.files == {"2025-10"}
    assert result.rows["expected"].to_list() == [f"figures of core.{table}, as in edition 2025-09"]


@pytest.mark.parametrize("label", ["Managers", "Nurses & health visitors"])
def test_a_group_that_the_newer_edition_has_in_no_month_is_missed_as_well(check: Check, label: str) -> None:
    """The previous month is printed again without it, so that its figures are withdrawn."""
    lacks = pl.col("role_group") == label
    found = check("person_characteristic", lacks, in_all_months=True)
    assert any(label in figure for figure in found["person_characteristic.complete"].rows["figure"])


def test_one_organisation_less_is_no_gap(check: Check) -> None:
    assert check("job_role", pl.col("org_code") == "RK5") == {}


def test_a_level_of_geography_that_the_newer_month_has_not_is_not_compared(check: Check) -> None:
    """The table may come from another file; the reader decides which tables a file must have."""
    assert check("job_role", pl.col("geography_level") == "England") == {}
