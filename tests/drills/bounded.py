"""`python -m tests.drills.bounded`: every bomb of `bombs.py` read in a process of its own, with its memory and time.

A bomb has failed where reading it raises anything but our error, takes more than `MOST_SECONDS` of processor time or
more than `MOST_MEGABYTES` of memory; the process is ended at a multiple of both.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.drills.bombs import BOMBS
from tests.drills.results import record

MOST_SECONDS, MOST_MEGABYTES = 20, 1_500
KILLED_AFTER_SECONDS, KILLED_AT_GIGABYTES = 40, 6


@dataclass(frozen=True)
class Exploded:
    """What reading a bomb took. `outcome` is the message of our error, 'read', or what went wrong."""

    name: str
    file_megabytes: float
    outcome: str
    seconds: float
    megabytes: float
    typed: bool

    @property
    def wrong(self) -> str:
        """What was beyond the limits, '' where nothing was."""
        faults = (
            (not self.typed, "no error of ours"),
            (self.seconds > MOST_SECONDS, "too much time"),
            (self.megabytes > MOST_MEGABYTES, "too much memory"),
        )
        return ", ".join(fault for is_so, fault in faults if is_so)

    def __str__(self) -> str:
        """One line for the log."""
        took = f"{self.file_megabytes:.1f} MB, {self.seconds:.1f} s, {self.megabytes:.0f} MB of memory"
        return f"{self.name}: {took}: {self.outcome[:300]} {self.wrong and f'[{self.wrong}]'}"


def explode(name: str, folder: Path) -> Exploded:
    """Make a bomb and read it in a process with limits."""
    path = folder / "bomb"
    read_as = BOMBS[name](path)
    size = path.stat().st_size / 1e6
    command = [sys.executable, "-m", "tests.drills.bounded", "--child", str(path), read_as]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20 * KILLED_AFTER_SECONDS, check=False)
    finally:
        path.unlink()
    try:
        found = json.loads(done.stdout.splitlines()[-1])
    except (IndexError, ValueError):
        ended = f"ended with {done.returncode}: {(done.stderr.splitlines() or [''])[-1]}"
        return Exploded(name, size, ended, KILLED_AFTER_SECONDS, KILLED_AT_GIGABYTES * 1e3, typed=False)
    return Exploded(name, size, **found)


def child(path: Path, read_as: str) -> None:
    """Read the file and print what it took, without what importing and a first small file take."""
    from tests.drills.parsers import ADDRESS, page_readers, read_file
    from transforms.errors import WorkforceError

    most = KILLED_AT_GIGABYTES << 30
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (KILLED_AFTER_SECONDS, KILLED_AFTER_SECONDS))
    read_file(b"a,b\n1,2\n", "a.csv")
    before, began = _memory(), time.process_time()
    outcome, typed = "read", True
    try:
        if read_as.startswith("read_"):
            (read,) = [each for name, each in page_readers().items() if name.endswith(f".{read_as}")]
            read(path.read_text(encoding="utf-8"), ADDRESS)
        else:
            outcome = read_file(path, read_as) or outcome
    except WorkforceError as error:
        outcome = str(error)
    except BaseException as error:
        outcome, typed = f"{type(error).__name__}: {error}", False
    seconds = time.process_time() - began
    found = {"outcome": outcome[:600], "seconds": seconds, "megabytes": _memory() - before, "typed": typed}
    sys.stdout.write("\n" + json.dumps(found) + "\n")


def _memory() -> float:
    """The most memory that this process has held, in megabytes; `ru_maxrss` would begin with that of its parent."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> int:
    """Read the arguments, explode the bombs, print a line for each; 1 if any was beyond the limits."""
    parser = argparse.ArgumentParser(prog="python -m tests.drills.bounded", description=__doc__)
    parser.add_argument("--only", help="only bombs with this text in their name")
    parser.add_argument("--child", nargs=2, metavar=("PATH", "READ_AS"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.child:
        child(Path(chosen.child[0]), chosen.child[1])
        return 0
    done = []
    with tempfile.TemporaryDirectory(prefix="workforce-bombs-") as folder:
        for name in BOMBS:
            if not chosen.only or chosen.only in name:
                done.append(explode(name, Path(folder)))
                sys.stdout.write(f"{done[-1]}\n")
                sys.stdout.flush()
    if not chosen.only:
        largest, longest = max(each.megabytes for each in done), max(each.seconds for each in done)
        record(
            drill="inputs",
            variant="bombs: memory and time",
            seed=0,
            tried=len(done),
            failed=sum(bool(each.wrong) for each in done),
            note=f"at most {longest:.0f} s of {MOST_SECONDS} and {largest:.0f} MB of {MOST_MEGABYTES:,}",
            failures=[f"{each.name}: {each.wrong}" for each in done if each.wrong],
        )
    return int(any(each.wrong for each in done))


if __name__ == "__main__":
    sys.exit(main())
