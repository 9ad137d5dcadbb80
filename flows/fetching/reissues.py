"""Whether a file that came again with other bytes prints other figures.

Some publishers make their files anew all the time, with columns that are not read here (today's address of an
employer): other bytes alone are no re-issue then. The comparison decides only whether bytes go to the archive; figures
are read from archived bytes alone.
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
    """What is read from a file, by table, with its unread parts; without the places of cells, in a fixed order of rows.

    None where the file cannot be read: then it is for the archive and the reader's own error.
    """
    try:
        reader, _ = reader_for(file)
        tables: Mapping[str, pl.DataFrame] = read_tables(reader, file)
    except (WorkforceError, PolarsError, ValueError):
        return None
    return {name: _without_places(frame) for name, frame in tables.items()}


def has_figures(rows: Mapping[str, pl.DataFrame]) -> bool:
    """Whether a file gives any row besides the list of its unread parts."""
    return any(frame.height for name, frame in rows.items() if name != UNREAD_PART)


def same_rows(one: dict[str, pl.DataFrame] | None, other: dict[str, pl.DataFrame] | None) -> bool:
    """Whether two files give the same rows; False where one of them cannot be read."""
    if one is None or other is None or one.keys() != other.keys():
        return False
    return all(frame.equals(other[name]) for name, frame in one.items())


def _without_places(frame: pl.DataFrame) -> pl.DataFrame:
    kept = frame.drop(_PLACES, strict=False)
    return kept.sort(kept.columns)
