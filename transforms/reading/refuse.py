"""Validation of rows: one call per rule raises an error for rows that break it, with one format of message for all.

With `refuse_rows(rows.filter(pl.col("value") < 0), UnreadableValue, "a figure is below zero", file=grid,
expected="zero or more people", found="{value:g} of {area_name}", do=REPORT)` reading continues if no row is below zero;
otherwise it stops with `a.xlsx > 1. All > C7: a figure is below zero (in 3 places). Expected zero or more people. ...`
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from string import Formatter
from typing import Any

import polars as pl

from transforms.errors import LayoutChanged, WorkforceError
from transforms.reading.grid import Grid, cell_name

NEW_LAYOUT = "compare with the last edition; if the publisher changed the layout, change the reader to read the new one"
REPORT = (
    "look at these cells: rows, columns or labels may be missing, shifted or exchanged; if the publisher printed them"
    " so, report it to the publisher, and leave this edition out until it is corrected"
)
ASK_WHICH = "ask the publisher which is right; leave this edition out until then"
CUT_OFF = "fetch the file again: it may be cut off; if it is published so, report it and leave this edition out"
OTHER_CONTENTS = "compare name and contents: the file may be cut off, or another edition saved under this name"

Row = Mapping[str, Any]
Text = str | Callable[[Row], str]
"""A template with column names in braces ("{value:g} of {area_name}"), or a function that returns the text for a row.

Never put text of the file into a template, as it may contain braces: use a column or a function.
"""


def refuse_rows(
    rows: pl.DataFrame,
    error: type[WorkforceError],
    problem: Text,
    *,
    file: str | Grid = "",
    sheet: str = "",
    cell: Text = "",
    column: int | None = None,
    expected: Text = "",
    found: Text = "",
    do: str = REPORT,
    shown: int = 1,
) -> None:
    """Raise `error` for the first of `rows`, the rows that break a rule; do nothing if there are none.

    The location in the message is taken from the columns source_sheet, source_row and source_column, if present.

    * `file`: the sheet that holds the rows, or the file's name; `published_file.reading` adds a missing name.
    * `sheet`: sheet or member, if neither `file` nor the rows give it.
    * `column`: number of the column at fault, if the rows do not give it; 0 for the whole row.
    * `cell`: the location as text, instead of one made from row and column.
    * `problem`: what is wrong; the number of rows is added if there are several.
    * `expected`, `found`, `do`: what was expected, what the rows hold, and what the user can do.
    * `shown`: how many rows `cell` and `found` list; the other texts use the first row. A NULL is shown as "a blank".

    Raises `ValueError`, with or without rows, for a template that names a column that `rows` does not have.
    """
    _require_columns(rows, (problem, cell, expected, found))
    several = list(rows.head(shown).iter_rows(named=True))
    if several:
        number = f" (in {rows.height:,} places)" if rows.height > 1 else ""
        raise error(
            in_words(problem, several[0]) + number,
            **_place(several, file, sheet, cell, column),
            expected=in_words(expected, several[0]),
            found="; ".join(dict.fromkeys(in_words(found, row) for row in several)),
            do=do,
        )


def _place(several: Sequence[Row], file: str | Grid, sheet: str, cell: Text, column: int | None) -> dict[str, str]:
    of = several[0].get("source_sheet")
    name, own_sheet = (file, "") if isinstance(file, str) else (file.file, file.sheet)
    in_sheet = [row for row in several if row.get("source_sheet") == of]
    cells = (in_words(cell, row) if cell else cell_of(row, column) for row in in_sheet)
    return {"file": name, "sheet": sheet or own_sheet or of or "", "cell": ", ".join(cells)}


def error_at(
    grid: Grid,
    place: tuple[int, int],
    error: type[WorkforceError],
    problem: str,
    *,
    expected: str = "",
    found: str = "",
    do: str = NEW_LAYOUT,
) -> WorkforceError:
    """The error for one cell (row and column) of a sheet, for rules that are not about rows of a frame."""
    where = {"file": grid.file, "sheet": grid.sheet, "cell": cell_name(*place)}
    return error(problem, **where, expected=expected, found=found, do=do)


def refuse_layout(grid: Grid, rows: pl.DataFrame, problem: str, *, expected: Text) -> None:
    """`refuse_rows` for rows of a sheet with an unknown layout; the message shows the first cells of the first row.

    `rows` has source_row. Raises `LayoutChanged`.
    """
    refuse_rows(
        rows,
        LayoutChanged,
        problem,
        file=grid,
        cell=lambda row: cell_name(row["source_row"], min(grid.row(row["source_row"]))),
        expected=expected,
        found=lambda row: " | ".join(list(grid.row(row["source_row"]).values())[:8]),
        do=NEW_LAYOUT,
    )


def cell_of(row: Row, column: int | None = None) -> str:
    """The cell of a row as a spreadsheet shows it: 'C7'; 'row 7' if the column is 0 or unknown; '' without a row."""
    number, at = row.get("source_row"), row.get("source_column") if column is None else column
    if number is None:
        return ""
    return cell_name(number, at) if at else f"row {number}"


def in_words(text: Text, row: Row) -> str:
    """The text with the values of one row filled in."""
    return _WORDS.vformat(text, (), row) if isinstance(text, str) else text(row)


def as_first(rows: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """The rows that have the same values in `columns` as the first row."""
    return rows.join(rows.head(1).select(columns), on=columns, how="semi", nulls_equal=True, maintain_order="left")


def named(row: Row, columns: Iterable[str]) -> str:
    """The values of these columns, separated by commas and without NULLs, to identify a figure in a message."""
    return ", ".join(str(row[name]) for name in columns if row[name] is not None)


class _Words(Formatter):
    def convert_field(self, value: Any, conversion: Any) -> Any:
        return value if value is None else super().convert_field(value, conversion)

    def format_field(self, value: Any, format_spec: str) -> str:
        return "a blank" if value is None else str(super().format_field(value, format_spec))


_WORDS = _Words()


def _require_columns(rows: pl.DataFrame, texts: tuple[Text, ...]) -> None:
    templates = [text for text in texts if isinstance(text, str)]
    named = {name for text in templates for _, name, *_ in _WORDS.parse(text) if name is not None}
    if missing := sorted(named - set(rows.columns)):
        raise ValueError(f"texts name {', '.join(missing)}; the rows have {', '.join(rows.columns)}")
