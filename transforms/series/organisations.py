"""Organisations of the NHS in England and who followed whom: lists of the Organisation Data Service (ODS).

Sources: NHS England, Organisation Data Service: etr and etrust (trusts; etrust with their sites), ets (sites), ect
(care trusts), eccg (sub-ICB locations), eother, succ (predecessor and successor), all CSV without a heading record,
from the monthly downloads or from Data Search and Export; ONS, names and codes of integrated care boards; and a third
party's list of predecessors and successors with a heading record (old_code, new_code, date), made from the ODS.

Which month a list is of is not written in the lists of the ODS. It is taken, in this order, from the file's own name
('..._dec_2024', '..._2022-10'), from `PublishedFile.hint` (the folder it was placed in, or the day it was fetched) and
from the name of its folder ('2025-12', '2018-09', '2016-approx'). Where none of them says it, `UnknownFile` tells the
operator to place the file in a folder named after its month.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from transforms.errors import LayoutChanged, UnknownFile, UnreadableValue
from transforms.reading.periods import MONTHS
from transforms.reading.records import read_records, require_headings
from transforms.sources import Edition, PublishedFile, Reader
from transforms.tables.organisations import ORGANISATION, ORGANISATION_SUCCESSION

SERIES = "ods"
LISTS = {
    "etr": "NHS trusts",
    "etrust": "NHS trusts and their sites",
    "ets": "sites of NHS trusts",
    "ect": "care trusts",
    "eccg": "sub-ICB locations",
    "eother": "other NHS organisations",
}
LIST_COLUMNS = {
    1: "org_code",
    2: "name",
    3: "region_code",
    4: "high_level_geography_code",
    10: "postcode",
    11: "opened_on",
    12: "closed_on",
    14: "roles",
}
"""Place (from 1) of what is read of the 27 columns; the others hold the address, telephone and codes of no use here."""

ROLES = {
    "RO319": "sub-ICB location",
    "RO319|RO326": "sub-ICB location",
    "RO327": "sub-ICB reporting entity",
    "RO218": "commissioning hub",
    "": "clinical commissioning group",
}
"""Roles in column 14 of eccg; blank for the clinical commissioning groups, all of them closed."""

KIND = {"etr": "trust", "ets": "site", "ect": "care trust", "eother": "other"}
CODE = r"^[A-Z0-9]{3,6}$"
GEOGRAPHY = r"^(?:[YW][0-9]{2})?$"
SUCCESSION = ["predecessor_code", "successor_code", "reason", "effective_on", "indicator"]
LOOKUP = {"old_code": "predecessor_code", "new_code": "successor_code", "date": "effective_on"}
BOARDS = r"^ICB\d\d(?:CD|CDH|NM)$"


def recognise_list(file: PublishedFile) -> Edition | None:
    """A CSV of 27 columns without headings that begins with a code and is named after one of the lists."""
    name = _list_name(file)
    if not name or len(file.columns) != 27 or not re.match(CODE, file.columns[0]):
        return None
    month = _month(file)
    return Edition(SERIES, month, f"Organisation Data Service: {LISTS[name]}, {month}")


def read_list(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """One row per organisation of the list, open or closed.

    In etrust a code of five characters is a site and one of three a trust; in etr every code is a trust (G6V2S is one).
    Raises `LayoutChanged` where codes or regions do not look like codes, `UnreadableValue` for a date that is none.
    """
    records = read_records(file, columns=[LIST_COLUMNS.get(place, f"column {place}") for place in range(1, 28)])
    _require(records, "org_code", CODE, file)
    _require(records, "region_code", GEOGRAPHY, file)
    rows = _dates(_dates(records, "opened_on", file), "closed_on", file)
    return {ORGANISATION.name: _organisations(rows.with_columns(kind=_kind(records, file)))}


def recognise_boards(file: PublishedFile) -> Edition | None:
    """The ONS list of integrated care boards: ICB24CD, ICB24CDH, ICB24NM (the digits change by year)."""
    if sum(bool(re.match(BOARDS, column)) for column in file.columns) != 3:
        return None
    month = _month(file)
    return Edition(SERIES, month, f"Integrated care boards, {month}")


def read_boards(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """One row per integrated care board: ODS code and name."""
    records = read_records(file)
    (year,) = {column[3:5] for column in records.columns if re.match(BOARDS, column)}
    require_headings(
        records, [f"ICB{year}CD", f"ICB{year}CDH", f"ICB{year}NM"], file=file.name, ignored=["ObjectId", "FID"]
    )
    rows = records.rename({f"ICB{year}CDH": "org_code", f"ICB{year}NM": "name"}).with_columns(kind=pl.lit("ICB"))
    _require(rows, "org_code", CODE, file)
    return {ORGANISATION.name: _organisations(rows)}


def recognise_succession(file: PublishedFile) -> Edition | None:
    """The list succ (five columns without headings), or a lookup headed old_code, new_code, date."""
    is_succ = (
        bool(re.search(r"(?:^|[^a-z])succ(?:arc)?(?:[^a-z]|$)", file.name.lower()))
        and len(file.columns) == len(SUCCESSION)
        and all(re.match(r"^[A-Z0-9]{2,6}$", code) for code in file.columns[:2])
    )
    if not is_succ and file.columns != list(LOOKUP):
        return None
    month = _month(file)
    return Edition(SERIES, month, f"Predecessors and successors, {month}")


def read_succession(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """One row per predecessor, successor and day, of every kind of organisation; a code may follow itself.

    The lookup gives no reason. Raises `UnreadableValue` for a date that is none.
    """
    if file.columns == list(LOOKUP):
        records = read_records(file).rename(LOOKUP).with_columns(reason=pl.lit(None, pl.String))
        rows = _dates(records, "effective_on", file, form="%Y-%m-%d")
    else:
        rows = _dates(read_records(file, columns=SUCCESSION), "effective_on", file)
    for column in ("predecessor_code", "successor_code"):
        _require(rows, column, r"^[A-Z0-9]{2,6}$", file)
    _require(rows, "effective_on", r"^\d", file)
    names = [column.name for column in ORGANISATION_SUCCESSION.columns]
    return {ORGANISATION_SUCCESSION.name: rows.select(*names, *_source())}


def _list_name(file: PublishedFile) -> str:
    found = re.search(rf"(?:^|[^a-z])({'|'.join(sorted(LISTS, reverse=True))})(?:[^a-z]|$)", file.name.lower())
    return found[1] if found else ""


def _month(file: PublishedFile) -> str:
    """The month of the list, '2025-12', or its year, '2016', where no more is known."""
    if named := re.search(r"(?:^|[^a-z])([a-z]{3,9})[ _-](20\d\d)(?!\d)", file.name.lower()):
        numbers = [number for number, month in enumerate(MONTHS, 1) if month.startswith(named[1])]
        if len(numbers) == 1:
            return f"{named[2]}-{numbers[0]:02}"
    for text in (file.name, file.hint, file.path.parent.name):
        if dated := re.search(r"(?<!\d)(20\d\d)(?:-(0[1-9]|1[0-2]))?(?:-\d\d)?(?!\d)", text):
            return "-".join(part for part in dated.groups() if part)
    raise UnknownFile(
        "the list does not say which month it is of",
        file=file.name,
        expected="a file in a folder named after the month of the list, such as ods/2025-12/etr.csv",
        found=file.hint or str(file.path.parent.name),
        do="place the file in a folder named after its month and run again",
    )


def _kind(records: pl.DataFrame, file: PublishedFile) -> pl.Series | pl.Expr:
    name = _list_name(file)
    if name == "etrust":
        return pl.when(pl.col("org_code").str.len_chars() == 3).then(pl.lit("trust")).otherwise(pl.lit("site"))
    if name != "eccg":
        return pl.lit(KIND[name])
    kinds = records["roles"].fill_null("").replace_strict(ROLES, default=None, return_dtype=pl.String)
    _stop(records.filter(kinds.is_null()), "roles", f"one of the roles {', '.join(filter(None, ROLES))}", file)
    return kinds


def _organisations(rows: pl.DataFrame) -> pl.DataFrame:
    absent = [
        pl.lit(None, column.dtype).alias(column.name) for column in ORGANISATION.columns if column.name not in rows
    ]
    return rows.with_columns(absent).select(*(column.name for column in ORGANISATION.columns), *_source())


def _source() -> tuple[pl.Expr, ...]:
    return pl.lit("").alias("source_sheet"), pl.col("source_row"), pl.lit(0).alias("source_column")


def _dates(records: pl.DataFrame, column: str, file: PublishedFile, *, form: str = "%Y%m%d") -> pl.DataFrame:
    read = records.with_columns(pl.col(column).str.to_date(form, strict=False))
    _stop(
        records.filter(records[column].is_not_null() & read[column].is_null()),
        column,
        f"a day written {form.replace('%Y', 'yyyy').replace('%m', 'mm').replace('%d', 'dd')}, or a blank",
        file,
        UnreadableValue,
    )
    return read


def _require(records: pl.DataFrame, column: str, pattern: str, file: PublishedFile) -> None:
    text = pl.col(column).cast(pl.String).fill_null("")
    _stop(records.filter(~text.str.contains(pattern)), column, f"{column} written like {pattern}", file)


def _stop(
    bad: pl.DataFrame,
    column: str,
    expected: str,
    file: PublishedFile,
    error: type[LayoutChanged | UnreadableValue] = LayoutChanged,
) -> None:
    if bad.height:
        raise error(
            f"{column.replace('_', ' ')} is not what it should be ({bad.height} rows)",
            file=file.name,
            cell=f"row {bad['source_row'][0]}",
            expected=expected,
            found=repr(bad[column][0]),
            do="compare with an earlier list; if the service changed the layout, teach the reader",
        )


READERS = (
    Reader(
        name="ods_list",
        version=1,
        title="Organisation Data Service: etr, etrust, ets, ect, eccg, eother",
        tables=(ORGANISATION,),
        recognise=recognise_list,
        read=read_list,
    ),
    Reader(
        name="integrated_care_boards",
        version=1,
        title="ONS names and codes of integrated care boards",
        tables=(ORGANISATION,),
        recognise=recognise_boards,
        read=read_boards,
    ),
    Reader(
        name="organisation_succession",
        version=1,
        title="Organisation Data Service: predecessors and successors (succ)",
        tables=(ORGANISATION_SUCCESSION,),
        recognise=recognise_succession,
        read=read_succession,
    ),
)
