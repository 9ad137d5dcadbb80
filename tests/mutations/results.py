"""The outcomes of runs as a Markdown table, a line a reader, with the changes that a first edition would not show."""

from __future__ import annotations

import os
import platform
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.drills.results import record
from tests.mutations.judging import IDENTICAL, OUTCOMES, REVISED, SILENT
from tests.mutations.running import Tried
from tests.mutations.subjects import SUBJECTS

HEAD = """# Changed copies of published files, and what became of them

Made by `python -m tests.mutations`, which replaces the lines of the readers it runs. README.md says what the
columns mean.

"""
COLUMNS = (
    "Reader",
    "Changes",
    *OUTCOMES,
    "alone: published different",
    "of these with a warning",
    "Seed, day, machine",
)
ALONE = "\n## What a first and only edition would be published with\n\n"
LINE = re.compile(r"^(?:\| |\* )([a-z_-]+)")


def outcome_line(tried: Sequence[Tried]) -> str:
    """The outcomes of one reader's changes in one line."""
    counted = Counter(each.judged.outcome for each in tried)
    return ", ".join(f"{counted[name]} {name}" for name in OUTCOMES)


def record_drill(reader: str, tried: Sequence[Tried], *, seed: int) -> None:
    """Record the outcomes of one reader's changes among the drills; failed are silent changes and wrong errors."""
    counted = Counter(each.judged.outcome for each in tried)
    wrong = [each for each in tried if each.judged.outcome == SILENT or each.judged.fault]
    refused = len(tried) - counted[IDENTICAL] - counted[REVISED] - counted[SILENT]
    record(
        drill="inputs",
        variant=f"changed files, {reader}",
        seed=seed,
        tried=len(tried),
        failed=len(wrong),
        note=f"{counted[IDENTICAL]} identical, {refused} refused, {counted[REVISED]} reported" + SUBJECTS[reader].note,
        failures=[f"{each.kind}: {each.judged.fault or SILENT}" for each in wrong],
    )


def write(path: Path, tried: Mapping[str, Sequence[Tried]], *, seed: int) -> None:
    """Write the lines of these readers into the table and the list below it; those of other readers stay."""
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    rows = {found[1]: line for line in before.splitlines() if line.startswith("| ") and (found := LINE.match(line))}
    alone = {found[1]: line for line in before.splitlines() if line.startswith("* ") and (found := LINE.match(line))}
    for reader, changes in tried.items():
        rows[reader] = _row(reader, changes, seed)
        alone[reader] = _alone(reader, changes)
    table = ["| " + " | ".join(COLUMNS) + " |", "| --- |" + " ---: |" * (len(COLUMNS) - 2) + " --- |"]
    table += [rows[reader] for reader in SUBJECTS if reader in rows]
    listed = [alone[reader] for reader in SUBJECTS if alone.get(reader)]
    path.write_text(HEAD + "\n".join(table) + "\n" + ALONE + "\n".join(listed) + "\n", encoding="utf-8")


def _row(reader: str, changes: Sequence[Tried], seed: int) -> str:
    counted = Counter(each.judged.outcome for each in changes)
    unseen = [each for each in changes if _is_published_alone(each)]
    numbers = [len(changes), *(counted[name] for name in OUTCOMES), len(unseen)]
    numbers.append(sum(bool(each.judged.warned) for each in unseen))
    when = f"{seed}, {datetime.now(UTC):%d %B %Y}, {platform.system()}, {os.cpu_count()} processors"
    mark = " (sample)" if SUBJECTS[reader].is_sample else ""
    return f"| {reader}{mark} | " + " | ".join(map(str, numbers)) + f" | {when} |"


def _alone(reader: str, changes: Sequence[Tried]) -> str:
    seen = Counter(each.kind for each in changes if _is_published_alone(each))
    return f"* {reader}: " + ", ".join(f"{kind} ({number})" for kind, number in seen.most_common()) if seen else ""


def _is_published_alone(each: Tried) -> bool:
    return each.judged.outcome in {REVISED, SILENT}
