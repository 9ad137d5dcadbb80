"""What keeping history costs: 24 monthly editions of the cumulative workforce workbook against one.

The editions are made from the real workbook's tidy frame: each is cut at its month and revises a few figures. Memory is
the peak of a process of its own. Run: python -m tests.benchmarks -k editions
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.results import Line

MEGABYTES = 1000
BUILD = """
import json, re, sys, time
from pathlib import Path
import polars as pl
from transforms.series.workforce.workbook import READER
from transforms.published_file import Edition, PublishedFile
from warehouse.archive import Record
from warehouse.building.build import Build, build
from warehouse.staging import StagedFile

workbook, folder, editions = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
frame = READER.read(PublishedFile(workbook, workbook.name))["workforce"]
months = frame["period_end"].unique().sort()
staged, revised = [], 0
for number, month in enumerate(months.tail(editions)):
    printed = frame.filter(pl.col("period_end") <= month)
    # Every edition mends twenty figures of September 2009, each printed once: organisations of sheet 4.
    once = (pl.col("geography_level") == "Organisation") & (pl.col("period_end") == months[0])
    mended = printed.filter(once).head(20).select("source_sheet", "source_row", "source_column", mends=pl.lit(number))
    printed = printed.join(mended, on=["source_sheet", "source_row", "source_column"], how="left")
    printed = printed.with_columns(value=pl.col("value") + pl.col("mends").fill_null(0)).drop("mends")
    place = folder / f"{number}"
    place.mkdir()
    printed.write_parquet(place / "workforce.parquet")
    edition = f"{month:%Y-%m}"
    record = Record(
        series="nhs-workforce-statistics", edition=edition, publisher="", file_name=edition, address="",
        retrieved_at=f"{month}T09:30:00+00:00", licence="", attribution="", sha256=f"{number:064}", size_bytes=1,
    )
    staged.append(StagedFile(record, READER.name, 1, Edition(edition, "", series=record.series), place, True))
began, spent = time.perf_counter(), time.process_time()
build(folder / "candidate.duckdb", staged, Build("", "", "published", "", ""))
print(json.dumps({
    "wall": time.perf_counter() - began, "cpu": time.process_time() - spent,
    "megabytes": (folder / "candidate.duckdb").stat().st_size / 1e6,
    # `ru_maxrss` begins with that of the process it was started from.
    "peak": int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1e3,
}))
"""


def built(published: Path, folder: Path, editions: int) -> dict[str, Any]:
    workbook = next((published / "nhs-workforce-statistics").glob("*England and Organisation.xlsx"))
    folder.mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", BUILD, str(workbook), str(folder), str(editions)],
        capture_output=True,
        check=True,
        text=True,
    )
    figures: dict[str, Any] = json.loads(ran.stdout)
    return figures


@pytest.mark.benchmark(group="editions")
def test_24_editions_against_one(benchmark: Any, published: Path, tmp_path: Path, record: Callable[..., Line]) -> None:
    one = built(published, tmp_path / "one", 1)
    many = benchmark.pedantic(built, (published, tmp_path / "many", 24), rounds=1)
    benchmark.extra_info |= {"one": one, "many": many}
    for name, figures in (("1 edition", one), ("24 editions", many)):
        sys.stdout.write(f"{name}: { {key: round(value, 1) for key, value in figures.items()} }\n")
    record("24 monthly editions, size", many["megabytes"], "MB", one["megabytes"], "one edition", 1.3, "ratio")
    record("24 monthly editions, CPU of the build", many["cpu"], "s", one["cpu"], "one edition", 24, "ratio")
    record("24 monthly editions, memory", many["peak"], "MB", one["peak"], "one edition", MEGABYTES)
    assert many["megabytes"] < 1.3 * one["megabytes"]
    assert many["peak"] < MEGABYTES
