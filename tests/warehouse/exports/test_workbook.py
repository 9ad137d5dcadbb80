"""The workbook: types of its cells, and the layout of the Analysis Function's own library."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import polars as pl
import pytest

from tests.warehouse.exports.conftest import Exported, facts
from tests.warehouse.exports.test_csv_file import converted
from warehouse.exports.facts import ExportColumn
from warehouse.exports.workbook import ILLUSTRATIVE, MOST_ROWS, _columns, why_no_workbook, write_workbook
from warehouse.exports.write import export_mart

SHEETS = ["Cover", "Contents", "Notes", "Columns", "Data"]


DAYS = [
    None if day is None else datetime.fromisoformat(day) for day in ("2023-05-31", "2024-02-29", None, "2018-11-01")
]


def opened(path: Path) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return openpyxl.load_workbook(path)


def data(book: Any) -> list[tuple[Any, ...]]:
    """The rows of the data with their headings."""
    sheet = book["Data"]
    (table,) = sheet.tables.values()
    return [tuple(cell.value for cell in row) for row in sheet[table.ref]]


def check_values(rows: list[tuple[Any, ...]]) -> None:
    head, *found = rows
    columns = {name: [row[place] for row in found] for place, name in enumerate(head)}
    assert columns["org_code"] == ["5E1", "RJ1", "0010", "RRV"]
    assert columns["edition"] == ["2023-05", "2023-06", "1E5", "2023-07"]
    assert columns["org_name"] == ["Guy’s and St Thomas’", 'A, "B" & <C>', "two\nlines", "_x0041_"]
    assert columns["said"] == ["=1+1", "-33 % against the month before", "+50 %", "@SUM(A1)"]
    assert columns["period_end"] == DAYS
    assert columns["change_fte"] == [-5.25, 0.1, None, 1234567.125]
    assert columns["headcount"] == [12, 0, None, 3_000_000_000]
    assert columns["is_open"] == [True, False, None, True]
    assert columns["months_of_year"] == ["1, 2", None, "3", None]


def test_cells_have_the_types_of_the_mart_and_none_is_a_formula(odd: Exported) -> None:
    book = opened(odd.file("xlsx"))
    assert book.sheetnames == SHEETS
    check_values([tuple(_unescaped(value) for value in row) for row in data(book)])
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    # openpyxl takes every text that begins with = for a formula: that it is an inline text is in the file itself.
    assert {cell.data_type for cell in cells if cell.value != "=1+1"} <= {"s", "n", "d", "b"}
    assert b"<f>" not in _member(odd.file("xlsx"), "xl/worksheets/sheet5.xml")


def _unescaped(value: Any) -> Any:
    return value.replace("_x005F_", "_") if isinstance(value, str) else value


def _member(path: Path, name: str) -> bytes:
    from zipfile import ZipFile

    with ZipFile(path) as book:
        return book.read(name)


@pytest.mark.slow
def test_libreoffice_opens_it_with_the_same_values(odd: Exported, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(converted(odd.file("xlsx"), tmp_path))
    assert book.sheetnames == SHEETS
    rows = list(book["Data"].iter_rows(min_row=4, max_row=8, max_col=len(odd.mart.columns), values_only=True))
    # LibreOffice writes true and false as formulas, which it shows as such.
    check_values([tuple({"=TRUE()": True, "=FALSE()": False}.get(cell, cell) for cell in row) for row in rows])


def test_licence_attribution_caveats_and_the_banner_are_in_it(odd: Exported, tmp_path: Path) -> None:
    book = opened(odd.file("xlsx"))
    cover, notes = (
        "\n".join(str(cell.value) for row in book[name].iter_rows() for cell in row if cell.value)
        for name in ("Cover", "Notes")
    )
    assert "Under the Open Government Licence v3.0: Nobody." in cover
    assert "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/" in cover
    assert "Somebody, by leave." in cover
    assert "https://example.invalid/list" in cover
    assert "Nothing of it is true." in notes
    assert "c: suppressed" in notes
    assert all(
        ILLUSTRATIVE in str([cell.value for row in book[name].iter_rows() for cell in row])
        for name in ("Cover", "Data")
    )
    write_workbook(odd.file("parquet"), tmp_path / "book.xlsx", facts("published"))
    texts = [cell.value for sheet in opened(tmp_path / "book.xlsx") for row in sheet.iter_rows() for cell in row]
    assert ILLUSTRATIVE not in texts


def test_the_same_rows_make_the_same_bytes(odd: Exported, tmp_path: Path) -> None:
    write_workbook(odd.file("parquet"), tmp_path / "again.xlsx", odd.mart)
    assert (tmp_path / "again.xlsx").read_bytes() == odd.file("xlsx").read_bytes()


def test_rows_of_several_slices_are_numbered_through(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: Exported
) -> None:
    monkeypatch.setattr("warehouse.exports.workbook.ROWS_AT_ONCE", 3)
    write_workbook(odd.file("parquet"), tmp_path / "sliced.xlsx", odd.mart)
    assert data(opened(tmp_path / "sliced.xlsx")) == data(opened(odd.file("xlsx")))


def test_a_mart_without_rows_has_a_workbook_that_says_so(tmp_path: Path, odd: Exported) -> None:
    empty = tmp_path / "empty.parquet"
    pl.read_parquet(odd.file("parquet")).clear().write_parquet(empty)
    assert write_workbook(empty, tmp_path / "empty.xlsx", odd.mart) == ""
    book = opened(tmp_path / "empty.xlsx")
    assert "It has no rows in this release." in book["Data"]["A3"].value
    assert len(data(book)) == 2
    assert set(data(book)[1]) == {None}


def test_a_mart_that_is_too_large_has_none_and_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert why_no_workbook(MOST_ROWS, 32_767) == ""
    assert "100,001 rows are more than the 100,000" in why_no_workbook(MOST_ROWS + 1, 1)
    assert "32,768 characters" in why_no_workbook(1, 32_768)
    monkeypatch.setattr("warehouse.exports.workbook.MOST_ROWS", 3)
    with duckdb.connect() as con:
        con.execute("CREATE SCHEMA marts; CREATE TABLE marts.odd_values AS FROM range(4) AS made (org_code)")
        said = export_mart(con, replace(facts(), columns=(ExportColumn("org_code", "BIGINT", "Number."),)), tmp_path)
    assert said["no_workbook"].startswith("4 rows are more than the 3")
    assert "xlsx" not in said["files"]
    assert not (tmp_path / "odd_values.xlsx").exists()


LOOKS = ("bold", "sz", "name")


def looks(sheet: Any) -> dict[str, tuple[Any, ...]]:
    """Value and look of each cell with a value."""
    return {
        cell.coordinate: (cell.value, *(getattr(cell.font, look) for look in LOOKS), bool(cell.alignment.wrap_text))
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def test_the_layout_is_that_of_gptables(odd: Exported, tmp_path: Path) -> None:
    """The same texts given to the Analysis Function's library make the same sheets, tables and looks."""
    import gptables
    import pandas as pd

    ours = opened(odd.file("xlsx"))
    columns = _columns(odd.mart)
    frames = {
        "Columns": pd.DataFrame(columns.rows, columns=columns.headings),
        "Data": pl.read_parquet(odd.file("parquet"))
        .select("org_code", "edition", "org_name", "change_fte")
        .to_pandas(),
    }
    sheets = {}
    for name, table in (("Columns", "columns_table"), ("Data", odd.mart.name)):
        above = [ours[name].cell(row, 1).value for row in range(1, int(ours[name].tables[table].ref[1]))]
        title, instructions, *legend = above
        frame = frames[name]
        sheets[name] = gptables.GPTable(frame, table, title, instructions=instructions, legend=legend, index_columns={})
    path = tmp_path / "theirs.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gptables.write_workbook(
            str(path),
            sheets,
            cover=gptables.Cover("odd_values", intro=["x"], about=["y"]),
            notes_table=pd.DataFrame({"reference": ["a"], "Note text": ["z"]}),
        )
    theirs = openpyxl.load_workbook(path)
    assert theirs.sheetnames == SHEETS
    for name in SHEETS:
        assert ours[name].sheet_view.showGridLines is theirs[name].sheet_view.showGridLines is False
        assert len(ours[name].tables) == len(theirs[name].tables)
        assert looks(ours[name])["A1"][1:] == looks(theirs[name])["A1"][1:], name
    assert looks(ours["Columns"]) == looks(theirs["Columns"])
    contents = looks(theirs["Contents"])
    assert looks(ours["Contents"])["A3"] == contents["A3"]
    assert looks(ours["Contents"])["A2"] == contents["A2"]
    assert looks(ours["Notes"])["A3"] == looks(theirs["Notes"])["A3"]
    top, row = looks(ours["Data"]), looks(theirs["Data"])
    for place in ("A1", "A2", "A3", "A4", "B4", "A5", "C5"):
        assert top[place] == row[place], place
    alignment = {book: book["Data"].cell(5, column).alignment.horizontal for book, column in ((ours, 6), (theirs, 4))}
    assert set(alignment.values()) == {"right"}
