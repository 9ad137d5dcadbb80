"""Grids: cells stay where they are, numbers are the stored ones, and nothing that is no number becomes one."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlsxwriter

from transforms.errors import LayoutChanged, NotWhatItClaims, UnreadableValue
from transforms.reading.body import figure_rows
from transforms.reading.grid import Grid, cell_name, read_grids


def workbook(path: Path, cells: dict[str, Any], sheet: str = "Data") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for name, value in cells.items():
        page[name] = value
        if isinstance(value, str) and value.startswith("#"):
            page[name].data_type = "e"
    book.save(path)
    return path


def grid(rows: list[list[str | None]]) -> Grid:
    width = max(len(row) for row in rows)
    text = pl.DataFrame(
        [[*row, *[None] * (width - len(row))] for row in rows],
        schema={f"c{column}": pl.String for column in range(1, width + 1)},
        orient="row",
    ).with_row_index("source_row", offset=1)
    text = text.with_columns(pl.col("source_row").cast(pl.Int32))
    return Grid("f.xlsx", "s", text, text.with_columns(pl.exclude("source_row").cast(pl.Float64, strict=False)))


@pytest.mark.parametrize(("row", "column", "name"), [(7, 3, "C7"), (1, 26, "Z1"), (9, 27, "AA9"), (11, 171, "FO11")])
def test_cells_are_named_as_a_spreadsheet_shows_them(row: int, column: int, name: str) -> None:
    assert cell_name(row, column) == name


def test_cells_keep_their_place_below_empty_rows_and_right_of_empty_columns(tmp_path: Path) -> None:
    read = read_grids(workbook(tmp_path / "x.xlsx", {"C4": "head", "E6": 2.5}))["Data"]
    assert read.row(4) == {3: "head"}
    assert read.melt(rows=(6, 6), columns=[5]).rows() == [(6, 5, "2.5", 2.5)]


def test_a_number_is_the_stored_one_and_not_its_text_of_nine_places(tmp_path: Path) -> None:
    read = read_grids(workbook(tmp_path / "x.xlsx", {"A1": 1 / 3, "A2": 1e-11}))["Data"]
    assert read.text["c1"].to_list() == ["0.333333333", "0"]
    assert read.numbers["c1"].to_list() == [1 / 3, 1e-11]


@pytest.mark.parametrize("decimals", [None, 5])
def test_saying_how_many_decimals_there_are_changes_no_number(tmp_path: Path, decimals: int | None) -> None:
    cells = {"A1": 1285542.80577, "A2": 0, "A3": "12", "A4": -3.5, "B1": True, "B2": "inf", "B3": "nan", "B4": "x"}
    read = read_grids(workbook(tmp_path / "x.xlsx", cells), decimals=decimals)["Data"]
    assert read.numbers["c1"].to_list() == [1285542.80577, 0, 12, -3.5]
    assert read.numbers["c2"].to_list() == [None] * 4


def test_a_number_with_more_decimals_than_said_is_taken_as_stored(tmp_path: Path) -> None:
    read = read_grids(workbook(tmp_path / "x.xlsx", {"A1": 2.5, "A2": 1 / 3}), decimals=5)["Data"]
    assert read.numbers["c1"].to_list() == [2.5, 1 / 3]


def test_truth_values_dates_and_errors_are_written_but_are_no_numbers(tmp_path: Path) -> None:
    cells = {"A1": True, "A2": dt.date(2023, 5, 31), "A3": "#N/A", "A4": "1,234", "A5": " 7 "}
    read = read_grids(workbook(tmp_path / "x.xlsx", cells))["Data"]
    assert read.text["c1"].to_list() == ["true", "2023-05-31 00:00:00", "#NA", "1,234", "7"]
    assert read.numbers["c1"].to_list() == [None] * 5


def test_a_workbook_of_one_empty_sheet_has_a_grid_without_rows(tmp_path: Path) -> None:
    for decimals in (None, 5):
        read = read_grids(workbook(tmp_path / "x.xlsx", {}), decimals=decimals)["Data"]
        assert (read.text.height, read.columns, list(read.rows())) == (0, [], [])


def test_blank_and_only_blanks_are_the_same(tmp_path: Path) -> None:
    read = read_grids(workbook(tmp_path / "x.xlsx", {"A1": "x", "A2": "  ", "A3": "y "}))["Data"]
    assert read.text["c1"].to_list() == ["x", None, "y"]


def test_sheets_are_found_by_their_trimmed_names(tmp_path: Path) -> None:
    path = workbook(tmp_path / "x.xlsx", {"A1": "x"}, sheet="1. England ")
    assert list(read_grids(path, sheets=["1. England"])) == ["1. England"]


def test_headings_are_found_by_their_words_wherever_they_stand() -> None:
    page = grid([["Table 2"], [None, "TOTAL", "Senior  managers"], [None, "1", "2"]])
    assert page.header(["Total", "senior managers"]) == 2


def test_a_heading_that_is_not_there_is_named_with_what_is() -> None:
    with pytest.raises(LayoutChanged) as raised:
        grid([["Total", "Senior leaders"]]).header(["Total", "Senior managers"])
    assert "Expected Total | Senior managers" in str(raised.value)
    assert "Total | Senior leaders" in str(raised.value)


@pytest.mark.parametrize("content", [b"<!DOCTYPE html><html>", b"PK\x03\x04 cut off", b""])
def test_bytes_that_are_no_workbook_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.xlsx").write_bytes(content)
    with pytest.raises(NotWhatItClaims) as raised:
        read_grids(tmp_path / "x.xlsx", file="NHS.xlsx")
    assert str(raised.value).startswith("NHS.xlsx: the workbook cannot be read")


def test_rows_with_figures_end_where_the_notes_begin() -> None:
    page = grid([["Org", "Total"], ["RJ1", "1"], [None, None], ["RJ2", "0"], ["Notes:"], ["More", None]])
    assert figure_rows(page, after=1, labels=[1], figures=[2]).select("source_row", "c1").rows() == [
        (2, "RJ1"),
        (4, "RJ2"),
    ]


def test_a_lone_heading_opens_a_block() -> None:
    page = grid([["HEADCOUNT"], [None, "All", "1"], ["FTE"], [None, "All", "0.5"], ["Source"]])
    rows = figure_rows(page, after=0, labels=[1, 2], figures=[3], blocks=["headcount", "fte"])
    assert rows.select("source_row", "block").rows() == [(2, "headcount"), (4, "fte")]


@pytest.mark.parametrize(
    ("rows", "cell", "says"),
    [
        ([["RJ1", "1"], ["RJ2", "2", "stray"]], "C2", "a column that this reader does not know"),
        ([["RJ1", "1"], [None, "2"]], "B2", "a row is none of: figures with a label"),
        ([["RJ1", "1"], ["A note"], ["RJ2", "2"]], "A3", "there are figures below the row where the notes begin"),
    ],
)
def test_what_nobody_can_place_stops_the_sheet(rows: list[list[str | None]], cell: str, says: str) -> None:
    with pytest.raises(LayoutChanged) as raised:
        figure_rows(grid(rows), after=0, labels=[1], figures=[2])
    assert says in str(raised.value)
    assert raised.value.cell == cell


def resaved(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_formula_without_its_result_is_refused_where_it_is_read(tmp_path: Path) -> None:
    path = resaved(tmp_path / "x.xlsx", {"A & B": [["n"], ["=1+1"]], "Notes": [["n"], [2]]})
    with pytest.raises(UnreadableValue, match=r"x\.xlsx > A & B > A2: a cell has a formula .* Found 1\+1"):
        read_grids(path)
    assert list(read_grids(path, sheets=["Notes"])) == ["Notes"]


def test_a_sheet_without_any_cell_is_an_empty_grid(tmp_path: Path) -> None:
    grid = read_grids(resaved(tmp_path / "x.xlsx", {"Full": [[1]], "Empty": []}))["Empty"]
    assert (grid.columns, list(grid.rows()), grid.melt(rows=(1, 9), columns=grid.columns).height) == ([], [], 0)


def test_sheet_names_are_compared_without_kinds_of_dash_and_blank(tmp_path: Path) -> None:
    assert list(read_grids(resaved(tmp_path / "x.xlsx", {"1. Total – FTE ": [[1]]}))) == ["1. Total - FTE"]
    with pytest.raises(LayoutChanged, match="two sheet names differ only in spaces"):
        read_grids(resaved(tmp_path / "y.xlsx", {"1 – 2": [[1]], "1 - 2": [[1]]}))


def test_a_sheet_without_a_cell_has_no_headings_to_show(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        workbook.add_worksheet("Empty")
    with pytest.raises(LayoutChanged, match="no row holds all the headings"):
        read_grids(tmp_path / "a.xlsx")["Empty"].header(["Area"])


def test_a_workbook_whose_list_of_parts_has_no_targets_is_refused(tmp_path: Path) -> None:
    with xlsxwriter.Workbook(tmp_path / "a.xlsx") as workbook:
        workbook.add_worksheet("One").write(0, 0, 1)
    links = "xl/_rels/workbook.xml.rels"
    with zipfile.ZipFile(tmp_path / "a.xlsx") as old, zipfile.ZipFile(tmp_path / "b.xlsx", "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"Target=", b"target=") if name == links else old.read(name))
    with pytest.raises(NotWhatItClaims, match="cannot be read"):
        read_grids(tmp_path / "b.xlsx")
