"""Twenty years of monthly Core zips: whether size, time and memory grow with the months, and what one more costs.

Simulated: one generated month of 120,000 records (240,000 figures) of Core 5 at full size is read once, then staged
under 240 months with other figures. The builds are of full size; only this table is filled. Each build is a process of
its own, whose peak of memory is measured. Run: python -m tests.benchmarks -k core_years
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.core_months import RECORDS
from tests.benchmarks.results import Line

YEAR, YEARS = 12, 240
MEGABYTES = 2048
BUILD = """
import json, re, sys, time
from pathlib import Path
from tests.benchmarks.core_months import staged_months
from warehouse.building.build import Build, build

folder, months, before = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
staged = list(staged_months(folder / "staged", months))
candidate = folder / f"{months}.duckdb"
began, spent = time.perf_counter(), time.process_time()
build(candidate, staged, Build("", "", "illustrative", "", ""), before=folder / before if before else None)
print(json.dumps({
    "wall": time.perf_counter() - began, "cpu": time.process_time() - spent,
    "megabytes": candidate.stat().st_size / 1e6,
    # `ru_maxrss` begins with that of the process it was started from.
    "peak": int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1e3,
}))
"""


def built(folder: Path, months: int, before: str = "") -> dict[str, Any]:
    root = Path(__file__).parents[2]
    ran = subprocess.run(
        [sys.executable, "-c", BUILD, str(folder), str(months), before],
        capture_output=True,
        check=True,
        text=True,
        cwd=root,
    )
    figures: dict[str, Any] = json.loads(ran.stdout)
    sys.stdout.write(f"{months} months{' on the one before' * bool(before)}: {figures}\n")
    return figures


@pytest.mark.benchmark(group="core years")
def test_240_months_against_12(tmp_path: Path, record: Callable[..., Line], asked_for: None) -> None:
    growth = YEARS / YEAR
    year, years = built(tmp_path, YEAR), built(tmp_path, YEARS)
    what = f"{YEARS} months of Core 5 (simulated, {RECORDS:,} records each)"
    lines = [
        record(f"{what}, {said}", years[name], unit, year[name], f"{YEAR} months", 1.3 * growth, "ratio")
        for name, unit, said in (("megabytes", "MB", "size"), ("cpu", "s", "CPU of the build"))
    ]
    lines.append(record(f"{what}, memory", years["peak"], "MB", year["peak"], f"{YEAR} months", MEGABYTES))
    # One month more, on the release before.
    more, most = (built(tmp_path, months + 1, f"{months}.duckdb") for months in (YEAR, YEARS))
    what = f"month {YEARS + 1} of Core 5 on a release of {YEARS} months, CPU of the build"
    lines.append(record(what, most["cpu"], "s", more["cpu"], f"month {YEAR + 1} on {YEAR}", 1.3, "ratio"))
    assert [line.what for line in lines if not line.met] == []
