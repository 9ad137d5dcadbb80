"""Small staged files for tests of the warehouse: tidy rows without a published file."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.sample_warehouse import Sample
from transforms.published_file import Edition
from transforms.series import TABLES
from warehouse.archive import FigureKind, Record
from warehouse.building.build import Build, build, fill, prepare
from warehouse.staging import StagedFile

MakeStaged = Callable[..., StagedFile]
MakeRow = Callable[..., dict[str, object]]


@pytest.fixture
def row() -> MakeRow:
    """Makes one row of core.workforce: England, all staff, May 2023, headcount, with the given changes."""
    return figure


def figure(value: float | None, **changes: object) -> dict[str, object]:
    """A row of core.workforce as the fixture `row` makes it."""
    return {
        "period_end": date(2023, 5, 31),
        "geography_level": "England",
        "region_code": None,
        "icb_code": None,
        "org_code": None,
        "area_code": "England",
        "area_name": "England",
        "staff_group": "All staff groups",
        "measure": "headcount",
        "value": value,
        "value_status": None if value is not None else "x",
        "source_sheet": "1. England",
        "source_row": 11,
        "source_column": 3,
    } | changes


@pytest.fixture
def staged(tmp_path: Path) -> MakeStaged:
    """Makes a staged file of core.workforce rows."""

    return partial(staged_file, tmp_path / "staged")


def staged_file(
    root: Path,
    edition: str,
    rows: list[dict[str, object]],
    *,
    retrieved: str = "",
    name: str = "",
    published_on: str = "",
) -> StagedFile:
    identity = f"{edition}-{name}-{retrieved}"
    folder = root / identity
    folder.mkdir(parents=True)
    TABLES["workforce"].conform(
        pl.DataFrame(
            rows, schema={column.name: column.dtype for column in TABLES["workforce"].frame_columns}, orient="row"
        )
    ).write_parquet(folder / "workforce.parquet")
    record = Record(
        series="nhs-workforce-statistics",
        edition=edition,
        publisher="NHS England",
        file_name=name or f"workbook {edition}.xlsx",
        address="https://example.invalid/workbook",
        retrieved_at=retrieved or f"{edition}-28T09:30:00+00:00",
        licence="OGL",
        attribution="NHS England",
        published_on=published_on,
        sha256=identity,
        size_bytes=1,
    )
    return StagedFile(
        record,
        "workforce_workbook",
        1,
        Edition(edition, edition, series="nhs-workforce-statistics"),
        folder,
        parsed=True,
    )


@pytest.fixture(scope="session")
def made() -> Build:
    """A build of published figures."""
    return Build("20260101T000000Z", "2026-01-01T00:00:00+00:00", "published", "fingerprint", "0")


@pytest.fixture(scope="session")
def built(made: Build, shared: Callable[..., Path]) -> Callable[[FigureKind], Path]:
    """A whole warehouse of one figure, England's 100.0, of a kind. Not to be changed: copy it."""

    def build_of(kind: FigureKind) -> Path:
        def fill_in(folder: Path) -> None:
            staged = [staged_file(folder, "2023-05", [figure(100.0)])]
            build(folder / "workforce.duckdb", staged, replace(made, figure_kind=kind))

        return shared(f"built-{kind}", fill_in) / "workforce.duckdb"

    return build_of


@pytest.fixture(scope="session")
def prepared(made: Build, shared: Callable[..., Path]) -> Path:
    """A warehouse before any file is loaded: empty meta tables, and reference data. Not to be changed: copy it."""

    def fill_in(folder: Path) -> None:
        with duckdb.connect(folder / "workforce.duckdb") as con:
            prepare(con, made)

    return shared("prepared", fill_in) / "workforce.duckdb"


@pytest.fixture
def core_of(prepared: Path, tmp_path: Path) -> Callable[[Sequence[StagedFile]], duckdb.DuckDBPyConnection]:
    """Builds the core tables that the files fill, with their history, and opens the warehouse; it has no marts."""

    def filled(files: Sequence[StagedFile]) -> duckdb.DuckDBPyConnection:
        path = shutil.copyfile(prepared, tmp_path / "workforce.duckdb")
        with duckdb.connect(path) as con:
            fill(con, files, [TABLES[name] for name in dict.fromkeys(name for file in files for name in file.parquet)])
        return duckdb.connect(path, read_only=True)

    return filled


@pytest.fixture(scope="session")
def sample(sample_warehouse: Sample) -> Sample:
    """A warehouse of every file of the bundled sample: all series, two editions of some. Not to be changed."""
    return sample_warehouse
