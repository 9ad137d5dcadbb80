"""Two machines with a data folder each and one bucket: `python -m tests.drills.machines [KILLS [SEED]]`.

Both refresh a series of the sample at once. The first is killed (SIGKILL, with its children) when it has used a random
amount of CPU time, so that the moment does not depend on what else the machine does; the second has to take over its
lease and publish. A third machine, empty, is then restored from the bucket alone: every file of its release must match
the checksums, and its warehouse the one of the second machine. Leases are short here, to wait less.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from flows.settings import Settings
from flows.storage.shared import shared_storage
from tests.benchmarks.processes import ROOT
from tests.drills.left import wrong_with_file
from tests.drills.results import record
from tests.environment import without_prefect
from tests.s3 import new_bucket, s3_environment, s3_interface
from warehouse.archive import sha256_of
from warehouse.folder import DataFolder

SEED = 20261127
WORKFORCE = str(Path(sys.executable).with_name("workforce"))
REFRESH = ("run", "--sample", "--series", "nhs-vacancy-statistics")
REFRESH_CPU_SECONDS = 25.0
LEASE_SECONDS = 20
MACHINE = (
    f"from flows.storage import lease; lease.LEASE_SECONDS = {LEASE_SECONDS}; "
    "from flows.cli.command import main; main()"
)
"""The command, with a lease that ends sooner."""


@dataclass(frozen=True)
class Kill:
    """A killed first machine, and what became of the others."""

    after: float
    was_running: bool
    seconds: float
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        state = "killed" if self.was_running else "had ended"
        return f"after {self.after:.0f} CPU s {state}; {self.seconds:.0f} s: {'; '.join(self.wrong) or 'one release'}"


def main() -> None:
    """Run the drill, by default three times."""
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else SEED
    chance = random.Random(seed)
    done = []
    with s3_interface() as address:
        os.environ |= s3_environment(address)
        for number in range(kills):
            storage = new_bucket(address, f"bucket-{number}")
            with tempfile.TemporaryDirectory(prefix="machines-") as root:
                done.append(one_kill(Path(root), storage, chance.uniform(1, REFRESH_CPU_SECONDS)))
            say(f"{number + 1}: {done[-1]}")
    failed, running = sum(bool(each.wrong) for each in done), sum(each.was_running for each in done)
    say(f"{kills} kills, {running} of them of a running refresh, {failed} failed")
    record(
        drill="machines",
        variant="one bucket, first machine killed",
        seed=seed,
        tried=kills,
        failed=failed,
        note=f"killed after 1 to {REFRESH_CPU_SECONDS:.0f} s of CPU time; {running} of the refreshes were running",
        failures=[str(each) for each in done if each.wrong],
    )
    sys.exit(bool(failed))


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def one_kill(root: Path, storage: str, after: float) -> Kill:
    """Kill the first machine when it has used `after` CPU seconds; the others must end up with one release."""
    began = time.monotonic()
    first, second = (_start(root, name, storage) for name in ("first", "second"))
    while first.poll() is None and _cpu_seconds(first.pid) < after:
        time.sleep(0.1)
    was_running = first.poll() is None
    with suppress(ProcessLookupError):  # it may have ended
        os.killpg(first.pid, signal.SIGKILL)
    first.wait()
    code = second.wait()
    wrong = [] if code == 0 else [f"the second ended with {code}: {(root / 'second.log').read_text()[-800:]}"]
    third = DataFolder(root / "third")
    with shared_storage(third, Settings(storage=storage), wait_seconds=60, lease_seconds=LEASE_SECONDS) as restored:
        assert restored is not None
        restored.bring_up_to_date()
    wrong += wrong_with_file(third)
    files = DataFolder(root / "second").published, third.published
    if not all(file.exists() for file in files) or len({sha256_of(file) for file in files}) > 1:
        wrong.append("the warehouses of the second and the third differ")
    return Kill(after, was_running, time.monotonic() - began, tuple(wrong))


def _start(root: Path, machine: str, storage: str) -> subprocess.Popen[bytes]:
    environment = without_prefect(os.environ)
    environment |= {"WORKFORCE_STORAGE": storage, "WORKFORCE_WAIT_FOR_LOCK_SECONDS": "3600", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", MACHINE, *REFRESH, "--data", str(root / machine)]
    with (root / f"{machine}.log").open("wb") as log:
        return subprocess.Popen(command, env=environment, stdout=log, stderr=log, start_new_session=True, cwd=root)


def _cpu_seconds(process: int) -> float:
    """CPU seconds of a process and its children."""
    used = 0.0
    with suppress(psutil.NoSuchProcess):
        for each in (psutil.Process(process), *psutil.Process(process).children(recursive=True)):
            times = each.cpu_times()
            used += times.user + times.system
    return used


if __name__ == "__main__":
    main()
