"""Checks of the rows of every published file, whichever reader returned them."""

from __future__ import annotations

import polars as pl

from transforms.errors import RepeatedFigure, UnreadableValue
from transforms.reading.refuse import ASK_WHICH, named, refuse_rows
from transforms.tables.declare import Table


def refuse_blanks(table: Table, rows: pl.DataFrame, *, file: str) -> None:
    """Check that the table's required columns hold no NULL. Raises `UnreadableValue`."""
    for column in (column.name for column in table.columns if column.required):
        refuse_rows(
            rows.filter(pl.col(column).is_null()) if rows[column].null_count() else rows.clear(),
            UnreadableValue,
            f"a row has no {column.replace('_', ' ')}",
            file=file,
            column=0,
            expected=f"{column.replace('_', ' ')} in every row",
            found="nothing: the cell is blank",
            do="look at the row; if the publisher leaves it blank on purpose, change the reader",
        )


def refuse_repeats(table: Table, rows: pl.DataFrame, *, file: str) -> None:
    """Check that each sheet prints a figure once. Raises `RepeatedFigure`, also for two rows with equal values."""
    key = pl.struct(*table.key, "source_sheet")
    # Hashes are compared first: comparing the full keys of millions of rows takes several times their memory. Those of
    # rows take a fourth of the time of those of a struct.
    hashes = rows.select(*table.key, "source_sheet").hash_rows()
    alike = rows.filter(hashes.is_duplicated()) if hashes.n_unique() < rows.height else rows.clear()
    refuse_rows(
        alike.filter(key.is_duplicated()).sort(*table.key, "source_sheet", "source_row"),
        RepeatedFigure,
        "a figure is printed more than once",
        file=file,
        column=0,
        expected=lambda row: f"one row for {named(row, table.key)}",
        found=" ".join(f"{{{column}}}" for column in table.values),
        do=ASK_WHICH,
        shown=2,
    )
