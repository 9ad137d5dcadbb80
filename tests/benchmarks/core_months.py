"""A generated month of Core 5 at full size, as the publisher's zip and as the staged files of many months."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import islice, product
from pathlib import Path

import polars as pl

from transforms.published_file import Edition, PublishedFile
from transforms.series.workforce import core_csv
from warehouse.archive import Record
from warehouse.staging import StagedFile

RECORDS = int(os.environ.get("CORE_RECORDS", "120000"))
"""Records of a month; fewer where the machine is too busy for a build of full size."""
SERIES = "nhs-workforce-statistics"
FIRST_MONTH = date(2006, 1, 31)
NAME = "Core 5. Staff groups (excl medical) care setting, level, grade - org, Oct-25.csv"
HEADINGS = (
    "DATA_MONTH,DATA_LEVEL,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,ORG_CODE,ORG_NAME,"
    "MAIN_STAFF_GROUP,STAFF_GROUP_1,STAFF_GROUP_2,CARE_SETTING,LEVEL,GRADE,FTE,HEADCOUNT"
)
STAFF = [
    "001_Professionally qualified clinical staff,002_Nurses & health visitors,003_Nurses - adult,001_Adult and General",
    "035_NHS infrastructure support,036_Senior managers,037_Senior managers,001_Central functions",
    "035_NHS infrastructure support,038_Managers,039_Managers,001_Central functions",
    "021_Support to clinical staff,023_Support to ambulance staff,024_Support to ambulance staff,001_Ambulance Service",
]
GRADES = [f"Band {band}" for band in (*"1234567", "8a", "8b", "8c", "8d", "9")] + ["Very Senior Manager"]
LEVELS = [f"{number:03}_Level {number}" for number in range(1, 11)]


def month_zip(folder: Path) -> PublishedFile:
    """October 2025, `RECORDS` records of up to 232 organisations."""
    path = folder / "Core.zip"
    organisations = [f"R{number:02X}" for number in range(232)]
    rows = islice(product(organisations, STAFF, LEVELS, GRADES), RECORDS)
    lines = (
        f"2025-10-31,Organisation,Y56,London,QKK,South East London,{code},Hospital {code} NHS Foundation Trust,"
        f"{staff},{level},{grade},{number % 97}.25,{number % 97 + 1}\n"
        for number, (code, staff, level, grade) in enumerate(rows)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(NAME, HEADINGS + "\n" + "".join(lines))
    return PublishedFile(path, "Core.zip")


def staged_months(folder: Path, number: int) -> Iterator[StagedFile]:
    """`number` monthly editions from January 2006 on: the generated month, with another month and other figures.

    Files of an earlier call with the same folder are used again.
    """
    folder.mkdir(exist_ok=True)
    frame: pl.DataFrame | None = None
    months = pl.date_range(FIRST_MONTH, pl.lit(FIRST_MONTH).dt.offset_by(f"{number - 1}mo"), "1mo", eager=True)
    for place, month in enumerate(months.dt.month_end()):
        edition = f"{month:%Y-%m}"
        home = folder / edition
        if not home.exists():
            frame = core_csv.read(month_zip(folder))["workforce_by_grade"] if frame is None else frame
            home.mkdir()
            # Every figure moves, so that a month compresses no better than a real one beside another.
            moved = pl.col("value") + (pl.int_range(pl.len()) * (place + 1)) % 7
            frame.with_columns(period_end=pl.lit(month), value=moved).write_parquet(home / "workforce_by_grade.parquet")
        record = Record(
            series=SERIES,
            edition=edition,
            publisher="",
            file_name=f"Core {edition}.zip",
            address="",
            retrieved_at=f"{month}T09:30:00+00:00",
            licence="",
            attribution="",
            sha256=f"{place:064}",
            size_bytes=1,
        )
        yield StagedFile(record, "core-csv", 1, Edition(edition, "", series=SERIES), home, parsed=True)
