"""The lines for other tools, run against the file server."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import uvicorn

from flows.service.file_server import files_app
from tests.sample_warehouse import Sample
from warehouse.exports.facts import MartFacts, mart_facts
from warehouse.exports.write import export_mart
from warehouse.site.snippets import UNTESTED, snippets

MART = "workforce_by_organisation"
"""It has codes, editions, dates, numbers, and caveats that begin with - and +."""


@pytest.fixture(scope="module")
def mart(sample_warehouse: Sample) -> MartFacts:
    with duckdb.connect(sample_warehouse.warehouse, read_only=True) as con:
        return next(each for each in mart_facts(con) if each.name == MART)


@pytest.fixture(scope="module")
def base(sample_warehouse: Sample, mart: MartFacts, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a file server over a data folder with one release."""
    data = tmp_path_factory.mktemp("served")
    marts = data / "releases" / "2026-11-22.1" / "marts"
    marts.mkdir(parents=True)
    (data / "releases" / "latest").symlink_to("2026-11-22.1")
    (data / "public").mkdir()
    shutil.copyfile(sample_warehouse.warehouse, data / "public" / "workforce.duckdb")
    with duckdb.connect(sample_warehouse.warehouse, read_only=True) as con:
        export_mart(con, mart, marts)
    server = uvicorn.Server(uvicorn.Config(files_app(data), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        thread.join(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    server.should_exit = True
    thread.join(20)


@pytest.fixture(scope="module")
def code(mart: MartFacts, base: str) -> dict[str, str]:
    return {each.tool: each.code for each in snippets(mart, base)}


@pytest.fixture(scope="module")
def first(sample_warehouse: Sample) -> tuple[int, dict[str, Any]]:
    """The number of rows, and the first row with a caveat."""
    with duckdb.connect(sample_warehouse.warehouse, read_only=True) as con:
        rows = con.execute(f"SELECT count(*) FROM marts.{MART}").fetchall()[0][0]
        found = con.execute(f"SELECT * FROM marts.{MART} WHERE caveat IS NOT NULL LIMIT 1")
        names = [column[0] for column in found.description or ()]
        return rows, dict(zip(names, found.fetchall()[0], strict=True))


def test_duckdb(code: dict[str, str], first: tuple[int, dict[str, Any]]) -> None:
    from duckdb_extensions import import_extension

    import_extension("httpfs")
    with duckdb.connect() as con:
        con.execute("LOAD httpfs")
        assert len(con.execute(code["DuckDB"]).fetchall()) == first[0]


@pytest.mark.parametrize("tool", ["Python, Polars", "Python, pandas"])
def test_python(tool: str, code: dict[str, str], first: tuple[int, dict[str, Any]]) -> None:
    names: dict[str, Any] = {}
    exec(code[tool], names)
    frame = names[MART]
    rows, row = first
    assert len(frame) == rows
    assert list(frame.columns) == list(row)
    assert row["org_code"] in set(frame["org_code"])


def test_r(code: dict[str, str], first: tuple[int, dict[str, Any]], tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("no R here (Debian: apt-get install r-base-core)")
    script = tmp_path / "read.R"
    row = first[1]
    script.write_text(
        code["R"]
        + f"""
found <- {MART}
cat(nrow(found), class(found$org_code), class(found$edition), class(found$period_end), class(found$value), "\\n")
cat(found$caveat[!is.na(found$caveat)][1], "\\n")
""",
        encoding="utf-8",
    )
    said = subprocess.run(["Rscript", str(script)], capture_output=True, check=False, timeout=120)
    assert said.returncode == 0, said.stderr.decode()
    kinds, caveat = said.stdout.decode().splitlines()[:2]
    assert kinds.split() == [str(first[0]), "character", "character", "Date", "numeric"]
    assert caveat.strip().lstrip("'") == row["caveat"]


def test_power_query_gives_every_column_its_type(mart: MartFacts, code: dict[str, str]) -> None:
    assert set(UNTESTED) == {"Excel (Power Query)", "Power BI"}
    query = code["Excel (Power Query)"]
    typed = dict(re.findall(r'\{"(\w+)", (type \w+|Int64\.Type)\}', query))
    assert list(typed) == [column.name for column in mart.columns]
    assert (typed["org_code"], typed["edition"], typed["value"], typed["period_end"]) == (
        "type text",
        "type text",
        "type number",
        "type date",
    )
    for opening, closing in ("()", "[]", "{}"):
        assert query.count(opening) == query.count(closing)
    assert all(each.code.count('"') % 2 == 0 for each in snippets(mart, "https://example.invalid/"))
