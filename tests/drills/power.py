"""What a power failure leaves of a refresh: argued from its system calls, and done on a file system of its own.

`unflushed(lines)` reads a trace of strace (`STRACE`) and says what was visible before it was on disk: a file whose
bytes, or a folder whose names, had not been flushed (fsync) when a rename or a link put it among the releases, the
archive or what is published; and what was deleted while what replaces it was not on disk.

`failures(…)` mounts an ext4 file system (loop device, `data=writeback,noauto_da_alloc`: it flushes nothing by itself),
refreshes there, and at a random moment shuts it down without writing its journal (EXT4_IOC_SHUTDOWN), which drops what
was not flushed as a power failure does. It is then mounted again and looked at. Needs root.
"""

from __future__ import annotations

import fcntl
import os
import random
import re
import signal
import struct
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.drills.kills import PATIENCE, CommandKills
from tests.drills.left import wrong_after_next, wrong_with
from warehouse.archive import Archive
from warehouse.folder import DataFolder

CALLS = (
    "openat,creat,write,writev,pwrite64,pwritev,ftruncate,fallocate,copy_file_range,sendfile,fsync,fdatasync,mkdir,"
    "mkdirat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir"
)
STRACE = ("strace", "-f", "-y", "-s", "0", "-e", "signal=none", "-e", f"trace={CALLS}")
LASTING = ("archive/objects", "archive/editions", "releases", "published", "public", "history")
"""What must survive a power failure. Prefect's database has a journal of its own; the rest is made again."""
WHOLE = (*LASTING, "staged")
"""What must be whole where it is seen. A cache may be gone after a power failure, but not lack a table."""

_CALL = re.compile(r"^(\d+)\s+(\w+)\((.*)$")
_RESUMED = re.compile(r"^(\d+)\s+<\.\.\. (\w+) resumed>(.*)$")
_DESCRIPTOR = re.compile(r"(?:AT_FDCWD|\d+)<([^>]*)>")
_NAME = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"([^"]*)"')
_OPENED = re.compile(r"= \d+<([^>]*)>")


@dataclass
class _Node:
    """A file, link or folder: whether its bytes are on disk, and of a folder which of its names are not."""

    is_flushed: bool = True
    names: dict[str, _Node] = field(default_factory=dict)
    unflushed_names: set[str] = field(default_factory=set)

    def dirty(self, place: str) -> Iterator[str]:
        if not self.is_flushed:
            yield f"the bytes of {place}"
        for name, node in self.names.items():
            if name in self.unflushed_names:
                yield f"the name {place}/{name}"
            yield from node.dirty(f"{place}/{name}")


class Trace:
    """The files below a root as a trace changes them. What was there before the trace began counts as on disk."""

    def __init__(self, root: Path) -> None:
        self.root, self.top = str(root), _Node()
        self.wrong: list[str] = []

    def read(self, lines: Iterable[str]) -> list[str]:
        """Apply each call; return what was wrong, with what is not on disk at the end."""
        begun: dict[tuple[str, str], str] = {}
        for line in lines:
            if found := _RESUMED.match(line):
                pid, call, rest = found.groups()
                self._apply(call, begun.pop((pid, call), "") + rest)
            elif found := _CALL.match(line):
                pid, call, rest = found.groups()
                if rest.endswith("<unfinished ...>"):
                    begun[pid, call] = rest.removesuffix("<unfinished ...>")
                else:
                    self._apply(call, rest)
        for place in LASTING:
            if node := self._find(place.split("/")):
                self.wrong += [f"at the end {each} is not on disk" for each in node.dirty(place)]
        for place in {each.split("/")[0] for each in LASTING} & self.top.unflushed_names:
            self.wrong.append(f"at the end the name {place} is not on disk")
        return self.wrong

    def _apply(self, call: str, rest: str) -> None:  # noqa: C901 - one branch for each kind of call
        if " = -1 " in rest or self.root not in rest:
            return
        if call in {"openat", "creat"}:
            self._open(rest)
        elif call.startswith(("write", "pwrite", "ftruncate", "fallocate", "copy_file_range", "sendfile")):
            # The file that is written is the first argument, of copy_file_range the third.
            named = _DESCRIPTOR.findall(rest)
            if named and (node := self._node(named[1 if call == "copy_file_range" and len(named) > 1 else 0])):
                node.is_flushed = False
        elif call in {"fsync", "fdatasync"}:
            if node := self._node(_DESCRIPTOR.findall(rest)[0]):
                node.is_flushed = True
                node.unflushed_names.clear()
        elif call.startswith(("rename", "link")):
            self._move(call, *self._places(rest)[:2])
        elif call.startswith(("mkdir", "symlink")):
            # Of a symbolic link the first name is what it leads to.
            self._enter(self._places(rest)[-1], _Node())
        elif call in {"unlink", "unlinkat", "rmdir"}:
            self._remove(self._places(rest)[0])

    def _open(self, rest: str) -> None:
        opened = _OPENED.search(rest)
        if opened is None or (parts := self._parts(opened[1])) is None:
            return
        node = self._find(parts)
        if node is None and "O_CREAT" in rest:
            self._enter(parts, _Node(is_flushed=False))
        elif node is not None and "O_TRUNC" in rest:
            node.is_flushed = False

    def _move(self, call: str, old: list[str] | None, new: list[str] | None) -> None:
        node = (self._find(old) if old else None) or _Node()
        if new and _is_seen(new):
            place = "/".join(new)
            self.wrong += [f"{each} is not on disk when it becomes visible" for each in node.dirty(place)]
        if call.startswith("rename") and old and (above := self._find(old[:-1])):
            above.names.pop(old[-1], None)
            above.unflushed_names.discard(old[-1])
        if new:
            self._enter(new, node)

    def _enter(self, parts: list[str] | None, node: _Node) -> None:
        if not parts:
            return
        above = self.top
        for part in parts[:-1]:
            above = above.names.setdefault(part, _Node())
        above.names[parts[-1]] = node
        above.unflushed_names.add(parts[-1])

    def _remove(self, parts: list[str] | None) -> None:
        if not parts or (above := self._find(parts[:-1])) is None:
            return
        if parts[0] in {"releases", "published", "public"} and _is_seen(parts):
            # A release may go only once the newer one, and the links to it, are on disk.
            pending = [each for place in ("published", "public", "releases") for each in self._pending(place)]
            self.wrong += [f"{'/'.join(parts)} is deleted while {each} is not on disk" for each in pending]
        above.names.pop(parts[-1], None)
        above.unflushed_names.discard(parts[-1])

    def _pending(self, place: str) -> Iterator[str]:
        node = self.top.names.get(place, _Node())
        yield from (f"the name {place}/{name}" for name in node.unflushed_names if not name.startswith("."))

    def _places(self, rest: str) -> list[list[str] | None]:
        return [self._parts(str(Path(folder, name))) for folder, name in _NAME.findall(rest)]

    def _node(self, path: str) -> _Node | None:
        parts = self._parts(path)
        return None if parts is None else self._find(parts)

    def _parts(self, path: str) -> list[str] | None:
        path = path.removesuffix("(deleted)").removesuffix("//")
        inside = path == self.root or path.startswith(f"{self.root}/")
        return [each for each in path[len(self.root) :].split("/") if each] if inside else None

    def _find(self, parts: list[str]) -> _Node | None:
        node: _Node | None = self.top
        for part in parts:
            node = node.names.get(part) if node else None
        return node


def _is_seen(parts: list[str]) -> bool:
    """Whether a place is among what lasts and no part of it is the name of something unfinished."""
    return "/".join(parts).startswith(WHOLE) and not any(each.startswith(".") for each in parts)


def unflushed(root: Path, lines: Iterable[str]) -> list[str]:
    """What a traced refresh of the data folder `root` showed, or deleted, too early."""
    return list(dict.fromkeys(Trace(root.resolve()).read(lines)))


@dataclass(frozen=True)
class Cut:
    """One power failure and what was wrong after it: nothing, if all held."""

    moment: str
    wrong: tuple[str, ...]

    def __str__(self) -> str:
        return f"power cut {self.moment}: {'; '.join(self.wrong) or 'all held'}"


class Volume:
    """An ext4 file system in a file, which can lose its power."""

    OPTIONS = "loop,data=writeback,noauto_da_alloc,commit=300"
    SHUTDOWN = (2 << 30) | (4 << 16) | (ord("X") << 8) | 125
    WITHOUT_JOURNAL = struct.pack("I", 2)
    MEGABYTES = 1_500

    def __init__(self, root: Path) -> None:
        self.image, self.place = root / "image", root / "volume"
        self.folder = DataFolder(self.place / "data")

    def __enter__(self) -> Volume:
        """Make and mount it."""
        with self.image.open("wb") as stream:
            stream.truncate(self.MEGABYTES * 2**20)
        subprocess.run(["mkfs.ext4", "-q", self.image], check=True)
        self.place.mkdir()
        self.mount()
        return self

    def __exit__(self, *_: object) -> None:
        """Unmount it."""
        subprocess.run(["umount", "--lazy", self.place], check=True)

    def mount(self) -> None:
        """Mount it, with what its journal says."""
        subprocess.run(["mount", "-o", self.OPTIONS, self.image, self.place], check=True)

    def cut(self, process: subprocess.Popen[bytes]) -> None:
        """Drop what is not on disk, kill the process, and mount what is left."""
        descriptor = os.open(self.place, os.O_RDONLY)
        fcntl.ioctl(descriptor, self.SHUTDOWN, self.WITHOUT_JOURNAL)
        os.close(descriptor)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        subprocess.run(["umount", self.place], check=True)
        self.mount()


def failures(number: int, *, root: Path, seed: int) -> Iterator[Cut]:
    """So many power failures, every second one near the switch to the new release."""
    chance = random.Random(seed)
    with Volume(root) as volume, CommandKills(volume.folder.root, chance) as command:
        for each in range(number):
            os.sync()
            records = {record.identity for record in Archive(volume.folder.archive).records()}
            process = command.start("--force")
            if each % 2:
                began = time.monotonic()
                while process.poll() is None and not list(volume.folder.releases.glob(".*.partial")):
                    time.sleep(0.01)
                after = chance.uniform(0, command.seconds / 4)
                moment = f"{time.monotonic() - began + after:.1f} s after the start, near the switch"
            else:
                after = chance.uniform(0, command.seconds)
                moment = f"{after:.1f} s after the start"
            with suppress(subprocess.TimeoutExpired):
                process.wait(after)
            ended = process.poll()
            volume.cut(process)
            wrong = wrong_with(volume.folder, records=records)
            # What an ended refresh has published is on disk.
            if code := command.start().wait(PATIENCE):
                wrong.append(f"the next run ended with {code}")
            wrong += [f"after the next run: {each}" for each in wrong_after_next(volume.folder)]
            yield Cut(f"{moment}{' (it had ended)' if ended == 0 else ''}", tuple(wrong))
