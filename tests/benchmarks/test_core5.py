"""A generated month of Core 5 at full size: 120,000 records, read in under 2 s and 500 MB."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from itertools import islice, product
from pathlib import Path

import pytest

from tests.benchmarks.results import Line
from transforms.published_file import PublishedFile
from transforms.series.workforce import core_csv

RECORDS = 120_000
SECONDS = 2.0
MEGABYTES = 500
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
MEMORY = """
import re, sys
from pathlib import Path
from transforms.series.workforce import core_csv
from transforms.published_file import PublishedFile
core_csv.read(PublishedFile(Path(sys.argv[1]), "Core.zip"))
print(int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
"""
"""Linux's own count of this program: `ru_maxrss` begins with that of the process it was started from."""


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> PublishedFile:
    path = tmp_path_factory.mktemp("core5") / "Core.zip"
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


def test_a_month_of_core_5_is_read_within_two_seconds(
    benchmark, month: PublishedFile, record: Callable[..., Line]
) -> None:
    frames = benchmark.pedantic(core_csv.read, args=(month,), rounds=3)
    assert frames["workforce_by_grade"].height > 100_000
    record("a month of Core 5, 120,000 records, read", benchmark.stats["min"], "s", target=SECONDS)
    assert benchmark.stats["min"] < SECONDS


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="counts memory as Linux does")
def test_a_month_of_core_5_is_read_within_500_megabytes(month: PublishedFile, record: Callable[..., Line]) -> None:
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", MEMORY, month.path], capture_output=True, text=True, cwd=root, check=True
    )
    record("a month of Core 5, memory", float(run.stdout), "MB", target=MEGABYTES)
    assert float(run.stdout) < MEGABYTES
