"""Exports of the previous release are copied only where they were made from the same rows, facts and code."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.warehouse.exports.conftest import COLUMNS, ROWS, facts
from warehouse.archive import sha256_of
from warehouse.exports.facts import MartFacts
from warehouse.exports.write import FORMS, EarlierExports, export_mart

ENDINGS = [form for form in FORMS if form != "parquet"]


@dataclass
class Exports:
    """Exports of the mart of odd values, one release after another; `written` are the workbooks that were written."""

    con: duckdb.DuckDBPyConnection
    root: Path
    written: list[Path] = field(default_factory=list)

    def release(
        self, name: str, *, mart: MartFacts | None = None, code: str = "1", earlier: EarlierExports | None = None
    ) -> EarlierExports:
        folder = self.root / name / "marts"
        folder.mkdir(parents=True)
        said: dict[str, Any] = export_mart(self.con, mart or facts(), folder, code=code, earlier=earlier)
        sums = {f"marts/{path.name}": sha256_of(path) for path in folder.iterdir()}
        return EarlierExports(self.root / name, {"odd_values": said}, sums)


@pytest.fixture
def exports(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Exports]:
    from warehouse.exports.workbook import write_workbook

    with duckdb.connect() as con:
        con.execute("SET threads = 1; CREATE SCHEMA marts")
        columns = ", ".join(f"{name} {type_}" for name, type_ in COLUMNS.items())
        con.execute(f"CREATE TABLE marts.odd_values ({columns}); INSERT INTO marts.odd_values VALUES {ROWS}")
        made = Exports(con, tmp_path)

        def written(parquet: Path, workbook: Path, mart: MartFacts) -> str:
            made.written.append(workbook)
            return write_workbook(parquet, workbook, mart)

        monkeypatch.setattr("warehouse.exports.write.write_workbook", written)
        yield made


def test_files_of_an_unchanged_mart_are_copied_and_equal_to_the_byte(exports: Exports) -> None:
    first = exports.release("first")
    second = exports.release("second", earlier=first)
    assert len(exports.written) == 1
    assert second.sums == first.sums
    assert second.marts == first.marts


@pytest.mark.parametrize("change", ["a row", "the meaning of a column", "the code"])
def test_files_of_a_changed_mart_are_written_anew(change: str, exports: Exports) -> None:
    first = exports.release("first")
    mart, code = facts(), "1"
    if change == "a row":
        exports.con.execute("UPDATE marts.odd_values SET headcount = 13 WHERE org_code = '5E1'")
    elif change == "the code":
        code = "2"
    else:
        mart = replace(mart, columns=(replace(mart.columns[0], about="Another meaning."), *mart.columns[1:]))
    second = exports.release("second", mart=mart, code=code, earlier=first)
    alone = exports.release("alone", mart=mart, code=code)
    assert len(exports.written) == 3
    assert second.sums == alone.sums


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_that_is_not_what_was_published_is_not_copied(ending: str, exports: Exports) -> None:
    first = exports.release("first")
    damaged = first.folder / "marts" / f"odd_values.{ending}"
    damaged.write_bytes(damaged.read_bytes() + b" ")
    assert exports.release("second", earlier=first).sums == first.sums
    damaged.unlink()
    assert exports.release("third", earlier=first).sums == first.sums
    assert len(exports.written) == 3


def test_a_mart_that_is_known_to_have_the_same_rows_is_not_written(exports: Exports) -> None:
    first = replace(exports.release("first"), unchanged=frozenset({"odd_values"}))
    # Rows that the exports do not show: nothing was read.
    exports.con.execute("DELETE FROM marts.odd_values")
    second = exports.release("second", earlier=first)
    assert (second.sums, second.marts) == (first.sums, first.marts)
    exports.con.execute(f"INSERT INTO marts.odd_values VALUES {ROWS}")
    for damaged in (replace(first, sums={}), replace(first, marts={"odd_values": {}})):
        assert exports.release(f"anew {len(exports.written)}", earlier=damaged).sums == first.sums
    other = replace(facts(), caveats="Others.")
    assert exports.release("said", mart=other, earlier=first).sums != first.sums
    assert len(exports.written) == 4
