"""The intake file: figures of the standard, written by hand from published reports."""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from transforms.errors import NotWhatItClaims, UnreadableValue
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.organisation_codes import require_codes, require_regions
from transforms.reading.records import read_records, require_headings
from transforms.reading.refuse import refuse_rows
from transforms.reading.symbols import as_number, value_and_status
from transforms.reading.unread import unread_columns, with_unread
from transforms.reading.vocabulary import vocabulary
from transforms.series.wres.rules import check
from transforms.series.wres.tables import WRES_INDICATOR
from transforms.tables import Scope

TELLING = {"wres_year", "indicator", "pay_cluster"}
"""Headings by which a CSV is recognised as an intake file; the other headings are checked when it is read."""

YEAR_IN_NAME = re.compile(r"wres[-_ ]+(20[0-9][0-9])(?![0-9])", re.IGNORECASE)
"""The year that an intake file is named after, as in 'wres-2024.csv'."""


def template() -> str:
    """The heading of an intake file."""
    return ",".join(vocabulary("wres_intake_column")["column"]) + "\n"


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises a CSV with the headings of the intake file; the edition is the newest year in it.

    Raises `NotWhatItClaims` for a file with another year in its name.
    """
    if not set(file.columns) >= TELLING:
        return None
    records = _records(file)
    years = records["wres_year"].cast(pl.Int32)
    newest = years.sort().to_list()[-1]
    if (named := YEAR_IN_NAME.search(file.name)) and int(named[1]) != newest:
        raise NotWhatItClaims(
            "the newest year in the file is not the year in its name",
            cell=f"row {records['source_row'][int(years.arg_max() or 0)]}, wres_year",
            expected=named[1],
            found=f"{newest}",
            do="compare with the report: the file may be cut off, or the year or the name is wrong",
        )
    return Edition(f"{newest}", f"Workforce Race Equality Standard {newest} (intake file)", f"{newest}-03-31")


def read(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.wres_indicator, one per figure: percent (0-100), ratios, people, percentage points.

    Raises `LayoutChanged` for a missing heading, `UnreadableValue` for a cell that is not allowed in its column, and
    the errors of `rules.check`; each names row and column.
    """
    records = _records(file)
    known = vocabulary("wres_intake_column")["column"].to_list()
    unread = unread_columns(column for column in records.columns[1:] if column not in known)
    rows = records.select(
        pl.col("wres_year").cast(pl.Int32),
        "geography_level",
        "area_code",
        pl.when(pl.col("geography_level") == "Organisation").then(pl.col("area_code")).alias("org_code"),
        "indicator",
        pl.coalesce("ethnic_group", "direction").alias("ethnic_group"),
        "pay_cluster",
        "measure",
        *(as_number(pl.col(name)).alias(name) for name in ("numerator", "denominator")),
        pl.col("value").alias("printed"),
        as_number(pl.col("value")).alias("number"),
        decimals=pl.col("value").str.extract(r"\.([0-9]+)$").str.len_chars().fill_null(0).cast(pl.Int64),
        source_sheet=pl.lit(""),
        source_row="source_row",
        source_column=pl.lit(records.columns.index("value"), pl.Int32),
    )
    rows = value_and_status(rows)
    check(rows)
    return with_unread({"wres_indicator": rows.drop("printed", "number", "decimals")}, unread)


def _records(file: PublishedFile) -> pl.DataFrame:
    """The records as text, after checks of headings, cells and codes."""
    columns = vocabulary("wres_intake_column")
    records = read_records(file)
    require_headings(records, columns["column"].to_list())
    if records.is_empty():
        raise UnreadableValue(
            "the file has no rows", expected="a row for each figure", found="a heading only", do="fill in the file"
        )
    for column in columns.iter_rows(named=True):
        _refuse_cells(records, column)
    level = pl.col("geography_level")
    require_codes(records.filter(level == "Organisation"), "area_code")
    require_regions(records.filter(level == "Region"), "area_code", blank=False)
    both = pl.col("ethnic_group").is_not_null()
    for bad, problem in (
        (both & pl.col("direction").is_not_null(), "a row has both an ethnic_group and a direction"),
        (~both & pl.col("direction").is_null(), "a row has neither an ethnic_group nor a direction"),
    ):
        refuse_rows(
            records.filter(bad),
            UnreadableValue,
            problem,
            cell="row {source_row}, ethnic_group",
            expected="ethnic_group for a share or a number of people, direction for a ratio",
            found="ethnic_group {ethnic_group!r}, direction {direction!r}",
            do="fill in one of the two",
        )
    return records


def _refuse_cells(records: pl.DataFrame, column: dict[str, str]) -> None:
    """Check the cells of a column against wres_intake_column.csv. Raises `UnreadableValue`."""
    cell = pl.col(column["column"])
    refuse_rows(
        records.filter(cell.is_null() & (column["required"] == "yes") | ~cell.str.contains(column["pattern"])),
        UnreadableValue,
        "this cell is not allowed in this column",
        cell=f"row {{source_row}}, {column['column']}",
        expected=column["allowed"],
        found=f"{{{column['column']}!r}}",
        do="correct the cell: " + column["description"],
    )


INTAKE = Reader(
    name="wres-intake",
    version=5,
    title="Workforce Race Equality Standard: intake file (CSV by template)",
    tables=(WRES_INDICATOR,),
    recognise=recognise,
    read=read,
    # There may be several files for one year; each is complete only for the areas in it.
    scopes=(Scope("wres_indicator", ("wres_year", "geography_level", "area_code")),),
)
