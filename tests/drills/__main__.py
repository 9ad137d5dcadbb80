"""`python -m tests.drills kills|starts`: what an operator fears, many times; the results are recorded.

Drills that are lists (`publisher` and others): `python -m tests.drills.lists`. Drills of the machine (`disk`, `power`,
`load`, `memory`, `clock`) have options of their own: `python -m tests.drills disk --help`.

`kills` kills served runs, or the command, at random moments; `starts` starts the service, runs a refresh, and stops it.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from tests.drills import surroundings
from tests.drills.kills import Kill, kills
from tests.drills.results import tell_and_record
from tests.drills.starts import Start, starts
from tests.end_to_end.postgres import postgresql


def main() -> int:
    """Read the arguments, do the drill, print a line for each kill or start, write the table; 1 if any failed."""
    if sys.argv[1:2] and sys.argv[1] in surroundings.DRILLS:
        return surroundings.main(sys.argv[1:])
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("drill", choices=["kills", "starts"])
    parser.add_argument("--number", type=int, default=10)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--what", choices=["served", "command"], default="served", help="what is killed")
    parser.add_argument("--files", type=Path, help="a folder of files that the killed command reads, not the sample")
    parser.add_argument("--seed", type=int, default=1, help="another seed chooses other moments")
    parser.add_argument("--results", type=Path, help="a folder to record the results in, instead of the package")
    chosen = parser.parse_args()
    if chosen.files and chosen.what != "command":
        parser.error("--files is for --what command: a service takes files only below its own folder.")
    variant = f"{chosen.what}, {chosen.database}" if chosen.drill == "kills" else chosen.database
    variant += ", published files" * bool(chosen.files)
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="workforce-drill-"))) / "data"
        environment = {}
        if chosen.database == "postgresql" and chosen.what == "served":
            environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = stack.enter_context(postgresql())
        return tell_and_record(
            _drill(chosen, data, environment),
            drill=chosen.drill,
            variant=variant,
            seed=chosen.seed,
            into=chosen.results,
            note_of=note_of,
        )


def _drill(chosen: argparse.Namespace, data: Path, environment: dict[str, str]) -> Iterator[Kill | Start]:
    if chosen.drill == "starts":
        yield from starts(chosen.number, data=data, **environment)
    else:
        yield from kills(chosen.what, chosen.number, data=data, seed=chosen.seed, files=chosen.files, **environment)


def note_of(done: Sequence[Kill | Start]) -> str:
    """Return what was killed, and the state of the served runs then, with how often each."""
    kills_done = [each for each in done if isinstance(each, Kill)]
    served = [each for each in kills_done if each.way != "command"]
    counted = [Counter(each.way for each in kills_done), Counter(each.phase for each in served)]
    parts = [", ".join(f"{name} {number}" for name, number in sorted(each.items())) for each in counted if each]
    return "; ".join([*parts, *(["at random moments"] if len(served) < len(kills_done) else [])])


if __name__ == "__main__":
    sys.exit(main())
