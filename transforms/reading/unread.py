"""Parts of a file beside what is read: sheets, members of a zip, columns. They are recorded and stop nothing.

A reader gives them as one more frame, under the name `UNREAD_PART`; the warehouse keeps them in meta.unread_part.
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
    """A part that is not read: its kind (sheet, member, column, rows), the sheet or member it stands in, its name.

    `is_known`: whether someone has decided that it is not wanted; `why` says so, or what it was taken for.
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
    """What a reader returns: its tidy frames, and one of the parts it does not read where there are any."""
    return {**frames, UNREAD_PART: unread_frame(parts)} if parts else dict(frames)


def unread_columns(columns: Iterable[str], *, sheet: str = "") -> list[Unread]:
    """A part for each heading that nobody knows."""
    return [Unread("column", sheet, column) for column in columns]


def unread_sheets(sheets: Iterable[str], read: Collection[str]) -> list[Unread]:
    """A part for each sheet that is not among those `read`; known where its name says that it holds words."""
    return [_sheet(sheet) for sheet in sheets if sheet not in read]


def no_rows() -> Unread:
    """What is recorded of a file with headings and nothing below them."""
    return Unread("rows", "", "no rows", "the file holds headings and no figures: an empty edition")


def _sheet(sheet: str) -> Unread:
    words = sheet.lower().startswith(WORDS) or sheet.lower().endswith(WORDS)
    return Unread("sheet", sheet, sheet, WITHOUT_FIGURES if words else NOT_KNOWN, words)
