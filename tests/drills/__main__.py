"""`python -m tests.drills kills`: random kills of served runs or of the command; the results go into RESULTS.md."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from tests.drills.kills import kills
from tests.drills.results import write
from tests.end_to_end.postgres import postgresql

RESULTS = Path(__file__).with_name("RESULTS.md")


def main() -> int:
    """Read the arguments, kill, print a line for each kill, and write the table; 1 where something was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("drill", choices=["kills"])
    parser.add_argument("--number", type=int, default=10)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--what", choices=["served", "command"], default="served")
    parser.add_argument("--seed", type=int, default=1, help="another seed chooses other moments")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the table to write the results into")
    chosen = parser.parse_args()
    done = []
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workforce-drill-"))) / "data"
        environment = {}
        if chosen.database == "postgresql" and chosen.what == "served":
            environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = stack.enter_context(postgresql())
        began = time.monotonic()
        for kill, tracebacks in kills(chosen.what, chosen.number, data=data, seed=chosen.seed, **environment):
            done.append(kill)
            seconds = time.monotonic() - began
            sys.stdout.write(f"{len(done)} after {seconds:.0f} s, {tracebacks} tracebacks: {kill}\n")
            sys.stdout.flush()
            write(chosen.results, what=chosen.what, database=chosen.database, seed=chosen.seed, done=done)
    return int(any(each.wrong for each in done))


if __name__ == "__main__":
    sys.exit(main())
