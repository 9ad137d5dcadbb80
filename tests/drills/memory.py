"""Refreshes with too little memory: each ends, the published file stays, and the next refresh ends well.

The limit of `workforce run --sample --series ods --force` is that of its address space (RLIMIT_AS), at which memory is
refused to it, or that of its control group, as a container has it, at which the kernel kills it.
"""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.drills.disk import Try, base_folder, ended, last_sentence, sizes, start
from tests.drills.left import wrong_after_next, wrong_with
from warehouse.archive import Archive
from warehouse.folder import DataFolder

LIMITS = {"address space": (1_000 * 2**20, 2_600 * 2**20), "control group": (40 * 2**20, 340 * 2**20)}
"""With the first not all libraries can be loaded; with the second a refresh ends."""
CONTROL_GROUPS = Path("/sys/fs/cgroup")


def tries(variant: str, number: int, *, root: Path, seed: int) -> Iterator[Try]:
    """So many refreshes, each with another limit of memory."""
    chance = random.Random(seed)
    least, most = LIMITS[variant]
    with base_folder(root) as base:
        for more in sizes(number, most - least, chance):
            yield one_try(variant, least + more, base, root / "data")


@contextmanager
def control_group(limit: int) -> Iterator[Path]:
    """A control group whose processes may have so many bytes of memory; give it a process through the file returned."""
    is_unified = (CONTROL_GROUPS / "cgroup.controllers").exists()
    group = CONTROL_GROUPS / ("" if is_unified else "memory") / f"workforce-drill-{time.monotonic_ns()}"
    group.mkdir()
    try:
        (group / ("memory.max" if is_unified else "memory.limit_in_bytes")).write_text(str(limit))
        yield group / "cgroup.procs"
    finally:
        # The kernel removes a group some time after its last process.
        for _ in range(100):
            try:
                group.rmdir()
                break
            except OSError:
                time.sleep(0.1)


def one_try(variant: str, limit: int, base: Path, data: Path) -> Try:
    """Refresh a copy of `base` with this limit, then without."""
    # With hard links, as they are.
    subprocess.run(["cp", "-a", base, data], check=True)
    folder = DataFolder(data)
    records = {each.identity for each in Archive(folder.archive).records()}
    if variant == "address space":
        with_limit = start(data, "--force", reserve=True)
        resource.prlimit(with_limit.pid, resource.RLIMIT_AS, (limit, limit))
        code, said = ended(with_limit)
    else:
        with control_group(limit) as processes:
            with_limit = start(data, "--force", reserve=True)
            processes.write_text(str(with_limit.pid))
            code, said = ended(with_limit)
    wrong = [] if code is not None else ["it did not end"]
    wrong += wrong_with(folder, records=records)
    if (next_code := ended(start(data, reserve=True))[0]) != 0:
        wrong.append(f"the next run ended with {next_code}")
    wrong += [f"after the next run: {each}" for each in wrong_after_next(folder)]
    shutil.rmtree(data)
    return Try(f"{limit // 2**20:,} MB of memory", f"exit code {code}, {last_sentence(said)}", tuple(wrong))
