"""Codes of organisations, boards and regions: the formats of the Organisation Data Service (ODS) and their validation.

The code of an organisation has three characters (RJ1, TAD, QKK, 0AR, NLX) or, since 2020, five in the order letter,
digit, letter, digit, letter (G6V2S, K0N6A, Z9B2Z): capitals and digits only. Region codes are listed in
transforms/vocabularies/region.csv. Every reader rejects a dash, a blank, lower-case letters, a name, a word such as
TOTAL or a statistical code (E40000003) in a column of codes.
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
"""Column 4 of the ODS organisation lists: the code of a board, or of a region for organisations without a board."""

WIDER_NHS = r"^T[0-9]{4}$|" + USED_TWICE
"""The data quality annex also lists special health authorities (T1480, Health Research Authority)."""

WITH_SECTORS = r"^[A-Z][A-Z0-9]{2}[1-9]$|" + ORGANISATION
"""The NHS Staff Survey identifies a sector of a trust by the trust's code and a digit (R1F1)."""

WITH_SITES = r"^[A-Z0-9]{5}$|" + ORGANISATION
"""Lists that include sites: the code of a site is its organisation's code and two more characters."""

ANY_BODY = r"^[A-Z0-9]{2,6}$"
"""The list of successions has organisations of every kind and age, with codes of two to six characters or digits."""

NO_CODE = ("ALL", "ENG", "ICB", "ICS", "NHS", "NIL", "ORG", "SUM", "TOT", "UNK")
"""Words that have the format of a code; ODS uses none of them for an organisation."""

TOTAL_NAMES = ("all", "all organisations", "england", "england total", "grand total", "sum", "total", "total england")
"""Names, in lower case, of rows that hold a total. Such a row is not an organisation, whatever its code."""

TRUST_WITH_LETTER = r"^[RT](?:[OI][A-Z0-9]|[A-Z0-9][OI])$"
"""Codes of trusts never hold the letters O or I: none does in six lists since 2016 or in the list of successions."""

LOOKALIKES = ("OI", "01")
"""The letter O typed for a zero and the letter I typed for a one result in a different code."""


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
    """Check that every code in `column` matches the pattern `form` and is an organisation; NULL is valid if `blank`.

    `rows` has source_row and `column`. `name` is the column with the organisation's name: a row whose name is that of a
    total is refused. `place` is the number of the code's column in the sheet, for the message; without it the position
    of `column` in the frame is used, as `read_records` returns it.
    Raises `LayoutChanged` with the cell; also for a trust's code with a letter O or I, and for two codes of the file
    that differ only by such a letter in place of a digit (allowed for sites).
    """
    codes = rows[column].unique()
    text = codes.fill_null("")
    other = [*NO_CODE, *([] if form in (GEOGRAPHY, ANY_BODY) else vocabulary("region")["region_code"])]
    bad = codes.filter((~text.str.contains(form) | text.is_in(other)) & ~(codes.is_null() & blank))
    if bad.len():
        hit = pl.col(column).is_in(bad.drop_nulls().implode()) | (pl.col(column).is_null() & (not blank))
        expected = "a code as the Organisation Data Service writes it, such as RJ1, QKK, 0AR or G6V2S"
        _refuse(rows.filter(hit), column, expected, place, sheet)
    if name:
        names = rows.filter(pl.col(column).is_not_null())[name].unique().to_frame()
        totals = names.filter(key(pl.col(name)).is_in(TOTAL_NAMES))[name]
        if totals.len():
            total = rows.filter(pl.col(column).is_not_null() & pl.col(name).is_in(totals.implode()))
            _refuse(total, name, "an organisation, not a row that holds a total", -1 if place else 0, sheet)
    if form not in (WITH_SITES, ANY_BODY):
        _refuse_lookalikes(rows, codes, column, place, sheet)
    typed = codes.filter(codes.str.contains(TRUST_WITH_LETTER))
    if typed.len():
        expected = "the code of a trust, which has digits where this has a letter O or I"
        _refuse(rows.filter(pl.col(column).is_in(typed.implode())), column, expected, place, sheet)


def require_regions(rows: pl.DataFrame, column: str, *, blank: bool = True, place: int = 0, sheet: str = "") -> None:
    """Check that every code in `column` is a region of transforms/vocabularies/region.csv; NULL is valid if `blank`.

    Raises `LayoutChanged` with the cell.
    """
    known = vocabulary("region")["region_code"]
    bad = rows.filter(~pl.col(column).fill_null("" if blank else "?").is_in([*known, *([""] if blank else [])]))
    expected = "the ODS code of an NHS England region: " + ", ".join(known)
    _refuse(bad, column, expected, place, sheet)


def require_one_name(
    rows: pl.DataFrame, column: str, name: str, *, within: tuple[str, ...] = (), sheet: str = ""
) -> None:
    """Check that each code in `column` has one name in `name` per value of the columns `within`.

    `rows` has source_row and these columns. Differences of case, spaces and kinds of apostrophe are ignored.
    Raises `LayoutChanged` with both names.
    """
    names = rows.select(ROW, *within, column, name).filter(pl.col(column).is_not_null() & pl.col(name).is_not_null())
    alike = names.group_by(*within, column, key(pl.col(name)).alias("_key")).agg(pl.col(name, ROW).first())
    refuse_rows(
        as_first(alike.filter(pl.struct(*within, column).is_duplicated()).sort(column, ROW), [column]),
        LayoutChanged,
        f"{{{column}}} has two names",
        sheet=sheet,
        expected="one name for each code",
        found=f"{{{name}!r}}",
        do="ask the publisher which organisation these rows belong to; leave the file out until then",
        shown=2,
    )


def _refuse_lookalikes(rows: pl.DataFrame, codes: pl.Series, column: str, place: int, sheet: str) -> None:
    letters, digits = LOOKALIKES
    alike = codes.drop_nulls()
    for letter, digit in zip(letters, digits, strict=True):
        alike = alike.str.replace_all(letter, digit, literal=True)
    if alike.n_unique() == alike.len():
        return
    typed = pl.DataFrame({"code": codes.drop_nulls(), "alike": alike})
    two = typed.filter(pl.col("alike").is_duplicated()).sort("alike", "code")
    if two.height:
        first = two.head(2)["code"].to_list()
        with_letter = rows.filter(pl.col(column) == first[1])
        expected = f"{first[0]}, which is also in the file, or a code that differs by more than O for 0 or I for 1"
        _refuse(with_letter, column, expected, place, sheet)


def _refuse(bad: pl.DataFrame, column: str, expected: str, place: int, sheet: str) -> None:
    at = place or (bad.columns.index(column) if bad.columns[0] == ROW else 0)
    refuse_rows(
        bad,
        LayoutChanged,
        f"{column.replace('_', ' ').lower()} does not hold a valid code",
        sheet=sheet,
        column=max(at, 0),
        expected=expected,
        found=f"{{{column}!r}}",
        do="compare with the last edition; do not correct the file by hand: ask the publisher, or leave the file out",
    )
