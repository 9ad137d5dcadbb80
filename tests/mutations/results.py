"""The outcomes of a run as a Markdown table, with the changes that nothing saw."""

from __future__ import annotations

import os
import platform
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.mutations.judging import OUTCOMES, REVISED, SILENT
from tests.mutations.running import Tried
from tests.mutations.subjects import SUBJECTS


def outcome_line(tried: Sequence[Tried]) -> str:
    """The outcomes of one reader's changes in one line."""
    counted = Counter(each.judged.outcome for each in tried)
    return ", ".join(f"{counted[name]} {name}" for name in OUTCOMES)


def write(path: Path, tried: Mapping[str, Sequence[Tried]], *, seed: int) -> None:
    """Write the table, and below it every kind whose changes a first edition alone would be published with."""
    total = sum(map(len, tried.values()))
    when = f"{datetime.now(UTC):%d %B %Y}"
    machine = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors"
    lines = [
        "# Changed copies of published files, and what became of them",
        "",
        f"{total} changes, seed {seed}, {when}; {machine}. Made by `python -m tests.mutations`; see README.md.",
        "",
        "| Reader | Changes | " + " | ".join(OUTCOMES) + " | alone: published different | of these with a warning |",
        "| --- |" + " ---: |" * (len(OUTCOMES) + 3),
    ]
    for reader, changes in tried.items():
        counted = Counter(each.judged.outcome for each in changes)
        alone = [each for each in changes if _is_published_alone(each)]
        cells = [counted[name] for name in OUTCOMES] + [len(alone), sum(bool(each.judged.warned) for each in alone)]
        mark = " (sample)" if SUBJECTS[reader].is_sample else ""
        lines.append(f"| {reader}{mark} | {len(changes)} | " + " | ".join(map(str, cells)) + " |")
    lines += ["", "## What a first and only edition would be published with", ""]
    for reader, changes in tried.items():
        seen = Counter(each.kind for each in changes if _is_published_alone(each))
        if seen:
            lines.append(f"* {reader}: " + ", ".join(f"{kind} ({number})" for kind, number in seen.most_common()))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _is_published_alone(each: Tried) -> bool:
    return each.judged.outcome in OUTCOMES[OUTCOMES.index(REVISED) - 1 :] and bool(SILENT)
