"""What a benchmark measured, as one line of one table."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Literal

RESULTS = Path(__file__).with_name("RESULTS.md")
HEADINGS = ("what", "measured", "against", "ratio", "target", "met")
LIBRARIES = ("duckdb", "polars", "prefect", "great-expectations")


@dataclass(frozen=True)
class Line:
    """One figure. `ratio` is measured / against, both from the same run; `met` is worked out from `target`.

    `target` is the most that `measured` may be, in its own unit, or with `of` 'ratio' the most of the ratio; with
    `at_least` the least. Without a target the figure is only told.
    """

    what: str
    measured: float
    unit: str
    against: float | None = None
    other: str = ""
    target: float | None = None
    of: Literal["measured", "ratio"] = "measured"
    at_least: bool = False

    @property
    def ratio(self) -> float | None:
        """Measured / against."""
        return self.measured / self.against if self.against else None

    @property
    def met(self) -> bool | None:
        """Whether the target is met; None without one."""
        figure = self.ratio if self.of == "ratio" else self.measured
        if self.target is None or figure is None:
            return None
        return figure >= self.target if self.at_least else figure <= self.target

    def cells(self) -> tuple[str, ...]:
        """One cell per heading."""
        sign = "≥" if self.at_least else "≤"
        wanted = "" if self.target is None else f"{sign} {self.target:g} {'x' if self.of == 'ratio' else self.unit}"
        return (
            self.what,
            f"{self.measured:.3g} {self.unit}",
            f"{self.against:.3g} {self.unit} ({self.other})" if self.against else "",
            f"{self.ratio:.2f} x" if self.ratio else "",
            wanted,
            {True: "yes", False: "NO", None: ""}[self.met],
        )


@dataclass(eq=False)
class Results:
    """All lines of a run; a pytest plugin by this name, where the benchmarks are run as a whole."""

    lines: list[Line] = field(default_factory=list)

    def markdown(self, *, passed: bool) -> str:
        """The page that is kept in the repository."""
        return "\n".join(
            (
                "# Results of the last run of the benchmarks",
                "",
                f"{datetime.now(UTC):%d %B %Y}. {machine()} Written by `python -m tests.benchmarks`.",
                "",
                "CPU seconds are of whole processes with their children, the best of several runs. A ratio compares",
                "two figures of one run: look at those first, for other work on the machine changes seconds.",
                *([] if passed else ["", "**Not every benchmark of this run passed.**"]),
                "",
                *as_table(self.lines),
                "",
            )
        )


def as_table(lines: Sequence[Line]) -> list[str]:
    """The lines as a Markdown table, with columns as wide as their widest cell."""
    rows = [HEADINGS, *(line.cells() for line in lines)]
    widths = [max(len(row[place]) for row in rows) for place in range(len(HEADINGS))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows
    ]
    return [shown[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *shown[1:]]


def machine() -> str:
    """Cores, memory and versions; nothing that names the machine."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{len(os.sched_getaffinity(0))} cores ({platform.machine()}), {pages / 2**30:.0f} GB of memory, "
        f"{platform.system()}, Python {platform.python_version()}, {libraries}; "
        f"load average at the end {os.getloadavg()[0]:.1f}."
    )
