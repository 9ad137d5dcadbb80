"""What a tidy table is: declared once, used by readers, the warehouse, its comments and the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from transforms.errors import LayoutChanged

STATUSES = {
    "c": "suppressed by the publisher to protect confidentiality",
    "x": "not available: the publisher printed no figure",
    "z": "not applicable",
    "low": "more than zero but below what the publisher prints",
    "p": "provisional",
    "r": "revised by the publisher",
    "b": "break in the series",
    "u": "low reliability: small numbers",
}
"""Shorthand of the Government Statistical Service, as kept in `value_status`. NULL: a plain published number."""


@dataclass(frozen=True)
class Column:
    """One column: name, Polars type, description, unit where it is not in the name, and what it may hold."""

    name: str
    dtype: pl.DataType
    description: str
    unit: str = ""
    allowed: tuple[str, ...] = ()
    required: bool = True


def text(name: str, description: str, *, allowed: tuple[str, ...] = (), required: bool = True) -> Column:
    """A text column."""
    return Column(name, pl.String(), description, allowed=allowed, required=required)


def date(name: str, description: str, *, required: bool = True) -> Column:
    """A calendar date."""
    return Column(name, pl.Date(), description, required=required)


def number(name: str, description: str, *, unit: str = "", required: bool = False) -> Column:
    """A number; absent where the publisher printed none."""
    return Column(name, pl.Float64(), description, unit=unit, required=required)


VALUE = number("value", "The published figure in the unit of `measure`; NULL where no number was printed.")
VALUE_STATUS = text(
    "value_status",
    "Why there is no number, or what to know of it: " + "; ".join(f"{k} = {v}" for k, v in STATUSES.items()) + ".",
    allowed=tuple(STATUSES),
    required=False,
)

SOURCE = (
    text("source_sheet", "Sheet of the workbook, member of the zip, or '' for a plain CSV.", required=False),
    Column("source_row", pl.Int32(), "Row in that sheet or file, counted from 1 as a spreadsheet shows it."),
    Column("source_column", pl.Int32(), "Column counted from 1 (A = 1); 0 where the whole row is meant."),
)
"""Every reader gives these; the warehouse adds series, edition and file hash."""


@dataclass(frozen=True)
class Level:
    """A column that the warehouse puts beside column `of`: the level of its label, so that a sum can keep to one level.

    `levels`: label -> level; a label that is not in it has the level `otherwise`. No file prints it and no reader gives
    it: it follows from the vocabulary, and a change there needs no file to be read again.
    """

    name: str
    of: str
    description: str
    levels: Mapping[str, str] = field(hash=False)
    otherwise: str | None = None


@dataclass(frozen=True)
class Table:
    """A tidy table of schema `core`.

    `key` with the series is the grain: one row per key in each edition that printed a new value.
    `values` are the columns whose change between editions is a revision. `levels` are columns that readers do not give:
    the warehouse adds them.
    """

    name: str
    grain: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    values: tuple[str, ...] = ("value", "value_status")
    levels: tuple[Level, ...] = ()

    @property
    def frame_columns(self) -> tuple[Column, ...]:
        """The columns a reader must give, in order."""
        return (*self.columns, *SOURCE)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Columns that describe a figure without naming it or being its value: region, board, name as printed."""
        return tuple(column.name for column in self.columns if column.name not in {*self.key, *self.values})

    def conform(self, frame: pl.DataFrame, *, file: str = "") -> pl.DataFrame:
        """The frame with exactly the declared columns, in order and type.

        Raises `LayoutChanged` where a column is missing, left over, or of a type that cannot be cast without loss.
        """
        wanted = {column.name: column.dtype for column in self.frame_columns}
        if set(frame.columns) != set(wanted):
            raise LayoutChanged(
                f"rows for core.{self.name} do not have the declared columns",
                file=file,
                expected=", ".join(wanted),
                found=", ".join(frame.columns),
                do="mend the reader or the declaration in transforms/tables",
            )
        return frame.select(pl.col(name).cast(dtype, strict=True) for name, dtype in wanted.items())


@dataclass(frozen=True)
class Scope:
    """What a kind of file prints whole or not at all: every figure of `table` that agrees in `columns`.

    A figure that a later edition leaves out, although it prints others of the same scope, is withdrawn. Scopes are
    compared between files of one reader; those that are `shared` between the files of all readers that declare one
    with the same columns, so that one kind of file can take the place of another. `only` limits a scope to rows with
    these values. What no scope covers is never withdrawn.
    """

    table: str
    columns: tuple[str, ...]
    shared: bool = False
    only: tuple[tuple[str, str], ...] = ()
