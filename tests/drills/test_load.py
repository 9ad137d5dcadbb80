"""Ten readers of three publications: no error, and no answer of two releases."""

from __future__ import annotations

import asyncio
import json
import random
from pathlib import Path

import httpx

from flows.service.file_server import files_app
from tests.drills.load import Known, Load, Reader, read_while_publishing, write_sums
from warehouse.folder import DataFolder
from warehouse.publish import install


def unfinished(folder: DataFolder, name: str) -> Path:
    """A small release of random bytes, of another size each time."""
    partial = folder.releases / f".{name}.partial"
    for place in ("site/index.html", "site/data/index.html", "marts/vacancies.csv"):
        (partial / place).parent.mkdir(parents=True, exist_ok=True)
        (partial / place).write_text(f"{place} of {name}\n" * 1000)
    (partial / "workforce.duckdb").write_bytes(random.Random(name).randbytes(200_000 + 1_000 * int(name[-1])))
    (partial / "LICENCE.txt").write_text("")
    (partial / "manifest.json").write_text(json.dumps({"release": name, "left_out_of_public_copy": {}}))
    write_sums(partial)
    return partial


def test_readers_see_whole_releases_while_others_are_published(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    first, *later = ((name, unfinished(folder, name)) for name in (f"2026-01-01.{number}" for number in range(4)))
    known = Known.of(dict([first, *later]))
    install(folder, first[1], first[0])

    async def read() -> Load:
        transport = httpx.ASGITransport(files_app(tmp_path), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://files") as client:
            return await read_while_publishing(client, folder, later, known, readers=10, seconds=1, seed=1)

    load = asyncio.run(read())
    assert dict(load.wrong) == {}
    assert load.seen == known.sums.keys()
    assert len(load.seconds) > 100
    assert f"{len(load.seen)} releases seen" in str(load)


def test_an_answer_of_two_releases_is_found(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    both = {name: unfinished(folder, name) for name in ("2026-01-01.1", "2026-01-01.2")}
    known = Known.of(both)
    one, two = ((path / "site" / "index.html").read_bytes() for path in both.values())
    assert known.releases_with("site/index.html", one) == {"2026-01-01.1"}
    load = Load()
    reader = Reader(httpx.AsyncClient(), known, load, random.Random(1))
    reader.note("a page", known.releases_with("site/index.html", one[:500] + two[500:]))
    assert load.wrong == {"a page of no single release": 1}
    content = (both["2026-01-01.1"] / "workforce.duckdb").read_bytes()
    assert known.releases_with_range(100, content[100:200], len(content)) == {"2026-01-01.1"}
    assert known.releases_with_range(100, content[100:200], len(content) + 1) == set()
