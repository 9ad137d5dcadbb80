"""Whole numbers in place of keys of several columns: comparing, sorting and grouping by one number is far quicker."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import polars as pl

LARGEST = 2**63 - 1


def with_keys(rows: pl.DataFrame, **keys: Sequence[str]) -> pl.DataFrame:
    """`rows` with one more column (Int64) per entry of `keys`: equal numbers where these columns have equal values.

    The numbers order rows by date where the last column of a key is a date and the others are equal. NULL is a value
    like any other. Raises `ValueError` if the columns of a key have more combinations of values than there are numbers.
    """
    numbered = {name: _numbered(rows[name]) for name in dict.fromkeys(name for key in keys.values() for name in key)}
    return rows.with_columns(_combined(name, [numbered[column] for column in key]) for name, key in keys.items())


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


def _combined(name: str, columns: Sequence[tuple[pl.Series, int]]) -> pl.Series:
    if prod(several for _, several in columns) > LARGEST:
        raise ValueError(f"the columns of the key {name!r} have too many combinations of values")
    (key, _), *others = columns
    for numbers, several in others:
        key = key * several + numbers
    return key.alias(name)
