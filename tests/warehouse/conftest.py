"""Small staged files for tests of the warehouse: tidy rows without a published file behind them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.sources import Edition
from transforms.tables import TABLES
from warehouse.archive import Record
from warehouse.build import Build
from warehouse.staging import StagedFile

MakeStaged = Callable[..., StagedFile]
MakeRow = Callable[..., dict[str, object]]


@pytest.fixture
def row() -> MakeRow:
    """Makes one row of core.workforce: England, all staff, May 2023, headcount, changed as wanted."""
    return _row


def _row(value: float | None, **changes: object) -> dict[str, object]:
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

    def make(
        edition: str, rows: list[dict[str, object]], *, retrieved: str = "", name: str = "", published_on: str = ""
    ) -> StagedFile:
        identity = f"{edition}-{name}-{retrieved}"
        folder = tmp_path / "staged" / identity
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
            record, "workforce_workbook", 1, Edition("nhs-workforce-statistics", edition, edition), folder, parsed=True
        )

    return make


@pytest.fixture
def made() -> Build:
    """A build of published figures."""
    return Build("20260101T000000Z", "2026-01-01T00:00:00+00:00", "published", "fingerprint", "0")
