"""What the turnover files have in common: their members, periods, flows, and the figures under HC and FTE."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from transforms.errors import NotWhatItClaims, RepeatedFigure, UnreadableValue
from transforms.opening.zips import opened_member, opened_zip
from transforms.published_file import PublishedFile
from transforms.reading.grid import cell_name
from transforms.reading.periods import month_end, months_named
from transforms.reading.records import melt_records, read_records, require_headings
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


def figures(records: pl.DataFrame, file: str, member: str) -> pl.DataFrame:
    """One row per figure: `period_start`, `period_end`, `flow`, `measure`, `value`, `value_status` and its cell.

    Every other column stays as printed. Raises `UnreadableValue` for a cell that is no figure, and for a headcount
    that is no whole number: the columns of headcount and FTE may be exchanged.
    """
    cells = melt_records(periods(records, file, member), FIGURES, into="measure").rename({"TYPE": "flow"})
    cells = translate(cells, "flow", "turnover_flow", file=file, sheet=member)
    tidy = value_and_status(cells, file=file, sheet=member).drop("PERIOD", "number")
    broken = tidy.filter((pl.col("measure") == "headcount") & (pl.col("value") != pl.col("value").round()))
    if broken.height:
        first = broken.row(0, named=True)
        raise UnreadableValue(
            f"{broken.height} headcounts are not whole numbers",
            file=file,
            sheet=member,
            cell=cell_name(first["source_row"], first["source_column"]),
            expected="people under HC, full-time equivalents under FTE",
            found=first["printed"],
            do="look whether the two columns are exchanged; report it to the publisher and leave the file out",
        )
    return tidy.with_columns(source_sheet=pl.lit(member))


def periods(records: pl.DataFrame, file: str, member: str) -> pl.DataFrame:
    """`records` with `period_start` and `period_end`, from '202509 to 202510'.

    Raises `UnreadableValue` for text of another form, for a period that ends before it starts, and for a year before
    2005 or after next year.
    """
    require_headings(records.select(pl.col("^PERIOD$")), ["PERIOD"], file=file, sheet=member)
    text = pl.col("PERIOD")
    formed = text.str.contains(PERIOD).fill_null(False)
    starts, ends = text.str.head(6), text.str.tail(6)
    odd = records.filter(~(formed & (starts < ends) & starts.is_between(pl.lit("2005"), pl.lit("2100"))))
    if odd.height:
        raise UnreadableValue(
            "a period is not of the known form",
            file=file,
            sheet=member,
            cell=f"row {odd['source_row'][0]}",
            expected="two months since 2005, the earlier first, such as '202509 to 202510'",
            found=repr(odd["PERIOD"][0]),
            do="teach the reader the new form",
        )
    return records.with_columns(period_start=month_end(starts), period_end=month_end(ends))


def newest_period(file: PublishedFile) -> date | None:
    """The last day of the newest period of a CSV; None where it has headings only."""
    newest = periods(read_records(file), file.name, "")["period_end"].max()
    return newest if isinstance(newest, date) else None


def check_periods_named(rows: pl.DataFrame, file: str) -> None:
    """Nothing where the periods are those that the name of the member, or of the file, tells of.

    Raises `NotWhatItClaims` for a newest period that is not the last month named, a first one that is not the first of
    two months named, and a file called monthly or annual with a period of another length.
    """
    starts, ends = pl.col("period_start"), pl.col("period_end")
    length = 12 * (ends.dt.year() - starts.dt.year()) + ends.dt.month() - starts.dt.month()
    for (member,), part in rows.group_by("source_sheet", maintain_order=True):
        name = plain_name(str(member or file)).rpartition("/")[2]
        named = months_named(name)
        lengths = part.select(length.unique().sort()).to_series().to_list()
        word = next((word for word in MONTHS_OF_A_PERIOD if f", {word}" in name.lower()), "")
        compared: list[tuple[str, object, object]] = []
        if word:
            compared.append(("periods of so many months", [MONTHS_OF_A_PERIOD[word]], lengths))
        if named:
            compared.append(("a newest period that ends", named[-1], part["period_end"].max()))
        if len(named) == 2:
            compared.append(("a first period that starts", named[0], part["period_start"].min()))
        for what, expected, found in compared:
            if expected != found:
                raise NotWhatItClaims(
                    "the periods in the file are not those that its name tells of",
                    file=file,
                    sheet=str(member or ""),
                    expected=f"{what}: {expected}",
                    found=str(found),
                    do="compare name and contents: the file may be cut off, or another edition saved under this name",
                )


def refuse_repeated(rows: pl.DataFrame, key: Sequence[str], file: str) -> None:
    """Raises `RepeatedFigure` where a figure is printed twice."""
    repeated = rows.filter(pl.struct(key).is_duplicated())
    if repeated.height:
        first = repeated.sort(*key, "source_row").head(2)
        raise RepeatedFigure(
            "the same figure is printed twice",
            file=file,
            sheet=first["source_sheet"][0],
            cell=", ".join(f"row {row}" for row in first["source_row"]),
            expected="one row per period, place, staff group and flow",
            found=" and ".join(str(text) for text in first["value"]),
            do="ask the publisher which row is right; leave this edition out until then",
        )
