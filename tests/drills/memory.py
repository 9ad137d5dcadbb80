"""Refreshes with too little memory: each ends with an exit code and a sentence, and the published file stays.

The limit is that of the address space (RLIMIT_AS) of `workforce run --sample --series ods --force`; a container's limit
kills instead, which the drill `kills` does.
"""

from __future__ import annotations

import random
import resource
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.drills.disk import Try, base_folder, ended, last_sentence, sizes, start
from tests.drills.left import wrong_after_next, wrong_with
from warehouse.archive import Archive
from warehouse.folder import DataFolder

LEAST, MOST = 1_000 * 2**20, 2_600 * 2**20
"""With the first not all libraries can be loaded; with the second a refresh ends."""


def tries(number: int, *, root: Path, seed: int) -> Iterator[Try]:
    """So many refreshes, each with another limit of memory."""
    chance = random.Random(seed)
    with base_folder(root) as base:
        for more in sizes(number, MOST - LEAST, chance):
            yield one_try(LEAST + more, base, root / "data")


def one_try(limit: int, base: Path, data: Path) -> Try:
    """Refresh a copy of `base` with this limit, then without."""
    # With hard links, as they are.
    subprocess.run(["cp", "-a", base, data], check=True)
    folder = DataFolder(data)
    records = {each.identity for each in Archive(folder.archive).records()}
    with_limit = start(data, "--force", reserve=True)
    resource.prlimit(with_limit.pid, resource.RLIMIT_AS, (limit, limit))
    code, said = ended(with_limit)
    wrong = [] if code is not None else ["it did not end"]
    wrong += wrong_with(folder, records=records)
    if (next_code := ended(start(data, reserve=True))[0]) != 0:
        wrong.append(f"the next run ended with {next_code}")
    wrong += [f"after the next run: {each}" for each in wrong_after_next(folder)]
    shutil.rmtree(data)
    return Try(f"{limit // 2**20:,} MB of memory", f"exit code {code}, {last_sentence(said)}", tuple(wrong))
