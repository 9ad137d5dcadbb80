"""The figures known on a day: by macro and by view, in the main file and in files attached under other names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.series import TABLES
from transforms.tables import Table
from warehouse.building.build import Build, build
from warehouse.sql import key

pytestmark = pytest.mark.slow

ODD = """my "own" file's name, v1.2"""
EMPTY = "core.wres_indicator_as_of"
"""Shows a table of which only the sample has rows."""


def _definition(table: Table, day: date) -> str:
    """The newest edition of each figure among those available on the day, without withdrawn figures."""
    return f"""
        WITH newest AS (
            SELECT figures.* FROM wf.core.{table.name} AS figures
            INNER JOIN wf.meta.edition AS edition USING (series, edition_order)
            WHERE edition.available_from <= DATE '{day}'
            QUALIFY row_number() OVER (PARTITION BY {key(table, "figures")} ORDER BY edition_order DESC) = 1
        )
        SELECT * EXCLUDE (is_newest_value, withdrawn_order, withdrawn_from) FROM newest
        WHERE withdrawn_from IS NULL OR withdrawn_from > DATE '{day}'
    """


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


@pytest.fixture
def attached(sample: Any, built: Callable[[str], Path]) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with two warehouses attached read-only: the sample as wf, one figure under an odd name."""
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{sample.warehouse}' AS wf (READ_ONLY)")
        con.execute(f"ATTACH '{built('published')}' AS {_quoted(ODD)} (READ_ONLY)")
        yield con


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_it_shows_the_newest_of_the_editions_available_on_the_day(
    attached: duckdb.DuckDBPyConnection, table: Table
) -> None:
    # What is known changes on no other day: only editions of the series that fill the table have its rows.
    changes = {
        day
        for (day,) in attached.execute(f"""
            SELECT available_from FROM wf.meta.edition WHERE series IN (SELECT series FROM wf.core.{table.name})
            UNION SELECT withdrawn_from FROM wf.core.{table.name}
        """).fetchall()
        if day
    }
    for day in sorted(changes | {each - timedelta(days=1) for each in changes}) or [date(2099, 1, 1)]:
        known = f"known_from <= DATE '{day}' AND (known_until IS NULL OR known_until > DATE '{day}')"
        shown = {
            "by_macro": f"FROM wf.core.{table.name}_as_of(DATE '{day}', catalogue := 'wf')",
            "by_view": f"SELECT * EXCLUDE (known_from, known_until) FROM wf.core.{table.name}_history WHERE {known}",
        }
        for name, query in {"expected": _definition(table, day), **shown}.items():
            attached.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
        for name in shown:
            # As many rows, and none that is not expected: the same rows.
            counted = f"SELECT (SELECT count(*) FROM {name}), (SELECT count(*) FROM expected)"
            ((rows, expected),) = attached.execute(counted).fetchall()
            assert (day, rows) == (day, expected)
            assert attached.execute(f"FROM {name} EXCEPT ALL FROM expected").fetchall() == [], day


def test_an_edition_published_late_never_takes_the_place_of_a_newer_one(
    tmp_path: Path, made: Build, staged: Callable[..., Any], row: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.building.build.build_marts", lambda *_, **__: None)
    late = staged("2023-05", [row(100.0)], published_on="2023-10-01")
    early = staged("2023-06", [row(101.0)], published_on="2023-09-28")
    build(tmp_path / "workforce.duckdb", [late, early], made)
    with duckdb.connect(tmp_path / "workforce.duckdb", read_only=True) as con:
        shown = con.execute("SELECT value FROM core.workforce_as_of(DATE '2023-10-02')").fetchall()
        history = con.execute("SELECT value, known_from, known_until FROM core.workforce_history").fetchall()
    assert shown == [(101.0,)]
    assert history == [(101.0, date(2023, 9, 28), None)]


def test_in_the_main_file_no_name_is_needed(sample: Any) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        counted = con.execute("""
            SELECT count(*) > 0, count(*) = (SELECT count(*) FROM core.workforce_latest)
            FROM core.workforce_as_of(DATE '2099-01-01')
        """).fetchall()
    assert counted == [(True, True)]


def test_nor_after_use(attached: duckdb.DuckDBPyConnection) -> None:
    attached.execute(f"USE {_quoted(ODD)}")
    assert attached.execute("SELECT value FROM core.workforce_as_of(DATE '2099-01-01')").fetchall() == [(100.0,)]


def test_of_several_files_each_is_asked_by_its_name(attached: duckdb.DuckDBPyConnection) -> None:
    odd = ODD.replace("'", "''")
    shown = attached.execute(f"""
        SELECT DISTINCT file_sha256 FROM {_quoted(ODD)}.core.workforce_as_of(DATE '2099-01-01', catalogue := '{odd}')
        EXCEPT FROM (SELECT file_sha256 FROM wf.core.workforce_as_of(DATE '2099-01-01', catalogue := 'wf'))
    """).fetchall()
    assert shown == attached.execute(f"SELECT file_sha256 FROM {_quoted(ODD)}.meta.source_file").fetchall()


def test_an_attached_file_without_its_name_is_an_error_that_names_the_view(
    attached: duckdb.DuckDBPyConnection,
) -> None:
    with pytest.raises(duckdb.CatalogException, match=r"core\.workforce_history"):
        attached.execute("FROM wf.core.workforce_as_of(DATE '2099-01-01')")


@pytest.mark.parametrize("rest", ["", " WHERE series = 'no such series'"])
@pytest.mark.parametrize("main", ["wf", ODD])
def test_it_never_answers_from_another_warehouse(attached: duckdb.DuckDBPyConnection, main: str, rest: str) -> None:
    """Whether or not the other warehouse has rows in the table, and for any query."""
    attached.execute(f"USE {_quoted(main)}")
    other = _quoted(ODD if main == "wf" else "wf")
    for macro in ("core.workforce_as_of", EMPTY):
        with pytest.raises(duckdb.InvalidInputException, match="catalogue := 'wf'"):
            attached.execute(f"FROM {other}.{macro}(DATE '2099-01-01'){rest}").fetchall()


def test_the_macro_says_how_it_is_called(attached: duckdb.DuckDBPyConnection) -> None:
    silent = attached.execute("""
        SELECT function_name FROM duckdb_functions()
        WHERE database_name = 'wf' AND function_type = 'table_macro'
            AND coalesce(comment NOT LIKE '%catalogue := ''wf''%', TRUE)
    """).fetchall()
    assert silent == []
