"""The site of the bundled sample, in which one trust has a name that is HTML."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.sample_warehouse import Sample
from tests.warehouse.site.release_facts import (
    ADDRESS,
    CHANGED,
    HTML_NAME,
    RENAMED,
    TOO_LARGE,
    WITHHELD,
    facts,
    manifest,
)
from warehouse.exports.facts import mart_facts
from warehouse.exports.workbook import why_no_workbook
from warehouse.public_copy import write_public_copy
from warehouse.site.frontend import NAMES, built_files
from warehouse.site.write import site_facts, write_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="session")
def warehouse(sample_warehouse: Sample, shared: Callable[..., Path]) -> Path:
    """The sample's warehouse, with one trust renamed in every mart that names it and in a publisher's note."""

    def rename(folder: Path) -> None:
        path = shutil.copyfile(sample_warehouse.warehouse, folder / "workforce.duckdb")
        with duckdb.connect(path) as con:
            for (table,) in con.execute("""
                SELECT table_name FROM duckdb_columns() INNER JOIN duckdb_tables() USING (schema_name, table_name)
                WHERE schema_name = 'marts' AND column_name IN ('org_code', 'org_name')
                GROUP BY table_name HAVING count(DISTINCT column_name) = 2
            """).fetchall():
                con.execute(f"UPDATE marts.{table} SET org_name = ? WHERE org_code = ?", [HTML_NAME, RENAMED])
            con.execute("""
                INSERT INTO meta.check_result BY NAME
                SELECT 'one.passed' AS rule_id, 'passed' AS outcome
                UNION ALL SELECT 'one.idle', 'ran over no rows'
            """)
            con.execute("UPDATE core.data_quality_note SET details = ? WHERE org_code = ?", [HTML_NAME, RENAMED])

    return shared("site-warehouse", rename) / "workforce.duckdb"


def exported(warehouse: Path) -> dict[str, Any]:
    """What a manifest says of the files of each mart, one of which is too large for a workbook."""
    files = {"csv": 1_234_567, "xlsx": 456_789, "parquet": 12_345, "csv-metadata.json": 5_000}
    with duckdb.connect(warehouse, read_only=True) as con:
        names = [mart.name for mart in mart_facts(con)]
    made = {name: {"rows": 1_234, "files": files, "keys": [], "no_workbook": ""} for name in names}
    small = {ending: size for ending, size in files.items() if ending != "xlsx"}
    return made | {TOO_LARGE: {"rows": 100_001, "files": small, "keys": [], "no_workbook": why_no_workbook(100_001, 1)}}


@pytest.fixture(scope="session")
def site(warehouse: Path, shared: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site with every page. Where what the page for SQL loads is not built, empty files stand for it."""

    def write(out: Path) -> None:
        built = built_files()
        if built is None:
            folder = tmp_path_factory.mktemp("not-built")
            for name in NAMES:
                (folder / name).touch()
            built = built_files(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("warehouse.site.write.built_files", lambda: built)
            write_site(warehouse, out, facts(), [manifest(marts=exported(warehouse))])

    return shared("site", write)


@pytest.fixture(scope="session")
def published_site_without_sql(warehouse: Path, shared: Callable[..., Path]) -> Path:
    """The site of published figures, where its address is known and what the page for SQL loads is not built."""

    def write(out: Path) -> None:
        said = manifest(marts=exported(warehouse), address=ADDRESS, figure_kind="published")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("warehouse.site.write.built_files", lambda: None)
            write_site(warehouse, out, site_facts(said), [said])

    return shared("published-site", write)


@pytest.fixture(scope="session")
def public_site(warehouse: Path, shared: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of a public copy without the staff survey, after two releases without exports and address."""

    def write(out: Path) -> None:
        copy = tmp_path_factory.mktemp("public") / "workforce.duckdb"
        write_public_copy(warehouse, copy, ["nhs-staff-survey"], "illustrative")
        kept = [
            manifest("2026-11-21.1", left_out_of_public_copy=WITHHELD),
            manifest(left_out_of_public_copy=WITHHELD, figures_changed=CHANGED),
        ]
        for each in kept:
            del each["marts"], each["address"]
        write_site(copy, out, site_facts(kept[-1]), kept)

    return shared("public-site", write)


# Not for the whole session: Playwright's event loop would stand in the way of tests that run one of their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The system's Chromium, which finds no host but this machine."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium here (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    alone = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu", alone])
        yield chromium
        chromium.close()
