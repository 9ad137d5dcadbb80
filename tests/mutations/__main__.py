"""`python -m tests.mutations`: every reader's file changed 150 times, the outcomes as a table in RESULTS.md."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.mutations.places import KINDS
from tests.mutations.results import outcome_line, record_drill, write
from tests.mutations.running import Tried, run
from tests.mutations.subjects import SUBJECTS

RESULTS = Path(__file__).with_name("RESULTS.md")
ENOUGH = 150
"""Changes of a reader's file from which on its line in the table is replaced."""


def main() -> None:
    """Read the arguments, run, print a line a reader, and write its line into the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutations", description=__doc__)
    parser.add_argument("--reader", choices=sorted(SUBJECTS), action="append", help="only this reader (repeatable)")
    parser.add_argument("--changes", type=int, default=150, help="changed copies for each reader")
    parser.add_argument("--seed", type=int, default=1, help="another seed chooses other places")
    parser.add_argument("--kind", choices=sorted(KINDS), action="append", help="only this kind of change (repeatable)")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the table to write the outcomes into")
    parser.add_argument("--quick", action="store_true", help="run rules only where nothing else tells of a change")
    parser.add_argument("--record", action="store_true", help="record the outcome among the drills")
    chosen = parser.parse_args()
    tried: dict[str, list[Tried]] = {}
    for reader in chosen.reader or SUBJECTS:
        began = time.monotonic()
        tried[reader] = []
        for each in run(reader, changes=chosen.changes, seed=chosen.seed, kinds=chosen.kind, quick=chosen.quick):
            tried[reader].append(each)
            judged = each.judged
            _say(f"{judged.outcome:30} {each.kind}: {each.place} [{judged.why[:400]}] {judged.warned} {judged.fault}")
        _say(f"== {reader}: {outcome_line(tried[reader])} ({time.monotonic() - began:.0f} s)")
        if chosen.changes >= ENOUGH and not chosen.kind and not chosen.quick:
            write(chosen.results, {reader: tried[reader]}, seed=chosen.seed)
        if chosen.record:
            record_drill(reader, tried[reader], seed=chosen.seed)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
