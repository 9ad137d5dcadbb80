"""Many readers of the file server while releases are published: errors, answers of two releases, and how long it takes.

Each reader asks again and again for a page of the site, for an export of the newest release with the checksum that the
release lists, or, as DuckDB's httpfs does, for ranges of the warehouse. Every byte must be of one release, whose files
are known: of a page by its checksum, of ranges by the ETag that all of them have.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles

import duckdb
import httpx

from tests.end_to_end.served import free_ports
from warehouse.folder import DataFolder
from warehouse.publish import install

WAREHOUSE = "/published/workforce.duckdb"
RANGES, RANGE_BYTES = 5, 64 * 1024
TIMEOUT = 120.0


@dataclass(frozen=True)
class Known:
    """The releases that are or will be published.

    By their ids: descriptors of their public warehouses, which a rename does not change, and the checksums of their
    files by name.
    """

    warehouses: dict[str, int]
    sums: dict[str, dict[str, str]]

    @classmethod
    def of(cls, folders: dict[str, Path]) -> Known:
        """Read their lists of checksums."""
        sums, warehouses = {}, {}
        for name, folder in folders.items():
            copy = folder / "public" / "workforce.duckdb"
            warehouses[name] = os.open(copy if copy.exists() else folder / "workforce.duckdb", os.O_RDONLY)
            lines = (folder / "SHA256SUMS").read_text().splitlines()
            sums[name] = {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
        return cls(warehouses, sums)

    def pages(self) -> list[str]:
        """Pages that every release has."""
        held = [
            {path for path in sums if path.startswith("site/") and path.endswith(".html")}
            for sums in self.sums.values()
        ]
        return sorted(set.intersection(*held))

    def releases_with(self, path: str, content: bytes) -> set[str]:
        """The releases of which these are the bytes of a file."""
        digest = hashlib.sha256(content).hexdigest()
        return {name for name, sums in self.sums.items() if sums.get(path) == digest}

    def releases_with_range(self, start: int, content: bytes, size: int) -> set[str]:
        """The releases whose public warehouse has this size and these bytes from `start` on."""
        return {
            name
            for name, descriptor in self.warehouses.items()
            if os.fstat(descriptor).st_size == size and os.pread(descriptor, len(content), start) == content
        }


@dataclass
class Load:
    """What the readers found. `seconds` are those of each request."""

    seconds: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)
    begun_again: int = 0
    """How often a reader of ranges saw another ETag, because a release was published, and began again."""
    seen: set[str] = field(default_factory=set)
    lasted: float = 0

    def __str__(self) -> str:
        steps = quantiles(self.seconds, n=100) if len(self.seconds) > 1 else [0.0] * 99
        return (
            f"{len(self.seconds):,} requests, {len(self.seconds) / self.lasted:.0f} a second, p50 {steps[49]:.2f} s,"
            f" p99 {steps[98]:.2f} s, {len(self.seen)} releases seen, {self.begun_again} readers of ranges began again"
        )


class Reader:
    """One reader, which goes on until it is told to stop."""

    def __init__(self, client: httpx.AsyncClient, known: Known, load: Load, chance: random.Random) -> None:
        self.client, self.known, self.load, self.chance = client, known, load, chance
        self.pages = known.pages()

    async def read(self, stop: asyncio.Event) -> None:
        """Ask until the event is set."""
        ways: tuple[Callable[[], Awaitable[None]], ...] = (self.page, self.export, self.ranges)
        while not stop.is_set():
            way = self.chance.choice(ways)
            try:
                await way()
            except httpx.HTTPError as error:
                self.load.wrong[f"{way.__name__}: {type(error).__name__}"] += 1

    async def get(self, path: str, *, method: str = "GET", status: int = 200, **headers: str) -> httpx.Response | None:
        """An answer, timed; None, and noted, where it has another status."""
        began = time.perf_counter()
        answer = await self.client.request(method, path, headers=headers)
        self.load.seconds.append(time.perf_counter() - began)
        if answer.status_code != status:
            self.load.wrong[f"status {answer.status_code} of {path.split('/')[1] or 'site'}"] += 1
            return None
        return answer

    async def page(self) -> None:
        """A page of the site is that of one release."""
        path = self.chance.choice(self.pages)
        if answer := await self.get(path.removeprefix("site").removesuffix("index.html")):
            self.note("a page", self.known.releases_with(path, answer.content))

    async def export(self) -> None:
        """An export has the checksum that its release lists, at the address of that release."""
        newest = await self.get("/releases/latest/manifest.json")
        if newest is None:
            return
        release = newest.json()["release"]
        sums = await self.get(f"/releases/{release}/SHA256SUMS")
        if sums is None:
            return
        listed = dict(line.split("  ")[::-1] for line in sums.text.splitlines())
        name = self.chance.choice([name for name in listed if name.startswith("marts/")])
        if answer := await self.get(f"/releases/{release}/{name}"):
            same = hashlib.sha256(answer.content).hexdigest() == listed[name]
            self.note("an export", {release} if same else set())

    async def ranges(self) -> None:
        """Ranges of the warehouse with one ETag are of one release."""
        head = await self.get(WAREHOUSE, method="HEAD")
        if head is None:
            return
        etag, size = head.headers["etag"], int(head.headers["content-length"])
        found = set(self.known.warehouses)
        for start in [0, *(self.chance.randrange(size) for _ in range(RANGES - 1))]:
            last = min(start + RANGE_BYTES, size) - 1
            # With If-Range the server sends everything where the file is another one: DuckDB does not ask so.
            answer = await self.get(WAREHOUSE, status=206, Range=f"bytes={start}-{last}")
            if answer is None:
                return
            if answer.headers["etag"] != etag:
                self.load.begun_again += 1
                return
            found &= self.known.releases_with_range(start, answer.content, size)
        self.note("ranges of the warehouse", found)

    def note(self, what: str, found: set[str]) -> None:
        """Note the release that something is of, or that it is of none."""
        if found:
            self.load.seen |= found if len(found) == 1 else set()
        else:
            self.load.wrong[f"{what} of no single release"] += 1


async def read_while_publishing(
    client: httpx.AsyncClient,
    folder: DataFolder,
    coming: Sequence[tuple[str, Path]],
    known: Known,
    *,
    readers: int,
    seconds: float,
    seed: int,
) -> Load:
    """Let so many readers read for so long, while the releases `coming` (id and folder) are published one by one."""
    load, stop = Load(), asyncio.Event()
    tasks = [
        asyncio.create_task(Reader(client, known, load, random.Random(seed + number)).read(stop))
        for number in range(readers)
    ]
    began = time.monotonic()
    for name, partial in coming:
        await asyncio.sleep(seconds / (len(coming) + 1))
        await asyncio.to_thread(install, folder, partial, name)
    await asyncio.sleep(seconds / (len(coming) + 1))
    stop.set()
    await asyncio.gather(*tasks)
    load.lasted = time.monotonic() - began
    return load


def another_release(release: Path, folder: DataFolder, name: str) -> Path:
    """A copy of a release under another name, in its warehouse, exports and pages too, ready to be installed."""
    partial = folder.releases / f".{name}.partial"
    shutil.copytree(release, partial)
    old = release.name.removeprefix(".").removesuffix(".partial")
    for path in partial.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
        if path.suffix in {".html", ".json", ".csv", ".txt"}:
            content = path.read_bytes().replace(old.encode(), name.encode())
            path.write_bytes(content + f"\n<!-- {name} -->\n".encode() if path.suffix == ".html" else content)
    for path in partial.rglob("*.duckdb"):
        with duckdb.connect(path) as con:
            con.execute("UPDATE meta.build SET build_id = ?", [name])
    write_sums(partial)
    return partial


def write_sums(release: Path) -> None:
    """List the checksums of the files of a release."""
    paths = sorted(each for each in release.rglob("*") if each.is_file() and each.name != "SHA256SUMS")
    lines = (f"{hashlib.sha256(each.read_bytes()).hexdigest()}  {each.relative_to(release)}\n" for each in paths)
    (release / "SHA256SUMS").write_text("".join(lines))


@contextmanager
def file_server(data: Path) -> Iterator[str]:
    """The address of the file server on a data folder, a process of its own."""
    port = free_ports()
    with subprocess.Popen([sys.executable, "-m", "flows.service.file_server", data, "127.0.0.1", str(port)]) as server:
        try:
            for _ in range(1200):
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            else:
                raise TimeoutError("the file server did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def many_readers(root: Path, *, readers: int, publications: int, seconds: float, seed: int) -> Load:
    """The drill: two releases of the sample are built, the others are copies of them under other names."""
    from tests.drills.disk import ended, start

    folder = DataFolder(root / "data")
    for more in ((), ("--force",)):
        code, said = ended(start(folder.root, *more, reserve=True))
        assert code == 0, said
    built = sorted(path for path in folder.releases.glob("[0-9]*") if path.is_dir())
    day = built[-1].name.split(".")[0]
    coming = [
        (name, another_release(built[number % 2], folder, name))
        for number in range(publications)
        for name in [f"{day}.{number + 3}"]
    ]
    known = Known.of({path.name: path for path in built} | dict(coming))
    limits = httpx.Limits(max_connections=readers, max_keepalive_connections=readers)

    async def read(address: str) -> Load:
        async with httpx.AsyncClient(base_url=address, limits=limits, timeout=TIMEOUT) as client:
            return await read_while_publishing(
                client, folder, coming, known, readers=readers, seconds=seconds, seed=seed
            )

    with file_server(folder.root) as address:
        return asyncio.run(read(address))


def machine_load() -> str:
    """How busy the machine is."""
    return f"load of the machine {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors"
