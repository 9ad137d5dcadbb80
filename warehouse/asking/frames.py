"""Query results in parts, as Arrow batches or Polars frames, so that they need not fit into memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import polars as pl
from pyarrow.lib import RecordBatch

from warehouse.asking.query import STANDARD_LIMITS, QueryLimits, answering, execute, not_showable, set_variables

ROWS_AT_ONCE = 50_000


def batches(
    warehouse: Path, sql: str, limits: QueryLimits = STANDARD_LIMITS, variables: Mapping[str, str] | None = None
) -> Iterator[RecordBatch]:
    """The result of one SQL statement in batches of up to `ROWS_AT_ONCE` rows; one empty batch if it has no rows.

    `variables` of the connection are set first: the statement reads them with getvariable('name').
    Raises what `warehouse.asking.query.first_rows` raises.
    """
    with answering(warehouse, limits) as con:
        set_variables(con, variables or {})
        execute(con, sql)
        reader = con.to_arrow_reader(ROWS_AT_ONCE)
        first = True
        for batch in reader:
            yield batch
            first = False
        if first:
            yield RecordBatch.from_pylist([], schema=reader.schema)


def frames(parts: Iterable[RecordBatch]) -> Iterator[pl.DataFrame]:
    """Each batch as a frame with the columns of the query.

    Raises `NotShowable` where Polars has no type for a column (an interval).
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
