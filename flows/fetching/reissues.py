"""Comparison of a file that was published again: whether its rows differ from those archived.

Some publishers regenerate their files all the time, with columns that are not read here (an employer's current
address). Different bytes alone are then no re-issue. The comparison only decides whether bytes are archived; figures
are always read from archived bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
from polars.exceptions import PolarsError

from transforms.errors import WorkforceError
from transforms.published_file import PublishedFile, read_tables
from transforms.reading.unread import UNREAD_PART
from transforms.series import reader_for
from transforms.tables.declare import SOURCE

_PLACES = [column.name for column in SOURCE]


def rows_read(file: PublishedFile) -> dict[str, pl.DataFrame] | None:
    """Frames by table, with the unread parts, without the columns that give a cell's place, and sorted by all columns.

    None where the file cannot be read.
    """
    try:
        reader, _ = reader_for(file)
        tables: Mapping[str, pl.DataFrame] = read_tables(reader, file)
    except (WorkforceError, PolarsError, ValueError):
        return None
    return {name: _without_places(frame) for name, frame in tables.items()}


def has_figures(rows: Mapping[str, pl.DataFrame]) -> bool:
    """Whether a file gives any row, apart from the list of its unread parts."""
    return any(frame.height for name, frame in rows.items() if name != UNREAD_PART)


def same_rows(one: dict[str, pl.DataFrame] | None, other: dict[str, pl.DataFrame] | None) -> bool:
    """Whether two files give the same rows; False where one of them cannot be read."""
    if one is None or other is None or one.keys() != other.keys():
        return False
    return all(frame.equals(other[name]) for name, frame in one.items())


def _without_places(frame: pl.DataFrame) -> pl.DataFrame:
    kept = frame.drop(_PLACES, strict=False)
    return kept.sort(kept.columns)
