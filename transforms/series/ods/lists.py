"""Validation of a list of the Organisation Data Service: its contents match its name, it is complete, dates are valid.

The lists: etr and etrust (trusts; etrust with their sites), ets (sites), ect (care trusts), eccg (sub-ICB locations),
eother (other NHS organisations).
"""

from __future__ import annotations

import polars as pl

from transforms.errors import IncompleteFile, LayoutChanged, NotWhatItClaims, UnreadableValue, WorkforceError
from transforms.reading.refuse import CUT_OFF, refuse_rows

LISTS = {
    "etr": "NHS trusts",
    "etrust": "NHS trusts and their sites",
    "ets": "sites of NHS trusts",
    "ect": "care trusts",
    "eccg": "sub-ICB locations",
    "eother": "other NHS organisations",
}

TRUSTS = r"\bTRUST\b"
COMMISSIONERS = r"\bCCG\b|\bICB\b|\bHUB\b|COMMISSIONING|INTEGRATED CARE BOARD"
"""Words in names: in six lists, all 1,444 trusts and 320 commissioners have a word of their own kind and none of the
other."""

MOST = 0.9
FIRST_DAY, YEARS_TO_COME = "1900-01-01", 5
"""Opening and closing dates are between that day and this many years after the list (measured: from 1991)."""

WHOLE = 100
LETTERS = "[A-Z]{2}"
ENDS = ("R[01]", "RY")
"""A list sorted by code with at least `WHOLE` trusts begins and ends with these prefixes (true of all six lists)."""


def check(records: pl.DataFrame, rows: pl.DataFrame, name: str, month: str) -> None:
    """Check that the list `name` of a month ('2025-12' or '2016') is complete and contains what its name says.

    `records` has source_row, org_code, name, roles, opened_on and closed_on as text; `rows` has the dates as dates.
    Raises `NotWhatItClaims` if the list or a row belongs to another list, `IncompleteFile` for a truncated list of
    trusts, `LayoutChanged` if opening and closing dates are exchanged, `UnreadableValue` for an implausible date.
    """
    _check_contents(records, name)
    _check_sites(records, name)
    if name == "etr" and records.height >= WHOLE:
        _check_ends(records)
    _check_days(rows, month)


def _check_contents(records: pl.DataFrame, name: str) -> None:
    """Check the names of the organisations against the name of the list."""
    names = pl.col("name").fill_null("").str.to_uppercase()
    trusts, commissioners = (
        records.select(names.str.contains(words).mean()).item() >= MOST for words in (r"\bTRUST\b", COMMISSIONERS)
    )
    care = records.select(((pl.col("roles") == "T") | pl.col("org_code").str.starts_with("T")).fill_null(False).all())
    found = ("ect" if care.item() else "etr") if trusts else "eccg" if commissioners else name
    if found != name:
        raise NotWhatItClaims(
            f"the file is named as the list of {LISTS[name]}, but holds {LISTS[found]}",
            cell=f"row {records['source_row'][0]}",
            expected=f"{name}: {LISTS[name]}",
            found=f"{found}: {records['org_code'][0]}, {records['name'][0]}",
            do=f"if it is the list {found}, name it {found}.csv; otherwise fetch the list again",
        )
    own, other = (TRUSTS, COMMISSIONERS) if name in {"etr", "ect"} else (COMMISSIONERS, TRUSTS)
    if name in {"etr", "ect", "eccg"}:
        strange = names.str.contains(other) | ~names.str.contains(LETTERS)
        if records.height >= WHOLE:
            strange |= ~names.str.contains(own)
        named = f"the name of an organisation of the list of {LISTS[name]}, not of another list"
        refuse_values(records.filter(strange), "name", named, NotWhatItClaims)


def _check_sites(records: pl.DataFrame, name: str) -> None:
    """Check that the list of trusts and sites (etrust) has the trusts of its sites, and the list of sites does not."""
    code = pl.col("org_code")
    if name not in {"ets", "etrust"}:
        return
    of_sites = records.filter(code.str.len_chars() == 5)["org_code"].str.head(3).unique()
    trusts = records.filter((code.str.len_chars() == 3) & code.is_in(of_sites.implode()))
    if (name == "ets") == (trusts.height > 0):
        raise NotWhatItClaims(
            f"the file is named as the list of {LISTS[name]}, but holds {'' if trusts.height else 'no '}trusts",
            cell=f"row {(trusts if trusts.height else records)['source_row'][0]}",
            expected=f"{name}: {LISTS[name]}",
            found=f"{trusts.height} trusts and {records.height - trusts.height} sites",
            do="name it after the list that it is: etrust with trusts, ets without; otherwise fetch the list again",
        )


def _check_ends(records: pl.DataFrame) -> None:
    for end in ENDS:
        if not records["org_code"].str.contains(f"^{end}").any():
            raise IncompleteFile(
                "trusts are missing at the beginning or end of the list",
                cell=f"rows {records['source_row'][0]} to {records['source_row'][-1]}",
                expected=f"trusts whose codes begin with {end}, as in every list since 2016",
                found=f"{records.height} trusts, from {records['org_code'][0]} to {records['org_code'][-1]}",
                do=CUT_OFF,
            )


def _check_days(rows: pl.DataFrame, month: str) -> None:
    """Check that opening and closing dates are plausible, and that organisations open before they close."""
    last = int(month[:4]) + YEARS_TO_COME
    first = pl.lit(FIRST_DAY).str.to_date()
    for column in ("opened_on", "closed_on"):
        odd = rows.filter((pl.col(column) < first) | (pl.col(column).dt.year() > last))
        refuse_values(odd, column, f"a day from {FIRST_DAY} to the end of {last}", UnreadableValue)
    backwards = rows.filter(
        (pl.col("closed_on") < pl.col("opened_on"))
        | (pl.col("opened_on").is_null() & pl.col("closed_on").is_not_null())
    )
    if rows.height >= WHOLE and rows["closed_on"].count() > MOST * rows.height:
        few = "a blank for organisations that are open (seen: at least half of a list)"
        refuse_values(rows.filter(pl.col("closed_on").is_not_null()), "closed_on", few)
    if backwards.height > max(2, (1 - MOST) * rows["closed_on"].count()):
        refuse_values(backwards, "closed_on", "a date after the opening date; columns may be exchanged")


def refuse_values(
    bad: pl.DataFrame,
    column: str,
    expected: str,
    error: type[WorkforceError] = LayoutChanged,
) -> None:
    """Raise `error` for the first row of `bad`, with its value of `column`; do nothing if `bad` has no rows."""
    refuse_rows(
        bad,
        error,
        f"{column.replace('_', ' ')} is not what it should be",
        expected=expected,
        found=f"{{{column}}}" if bad[column].dtype == pl.Date else f"{{{column}!r}}",
        do="compare with an earlier list; if the service changed the layout, change the reader",
    )
