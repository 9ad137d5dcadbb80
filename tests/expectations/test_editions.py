"""Editions derived from published files with typical publishing errors are refused; correct editions pass."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from expectations.facts import make_facts
from expectations.gate import found_by
from expectations.report import Result
from expectations.suites import RULES
from transforms.published_file import Edition, PublishedFile, Reader, read_tables
from transforms.series import reader_for
from warehouse.archive import Record
from warehouse.building.build import Build, fill, prepare
from warehouse.staging import StagedFile

pytestmark = pytest.mark.slow

WORKBOOK = "nhs-workforce-statistics/NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
TURNOVER = (
    "nhs-workforce-statistics/turnover-benchmarking/"
    "Turnover benchmarking 2. Staff group and organisation, monthly, Oct-25.csv"
)
PAY_GAP = "gender-pay-gap/UK Gender Pay Gap Data - {}.csv"
HOURLY = pl.col("measure").str.contains("hourly")
IS_FTE = pl.col("measure") == "fte"
Frame = pl.DataFrame
Check = Callable[..., dict[str, Result]]


def times(factor: float, where: pl.Expr | None = None) -> Callable[[Frame], Frame]:
    """The figures, or those that match `where`, multiplied by a factor."""
    chosen = pl.lit(True) if where is None else where
    return lambda frame: frame.with_columns(
        value=pl.when(chosen).then(pl.col("value") * factor).otherwise(pl.col("value"))
    )


def next_month(frame: Frame) -> Frame:
    return frame.with_columns(period_start=date(2025, 10, 31), period_end=date(2025, 11, 30))


def swapped(frame: Frame) -> Frame:
    other = pl.when(IS_FTE).then(pl.lit("headcount")).otherwise(pl.lit("fte"))
    return frame.with_columns(measure=other)


@pytest.fixture(scope="module")
def read(published: Path) -> Callable[[str], tuple[Reader, Edition, Frame]]:
    """Reads a published file into its one tidy frame, once."""
    known: dict[str, tuple[Reader, Edition, Frame]] = {}

    def read_once(name: str) -> tuple[Reader, Edition, Frame]:
        if name not in known:
            file = PublishedFile(published / name, Path(name).name)
            reader, edition = reader_for(file)
            frames = read_tables(reader, file)
            known[name] = (reader, edition, frames[reader.tables[0].name])
        return known[name]

    return read_once


@pytest.fixture
def check(read: Any, tmp_path: Path) -> Iterator[Check]:
    """Builds core tables from (file, edition, change) and returns the findings of the rules on editions, by rule id."""
    con = duckdb.connect()
    con.execute("ATTACH ':memory:' AS gate")
    make_facts(con, date(2026, 11, 27))

    def found(*editions: tuple[str, str, Callable[[Frame], Frame]]) -> dict[str, Result]:
        prepare(con, Build("b", "2026-11-27T00:00:00Z", "published", "f", "1"))
        staged = [_staged(tmp_path, number, read, *each) for number, each in enumerate(editions)]
        fill(con, staged, {table.name: table for file in editions for table in read(file[0])[0].tables}.values())
        for rule in RULES.values():
            held = con.execute("SELECT count(*) FROM duckdb_views() WHERE schema_name || '.' || view_name = ?", [
                f"{rule.table}_latest"
            ]).fetchall()[0][0]  # fmt: skip
            if rule.id.startswith("edition.") or (held and rule.id.endswith((".scale_between_periods", ".complete"))):
                results[rule.id] = found_by(con, rule)
        return {name: result for name, result in results.items() if result.outcome != "passed"}

    results: dict[str, Result] = {}
    yield found
    con.close()


def _staged(
    root: Path, number: int, read: Any, name: str, edition: str, change: Callable[[Frame], Frame]
) -> StagedFile:
    reader, of_file, frame = read(name)
    folder = root / f"{number}"
    folder.mkdir()
    change(frame).write_parquet(folder / f"{reader.tables[0].name}.parquet")
    record = Record(
        series=of_file.series, edition=edition, publisher="", file_name=Path(name).name, address="",
        retrieved_at=f"2026-01-{10 + number}T09:30:00+00:00", licence="", attribution="", sha256=f"{number:064}",
        size_bytes=1,
    )  # fmt: skip
    return StagedFile(record, reader.name, 1, Edition(edition, "", series=of_file.series), folder, parsed=True)


def same(frame: Frame) -> Frame:
    return frame


def years(change: Callable[[Frame], Frame]) -> tuple[tuple[str, str, Callable[[Frame], Frame]], ...]:
    return (
        (PAY_GAP.format("2017 to 2018"), "2017-18", same),
        (PAY_GAP.format("2019 to 2020"), "2019-20", change),
        (PAY_GAP.format("2023 to 2024"), "2023-24", same),
    )


@pytest.mark.slow
def test_a_workbook_against_itself_breaks_no_rule(check: Check) -> None:
    assert check((WORKBOOK, "2023-05", same), (WORKBOOK, "2023-06", same)) == {}


def test_three_real_years_of_pay_gaps_break_no_rule(check: Check) -> None:
    assert check(*years(same)) == {}


def test_two_months_of_turnover_break_no_rule(check: Check) -> None:
    assert check((TURNOVER, "2025-10", same), (TURNOVER, "2025-11", next_month)) == {}


@pytest.mark.slow
def test_a_newer_workbook_times_ten_is_refused_with_rule_cells_old_and_new_value_and_what_to_do(check: Check) -> None:
    found = check((WORKBOOK, "2023-05", same), (WORKBOOK, "2023-06", times(10)))
    assert set(found) == {"edition.scale", "edition.revised_share", "edition.total_moved"}
    assert {sha256 for result in found.values() for sha256 in result.files} == {f"{1:064}"}
    sentence = found["edition.scale"].finding(f"{1:064}").sentence()
    assert sentence.startswith("edition.scale: The figures that an edition revises are on another scale than before.")
    assert "England, England, All staff groups, fte: expected about 1269228.0, as in edition 2023-05" in sentence
    assert "found 12692280.02; the 82455 revised figures are 10.0 times what they were" in sentence
    assert sentence.count("NHS Workforce Statistics, May 2023") == 5
    assert "What to do: compare the file with the previous edition" in sentence


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            times(0.01, IS_FTE), {"edition.scale", "edition.revised_share", "edition.total_moved"}, id="FTE by hundred"
        ),
        pytest.param(swapped, {"edition.revised_share", "edition.total_moved"}, id="headcount and FTE exchanged"),
        pytest.param(
            times(10, (pl.col("period_end") == date(2015, 3, 31)) & (pl.col("geography_level") == "Organisation")),
            {"edition.scale", "workforce.scale_between_periods"},
            id="organisations of one past month times ten",
        ),
        pytest.param(
            lambda frame: frame.filter(pl.col("source_row") % 3 > 0),
            {"edition.withdrawn_share", "workforce.complete"},
            id="a third missing",
        ),
    ],
)
def test_a_newer_workbook_that_is_wrong_is_refused(
    check: Check, change: Callable[[Frame], Frame], expected: set[str]
) -> None:
    found = check((WORKBOOK, "2023-05", same), (WORKBOOK, "2023-06", change))
    assert set(found) == expected
    assert {sha256 for result in found.values() for sha256 in result.files} == {f"{1:064}"}


@pytest.mark.parametrize(
    "change", [times(10), times(0.01, IS_FTE), times(10, pl.col("flow") == "leavers")], ids=["10", "fte", "leavers"]
)
def test_a_later_month_of_turnover_on_another_scale_is_refused(check: Check, change: Callable[[Frame], Frame]) -> None:
    found = check((TURNOVER, "2025-10", same), (TURNOVER, "2025-11", lambda frame: next_month(change(frame))))
    assert set(found) == {"turnover.scale_between_periods"}
    assert found["turnover.scale_between_periods"].files == {f"{1:064}"}


def test_hourly_pay_gaps_as_fractions_are_refused_in_the_year_that_has_them(check: Check) -> None:
    found = check(*years(times(0.01, HOURLY)))
    assert set(found) == {"pay_gap.scale_between_periods"}
    assert found["pay_gap.scale_between_periods"].files == {f"{1:064}"}
    assert len(found["pay_gap.scale_between_periods"].rows) == 2 * 5
