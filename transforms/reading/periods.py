"""Conversion of periods as publishers print them to dates, and checks of these dates."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import polars as pl

from transforms.errors import NotWhatItClaims, UnreadableValue
from transforms.reading.months import MONTHS, SHORT_MONTHS, last_day
from transforms.reading.refuse import OTHER_CONTENTS, refuse_rows

FIRST_YEAR, LAST_YEAR = 2005, 2100
"""No series has figures outside these years. The warehouse knows when a file arrived and applies a stricter limit."""

PERIODS = ("period_start", "period_end", "quarter_end", "month")
"""Date columns of tidy tables that hold the period of a figure."""

# An underscore may follow the year: a corrected file is called '..., March 2026_v2.zip'.
MONTH_AND_YEAR = re.compile(
    # ASCII only: without regard to case, the letter ſ would match an s.
    r"(?<![^\W_])((?a:"
    + "|".join(rf"{month}|{month[:3]}|{month[:4]}" for month in MONTHS)
    + r"))[ \-_]((?:19|20)?[0-9]{2})(?![^\W_])",
    re.IGNORECASE,
)


def month_end(yyyymm: pl.Expr) -> pl.Expr:
    """'202510' -> 2025-10-31. Raises `polars.exceptions.InvalidOperationError` for text that is not a month."""
    first_day = pl.when(yyyymm.str.contains(r"^[12][0-9]{5}$")).then(yyyymm + "01").otherwise("no month: " + yyyymm)
    return first_day.str.to_date("%Y%m%d", strict=True).dt.month_end()


def month_named(text: str) -> date | None:
    """The last day of the month that `text` names: 'May 2023 monthly data', 'Oct-25.csv', 'Sept 2025'.

    None if it names no month, or more than one.
    """
    named = set(months_named(text))
    return named.pop() if len(named) == 1 else None


def months_named(text: str) -> list[date]:
    """The last days of the months that `text` names, in order: 'Sep-09 to Oct-25' -> 2009-09-30, 2025-10-31."""
    return [
        last_day(int(year) + (2000 if len(year) == 2 else 0), SHORT_MONTHS.index(month.lower()[:3]) + 1)
        for month, year in MONTH_AND_YEAR.findall(text)
    ]


def require_months_named(
    rows: pl.DataFrame, named: Sequence[date | None], *, name: str, sheet: str = "", only: bool = False
) -> None:
    """Check that the months of `rows` are the months in `name`, the name of a file or of a member of a zip.

    `rows` has period_end, source_row and optionally period_start. `named` holds the months in the name: the last must
    be the newest period_end, the first of two the earliest period_start; with `only`, `rows` may have no other month.
    None in `named` (a name without a month) is not checked. Raises `NotWhatItClaims`, also if there are no rows.
    """
    ends: list[date] = rows["period_end"].unique().sort().to_list()
    starts: list[date] = rows["period_start"].unique().sort().to_list() if "period_start" in rows.columns else ends
    first, last = (starts[0], ends[-1]) if ends else (None, None)
    months = [month for month in named if month]
    wanted = [(f"{months[-1]:%B %Y} as the newest month", last == months[-1])] if months else []
    wanted += [(f"{months[0]:%B %Y} as the first month", first == months[0])] if len(months) == 2 else []
    wanted += [(f"{months[-1]:%B %Y} as the only month", len(ends) == 1)] if months and only else []
    for expected, holds in wanted:
        if not holds:
            newest = rows.filter(pl.col("period_end") == last)["source_row"].min() if last else None
            raise NotWhatItClaims(
                "the months of the figures differ from those in the name",
                sheet=sheet,
                cell=f"row {newest!r}" if last else "",
                expected=f"{expected}, by the name {name!r}",
                found=f"{first:%B %Y} to {last:%B %Y}" if first and last else "no figures",
                do=OTHER_CONTENTS,
            )


def printed_date(cell: pl.Expr) -> pl.Expr:
    """'2023-05-31' or '2023-05-31 00:00:00' (a spreadsheet's date cell as text) -> the date; NULL for other text."""
    return cell.str.extract(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?: 00:00:00)?$").str.to_date("%Y-%m-%d", strict=False)


def day_written(cell: pl.Expr, form: str) -> pl.Expr:
    """The date in a text of exactly the form, of %Y (four digits), %m and %d (two); NULL for other text.

    Polars alone would take '-19910401' for a day of the year -1991, which Python cannot hold.
    """
    digits = form.replace("%Y", "[0-9]{4}").replace("%m", "[0-9]{2}").replace("%d", "[0-9]{2}")
    return pl.when(cell.str.contains(f"^{digits}$")).then(cell).str.to_date(form, strict=False)


def refuse_odd_periods(rows: pl.DataFrame, key: Sequence[str], *, file: str, last_year: int = LAST_YEAR) -> None:
    """Check that the periods in the key of tidy rows lie between 2005 and `last_year`. Raises `UnreadableValue`."""
    columns = [column for column in PERIODS if column in key]
    odd = {column: ~pl.col(column).dt.year().is_between(FIRST_YEAR, last_year) for column in columns}
    for column, is_odd in odd.items():
        refuse_rows(
            rows.filter(is_odd),
            UnreadableValue,
            "the date of a figure is outside the plausible years",
            file=file,
            column=0,
            expected=f"a year between {FIRST_YEAR} and {last_year}",
            found=f"{column} {{{column}}}",
            do="check the date as printed for a two-digit year or exchanged digits; report it to the publisher",
        )
