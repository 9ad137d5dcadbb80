"""Disks that become full, have no more entries, cannot be written or lose a folder while a refresh runs.

Each try is one `workforce run --sample --series ods --force` on a small file system (tmpfs; needs root), on a copy of
a data folder that has a release, and then a run with room. The reserve that a refresh asks for before it begins
is switched off: another program may have taken it a moment later.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.drills.left import wrong_after_next, wrong_with
from tests.end_to_end.served import clean_environment
from warehouse.archive import Archive
from warehouse.folder import DataFolder

NO_RESERVE = """
import sys
import warehouse.disk
warehouse.disk.RESERVE_BYTES = -(2**40)
from flows.cli.command import main
sys.argv[0] = "workforce"
main()
"""
"""The command without the reserve: it goes on until the operating system says that the disk is full."""
REFRESH = ("run", "--sample", "--series", "ods")
KILOBYTE = 1024
UNPRIVILEGED = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Root that has to keep to the permissions of files."""
PATIENCE = 600
ROOMY = 2 * 2**30
FOLDERS = ("archive", "staged", "candidates", "releases", "published", "public", "state", "docs", "prefect", "metrics")


@dataclass(frozen=True)
class Try:
    """One try: what was done, how the command ended, and what was wrong."""

    way: str
    ended: str
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.way}: {self.ended}: {'; '.join(self.wrong) or 'all held'}"


class SmallDisk:
    """A copy of a data folder on a tmpfs whose limits can be changed."""

    def __init__(self, place: Path, base: Path) -> None:
        self.place, self.base = place, base
        self.folder = DataFolder(place / "data")

    def __enter__(self) -> SmallDisk:
        """Mount it, roomy, with the copy."""
        self.place.mkdir(exist_ok=True)
        _command("mount", "-t", "tmpfs", "-o", f"size={ROOMY}", "tmpfs", self.place)
        _command("cp", "-a", self.base, self.folder.root)
        return self

    def __exit__(self, *_: object) -> None:
        """Unmount it."""
        _command("umount", "--lazy", self.place)

    def limit(self, *, bytes_free: int = ROOMY, entries_free: int = 1_000_000, writable: bool = True) -> None:
        """Leave so much free space and so many free entries from now on."""
        there = os.statvfs(self.place)
        size = (there.f_blocks - there.f_bfree) * there.f_frsize + bytes_free
        entries = there.f_files - there.f_ffree + entries_free
        mode = "rw" if writable else "ro"
        _command("mount", "-o", f"remount,{mode},size={size},nr_inodes={entries}", self.place)


def _command(*words: str | Path) -> None:
    subprocess.run(words, check=True, capture_output=True)


def start(
    data: Path,
    *more: str,
    reserve: bool = False,
    unprivileged: bool = False,
    code: str = NO_RESERVE,
    **environment: str,
) -> subprocess.Popen[str]:
    """Start a refresh of the sample on a data folder."""
    begin = ["-m", "flows.cli.command"] if reserve else ["-c", code]
    drop = UNPRIVILEGED if unprivileged else ()
    return subprocess.Popen(
        [*drop, sys.executable, *begin, *REFRESH, *more, "--data", str(data)],
        env=clean_environment(COLUMNS="400", **environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def ended(process: subprocess.Popen[str]) -> tuple[int | None, str]:
    """The exit code of a run (None: it did not end and was killed) and what it printed."""
    try:
        said = process.communicate(timeout=PATIENCE)[0]
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return None, process.communicate()[0]
    return process.returncode, said


def one_try(
    way: str,
    place: Path,
    base: Path,
    spoil: Callable[[SmallDisk, subprocess.Popen[str]], None],
    before: Callable[[SmallDisk], None] = lambda disk: None,
    mend: Callable[[SmallDisk], None] = lambda disk: None,
    *,
    unprivileged: bool = False,
    may_lose: bool = False,
) -> Try:
    """Refresh on a copy of `base`: `before` is done first, `spoil` while it runs, `mend` before the next run.

    `may_lose`: what was spoilt is itself part of what must hold, so that only the next run is judged.
    """
    with SmallDisk(place, base) as disk:
        records = {each.identity for each in Archive(disk.folder.archive).records()}
        before(disk)
        process = start(disk.folder.root, "--force", unprivileged=unprivileged)
        spoil(disk, process)
        code, said = ended(process)
        wrong = []
        if code is None:
            wrong.append("it did not end")
        if code and not any(line.startswith(("Error:", "Gap:")) for line in said.splitlines()):
            wrong.append(f"no sentence says why: {said.strip().splitlines()[-1][:200]}")
        disk.limit()
        mend(disk)
        wrong += [] if may_lose else wrong_with(disk.folder, records=records)
        next_code, next_said = ended(start(disk.folder.root, reserve=True))
        if next_code:
            wrong.append(f"the next run ended with {next_code}: {last_sentence(next_said)}")
        wrong += [f"after the next run: {each}" for each in wrong_after_next(disk.folder)]
        return Try(way, f"exit code {code}, {last_sentence(said)}", tuple(wrong))


def last_sentence(said: str) -> str:
    """The sentence that says how a run ended."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    told = [line for line in lines if line.startswith(("Error:", "Published", "Nothing", "Failed"))]
    return (told or lines or ["nothing said"])[-1][:160]


def sizes(number: int, most: int, chance: random.Random) -> list[int]:
    """So many sizes up to `most`: one at random in each of as many equal steps."""
    return [int(most * (step + chance.random()) / number) for step in range(number)]


def full(number: int, place: Path, base: Path, chance: random.Random, most: int = 75 * 2**20) -> Iterator[Try]:
    """A disk with so much free space that it becomes full at a step of the refresh."""
    for size in sizes(number, most, chance):
        yield one_try(
            f"{size // KILOBYTE:,} kB free", place, base, _nothing, lambda disk, size=size: disk.limit(bytes_free=size)
        )


def entries(number: int, place: Path, base: Path, chance: random.Random, most: int = 800) -> Iterator[Try]:
    """A disk with so few free entries (inodes) that none is left at a step of the refresh."""
    for size in sizes(number, most, chance):
        yield one_try(
            f"{size} entries free", place, base, _nothing, lambda disk, size=size: disk.limit(entries_free=size)
        )


def read_only(number: int, place: Path, base: Path, chance: random.Random, seconds: float = 20) -> Iterator[Try]:
    """A disk that becomes read-only while the refresh runs, as one with errors does."""
    for after in sizes(number, int(seconds * 1000), chance):

        def spoil(disk: SmallDisk, process: subprocess.Popen[str], after: int = after) -> None:
            _wait(process, after / 1000)
            # A file system with files open to be written cannot be made read-only: until it can, it is full.
            while process.poll() is None:
                try:
                    disk.limit(writable=False)
                except subprocess.CalledProcessError:
                    disk.limit(bytes_free=0)
                    time.sleep(0.01)
                else:
                    return

        yield one_try(f"read-only after {after / 1000:.1f} s", place, base, spoil)


def no_permission(place: Path, base: Path) -> Iterator[Try]:
    """A user that may write the data folder but one folder in it, and all below, each in turn."""
    for name in FOLDERS:

        def take(disk: SmallDisk, name: str = name) -> None:
            (disk.folder.root / name).mkdir(exist_ok=True)
            _command("chmod", "-R", "a-w", disk.folder.root / name)

        yield one_try(f"no permission to write {name}/", place, base, _nothing, take, unprivileged=True)


def removed(place: Path, base: Path, chance: random.Random, seconds: float = 20) -> Iterator[Try]:
    """A folder of the data folder, each in turn, that is moved away while the refresh runs, and put back after it."""
    for name in FOLDERS:

        def spoil(disk: SmallDisk, process: subprocess.Popen[str], name: str = name) -> None:
            _wait(process, chance.uniform(0.2, 1) * seconds)
            with suppress(FileNotFoundError):
                (disk.folder.root / name).rename(disk.place / "away")

        def put_back(disk: SmallDisk, name: str = name) -> None:
            if (disk.place / "away").exists():
                shutil.rmtree(disk.folder.root / name, ignore_errors=True)
                (disk.place / "away").rename(disk.folder.root / name)

        # Put back over those of the refresh, the releases before lack the one that it published.
        may_lose = name == "releases"
        yield one_try(f"{name}/ moved away", place, base, spoil, mend=put_back, may_lose=may_lose)


def _nothing(_disk: SmallDisk, _process: subprocess.Popen[str]) -> None:
    """Nothing is done while the refresh runs."""


def _wait(process: subprocess.Popen[str], seconds: float) -> None:
    # Not `wait`: what the process prints must be read meanwhile only where it is much.
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.05)


@contextmanager
def base_folder(root: Path) -> Iterator[Path]:
    """A data folder with one release of the sample."""
    data = root / "base"
    code, said = ended(start(data, reserve=True))
    assert code == 0, said
    yield data


VARIANTS = ("full", "entries", "read-only", "permission", "removed")


def tries(variant: str, number: int, *, root: Path, seed: int) -> Iterator[Try]:
    """The tries of a variant; `number` counts only where moments or sizes are chosen."""
    chance, place = random.Random(seed), root / "disk"
    with base_folder(root) as base:
        if variant == "full":
            yield from full(number, place, base, chance)
        elif variant == "entries":
            yield from entries(number, place, base, chance)
        elif variant == "read-only":
            yield from read_only(number, place, base, chance)
        elif variant == "permission":
            yield from no_permission(place, base)
        else:
            yield from removed(place, base, chance)
