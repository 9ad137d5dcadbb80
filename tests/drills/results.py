"""The results of drills as a Markdown table: a line for each drill, database and seed, replaced by a later one."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.drills.kills import Kill
from tests.drills.starts import Start

HEAD = """# Drills and their results

Written by `python -m tests.drills`. A kill has failed where the published file did not open or had other bytes than its
release lists, where the killed run did not end by itself, or where the next run did not start or end well. A start has
failed where the service did not start, where its run did not end well, or where its log has a traceback, a locked
database or a status 503.

| Drill | Database | Seed | Day | Machine | Tried | Failed | What was killed | State of the run |
| --- | --- | ---: | --- | --- | ---: | ---: | --- | --- |
"""


def write(path: Path, *, what: str, database: str, seed: int, done: Sequence[Kill | Start]) -> None:
    """Write or replace the line of a drill; failures are listed below the table."""
    before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    start, mark = f"| {what} | {database} | {seed} |", f"* {what}, {database}, {seed}:"
    rows = [line for line in before if line.startswith("| ") and "---" not in line and "Drill" not in line]
    listed = [
        line for line in before if line.startswith("* ") and not line.startswith(f"* {what}, {database}, {seed}:")
    ]
    failed = [each for each in done if each.wrong]
    cells = [
        f"{datetime.now(UTC):%d %B %Y}",
        f"{platform.system()}, {os.cpu_count()} processors",
        str(len(done)),
        str(len(failed)),
        _counted([each.way for each in done if isinstance(each, Kill)]),
        "at random moments"
        if what.endswith("command")
        else _counted([each.phase for each in done if isinstance(each, Kill)]),
    ]
    rows = [*(line for line in rows if not line.startswith(start)), f"{start} " + " | ".join(cells) + " |"]
    listed += [f"{mark} {each}" for each in failed]
    path.write_text(HEAD + "\n".join(sorted(rows)) + "\n" + "\n".join(["", *listed, ""] if listed else []))


def _counted(names: Sequence[str]) -> str:
    return ", ".join(f"{name} {number}" for name, number in sorted(Counter(names).items()))
