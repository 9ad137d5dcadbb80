"""Parts of a file that are not read: sheets, members of a zip, columns. They are recorded and do not stop the file.

A reader returns them as an additional frame named `UNREAD_PART`; the warehouse stores it in meta.unread_part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import astuple, dataclass

import polars as pl

UNREAD_PART = "unread_part"
SCHEMA = {"kind": pl.String, "source_sheet": pl.String, "name": pl.String, "why": pl.String, "is_known": pl.Boolean}
NOT_KNOWN = "this reader does not know it"
WITHOUT_FIGURES = "it holds words: a title, contents, notes or background"
WORDS = ("title", "contents", "notes", "cover", "background", "introduction", "information", "data quality", "metadata")


@dataclass(frozen=True)
class Unread:
    """A part that is not read: its kind (sheet, member, column, rows), the sheet or member it is in, and its name.

    `why` is the reason it is not read. `is_known` is True if the part was reviewed and found not to be needed.
    """

    kind: str
    sheet: str
    name: str
    why: str = NOT_KNOWN
    is_known: bool = False


def unread_frame(parts: Iterable[Unread]) -> pl.DataFrame:
    """The parts as a frame: kind, source_sheet, name, why, is_known."""
    return pl.DataFrame([astuple(part) for part in parts], schema=SCHEMA, orient="row")


def with_unread(frames: Mapping[str, pl.DataFrame], parts: Collection[Unread]) -> dict[str, pl.DataFrame]:
    """Table name -> frame as a reader returns it: `frames`, and `UNREAD_PART` if there are parts that are not read."""
    return {**frames, UNREAD_PART: unread_frame(parts)} if parts else dict(frames)


def unread_columns(columns: Iterable[str], *, sheet: str = "") -> list[Unread]:
    """One part per unknown heading."""
    return [Unread("column", sheet, column) for column in columns]


def unread_sheets(sheets: Iterable[str], read: Collection[str]) -> list[Unread]:
    """One part per sheet that is not in `read`; `is_known` if its name says that it holds text, such as 'Notes'."""
    return [_sheet(sheet) for sheet in sheets if sheet not in read]


def no_rows() -> Unread:
    """The part that records a file with headings and no rows."""
    return Unread("rows", "", "no rows", "the file holds headings and no figures: an empty edition")


def _sheet(sheet: str) -> Unread:
    words = sheet.lower().startswith(WORDS) or sheet.lower().endswith(WORDS)
    return Unread("sheet", sheet, sheet, WITHOUT_FIGURES if words else NOT_KNOWN, words)
