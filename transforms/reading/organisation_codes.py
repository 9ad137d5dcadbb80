"""Codes of organisations, boards and regions: the forms the Organisation Data Service (ODS) uses, and what is refused.

An organisation has three characters (RJ1, TAD, QKK, 0AR, NLX) or, since 2020, five in the order letter, digit, letter,
digit, letter (G6V2S, K0N6A, Z9B2Z): capitals and digits only. A region is one of transforms/vocabularies/region.csv.
One rule for every reader: a dash, a blank, small letters, a name, a word such as TOTAL or a statistical code
(E40000003) where a code should stand is never an organisation.
"""

from __future__ import annotations

import polars as pl

from transforms.errors import LayoutChanged
from transforms.reading.grid import ROW
from transforms.reading.refuse import as_first, refuse_rows
from transforms.reading.vocabulary import key, vocabulary

ORGANISATION = r"^(?:[A-Z][A-Z0-9]{2}|[0-9][A-Z][A-Z0-9]|[0-9]{2}[A-Z]|[A-Z][0-9][A-Z][0-9][A-Z])$"
"""Three characters, one of them a letter, or five in the order of the codes issued since 2020."""

USED_TWICE = r"^[A-Z][A-Z0-9]{2}(?:-X)?$|" + ORGANISATION
"""The workforce workbook marks the older organisation of a code that was used twice with -X (RYK-X)."""

GEOGRAPHY = r"^Y[0-9]{2}$|" + ORGANISATION
"""Column 4 of the organisation lists: a board, or a region where no board is known."""

WIDER_NHS = r"^T[0-9]{4}$|" + USED_TWICE
"""Notes on data quality also name special health authorities (T1480, Health Research Authority)."""

WITH_SECTORS = r"^[A-Z][A-Z0-9]{2}[1-9]$|" + ORGANISATION
"""The staff survey prints sectors of a trust by its code and a digit (R1F1)."""

WITH_SITES = r"^[A-Z0-9]{5}$|" + ORGANISATION
"""Lists with sites: those have their organisation's code and two characters more."""

ANY_BODY = r"^[A-Z0-9]{2,6}$"
"""Successions name bodies of every kind and age, among them codes of two to four characters and of digits only."""

NO_CODE = ("ALL", "ENG", "ICB", "ICS", "NHS", "NIL", "ORG", "SUM", "TOT", "UNK")
"""Words that have the form of a code; the service uses none of them for an organisation."""

TOTAL_NAMES = ("all", "all organisations", "england", "england total", "grand total", "sum", "total", "total england")
"""Names of rows that hold a total; small letters. Such a row is no organisation, whatever stands as its code."""

TRUST_WITH_LETTER = r"^[RT](?:[OI][A-Z0-9]|[A-Z0-9][OI])$"
"""None of the codes of trusts in six lists since 2016, and none that a trust succeeded, has one of these letters."""

LOOKALIKES = ("OI", "01")
"""A letter O in place of a zero, a letter I in place of a one: mistakes of typing that make another code."""


def require_codes(
    rows: pl.DataFrame,
    column: str,
    *,
    form: str = ORGANISATION,
    name: str = "",
    blank: bool = False,
    place: int = 0,
    sheet: str = "",
) -> None:
    """Nothing where every code in `column` has the form `form` and stands for an organisation; NULL only if `blank`.

    `name` is the column with names: a row that is named as a total is refused. `place` is the code's column in the
    sheet, for the message; without it the place in the frame counts, as `read_records` gives it. `rows` has source_row.
    Raises `LayoutChanged` with the cell; also for a trust's code with a letter O or I, and where two codes of the file
    differ only by such a letter for a digit (sites may).
    """
    codes = rows.select(pl.col(column).unique())[column]
    text = codes.fill_null("")
    other = [*NO_CODE, *([] if form in (GEOGRAPHY, ANY_BODY) else vocabulary("region")["region_code"])]
    bad = codes.filter((~text.str.contains(form) | text.is_in(other)) & ~(codes.is_null() & blank))
    if bad.len():
        hit = pl.col(column).is_in(bad.drop_nulls().implode()) | (pl.col(column).is_null() & (not blank))
        expected = "a code as the Organisation Data Service writes it, such as RJ1, QKK, 0AR or G6V2S"
        _refuse(rows.filter(hit), column, expected, place, sheet)
    if name:
        total = rows.filter(pl.col(column).is_not_null() & key(pl.col(name)).is_in(TOTAL_NAMES))
        _refuse(total, name, "an organisation, not a row that holds a total", -1 if place else 0, sheet)
    if form not in (WITH_SITES, ANY_BODY):
        _refuse_lookalikes(rows, codes, column, place, sheet)
    _refuse_letters(rows, column, place, sheet)


def require_regions(rows: pl.DataFrame, column: str, *, blank: bool = True, place: int = 0, sheet: str = "") -> None:
    """Nothing where every code in `column` is a region of transforms/vocabularies/region.csv, or NULL if `blank`.

    Raises `LayoutChanged` with the cell.
    """
    known = vocabulary("region")["region_code"]
    bad = rows.filter(~pl.col(column).fill_null("" if blank else "?").is_in([*known, *([""] if blank else [])]))
    expected = "the ODS code of an NHS England region: " + ", ".join(known)
    _refuse(bad, column, expected, place, sheet)


def require_one_name(
    rows: pl.DataFrame, column: str, name: str, *, within: tuple[str, ...] = (), sheet: str = ""
) -> None:
    """Nothing where each code has one name (case, blanks and kinds of apostrophe aside) per value of `within`.

    Raises `LayoutChanged` with both names.
    """
    names = rows.select(ROW, *within, column, name).filter(pl.col(column).is_not_null() & pl.col(name).is_not_null())
    alike = names.group_by(*within, column, key(pl.col(name)).alias("_key")).agg(pl.col(name, ROW).first())
    refuse_rows(
        as_first(alike.filter(pl.struct(*within, column).is_duplicated()).sort(column, ROW), [column]),
        LayoutChanged,
        f"{{{column}}} has two names",
        sheet=sheet,
        expected="one name for a code",
        found=f"{{{name}!r}}",
        do="ask the publisher which organisation the rows are of; leave the file out until then",
        shown=2,
    )


def _refuse_letters(rows: pl.DataFrame, column: str, place: int, sheet: str) -> None:
    typed = rows.filter(pl.col(column).str.contains(TRUST_WITH_LETTER))
    _refuse(typed, column, "a code of a trust, which has no letter O or I, but digits", place, sheet)


def _refuse_lookalikes(rows: pl.DataFrame, codes: pl.Series, column: str, place: int, sheet: str) -> None:
    letters, digits = LOOKALIKES
    typed = codes.drop_nulls().to_frame("code").with_columns(alike=pl.col("code"))
    for letter, digit in zip(letters, digits, strict=True):
        typed = typed.with_columns(pl.col("alike").str.replace_all(letter, digit))
    two = typed.filter(pl.col("alike").is_duplicated()).sort("alike", "code")
    if two.height:
        first = two.head(2)["code"].to_list()
        with_letter = rows.filter(pl.col(column) == first[1])
        _refuse(with_letter, column, f"{first[0]}, which the file has too, or another code", place, sheet)


def _refuse(bad: pl.DataFrame, column: str, expected: str, place: int, sheet: str) -> None:
    at = place or (bad.columns.index(column) if bad.columns[0] == ROW else 0)
    refuse_rows(
        bad,
        LayoutChanged,
        f"{column.replace('_', ' ').lower()} does not hold a code",
        sheet=sheet,
        column=max(at, 0),
        expected=expected,
        found=f"{{{column}!r}}",
        do="compare with the last edition; correct nothing by hand: ask the publisher, or leave the file out",
    )
