"""Joiners, leavers and staff in post by organisation and staff group.

Source: NHS England, HCHS Workforce Statistics, "Turnover benchmarking 1. Staff group and organisation, annual" and
"… 2. Staff group and organisation, monthly" (CSV, or the zip that holds both).

The other turnover files (England and region by grade, age band, nationality) name no organisation; they are not read.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator

import polars as pl

from transforms.errors import NotWhatItClaims, RepeatedFigure, UnreadableValue
from transforms.reading.organisation_codes import require_codes, require_one_name, require_regions
from transforms.reading.periods import month_end, month_named
from transforms.reading.records import melt_records, read_records, require_headings
from transforms.reading.symbols import value_and_status
from transforms.reading.vocabulary import translate
from transforms.sources import Edition, PublishedFile, Reader
from transforms.tables.workforce import TURNOVER

FILE_NAME = re.compile(r"Turnover benchmarking [12]\. Staff group and organisation.*\.csv$", re.IGNORECASE)

PRINTED = {  # heading, in whatever order -> column
    "PERIOD": "period",
    "TYPE": "flow",
    "NHSE_REGION_CODE": "region_code",
    "ICS_CODE": "icb_code",
    "REPORTING_ORG_CODE": "org_code",
    "REPORTING_ORG_NAME": "org_name",
    "CLUSTER_GROUP": "cluster_group",
    "BENCHMARK_GROUP": "benchmark_group",
    "STAFF_GROUP_1_NAME": "staff_group",
}
FIGURES = {"HC": "headcount", "FTE": "fte"}
NOT_READ = ("NHSE_REGION_NAME", "ICS_NAME")
"""Names that follow from the codes beside them."""
MARKS = {"PERIOD", "TYPE", "REPORTING_ORG_CODE", "STAFF_GROUP_1_NAME"}
PERIOD = r"^\d{4}(0[1-9]|1[0-2]) to \d{4}(0[1-9]|1[0-2])$"


def recognise(file: PublishedFile) -> Edition | None:
    """The CSV by its headings or name, the zip by its members; the edition is the month the last period ends in."""
    if file.kind == "zip":
        month = month_named(file.name) if any(FILE_NAME.search(member) for member in file.members) else None
        ends = month.isoformat() if month else ""
    elif file.kind == "text" and (FILE_NAME.search(file.name) or set(file.columns) >= MARKS):
        ends = str(_periods(read_records(file), file.name, "")["period_end"].max())
    else:
        return None
    if not ends:
        return None
    return Edition("nhs-workforce-statistics", ends[:7], f"Turnover benchmarking, {ends[:7]}", ends)


def read(file: PublishedFile) -> dict[str, pl.DataFrame]:
    """Rows of core.turnover: one per organisation, staff group, period, flow and measure.

    The publisher prints no row for a flow of zero; none is added here.
    Raises `LayoutChanged` for a heading missing or unknown, or a code that has not the form of one; `UnmappedLabel` for
    a flow or staff group nobody mapped, `RepeatedFigure` where a figure is printed twice.
    """
    frames = [_tidy(records, file.name, member) for member, records in _members(file)]
    return {"turnover": pl.concat(frames)}


READER = Reader(
    name="turnover-benchmarking",
    version=2,
    title="Turnover benchmarking, staff group and organisation (.csv, or the .zip of both)",
    tables=(TURNOVER,),
    recognise=recognise,
    read=read,
)


def _members(file: PublishedFile) -> Iterator[tuple[str, pl.DataFrame]]:
    if file.kind != "zip":
        yield "", read_records(file)
        return
    try:
        with zipfile.ZipFile(file.path) as archive:
            for member in file.members:
                if FILE_NAME.search(member):
                    yield member, read_records(archive.read(member), file=file.name, sheet=member)
    except zipfile.BadZipFile as error:
        raise NotWhatItClaims(
            "a member of the zip is damaged", file=file.name, found=str(error), do="fetch the zip again"
        ) from error


def _tidy(records: pl.DataFrame, file: str, member: str) -> pl.DataFrame:
    require_headings(records, [*PRINTED, *FIGURES], ignored=NOT_READ, file=file, sheet=member)
    _check_organisations(records, file, member)
    cells = melt_records(_periods(records, file, member), FIGURES, into="measure").rename(PRINTED).drop(NOT_READ)
    cells = translate(cells, "flow", "turnover_flow", file=file, sheet=member)
    cells = translate(cells, "staff_group", "staff_group", file=file, sheet=member)
    _refuse_repeated(cells, file, member)
    return (
        value_and_status(cells, file=file, sheet=member)
        .drop("period", "printed", "number")
        .with_columns(source_sheet=pl.lit(member))
    )


def _check_organisations(records: pl.DataFrame, file: str, member: str) -> None:
    code, name = "REPORTING_ORG_CODE", "REPORTING_ORG_NAME"
    require_codes(records, code, name=name, file=file, sheet=member)
    require_codes(records, "ICS_CODE", blank=True, file=file, sheet=member)
    require_regions(records, "NHSE_REGION_CODE", file=file, sheet=member)
    require_one_name(records, code, name, within=("PERIOD",), file=file, sheet=member)


def _periods(records: pl.DataFrame, file: str, member: str) -> pl.DataFrame:
    """`records` with `period_start` and `period_end`, from '202509 to 202510'."""
    require_headings(records.select(pl.col("^PERIOD$")), ["PERIOD"], file=file, sheet=member)
    odd = records.filter(~pl.col("PERIOD").str.contains(PERIOD).fill_null(False))
    if odd.height:
        raise UnreadableValue(
            "a period is not of the known form",
            file=file,
            sheet=member,
            cell=f"row {odd['source_row'][0]}",
            expected="two months, such as '202509 to 202510'",
            found=repr(odd["PERIOD"][0]),
            do="teach the reader the new form",
        )
    return records.with_columns(
        period_start=month_end(pl.col("PERIOD").str.head(6)), period_end=month_end(pl.col("PERIOD").str.tail(6))
    )


def _refuse_repeated(cells: pl.DataFrame, file: str, member: str) -> None:
    repeated = cells.filter(pl.struct(TURNOVER.key).is_duplicated())
    if repeated.height:
        first = repeated.sort(*TURNOVER.key, "source_row").head(2)
        raise RepeatedFigure(
            "the same figure is printed twice",
            file=file,
            sheet=member,
            cell=", ".join(f"row {row}" for row in first["source_row"]),
            expected="one row per organisation, staff group, period and flow",
            found=" and ".join(str(text) for text in first["printed"]),
            do="ask the publisher which row is right; leave this edition out until then",
        )
