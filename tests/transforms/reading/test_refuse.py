"""The one call that stops a file at a row: its message, its place, and texts that name no column."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from transforms.errors import LayoutChanged, RepeatedFigure
from transforms.reading.grid import Grid
from transforms.reading.refuse import cell_of, refuse_rows

ROWS = pl.DataFrame(
    {
        "source_sheet": ["1. All", "1. All", "2. Some"],
        "source_row": [7, 9, 12],
        "source_column": [3, 3, 28],
        "area_name": ["Leeds {LS}", None, "York"],
        "value": [1204.5, None, 3.0],
        "month": [date(2023, 5, 31), date(2023, 6, 30), None],
    }
)


def refused(rows: pl.DataFrame, **texts: object) -> LayoutChanged:
    arguments: dict[str, object] = {"file": "a.xlsx", "do": "ask", **texts}
    with pytest.raises(LayoutChanged) as stopped:
        refuse_rows(rows, LayoutChanged, "a figure is wrong", **arguments)  # type: ignore[arg-type]
    return stopped.value


def test_no_rows_are_not_refused() -> None:
    refuse_rows(ROWS.clear(), LayoutChanged, "a figure is wrong", file="a.xlsx", found="{value:g}", do="ask")


def test_one_row_is_refused_with_its_cell_and_without_a_number_of_rows() -> None:
    error = refused(
        ROWS.head(1), expected="under 1,000 in {month:%B %Y}", found="{value:,.1f} of {area_name!r}", do="ask"
    )
    assert str(error) == (
        "a.xlsx > 1. All > C7: a figure is wrong. Expected under 1,000 in May 2023."
        " Found 1,204.5 of 'Leeds {LS}'. What to do: ask."
    )


def test_of_many_rows_the_first_is_shown_and_the_number_told_once() -> None:
    error = refused(ROWS, found="{value}")
    assert error.problem == "a figure is wrong (in 3 places)"
    assert (error.sheet, error.cell, error.found) == ("1. All", "C7", "1204.5")


def test_several_rows_are_shown_where_asked_with_the_cells_of_the_first_sheet() -> None:
    error = refused(ROWS, found="{value:g}", shown=3)
    assert (error.cell, error.found) == ("C7, C9", "1204.5; a blank; 3")


@pytest.mark.parametrize("found", ["{value}", "{value:g}", "{value!r}", "{area_name:>9}"])
def test_null_is_shown_as_a_blank_whatever_the_format(found: str) -> None:
    assert refused(ROWS[1:2], found=found).found == "a blank"


def test_a_text_may_be_made_from_the_first_row() -> None:
    assert refused(ROWS, expected=lambda row: f"{row['source_row'] + 1}").expected == "8"


@pytest.mark.parametrize("rows", [ROWS, ROWS.clear()])
@pytest.mark.parametrize("text", ["cell", "expected", "found"])
def test_a_text_with_a_column_that_is_not_there_shows_on_good_files_too(rows: pl.DataFrame, text: str) -> None:
    with pytest.raises(ValueError, match=r"name valeu; the rows have source_sheet, .*value"):
        refuse_rows(rows, RepeatedFigure, "twice", file="a.csv", do="ask", **{text: "{valeu}"})  # type: ignore[arg-type]


def test_the_sheet_of_a_grid_is_the_place() -> None:
    grid = Grid("b.xlsx", "Sheet 4", pl.DataFrame(), pl.DataFrame())
    error = refused(ROWS.drop("source_sheet", "source_column"), file=grid)
    assert (error.file, error.sheet, error.cell) == ("b.xlsx", "Sheet 4", "row 7")


def test_a_place_that_is_given_holds_before_that_of_the_row() -> None:
    error = refused(ROWS, sheet="member.csv", cell="row {source_row}, month")
    assert (error.sheet, error.cell) == ("member.csv", "row 7, month")
    assert refused(ROWS, column=27).cell == "AA7"
    assert refused(ROWS, column=0).cell == "row 7"


def test_rows_without_a_place_are_refused_without_one() -> None:
    error = refused(ROWS.select("value"))
    assert (error.sheet, error.cell) == ("", "")


def test_a_cell_is_named_as_a_spreadsheet_shows_it() -> None:
    assert cell_of({"source_row": 7, "source_column": 28}) == "AB7"
    assert cell_of({"source_row": 7, "source_column": 0}) == "row 7"
    assert cell_of({"source_row": None, "source_column": 3}) == ""
