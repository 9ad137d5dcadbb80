"""Declaration of tidy tables, from which readers, warehouse schema, column comments and checks are derived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import polars as pl

from transforms.errors import LayoutChanged
from transforms.value_status import STATUSES

Reference = Literal["", "organisation", "board"]
DayOfMonth = Literal["", "first", "last"]
Labels = Literal["", "closed", "open"]


@dataclass(frozen=True)
class Column:
    """One column of a table and its constraints, from which checks are derived.

    * `unit`: unit, if the name does not give it.
    * `allowed`: the permitted values; `required`: NULL is not permitted.
    * `refers_to`: whose code it holds: an organisation in the ODS lists, or an integrated care board.
    * `day`: the day of the month on which every date falls.
    * `is_period`: the column is a period, such as a financial year, although it is not a date.
    * `labels`: how the labels of a new period are compared with those of the period before. 'closed': every label must
      occur again; 'open': labels may appear and disappear, and only the loss of many at once is reported.
    * `labels_within`: column by which labels are compared separately, such as characteristic for category.
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
    """A date column."""
    return Column(name, pl.Date(), description, required=required, day=day)


def number(name: str, description: str, *, unit: str = "", required: bool = False) -> Column:
    """A numeric column; NULL where the publisher printed no number."""
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
"""Columns that every reader returns; the warehouse adds series, edition and file hash."""


@dataclass(frozen=True)
class Level:
    """A column `name` that the warehouse adds next to column `of`: the hierarchy level of each label.

    Users filter by it so that a sum includes one level only. `levels` is label -> level; other labels have the level
    `otherwise`. Readers do not return the column, as it is derived from a vocabulary; a change of the vocabulary
    therefore does not require files to be read again.
    """

    name: str
    of: str
    description: str
    levels: Mapping[str, str] = field(hash=False)
    otherwise: str | None = None


@dataclass(frozen=True)
class Ratio:
    """A rule: the value of `measure` is 100 x `numerator` / `denominator`, two columns of the same row.

    Rows without both columns are not checked. `tolerance` is the largest permitted difference in percentage points.
    """

    measure: str
    numerator: str
    denominator: str
    tolerance: float = 0.6


@dataclass(frozen=True)
class Partition:
    """A rule: a printed total equals the sum of its printed parts.

    A total and its parts have equal values in the table's key, except in `column` and the columns `across`.

    * `name`: name of the rule; `wrong`: message for a total that differs from its parts.
    * `column`, `total`, `parts`: the column whose value distinguishes the total from its parts; (): all other values.
    * `within`: columns outside the key in which a total and its parts also agree.
    * `measure`: the only measure that adds up; '': every measure does.
    * `tolerance`: largest permitted difference; None: half the last printed decimal of each figure.
    * `newest_only`: check only the newest period of each edition, because an edition prints all parts only for that
      period; otherwise the newest values of all periods are checked.
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
    """A rule: the stock at the start of a period equals the stock at the end of the period before.

    `opening` and `closing` are the values of `column` that mark the two stocks; `starts` and `ends` are the date
    columns of a period.
    """

    column: str
    opening: str
    closing: str
    starts: str
    ends: str


@dataclass(frozen=True)
class Unbroken:
    """A rule: there is a period every `months` months, without gaps, by the date in `column`.

    `noun` is the word for a period in messages. `each_line`: each time series of the table is checked and a file with a
    gap is refused; otherwise the table as a whole is checked and a gap is a warning.
    """

    column: str
    noun: str
    months: int
    each_line: bool = False


@dataclass(frozen=True)
class Table:
    """A tidy table of schema `core`. The checks of its figures are derived from this declaration.

    * `key`: with the series the grain: one row per key in each edition that printed a new value.
    * `values`: the columns whose change between editions is a revision.
    * `levels`: columns that the warehouse adds; readers do not return them.
    * `percents`: measures that are a share of a whole, 0 to 100; `differences`: measures that may be negative. All
      other measures are 0 or more.
    * `ratios`, `partitions`, `opening_stock`, `unbroken`: rules on the relations between figures.
    * `organisation_name`: column with the printed name of the organisation whose code is in the column that refers to
      an organisation.
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
        """Raise `ValueError` for a rule on columns or measures that the table does not have: it would never fail."""
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
            raise ValueError(f"the declaration of core.{self.name} has unknown columns or measures: {', '.join(wrong)}")

    @property
    def frame_columns(self) -> tuple[Column, ...]:
        """The columns that a reader must return, in order: those of the table and `SOURCE`."""
        return (*self.columns, *SOURCE)

    @property
    def attributes(self) -> tuple[str, ...]:
        """Columns that are neither in the key nor in the values: region, board, name as printed."""
        return tuple(column.name for column in self.columns if column.name not in {*self.key, *self.values})

    @property
    def periods(self) -> tuple[str, ...]:
        """The columns of the key that hold the figure's period; figures are ordered in time by the last one."""
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
        """The column with the date of a figure or the last day of its period; '' if there is none."""
        return next((name for name in (*reversed(self.periods), *self.dates) if name in self.dates), "")

    @property
    def measures(self) -> tuple[str, ...]:
        """The permitted values of column `measure`; () for a table without that column."""
        return next((column.allowed for column in self.columns if column.name == "measure"), ())

    @property
    def figures_of_organisations(self) -> str:
        """The column with the code of the organisation to which a figure belongs; '' if there is no such column."""
        return self.referring_to("organisation") if "value" in self.values else ""

    def referring_to(self, whose: Reference) -> str:
        """The column that holds the code of an organisation or board; '' if there is none."""
        return next((column.name for column in self.columns if column.refers_to == whose), "")

    def conform(self, frame: pl.DataFrame, *, file: str = "") -> pl.DataFrame:
        """The frame with exactly the declared columns, in order and type.

        Raises `LayoutChanged` if a column is missing or not declared, and a Polars error if a cast would lose data.
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
    """Figures that a file prints completely or not at all: the rows of `table` with equal values in `columns`.

    A figure is withdrawn if a later edition prints other figures of the same scope but not this one; figures outside
    every scope are never withdrawn. Files of one reader are compared with each other; if `shared`, with the files of
    every reader that declares a shared scope with the same columns, because one kind of file may replace another.
    `only` limits the scope to rows with these values: (column, value) pairs.
    """

    table: str
    columns: tuple[str, ...]
    shared: bool = False
    only: tuple[tuple[str, str], ...] = ()
