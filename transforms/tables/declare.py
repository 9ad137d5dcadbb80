"""What a tidy table is: declared once, used by readers, the warehouse, its comments and the checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

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


Reference = Literal["", "organisation", "board"]
DayOfMonth = Literal["", "first", "last"]
Labels = Literal["", "closed", "open"]


@dataclass(frozen=True)
class Column:
    """One column of a table, and what it may hold. Checks follow from each of these.

    `unit` is given where it is not in the name. `allowed` are its only values; `required`: no row is without one.
    `refers_to` says whose code it is: of an organisation of the lists of the Organisation Data Service, or of an
    integrated care board. `day` is the day of the month that a date falls on. `is_period`: a column of the key that
    is no date and yet says of when a figure is, such as a financial year.
    `labels`: a new period is compared with the one before. 'closed': every label of the vocabulary must be there
    again; 'open': labels come and go, and only many at once are missed. A label says something only beside that of
    the column `labels_within`, where there is one.
    """

    name: str
    dtype: pl.DataType
    description: str
    unit: str = ""
    allowed: tuple[str, ...] = ()
    required: bool = True
    refers_to: Reference = ""
    day: DayOfMonth = ""
    is_period: bool = False
    labels: Labels = ""
    labels_within: str = ""


def text(
    name: str,
    description: str,
    *,
    allowed: tuple[str, ...] = (),
    required: bool = True,
    refers_to: Reference = "",
    is_period: bool = False,
    labels: Labels = "",
    labels_within: str = "",
) -> Column:
    """A text column."""
    return Column(
        name,
        pl.String(),
        description,
        allowed=allowed,
        required=required,
        refers_to=refers_to,
        is_period=is_period,
        labels=labels,
        labels_within=labels_within,
    )


def date(name: str, description: str, *, required: bool = True, day: DayOfMonth = "") -> Column:
    """A calendar date."""
    return Column(name, pl.Date(), description, required=required, day=day)


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
class Ratio:
    """`measure` is 100 x `numerator` / `denominator`, both columns of the same row where the publisher prints them.

    `tolerance` is how far the printed value may be from it, in percentage points.
    """

    measure: str
    numerator: str
    denominator: str
    tolerance: float = 0.6


@dataclass(frozen=True)
class Partition:
    """A printed total and the parts that add up to it.

    Rows belong together where they agree in the table's key, without the columns that parts differ in: `column`,
    whose values tell the `total` from its `parts` ((): all other values), and those of `across`. `within` are columns
    beside the key that a total and its parts share. `measure` is the only measure that adds up; '': all do.
    `tolerance` is how far the sum may be from the total; None: half the last printed decimal of each of them.
    `newest_only`: sums are compared in the newest period of each edition, as only there one edition prints all parts;
    otherwise in the newest values of all periods. `name` is the rule's, `wrong` says what it finds.
    """

    name: str
    column: str
    total: str
    wrong: str
    parts: tuple[str, ...] = ()
    across: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    measure: str = ""
    tolerance: float | None = 0.01
    newest_only: bool = False
    severity: Literal["reject file", "warn"] = "reject file"


@dataclass(frozen=True)
class OpeningStock:
    """The stock at the start of a period is that at the end of the period before.

    `column` holds `opening` and `closing`; a period runs from the date in `starts` to the one in `ends`.
    """

    column: str
    opening: str
    closing: str
    starts: str
    ends: str


@dataclass(frozen=True)
class Unbroken:
    """Periods follow each other without a gap: one each `months` months, by the date in `column`.

    `noun` is what a period is called. `each_line`: this holds of every line of figures, and the file with a gap in one
    is refused; otherwise of the table as a whole, and a gap is shown as a warning.
    """

    column: str
    noun: str
    months: int
    each_line: bool = False


@dataclass(frozen=True)
class Table:
    """A tidy table of schema `core`. Declare all that holds of its figures: the checks follow from it.

    `key` with the series is the grain: one row per key in each edition that printed a new value.
    `values` are the columns whose change between editions is a revision. `levels` are columns that readers do not give:
    the warehouse adds them.
    `percents` are the measures that are shares of a whole, 0 to 100; `differences` those that may be negative; all
    others are 0 or more. `ratios`, `partitions`, `opening_stock` and `unbroken` say how figures hang together.
    `organisation_name` is the column with the printed name of the organisation in the column that refers to one.
    """

    name: str
    grain: str
    description: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    values: tuple[str, ...] = ("value", "value_status")
    levels: tuple[Level, ...] = ()
    percents: tuple[str, ...] = ()
    differences: tuple[str, ...] = ()
    ratios: tuple[Ratio, ...] = ()
    partitions: tuple[Partition, ...] = ()
    opening_stock: OpeningStock | None = None
    unbroken: Unbroken | None = None
    organisation_name: str = ""

    def __post_init__(self) -> None:
        """Refuse a declaration that speaks of columns or measures the table has not: its check would find nothing."""
        names = {column.name for column in self.columns}
        stocks = self.opening_stock
        spoken_of = {
            *self.key,
            *self.values,
            *filter(None, (self.organisation_name, self.unbroken.column if self.unbroken else "")),
            *(name for ratio in self.ratios for name in (ratio.numerator, ratio.denominator)),
            *(name for each in self.partitions for name in (each.column, *each.across, *each.within)),
            *((stocks.column, stocks.starts, stocks.ends) if stocks else ()),
            *(column.labels_within for column in self.columns if column.labels_within),
            *(level.of for level in self.levels),
        }
        measured = {*self.percents, *self.differences, *(ratio.measure for ratio in self.ratios)}
        measured |= {each.measure for each in self.partitions if each.measure}
        if wrong := sorted((spoken_of - names) | (measured - set(self.measures))):
            raise ValueError(f"the declaration of core.{self.name} speaks of {', '.join(wrong)}, which it has not")

    @property
    def frame_columns(self) -> tuple[Column, ...]:
        """The columns a reader must give, in order."""
        return (*self.columns, *SOURCE)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Columns that describe a figure without naming it or being its value: region, board, name as printed."""
        return tuple(column.name for column in self.columns if column.name not in {*self.key, *self.values})

    @property
    def periods(self) -> tuple[str, ...]:
        """The columns of the key that say of when a figure is; the last one orders it in time."""
        by_name = {column.name: column for column in self.columns}
        return tuple(
            name for name in self.key if by_name[name].dtype in (pl.Date(), pl.Int32()) or by_name[name].is_period
        )

    @property
    def dates(self) -> tuple[str, ...]:
        """The columns that hold dates."""
        return tuple(column.name for column in self.columns if column.dtype == pl.Date())

    @property
    def day(self) -> str:
        """The column with the day that a figure is of, or the last day of its period; '' where there is none."""
        return next((name for name in (*reversed(self.periods), *self.dates) if name in self.dates), "")

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures it may hold; () for a table without the column `measure`."""
        return next((column.allowed for column in self.columns if column.name == "measure"), ())

    @property
    def figures_of_organisations(self) -> str:
        """The column with the code of the organisation that a figure is of; '' in a table without such figures."""
        return self.referring_to("organisation") if "value" in self.values else ""

    def referring_to(self, whose: Reference) -> str:
        """The column that holds the code of an organisation or board; '' where there is none."""
        return next((column.name for column in self.columns if column.refers_to == whose), "")

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
                do="correct the reader or the declaration of the table",
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
