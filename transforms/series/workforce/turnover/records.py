"""What the turnover files have in common: their members, periods, flows, and the figures under HC and FTE."""

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
PERIOD = r"^\d{4}(0[1-9]|1[0-2]) to \d{4}(0[1-9]|1[0-2])$"
MONTHS_OF_A_PERIOD = {"monthly": 1, "annual": 12}
"""Word in a file's name -> months that each of its periods has."""


def members(file: PublishedFile, wanted: re.Pattern[str]) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and records of each wanted member of a zip; '' and the records of a CSV that stands alone.

    Raises `NotWhatItClaims` where a member is damaged.
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
    """Names of a zip's members that are read."""
    return [member for member in file.members if wanted.search(plain_name(member))]


def unread_members(file: PublishedFile, wanted: re.Pattern[str], why: dict[str, str]) -> list[Unread]:
    """The other members of a zip; `why`: how the names of members begin that are known and not wanted."""
    read = wanted_members(file, wanted)
    return [_unread(member, why) for member in file.members if member not in read]


def _unread(member: str, why: dict[str, str]) -> Unread:
    name = plain_name(member).rpartition("/")[2].lower()
    reason = next((reason for start, reason in why.items() if name.startswith(start.lower())), None)
    return Unread("member", member, member, reason, is_known=True) if reason else Unread("member", member, member)


def figures(records: pl.DataFrame, member: str) -> pl.DataFrame:
    """One row per figure: `period_start`, `period_end`, `flow`, `measure`, `value`, `value_status` and its cell.

    Every other column stays as printed. Raises `UnreadableValue` for a cell that is no figure, and for a headcount
    that is no whole number: the columns of headcount and FTE may be exchanged.
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
    """`records` with `period_start` and `period_end`, from '202509 to 202510'.

    Raises `UnreadableValue` for text of another form, for a period that ends before it starts, and for a year before
    2005 or after next year.
    """
    require_headings(records.select(pl.col("^PERIOD$")), ["PERIOD"], sheet=member)
    text = pl.col("PERIOD")
    formed = text.str.contains(PERIOD).fill_null(False)
    starts, ends = text.str.head(6), text.str.tail(6)
    refuse_rows(
        records.filter(~(formed & (starts < ends) & starts.is_between(pl.lit("2005"), pl.lit("2100")))),
        UnreadableValue,
        "a period is not of the known form",
        sheet=member,
        expected="two months since 2005, the earlier first, such as '202509 to 202510'",
        found="{PERIOD!r}",
        do="if the publisher writes periods in another form now, change the reader",
    )
    return records.with_columns(period_start=month_end(starts), period_end=month_end(ends))


def newest_period(file: PublishedFile) -> date | None:
    """The last day of the newest period of a CSV; None where it has headings only."""
    newest = periods(read_records(file), "")["period_end"].max()
    return newest if isinstance(newest, date) else None


def check_periods_named(rows: pl.DataFrame, file: str) -> None:
    """Nothing where the periods are those that the name of the member, or of the file, tells of.

    Raises `NotWhatItClaims` for a newest period that is not the last month named, a first one that is not the first of
    two months named, and a file called monthly or annual with a period of another length.
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
            "a period is not as long as the name tells",
            column=0,
            expected=f"{word} periods",
            found="{months} months",
            do=OTHER_CONTENTS,
        )


def refuse_repeated(rows: pl.DataFrame, key: Sequence[str]) -> None:
    """Raises `RepeatedFigure` where a figure is printed twice."""
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
