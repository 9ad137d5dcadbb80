"""Whole numbers in place of keys of several columns: comparing, sorting and grouping by one number is far quicker."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import polars as pl

LARGEST = 2**63 - 1


LABELS = "labels"
"""The column of `rows` with the position of the row in `labels`."""


def with_keys(rows: pl.DataFrame, labels: pl.DataFrame | None = None, /, **keys: Sequence[str]) -> pl.DataFrame:
    """`rows` with one more column (Int64) per entry of `keys`: equal numbers where these columns have equal values.

    `labels` has some of the columns of `rows`, once for all rows with the same number in `LABELS`: text in hundreds of
    thousands of rows takes long to compare.
    The numbers order rows by date where the last column of a key is a date and the others are equal. NULL is a value
    like any other. Raises `ValueError` if the columns of a key have more combinations of values than there are numbers.
    """
    columns = dict.fromkeys(name for key in keys.values() for name in key)
    once = {} if labels is None else {name: _numbered(labels[name]) for name in columns if name in labels.columns}
    each = {name: _numbered(rows[name]) for name in columns if name not in once}

    def numbers(name: str, key: Sequence[str]) -> pl.Series:
        parts = [each[column] for column in key if column in each]
        if together := [once[column] for column in key if column in once]:
            number, several = _combined(name, together)
            parts.insert(0, (number.gather(rows[LABELS]), several))
        return _combined(name, parts)[0].alias(name)

    return rows.with_columns(numbers(name, key) for name, key in keys.items())


def _numbered(values: pl.Series) -> tuple[pl.Series, int]:
    """The values as whole numbers from 0, and how many there can be; NULL has the last number."""
    if values.dtype == pl.String:
        labels = pl.Enum(values.unique().drop_nulls())
        numbers, several = values.cast(labels).to_physical().cast(pl.Int64), len(labels.categories)
    else:
        numbers = values.to_physical().cast(pl.Int64)
        least, most = numbers.min(), numbers.max()
        if not isinstance(least, int) or not isinstance(most, int):
            numbers, several = numbers.fill_null(0), 0
        else:
            numbers, several = numbers - least, most - least + 1
    return (numbers.fill_null(several), several + 1) if numbers.null_count() else (numbers, several + 1)


def _combined(name: str, columns: Sequence[tuple[pl.Series, int]]) -> tuple[pl.Series, int]:
    """One number for several columns, and how many there can be."""
    combinations = prod(several for _, several in columns)
    if combinations > LARGEST:
        raise ValueError(f"the columns of the key {name!r} have too many combinations of values")
    (key, _), *others = columns
    for numbers, several in others:
        key = key * several + numbers
    return key, combinations
