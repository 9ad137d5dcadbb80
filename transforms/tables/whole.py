"""What holds of the rows of every published file, whichever reader gave them."""

from __future__ import annotations

import polars as pl

from transforms.errors import RepeatedFigure, UnreadableValue
from transforms.tables.declare import Table


def refuse_blanks(table: Table, rows: pl.DataFrame, *, file: str) -> None:
    """Nothing where every column that a row must have is filled. Raises `UnreadableValue`."""
    for column in (column.name for column in table.columns if column.required):
        if rows[column].null_count():
            first = rows.filter(pl.col(column).is_null()).row(0, named=True)
            raise UnreadableValue(
                f"{rows[column].null_count()} rows have no {column.replace('_', ' ')}",
                file=file,
                sheet=first["source_sheet"] or "",
                cell=f"row {first['source_row']}",
                expected=f"{column.replace('_', ' ')} in every row",
                found="nothing: the cell is blank",
                do="look at the row; if the publisher leaves it blank on purpose, teach the reader",
            )


def refuse_repeats(table: Table, rows: pl.DataFrame, *, file: str) -> None:
    """Nothing where each sheet prints a figure once. Raises `RepeatedFigure`, also for two rows that agree."""
    key = pl.struct(*table.key, "source_sheet")
    # Hashes first: comparing whole keys of millions of rows takes several times their memory.
    alike = rows.filter(key.hash().is_duplicated())
    again = alike.filter(key.is_duplicated())
    if again.is_empty():
        return
    first = again.sort(*table.key, "source_sheet", "source_row").head(2)
    named = [str(first[name][0]) for name in table.key if first[name][0] is not None]
    values = [" ".join(str(value) for value in row) for row in first.select(table.values).rows()]
    raise RepeatedFigure(
        f"{again.height} rows are printed more than once",
        file=file,
        sheet=first["source_sheet"][0] or "",
        cell=", ".join(f"row {row}" for row in first["source_row"]),
        expected="one row for " + ", ".join(named),
        found=" and ".join(values),
        do="ask the publisher which row is right; leave this edition out until then",
    )
