"""The site of the bundled sample, in which one trust has a name that is HTML."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.sample_warehouse import Sample
from tests.warehouse.site.release_facts import HTML_NAME, RENAMED, facts, manifest
from warehouse.site.write import write_site


@pytest.fixture(scope="session")
def warehouse(sample_warehouse: Sample, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's warehouse, with one trust renamed in every mart that names it and in a publisher's note."""
    path = tmp_path_factory.mktemp("named") / "workforce.duckdb"
    shutil.copyfile(sample_warehouse.warehouse, path)
    with duckdb.connect(path) as con:
        for (table,) in con.execute("""
            SELECT table_name FROM duckdb_columns() INNER JOIN duckdb_tables() USING (schema_name, table_name)
            WHERE schema_name = 'marts' AND column_name IN ('org_code', 'org_name')
            GROUP BY table_name HAVING count(DISTINCT column_name) = 2
        """).fetchall():
            con.execute(f"UPDATE marts.{table} SET org_name = ? WHERE org_code = ?", [HTML_NAME, RENAMED])
        con.execute("UPDATE core.data_quality_note SET details = ? WHERE org_code = ?", [HTML_NAME, RENAMED])
    return path


@pytest.fixture(scope="session")
def site(warehouse: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site")
    write_site(warehouse, out, facts(), [manifest()])
    return out
