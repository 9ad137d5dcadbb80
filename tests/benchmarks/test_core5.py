"""A generated month of Core 5 at full size: 120,000 records, read in under 2 s and 500 MB."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.benchmarks.core_months import month_zip
from tests.benchmarks.results import Line
from transforms.published_file import PublishedFile
from transforms.series.workforce import core_csv

SECONDS = 2.0
MEGABYTES = 500
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
    return month_zip(tmp_path_factory.mktemp("core5"))


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
