"""Functions for both kinds of turnover file: members of the zip, periods, flows, and the figures under HC and FTE."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from transforms.errors import NotWhatItClaims, RepeatedFigure, UnreadableValue
from transforms.opening.zips import opened_member, opened_zip
from transforms.published_file import PublishedFile
from transforms.reading.periods import month_end, months_named, require_months_named
from transforms.reading.records import melt_records, read_records, require_headings
from transforms.reading.refuse import ASK_WHICH, OTHER_CONTENTS, refuse_rows
from transforms.reading.symbols import value_and_status
from transforms.reading.text import plain_name
from transforms.reading.unread import Unread
from transforms.reading.vocabulary import translate

FIGURES = {"HC": "headcount", "FTE": "fte"}
PERIOD = r"^[0-9]{4}(0[1-9]|1[0-2]) to [0-9]{4}(0[1-9]|1[0-2])$"
MONTHS_OF_A_PERIOD = {"monthly": 1, "annual": 12}
"""Word in a file's name -> length of its periods in months."""


def members(file: PublishedFile, wanted: re.Pattern[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and records (see `read_records`) of each member that matches `wanted`; '' and the records of a plain CSV.

    Raises `NotWhatItClaims` for a damaged member.
    """
    if file.kind != "zip":
        yield "", read_records(file)
        return
    with opened_zip(file.path, file.name) as archive:
        for member in wanted_members(file, wanted):
            with opened_member(archive, member, file.name) as stream:
                content = stream.read()
            yield member, read_records(content, file=file.name, sheet=member)


def wanted_members(file: PublishedFile, wanted: re.Pattern[str]) -> list[str]:
    """Names of a zip's members that match the pattern `wanted`."""
    return [member for member in file.members if wanted.search(plain_name(member))]


def unread_members(file: PublishedFile, wanted: re.Pattern[str], why: dict[str, str]) -> list[Unread]:
    """The other members of a zip; `why` maps the start of a member's name to the reason why it is not read."""
    read = wanted_members(file, wanted)
    return [_unread(member, why) for member in file.members if member not in read]


def _unread(member: str, why: dict[str, str]) -> Unread:
    name = plain_name(member).rpartition("/")[2].lower()
    reason = next((reason for start, reason in why.items() if name.startswith(start.lower())), None)
    return Unread("member", member, member, reason, is_known=True) if reason else Unread("member", member, member)


def figures(records: pl.DataFrame, member: str) -> pl.DataFrame:
    """One row per figure of `records`, with period_start, period_end, flow, measure, value, value_status and source_*.

    Other columns are kept as printed. Raises `UnreadableValue` for a cell that is neither number nor symbol, and for a
    headcount that is not a whole number, because the columns of headcount and FTE may be exchanged.
    """
    cells = melt_records(periods(records, member), FIGURES, into="measure").rename({"TYPE": "flow"})
    cells = translate(cells, "flow", "turnover_flow", sheet=member)
    tidy = value_and_status(cells, sheet=member).drop("PERIOD", "number")
    refuse_rows(
        tidy.filter((pl.col("measure") == "headcount") & (pl.col("value") != pl.col("value").round())),
        UnreadableValue,
        "a headcount is not a whole number",
        sheet=member,
        expected="people under HC, full-time equivalents under FTE",
        found="{printed}",
    )
    return tidy.with_columns(source_sheet=pl.lit(member))


def periods(records: pl.DataFrame, member: str) -> pl.DataFrame:
    """`records` with the month ends period_start and period_end, from PERIOD ('202509 to 202510').

    Raises `UnreadableValue` for text in another format, for a period that does not end after it starts, and for a start
    before 2005 or after 2099.
    """
    require_headings(records.select(pl.col("^PERIOD$")), ["PERIOD"], sheet=member)
    text = pl.col("PERIOD")
    formed = text.str.contains(PERIOD).fill_null(False)
    starts, ends = text.str.head(6), text.str.tail(6)
    refuse_rows(
        records.filter(~(formed & (starts < ends) & starts.is_between(pl.lit("2005"), pl.lit("2100")))),
        UnreadableValue,
        "a period is not in the expected format",
        sheet=member,
        expected="two months since 2005, the earlier first, such as '202509 to 202510'",
        found="{PERIOD!r}",
        do="if the publisher changed the format of periods, change the reader",
    )
    return records.with_columns(period_start=month_end(starts), period_end=month_end(ends))


def newest_period(file: PublishedFile) -> date | None:
    """The last day of the newest period of a CSV; None if it has headings only."""
    newest = periods(read_records(file), "")["period_end"].max()
    return newest if isinstance(newest, date) else None


def check_periods_named(rows: pl.DataFrame, file: str) -> None:
    """Check the periods against the name of the member or, for a plain CSV, of the file.

    Raises `NotWhatItClaims` if the newest period is not the last month in the name, if the first period is not the
    first of two months in the name, or if a file named monthly or annual has a period of another length.
    """
    starts, ends = pl.col("period_start"), pl.col("period_end")
    rows = rows.with_columns(months=12 * (ends.dt.year() - starts.dt.year()) + ends.dt.month() - starts.dt.month())
    for (member,), part in rows.group_by("source_sheet", maintain_order=True):
        name = plain_name(str(member or file)).rpartition("/")[2]
        require_months_named(part, months_named(name), name=name, sheet=str(member or ""))
        word = next((word for word in MONTHS_OF_A_PERIOD if f", {word}" in name.lower()), "")
        refuse_rows(
            part.filter(pl.col("months") != MONTHS_OF_A_PERIOD[word]) if word else part.clear(),
            NotWhatItClaims,
            "a period has another length than the name says",
            column=0,
            expected=f"{word} periods",
            found="{months} months",
            do=OTHER_CONTENTS,
        )


def refuse_repeated(rows: pl.DataFrame, key: Sequence[str]) -> None:
    """Check that no two rows have the same key. Raises `RepeatedFigure`."""
    refuse_rows(
        rows.filter(pl.struct(key).is_duplicated()).sort(*key, "source_row"),
        RepeatedFigure,
        "the same figure is printed twice",
        column=0,
        expected="one row per period, place, staff group and flow",
        found="{value}",
        do=ASK_WHICH,
        shown=2,
    )
