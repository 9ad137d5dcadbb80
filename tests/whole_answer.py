"""The whole answer of a published warehouse as one frame, for tests."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from warehouse.asking.frames import batches, frames


def ask(warehouse: Path, sql: str) -> pl.DataFrame:
    """The answer to one SQL statement, with the columns it names."""
    return pl.concat(frames(batches(warehouse, sql)))
