"""Symbols that publishers print in place of a number, and their conversion to `value_status`."""

from __future__ import annotations

import polars as pl

from transforms.errors import UnreadableValue
from transforms.reading.refuse import refuse_rows

SYMBOLS: dict[str, str] = {
    "[c]": "c",
    "[x]": "x",
    "[z]": "z",
    "[low]": "low",
    "*": "c",
    ".": "z",
    "..": "x",
    ":": "x",
    "n/a": "x",
}
"""Symbol as printed (lower case) -> value_status. The reader of a series may add symbols but not redefine one."""

BLANK = "x"
"""The value_status of a blank cell where a figure belongs: the publisher printed no figure."""


NUMBER = r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"
"""What counts as a number in text: no thousands separators, no percent signs, no 'inf' or 'nan'."""


def as_number(text: pl.Expr) -> pl.Expr:
    """The number that a text represents, without rounding, or NULL if the text is not a number."""
    return pl.when(text.str.contains(NUMBER)).then(text).otherwise(None).cast(pl.Float64)


def value_and_status(cells: pl.DataFrame, *, sheet: str = "", symbols: dict[str, str] | None = None) -> pl.DataFrame:
    """`cells` (with printed, number, source_row, source_column) and the two columns value and value_status.

    A number, also one stored as text, has a value and no status; a symbol has a status and no value; a blank has the
    status 'x'. Raises `UnreadableValue`, naming the first such cell, for any other text.
    """
    if cells["number"].null_count() == 0 and cells["number"].is_finite().all():
        return cells.with_columns(pl.col("number").alias("value"), pl.lit(None, pl.String).alias("value_status"))
    known = SYMBOLS | (symbols or {})
    # Most cells are numbers, whose text needs no look.
    text = pl.when(pl.col("number").is_null()).then(pl.col("printed"))
    status = (
        pl.when(pl.col("printed").is_null())
        .then(pl.lit(BLANK))
        .otherwise(text.str.to_lowercase().replace_strict(known, default=None, return_dtype=pl.String))
    )
    read = cells.with_columns(value=pl.coalesce("number", as_number(text))).with_columns(
        value_status=pl.when(pl.col("value").is_null()).then(status)
    )
    refuse_rows(
        read.filter(pl.col("value").is_null() & pl.col("value_status").is_null() | ~pl.col("value").is_finite()),
        UnreadableValue,
        "a cell is neither a number nor a known symbol",
        sheet=sheet,
        expected="a number, a blank, or one of " + " ".join(known),
        found="{printed!r}",
        do="if the publisher explains a new symbol in the notes, add it to transforms/reading/symbols.py",
    )
    return read
