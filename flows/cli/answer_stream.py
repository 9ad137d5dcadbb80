"""Writes the answer of `workforce sql --format csv|json|parquet` to standard output, part by part."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

import polars as pl
import pyarrow.parquet as pq
from pyarrow.lib import RecordBatch

from warehouse.asking.frames import frames
from warehouse.errors import NotShowable


def stream_answer(parts: Iterator[RecordBatch], form: str, out: BinaryIO) -> None:
    """Write an answer that comes in parts as 'csv', 'json' (one array) or 'parquet'.

    Raises `NotShowable` where the format cannot hold a column, and what `parts` raises.
    """
    {"csv": _csv, "json": _json, "parquet": _parquet}[form](parts, out)
    out.flush()


def _csv(parts: Iterator[RecordBatch], out: BinaryIO) -> None:
    try:
        for number, frame in enumerate(frames(parts)):
            out.write(frame.write_csv(include_header=number == 0).encode())
    except pl.exceptions.ComputeError as error:
        raise NotShowable(
            "CSV holds no lists or structures", do="choose --format json or parquet, or cast the column to VARCHAR"
        ) from error


def _json(parts: Iterator[RecordBatch], out: BinaryIO) -> None:
    arrays = (frame.write_json()[1:-1] for frame in frames(parts))
    begun = False
    out.write(b"[")
    for array in arrays:
        if array:
            out.write((b"," if begun else b"") + array.encode())
            begun = True
    out.write(b"]\n")


def _parquet(parts: Iterator[RecordBatch], out: BinaryIO) -> None:
    """Write to a temporary file first, so that an error does not leave half a Parquet file in the pipe."""
    first = next(parts)
    with tempfile.TemporaryFile() as whole:
        with pq.ParquetWriter(whole, first.schema, compression="zstd") as writer:  # type: ignore[no-untyped-call]
            for batch in chain([first], parts):
                writer.write_batch(batch)
        whole.seek(0)
        shutil.copyfileobj(whole, out)
