"""A data folder of any name: with an apostrophe, a question mark, brackets, an asterisk, a space."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.sample_warehouse import Sample
from warehouse.asking.diff import diff
from warehouse.building.build import Build, build
from warehouse.exports.write import export_marts
from warehouse.paths import catalogue_loaded, open_to_write, path_literal, pattern_literal
from warehouse.public_copy import write_public_copy
from warehouse.staging import Staging

pytestmark = pytest.mark.slow

ODD = "it's #1? [a] 100% *x"
LOOKALIKE = "it's #1! a 100% yx"
"""What `ODD` matches where it is taken as a pattern."""


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """A folder with an odd name, beside one that its name would match as a pattern."""
    for name in (ODD, LOOKALIKE):
        (tmp_path / name).mkdir()
        with duckdb.connect() as con:
            con.execute(f"COPY (SELECT {name == ODD} AS is_odd) TO {path_literal(tmp_path / name / 'one.parquet')}")
    return tmp_path / ODD


def test_a_path_is_read_as_it_is_and_a_pattern_only_below_it(odd: Path) -> None:
    with duckdb.connect() as con:
        for literal in (pattern_literal(odd / "one.parquet"), pattern_literal(odd, "*.parquet")):
            assert con.execute(f"FROM read_parquet({literal})").fetchall() == [(True,)]


def test_a_file_is_written_and_written_again(odd: Path) -> None:
    path = odd / "workforce.duckdb"
    for number in (1, 2):
        with open_to_write(path) as con:
            con.execute(f"CREATE TABLE t{number} AS SELECT {number} AS n; CHECKPOINT; CREATE TABLE u{number} (n INT)")
    with duckdb.connect(path, read_only=True) as con:
        assert con.execute("SELECT t1.n, t2.n FROM t1, t2, duckdb_tables() WHERE table_name = 'u2'").fetchall() == [
            (1, 2)
        ]
    assert sorted(each.name for each in odd.iterdir()) == ["one.parquet", "workforce.duckdb"]


def test_a_warehouse_is_built_copied_exported_and_compared(odd: Path, sample_warehouse: Sample) -> None:
    staging = Staging(odd / "staged", sample_warehouse.archive)
    records = [record for record in staging.archive.records() if record.series == "ods"]
    staged = [staging.stage(record) for record in records]
    assert all(file.has_rows and file.unread.columns for file in staged)
    made = Build("odd", "2026-01-01T00:00:00+00:00", "illustrative", "f", "0")
    build(odd / "a.duckdb", staged, made)
    shutil.copyfile(odd / "a.duckdb", odd / "b.duckdb")
    build(odd / "c.duckdb", staged, made, before=odd / "b.duckdb")
    write_public_copy(odd / "a.duckdb", odd / "public.duckdb", ["nhs-staff-survey"], "illustrative")
    export_marts(odd / "a.duckdb", odd / "marts")
    assert (odd / "marts" / "vacancies.parquet").exists()
    compared = diff(odd / "a.duckdb", odd / "c.duckdb", only=("core.organisation",))
    assert compared.tables["rows_after"].to_list() > [0]
    assert compared.changes.is_empty()


def test_a_warehouse_held_open_is_read_by_others_and_replaced_afterwards(tmp_path: Path) -> None:
    path, other = tmp_path / "workforce.duckdb", tmp_path / "other.duckdb"
    with catalogue_loaded(path):
        assert not path.exists()
    for number, each in enumerate((path, other)):
        with duckdb.connect(each) as con:
            con.execute(f"CREATE TABLE held AS SELECT {number} AS number")

    def number() -> int:
        with duckdb.connect(path, read_only=True) as con:
            return int(con.execute("SELECT number FROM held").fetchall()[0][0])

    with catalogue_loaded(path):
        assert number() == 0
    other.replace(path)
    assert number() == 1
