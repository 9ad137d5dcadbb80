"""Joiners, leavers and staff in post by organisation and staff group.

Source: NHS England, HCHS Workforce Statistics, "Turnover benchmarking 1. Staff group and organisation, annual" and
"… 2. Staff group and organisation, monthly" (CSV, or the zip that holds both).

The staff groups and their total do not include resident doctors and equivalents.
"""

from __future__ import annotations

import re

import polars as pl

from transforms.errors import LayoutChanged, TotalsDisagree
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.organisation_codes import require_codes, require_one_name, require_regions
from transforms.reading.periods import month_named
from transforms.reading.records import require_headings, set_apart
from transforms.reading.refuse import refuse_rows
from transforms.reading.text import plain_name
from transforms.reading.unread import no_rows, with_unread
from transforms.reading.vocabulary import translate
from transforms.series.workforce.turnover import checks
from transforms.series.workforce.turnover.records import (
    FIGURES,
    check_periods_named,
    figures,
    members,
    newest_period,
    refuse_repeated,
    unread_members,
    wanted_members,
)
from transforms.series.workforce.turnover.tables import TURNOVER
from transforms.tables.declare import Scope

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
NOT_READ = ("NHSE_REGION_NAME", "ICS_NAME")
"""Names that are determined by the codes in other columns."""
MARKS = {"PERIOD", "TYPE", "REPORTING_ORG_CODE", "STAFF_GROUP_1_NAME"}
DEPENDENT = {
    "org_code": ("region_code", "icb_code", "cluster_group", "benchmark_group"),
    "org_name": ("org_code",),
    "icb_code": ("region_code",),
    "benchmark_group": ("cluster_group",),
}
"""Column -> columns that it determines: in a file, each value of the key column has one value in each of these."""

LARGEST_SHARE = 0.05
"""Largest share of all staff that an organisation may have in a file with 100 or more of them (measured: 2 %)."""

MONTH_LIMIT = {"headcount": (5.0, 0.15), "fte": (5.0, 0.5)}
"""Measure -> (base, root): largest unexplained difference of a month is base + root x the square root of staff in post.

Measured: 0.06 (people) and 0.17 (FTE, because of changes of hours) times the square root."""
YEAR_LIMIT = {measure: (2 * base, 3.5 * root) for measure, (base, root) in MONTH_LIMIT.items()}
"""The same for a year. No published annual file was available: twice the base, and the square root of 12 times root."""


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises a CSV by headings or name, a zip by its members; the edition is the month of the last period end."""
    if file.kind == "zip":
        ends = month_named(plain_name(file.name)) if wanted_members(file, FILE_NAME) else None
    elif file.kind in {"text", "gz"} and (FILE_NAME.search(plain_name(file.name)) or set(file.columns) >= MARKS):
        ends = newest_period(file) or month_named(plain_name(file.name))
    else:
        return None
    if ends is None:
        return None
    return Edition(f"{ends:%Y-%m}", f"Turnover benchmarking, {ends:%Y-%m}", f"{ends}")


def read(file: PublishedFile) -> dict[str, pl.DataFrame]:
    """Rows of core.turnover: one per organisation, staff group, period, flow and measure.

    Units: people and full-time equivalents. The publisher prints no row for a flow of zero, and none is added.
    Raises `LayoutChanged` for a missing heading or an invalid code, `UnmappedLabel` for an unknown flow or staff group,
    `RepeatedFigure` for a figure printed twice, and `IncompleteFile`, `TotalsDisagree` or `UnclearUnit` if a check of
    module `checks` finds missing, exchanged or scaled figures.
    """
    unread = unread_members(file, FILE_NAME, {})
    frames = []
    for member, records in members(file, FILE_NAME):
        headings = [*PRINTED, *FIGURES]
        unread += require_headings(records, headings, ignored=NOT_READ, sheet=member)
        known = set_apart(records, headings)
        _check_codes(known, member)
        frames.append(_tidy(known, member))
    rows = pl.concat(frames)
    if rows.is_empty():
        return with_unread({"turnover": rows}, [*unread, no_rows()])
    _check(rows, file.name)
    return with_unread({"turnover": rows}, unread)


def _tidy(records: pl.DataFrame, member: str) -> pl.DataFrame:
    cells = figures(records, member).rename(PRINTED, strict=False)
    cells = translate(cells, "staff_group", "staff_group", sheet=member)
    return cells.select(column.name for column in TURNOVER.frame_columns)


def _check_codes(records: pl.DataFrame, member: str) -> None:
    code, name = "REPORTING_ORG_CODE", "REPORTING_ORG_NAME"
    require_codes(records, code, name=name, sheet=member)
    require_codes(records, "ICS_CODE", blank=True, sheet=member)
    require_regions(records, "NHSE_REGION_CODE", sheet=member)
    require_one_name(records, code, name, within=("PERIOD",), sheet=member)


def _check(rows: pl.DataFrame, file: str) -> None:
    check_periods_named(rows, file)
    _one_value_for_each(rows)
    refuse_repeated(rows, TURNOVER.key)
    _no_total_among_organisations(rows)
    checks.sections(rows, "org_code")
    cell = ["source_sheet", *checks.PERIOD, "org_code", "staff_group"]
    checks.units(rows, cell, "org_code")
    checks.parts(
        rows,
        ["source_sheet", *checks.PERIOD, "org_code"],
        pl.col("staff_group") == checks.ALL_STAFF,
        pl.col("staff_group") != checks.ALL_STAFF,
        "staff groups",
    )
    is_year = pl.col("period_end") - pl.col("period_start") > pl.duration(days=31)
    for part, limit, group_limit in (
        (rows.filter(~is_year), MONTH_LIMIT, (50.0, 0.02)),
        (rows.filter(is_year), YEAR_LIMIT, (100.0, 0.15)),
    ):
        checks.balance(part, "org_code", limit)
        checks.group_balance(part, group_limit)
    checks.flows_in_staff(rows, cell)
    _same_ends(rows)


def _one_value_for_each(rows: pl.DataFrame) -> None:
    """Check that an organisation has one region, board and group, a board one region, a benchmark group one cluster.

    Raises `LayoutChanged`, because otherwise two columns were exchanged or one was shifted against the others.
    """
    for key, columns in DEPENDENT.items():
        for column in columns:
            seen = rows.drop_nulls(key).group_by(key).agg(pl.col(column).unique(), pl.col("source_row").min())
            refuse_rows(
                seen.filter(pl.col(column).list.len() > 1).sort("source_row"),
                LayoutChanged,
                f"there is more than one {column} for one {key}",
                expected=f"one {column} for {{{key}}} in all its rows",
                found=f"{{{column}}}",
            )


def _no_total_among_organisations(rows: pl.DataFrame) -> None:
    """Check that no row of an organisation is so large that it must be a total. Raises `TotalsDisagree`."""
    staff = rows.filter(staff_group=checks.ALL_STAFF, flow="in_post_at_end", measure="headcount").with_columns(
        share=pl.col("value") / pl.col("value").sum().over("source_sheet", *checks.PERIOD),
        organisations=pl.len().over("source_sheet", *checks.PERIOD),
    )
    refuse_rows(
        staff.filter((pl.col("organisations") >= 100) & (pl.col("share") > LARGEST_SHARE)),
        TotalsDisagree,
        "a row of an organisation has so large a share of all staff that it must be a total",
        column=0,
        expected=f"at most {LARGEST_SHARE:.0%} of all staff in one organisation",
        found="{org_code} ({org_name}): {share:.1%}",
        do="look at the row; if the publisher now prints totals among organisations, change the reader",
    )


def _same_ends(rows: pl.DataFrame) -> None:
    """Check that members whose periods end on the same date print the same staff in post at that date.

    Raises `TotalsDisagree` for a figure that differs or that only one member has.
    """
    ends = rows.filter(flow="in_post_at_end")
    cell = ["period_end", "org_code", "staff_group", "measure"]
    sheets = ends.group_by("period_end").agg(pl.col("source_sheet").n_unique().alias("sheets"))
    seen = (
        ends.join(sheets, on="period_end")
        .group_by(*cell, maintain_order=True)
        .agg(
            pl.col("value").min().alias("least"),
            pl.col("value").max().alias("most"),
            pl.len().alias("times"),
            pl.col("sheets").first(),
            pl.col("source_row").first(),
            pl.col("source_sheet").first(),
        )
    )
    refuse_rows(
        seen.filter((pl.col("times") != pl.col("sheets")) | (pl.col("most") - pl.col("least") > checks.EXACT)),
        TotalsDisagree,
        "the members do not agree on staff in post at the end of their periods",
        expected="the same staff in post in every member with a period of the same end",
        found="{org_code}, {staff_group}, {measure}: {least} to {most} in {times} of {sheets} members",
        do="look at both members; one may be of another edition, or cut off",
    )


READER = Reader(
    name="turnover-benchmarking",
    version=3,
    title="Turnover benchmarking, staff group and organisation (.csv, or the .zip of both)",
    tables=(TURNOVER,),
    recognise=recognise,
    read=read,
    scopes=(Scope("turnover", ("period_start", "period_end", "measure")),),
)
