"""NHS organisations in England, their predecessors and successors: lists of the Organisation Data Service (ODS).

Sources: NHS England, Organisation Data Service: etr and etrust (trusts; etrust with their sites), ets (sites), ect
(care trusts), eccg (sub-ICB locations), eother, succ (predecessor and successor), all CSV without a heading record,
from the monthly downloads or from Data Search and Export; ONS, names and codes of integrated care boards, and which
sub-ICB location belongs to which; two lists made by third parties with a heading record: predecessors and successors
(old_code, new_code, date) from the ODS, and which trust belongs to which board (org_code, icb_code, icb_name, region,
valid_from) from NHS England's System Mapping file.

The lists of the ODS do not state their month. It is taken, in this order, from the file's name ('..._dec_2024',
'..._2022-10'), from `PublishedFile.hint` (the folder it was placed in, or the day it was downloaded) and from the name
of its folder ('2025-12', '2018-09', '2016-approx'). If none has it, `UnknownFile` tells the operator to place the file
in a folder named after its month.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from transforms.errors import (
    UnknownFile,
    UnreadableValue,
)
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.months import MONTHS
from transforms.reading.organisation_codes import (
    ANY_BODY,
    GEOGRAPHY,
    WITH_SITES,
    require_codes,
    require_one_name,
    require_regions,
)
from transforms.reading.organisation_codes import (
    ORGANISATION as ORGANISATION_CODE,
)
from transforms.reading.periods import day_written
from transforms.reading.records import read_records, require_headings, set_apart
from transforms.reading.unread import Unread, with_unread
from transforms.reading.vocabulary import translate
from transforms.series.ods.lists import LISTS, check, refuse_values
from transforms.series.ods.tables import ORGANISATION, ORGANISATION_MEMBERSHIP, ORGANISATION_SUCCESSION
from transforms.tables.declare import Scope

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
"""Column number -> name of the columns that are read of 27; the others hold address, telephone and unused codes."""

ROLES = {
    "RO319": "sub-ICB location",
    "RO319|RO326": "sub-ICB location",
    "RO327": "sub-ICB reporting entity",
    "RO218": "commissioning hub",
    "": "clinical commissioning group",
}
"""Role in column 14 of eccg -> kind; blank for the clinical commissioning groups, which are all closed."""

KIND = {"etr": "trust", "ets": "site", "ect": "care trust", "eother": "other"}
LISTS_WITH_SITES = {"etrust", "ets", "eother"}
FIRST_CODE = r"^[A-Z0-9]{3,6}$|^[a-z]*[0-9][a-z0-9]*$"
"""Format of the first field of a list; lower-case letters are recognised here so that the reader can refuse them."""

SUCCESSION = ["predecessor_code", "successor_code", "reason", "effective_on", "indicator"]
LOOKUP = {"old_code": "predecessor_code", "new_code": "successor_code", "date": "effective_on"}
BOARDS = r"^ICB[0-9][0-9](?:CD|CDH|NM)$"
LOCATIONS = r"^SICBL([0-9][0-9])CDH$"
MEMBERSHIP = ["org_code", "icb_code", "icb_name", "region", "valid_from"]


def recognise_list(file: PublishedFile) -> Edition | None:
    """Recognises a CSV of 27 columns without headings that begins with a code and has the name of one of the lists."""
    name = _list_name(file)
    if not name or len(file.columns) != 27 or not re.match(FIRST_CODE, file.columns[0]):
        return None
    month = _month(file)
    return Edition(month, f"Organisation Data Service: {LISTS[name]}, {month}")


def read_list(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.organisation, one per organisation of the list, open or closed.

    In etrust a code that begins with a trust's code is a site; in etr every code is a trust (such as G6V2S).
    Raises `LayoutChanged` for invalid codes or regions, `UnreadableValue` for an invalid date, and the errors of
    `lists.check`.
    """
    records = read_records(file, columns=[LIST_COLUMNS.get(place, f"column {place}") for place in range(1, 28)])
    form = WITH_SITES if _list_name(file) in LISTS_WITH_SITES else ORGANISATION_CODE
    require_codes(records, "org_code", form=form, name="name")
    require_codes(records, "high_level_geography_code", form=GEOGRAPHY, blank=True)
    require_regions(records, "region_code")
    rows = _dates(_dates(records, "opened_on"), "closed_on")
    check(records, rows, _list_name(file), _month(file))
    return {ORGANISATION.name: _organisations(rows.with_columns(kind=_kind(records, file)))}


def recognise_boards(file: PublishedFile) -> Edition | None:
    """Recognises the ONS list of integrated care boards: ICB24CD, ICB24CDH, ICB24NM (the digits are the year)."""
    boards = sum(bool(re.match(BOARDS, column)) for column in file.columns)
    if boards != 3 or any(re.match(LOCATIONS, column) for column in file.columns):
        return None
    month = _month(file)
    return Edition(month, f"Integrated care boards, {month}")


def read_boards(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.organisation, one per integrated care board: ODS code and name."""
    records = read_records(file)
    (year,) = {column[3:5] for column in records.columns if re.match(BOARDS, column)}
    headings = [f"ICB{year}CD", f"ICB{year}CDH", f"ICB{year}NM"]
    unread = require_headings(records, headings, ignored=["ObjectId", "FID"])
    rows = (
        set_apart(records, headings)
        .rename({f"ICB{year}CDH": "org_code", f"ICB{year}NM": "name"})
        .with_columns(kind=pl.lit("ICB"))
    )
    require_codes(rows.select("source_row", "org_code", "name"), "org_code", name="name")
    return with_unread({ORGANISATION.name: _organisations(rows)}, unread)


def recognise_locations(file: PublishedFile) -> Edition | None:
    """Recognises the ONS list of sub-ICB locations: SICBL22CD, SICBL22CDH, SICBL22NM, then board and region alike."""
    if not any(re.match(LOCATIONS, column) for column in file.columns):
        return None
    month = _month(file)
    return Edition(month, f"Sub-ICB locations, boards and regions, {month}")


def read_locations(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.organisation (locations and boards) and core.organisation_membership (board of each location).

    A membership is valid from the first day of the list's month. The statistical codes (E38…, E40…) are not read.
    Raises `LayoutChanged` for a missing heading or an invalid code.
    """
    records = read_records(file)
    (year,) = {found[1] for column in records.columns if (found := re.match(LOCATIONS, column))}
    areas = [(f"SICBL{year}", "org"), (f"ICB{year}", "icb"), (f"NHSER{year}", "region")]
    headings = [f"{area}{part}" for area, _ in areas for part in ("CD", "CDH", "NM")]
    unread = require_headings(records, headings, ignored=["ObjectId", "FID"])
    called = {
        f"{area}{part}": f"{name}_{into}" for area, name in areas for part, into in (("CDH", "code"), ("NM", "name"))
    }
    rows = set_apart(records, headings).rename(called).with_columns(valid_from=pl.lit(_first_day(file)).str.to_date())
    require_codes(rows, "org_code")
    locations = rows.select("source_row", "org_code", "region_code", name="org_name", kind=pl.lit("sub-ICB location"))
    organisations = pl.concat([_organisations(locations), _boards(rows)])
    return with_unread(_members(rows) | {ORGANISATION.name: organisations}, unread)


def recognise_membership(file: PublishedFile) -> Edition | None:
    """Recognises a list of trusts and their boards with headings org_code, icb_code, icb_name, region, valid_from."""
    if not set(MEMBERSHIP) <= set(file.columns):
        return None
    month = _month(file)
    return Edition(month, f"Trusts and their integrated care boards, {month}")


def read_membership(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.organisation_membership (board and region of each trust) and core.organisation (the boards).

    Raises `LayoutChanged` for an invalid code, `UnmappedLabel` for an unknown region, `UnreadableValue` for an invalid
    date.
    """
    records = read_records(file)
    unread = require_headings(records, MEMBERSHIP)
    records = set_apart(records, MEMBERSHIP).rename({"region": "region_name"})
    rows = translate(records, "region_name", "vacancy_region", to="region_code", into="region_code")
    rows = _dates(rows, "valid_from", form="%Y-%m-%d")
    refuse_values(rows.filter(pl.col("valid_from").is_null()), "valid_from", "a day in every row")
    require_codes(records, "org_code")
    return with_unread(_members(rows) | {ORGANISATION.name: _boards(rows)}, unread)


def _members(rows: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """{'organisation_membership': frame} with one row per organisation."""
    require_codes(rows, "icb_code", name="icb_name")
    require_regions(rows, "region_code", blank=False)
    require_one_name(rows, "icb_code", "icb_name")
    refuse_values(rows.filter(pl.col("org_code").is_duplicated()), "org_code", "each organisation once")
    names = [column.name for column in ORGANISATION_MEMBERSHIP.columns]
    return {ORGANISATION_MEMBERSHIP.name: rows.select(*names, *_source())}


def _boards(rows: pl.DataFrame) -> pl.DataFrame:
    """The boards in a list of memberships, as rows of core.organisation."""
    boards = rows.unique("icb_code", keep="first", maintain_order=True)
    return _organisations(boards.select("source_row", org_code="icb_code", name="icb_name", kind=pl.lit("ICB")))


def recognise_succession(file: PublishedFile) -> Edition | None:
    """Recognises the list succ (five columns without headings), or a lookup with headings old_code, new_code, date."""
    is_succ = (
        bool(re.search(r"(?:^|[^a-z])succ(?:arc)?(?:[^a-z]|$)", file.plain_name.lower()))
        and len(file.columns) == len(SUCCESSION)
        and all(re.match(r"^[A-Z0-9]{2,6}$", code) for code in file.columns[:2])
    )
    if not is_succ and not set(LOOKUP) <= set(file.columns):
        return None
    month = _month(file)
    return Edition(month, f"Predecessors and successors, {month}")


def read_succession(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """Rows of core.organisation_succession, one per predecessor, successor and day, for every kind of organisation.

    A code may succeed itself. The lookup has no reasons. Raises `UnreadableValue` for an invalid date.
    """
    unread: list[Unread] = []
    if set(LOOKUP) <= set(file.columns):
        printed = read_records(file)
        unread = require_headings(printed, list(LOOKUP))
        records = set_apart(printed, LOOKUP).rename(LOOKUP).with_columns(reason=pl.lit(None, pl.String))
        rows = _dates(records, "effective_on", form="%Y-%m-%d")
    else:
        rows = _dates(read_records(file, columns=SUCCESSION), "effective_on")
    for column in ("predecessor_code", "successor_code"):
        require_codes(rows, column, form=ANY_BODY)
    refuse_values(rows.filter(pl.col("effective_on").is_null()), "effective_on", "a day in every row")
    names = [column.name for column in ORGANISATION_SUCCESSION.columns]
    return with_unread({ORGANISATION_SUCCESSION.name: rows.select(*names, *_source())}, unread)


def _list_name(file: PublishedFile) -> str:
    found = re.search(rf"(?:^|[^a-z])({'|'.join(sorted(LISTS, reverse=True))})(?:[^a-z]|$)", file.plain_name.lower())
    return found[1] if found else ""


def _first_day(file: PublishedFile) -> str:
    return f"{_month(file)}-01-01"[:10]


def _month(file: PublishedFile) -> str:
    """The month of the list, '2025-12', or its year, '2016', if the month is not known."""
    if named := re.search(r"(?:^|[^a-z])([a-z]{3,9})[ _-](20[0-9][0-9])(?![0-9])", file.plain_name.lower()):
        numbers = [number for number, month in enumerate(MONTHS, 1) if month.startswith(named[1])]
        if len(numbers) == 1:
            return f"{named[2]}-{numbers[0]:02}"
    for text in (file.name, file.hint, file.path.parent.name):
        if dated := re.search(r"(?<![0-9])(20[0-9][0-9])(?:-(0[1-9]|1[0-2]))?(?:-[0-9][0-9])?(?![0-9])", text):
            return "-".join(part for part in dated.groups() if part)
    raise UnknownFile(
        "the month of the list is not known",
        expected="a file in a folder named after the month of the list, such as ods/2025-12/etr.csv",
        found=file.hint or str(file.path.parent.name),
        do="place the file in a folder named after its month and run again",
    )


def _kind(records: pl.DataFrame, file: PublishedFile) -> pl.Series | pl.Expr:
    name = _list_name(file)
    if name == "etrust":
        # A trust's code may also have five characters (G6V2S); a site's code begins with the code of its trust.
        code, listed = pl.col("org_code"), records["org_code"].implode()
        trust = code.str.contains(ORGANISATION_CODE) & ~((code.str.len_chars() > 3) & code.str.head(3).is_in(listed))
        return pl.when(trust).then(pl.lit("trust")).otherwise(pl.lit("site"))
    if name != "eccg":
        return pl.lit(KIND[name])
    kinds = records["roles"].fill_null("").replace_strict(ROLES, default=None, return_dtype=pl.String)
    refuse_values(records.filter(kinds.is_null()), "roles", f"one of the roles {', '.join(filter(None, ROLES))}")
    return kinds


def _organisations(rows: pl.DataFrame) -> pl.DataFrame:
    absent = [
        pl.lit(None, column.dtype).alias(column.name) for column in ORGANISATION.columns if column.name not in rows
    ]
    return rows.with_columns(absent).select(*(column.name for column in ORGANISATION.columns), *_source())


def _source() -> tuple[pl.Expr, ...]:
    return pl.lit("").alias("source_sheet"), pl.col("source_row"), pl.lit(0).alias("source_column")


def _dates(records: pl.DataFrame, column: str, *, form: str = "%Y%m%d") -> pl.DataFrame:
    read = records.with_columns(day_written(pl.col(column), form))
    refuse_values(
        records.filter(records[column].is_not_null() & read[column].is_null()),
        column,
        f"a day written {form.replace('%Y', 'yyyy').replace('%m', 'mm').replace('%d', 'dd')}, or a blank",
        UnreadableValue,
    )
    return read


EVERY_OF_ITS_KIND = Scope("organisation", ("kind",), shared=True)
"""A list has every organisation of a kind, except that some closed organisations are missing from some lists."""

LIST_READER = Reader(
    name="ods_list",
    version=3,
    title="Organisation Data Service: etr, etrust, ets, ect, eccg, eother",
    tables=(ORGANISATION,),
    recognise=recognise_list,
    read=read_list,
    scopes=(EVERY_OF_ITS_KIND,),
)
BOARD_READER = Reader(
    name="integrated_care_boards",
    version=3,
    title="ONS names and codes of integrated care boards",
    tables=(ORGANISATION,),
    recognise=recognise_boards,
    read=read_boards,
    scopes=(EVERY_OF_ITS_KIND,),
)
LOCATION_READER = Reader(
    name="sub_icb_locations",
    version=1,
    title="ONS sub-ICB locations, integrated care boards and regions",
    tables=(ORGANISATION, ORGANISATION_MEMBERSHIP),
    recognise=recognise_locations,
    read=read_locations,
)
MEMBERSHIP_READER = Reader(
    name="organisation_membership",
    version=1,
    title="Trusts and their integrated care boards (from the System Mapping file)",
    tables=(ORGANISATION, ORGANISATION_MEMBERSHIP),
    recognise=recognise_membership,
    read=read_membership,
)
SUCCESSION_READER = Reader(
    name="organisation_succession",
    version=2,
    title="Organisation Data Service: predecessors and successors (succ)",
    tables=(ORGANISATION_SUCCESSION,),
    recognise=recognise_succession,
    read=read_succession,
)
