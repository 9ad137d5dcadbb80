"""Answers of the published warehouse part by part, as Arrow batches or frames: for answers of any size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


def frames(parts: Iterable[RecordBatch]) -> Iterator[pl.DataFrame]:
    """Each part of an answer as a frame with the answer's columns.

    Raises `NotShowable` where a column is of a type that no frame can hold (an interval).
    """
    for part in parts:
        try:
            yield _frame(part)
        except pl.exceptions.ComputeError as error:
            raise not_showable() from error


def _frame(batch: RecordBatch) -> pl.DataFrame:
    frame = pl.from_arrow(batch)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a record batch has columns
    return frame
