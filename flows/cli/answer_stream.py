"""What `workforce sql --format csv|json|parquet` writes to standard output: part by part, whatever the size."""

from __future__ import annotations

import shutil
import tempfile
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import polars as pl
import pyarrow.parquet as pq

from warehouse.asking.frames import batches, frames
from warehouse.errors import NotShowable


def stream_answer(warehouse: Path, sql: str, form: str, out: BinaryIO) -> None:
    """Write the whole answer to one SQL statement as 'csv', 'json' (one array) or 'parquet'.

    Raises what `warehouse.asking.query.first_rows` raises; `NotShowable` where the format cannot hold a column.
    """
    {"csv": _csv, "json": _json, "parquet": _parquet}[form](warehouse, sql, out)
    out.flush()


def _csv(warehouse: Path, sql: str, out: BinaryIO) -> None:
    try:
        for number, frame in enumerate(frames(warehouse, sql)):
            out.write(frame.write_csv(include_header=number == 0).encode())
    except pl.exceptions.ComputeError as error:
        raise NotShowable(
            "CSV holds no lists or structures", do="choose --format json or parquet, or cast the column to VARCHAR"
        ) from error


def _json(warehouse: Path, sql: str, out: BinaryIO) -> None:
    parts = (frame.write_json()[1:-1] for frame in frames(warehouse, sql))
    begun = False
    out.write(b"[")
    for part in parts:
        if part:
            out.write((b"," if begun else b"") + part.encode())
            begun = True
    out.write(b"]\n")


def _parquet(warehouse: Path, sql: str, out: BinaryIO) -> None:
    """By way of a temporary file: a pipe that has taken half a Parquet file before an error cannot take it back."""
    parts = batches(warehouse, sql)
    first = next(parts)
    with tempfile.TemporaryFile() as whole:
        with pq.ParquetWriter(whole, first.schema, compression="zstd") as writer:  # type: ignore[no-untyped-call]
            for batch in chain([first], parts):
                writer.write_batch(batch)
        whole.seek(0)
        shutil.copyfileobj(whole, out)
