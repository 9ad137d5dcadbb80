"""Answers of the published warehouse as frames, a part at a time: for answers of any size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
from pyarrow.lib import RecordBatch

from warehouse.asking.query import execute, not_showable, reading

ROWS_AT_ONCE = 50_000


def batches(warehouse: Path, sql: str) -> Iterator[RecordBatch]:
    """The answer to one SQL statement in parts of up to `ROWS_AT_ONCE` rows; an empty one where it has no rows.

    Raises what `warehouse.asking.query.first_rows` raises.
    """
    with reading(warehouse) as con:
        execute(con, sql)
        reader = con.to_arrow_reader(ROWS_AT_ONCE)
        first = True
        for batch in reader:
            yield batch
            first = False
        if first:
            yield RecordBatch.from_pylist([], schema=reader.schema)


def frames(warehouse: Path, sql: str) -> Iterator[pl.DataFrame]:
    """The same parts as frames. Raises `NotShowable` where a column is of a kind no frame can hold (an interval)."""
    for batch in batches(warehouse, sql):
        try:
            yield _frame(batch)
        except pl.exceptions.ComputeError as error:
            raise not_showable() from error


def ask(warehouse: Path, sql: str) -> pl.DataFrame:
    """The whole answer as one frame."""
    return pl.concat(frames(warehouse, sql))


def _frame(batch: RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a record batch has columns
    return frame
