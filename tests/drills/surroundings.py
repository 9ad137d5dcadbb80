"""`python -m tests.drills disk|power|load|memory|clock`: the machine fails, or many read; results are recorded."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.drills import clock, disk, memory, power
from tests.drills.kills import COMMAND, OF_SAMPLE
from tests.drills.load import machine_load, many_readers
from tests.drills.results import Tried, record, tell_and_record

DRILLS = ("disk", "power", "load", "memory", "clock")
TRACED, CUT = "every system call of one refresh", "ext4 without its journal"
VARIANTS = {
    "disk": disk.VARIANTS,
    "power": (CUT, TRACED),
    "load": ("200 readers", "10 readers"),
    "memory": tuple(memory.LIMITS),
    "clock": ("wrong or jumping",),
}
PUBLICATIONS, SECONDS = 10, 300


def main(arguments: list[str]) -> int:
    """Do the drill, print a line for each try, and record them; 1 if any failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("drill", choices=DRILLS)
    parser.add_argument("--variant", help=f"one of {VARIANTS}; default: the first")
    parser.add_argument("--number", type=int, default=12, help="of tries, where moments or sizes are chosen")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="how long the readers read")
    parser.add_argument("--seed", type=int, default=1, help="another seed chooses other moments")
    parser.add_argument("--results", type=Path, help="a folder to record the results in, instead of the package")
    chosen = parser.parse_args(arguments)
    variant = chosen.variant or VARIANTS[chosen.drill][0]
    with tempfile.TemporaryDirectory(prefix="workforce-drill-") as scratch:
        root = Path(scratch)
        if chosen.drill == "load":
            return _load(chosen, variant, root)
        tries = _tries(chosen.drill, variant, chosen, root)
        return tell_and_record(tries, drill=chosen.drill, variant=variant, seed=chosen.seed, into=chosen.results)


def _tries(drill: str, variant: str, chosen: argparse.Namespace, root: Path) -> Iterator[Tried]:
    if drill == "disk":
        yield from disk.tries(variant, chosen.number, root=root, seed=chosen.seed)
    elif drill == "clock":
        yield from clock.tries(root=root)
    elif drill == "memory":
        yield from memory.tries(variant, chosen.number, root=root, seed=chosen.seed)
    elif variant == CUT:
        yield from power.failures(chosen.number, root=root, seed=chosen.seed)
    else:
        data, trace = root / "data", root / "trace"
        command = [*power.STRACE, "-o", str(trace), *COMMAND, *OF_SAMPLE, "--data", str(data)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with trace.open(errors="replace") as lines:
            yield power.Cut("at every moment of one traced refresh", tuple(power.unflushed(data, lines)))


def _load(chosen: argparse.Namespace, variant: str, root: Path) -> int:
    readers = int(variant.split()[0])
    load = many_readers(root, readers=readers, publications=PUBLICATIONS, seconds=chosen.seconds, seed=chosen.seed)
    note = f"{PUBLICATIONS} publications in {load.lasted:.0f} s; {load}; {machine_load()}"
    sys.stdout.write(f"{note}\n{dict(load.wrong)}\n")
    record(
        drill="load",
        variant=variant,
        seed=chosen.seed,
        tried=len(load.seconds),
        failed=sum(load.wrong.values()),
        note=note,
        failures=[f"{what}: {count}" for what, count in sorted(load.wrong.items())],
        into=chosen.results,
    )
    return int(bool(load.wrong))
