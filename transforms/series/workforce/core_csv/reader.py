"""The reader of the zip: its edition, and its members as tidy frames."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from transforms.errors import LayoutChanged, NotWhatItClaims, RepeatedFigure
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.reading.periods import month_named, require_months_named
from transforms.reading.refuse import ASK_WHICH, named, refuse_rows
from transforms.reading.text import plain_name
from transforms.reading.unread import Unread, with_unread
from transforms.series.workforce.core_csv.agreement import OrganisationSums, check_agreement, organisation_sums
from transforms.series.workforce.core_csv.cells import refuse_blanks
from transforms.series.workforce.core_csv.members import Member, known_members, scan_member, wanted_members
from transforms.series.workforce.core_csv.roles import check_role_sums, check_roles
from transforms.series.workforce.core_csv.staff_sums import check_staff_sums
from transforms.series.workforce.core_csv.tidy import ROWS_NOT_READ, TIDY
from transforms.series.workforce.core_csv.totals import check_people
from transforms.series.workforce.tables import EVERY_AREA, JOB_ROLE, MEDICAL_STAFF, WORKFORCE, WORKFORCE_BY_GRADE
from transforms.tables.declare import Scope, Table
from transforms.tables.person_characteristic import PERSON_CHARACTERISTIC

FILLED = {
    table.name: table for table in (WORKFORCE, WORKFORCE_BY_GRADE, MEDICAL_STAFF, JOB_ROLE, PERSON_CHARACTERISTIC)
}
"""Table name -> table, for the tables that members are read into."""
TITLES = {"core": "trusts and core organisations", "support": "support organisations and central bodies"}


def recognise(file: PublishedFile) -> Edition | None:
    """Recognises a zip with a member of a known name; the edition is the month in its members' names."""
    if file.kind != "zip":
        return None
    known = known_members(file)
    if not known:
        return None
    month = _month(known)
    start = known[0].rpartition("/")[2].split(" ")[0].lower()
    title = f"NHS Workforce Statistics, {month:%B %Y}, CSV files: {TITLES.get(start, 'trusts and core organisations')}"
    return Edition(f"{month:%Y-%m}", title, month.isoformat())


def read(file: PublishedFile) -> Mapping[str, pl.DataFrame]:
    """The zip's members as frames with the `frame_columns` of the tables in `TIDY`.

    Units: FTE and headcount (people) at month ends. Raises `UnmappedLabel` for an unknown label, `LayoutChanged` for
    other headings, `UnreadableValue` for a cell that is neither number nor symbol, `RepeatedFigure` for a figure
    printed with two values, `TotalsDisagree` for a total that differs from its parts or from another member,
    `IncompleteFile` for a missing part, `NotWhatItClaims` for a month that differs from the name.
    """
    members, unread = wanted_members(file)
    if not members:
        raise LayoutChanged(
            "the zip has no member that is read",
            expected="one of the members in transforms/vocabularies/csv_member.csv",
            found=", ".join(file.members),
            do="leave the file out, or add its members",
        )
    read_members = [(member, *_read_member(file, member)) for member in members]
    unread += [
        Unread("rows", member.name, *ROWS_NOT_READ[member.table], is_known=True)
        for member in members
        if member.table in ROWS_NOT_READ
    ]
    for member, frame, _ in read_members:
        _check_month(file, member, frame)
    frames = {
        table: _once(FILLED[table], [frame for member, frame, _ in read_members if member.table == table])
        for table in dict.fromkeys(member.table for member in members)
    }
    _check(frames, members, [sums for *_, sums in read_members if sums is not None])
    return with_unread(frames, unread)


def _read_member(file: PublishedFile, member: Member) -> tuple[pl.DataFrame, OrganisationSums | None]:
    with scan_member(file, member) as records:
        refuse_blanks(records, member)
        tidy = TIDY[member.table](records, member)
        sums = organisation_sums(records, member)
    columns = [column.name for column in FILLED[member.table].frame_columns]
    return tidy.with_columns(source_sheet=pl.lit(member.name)).select(columns), sums


def _check(frames: Mapping[str, pl.DataFrame], members: list[Member], sums: list[OrganisationSums]) -> None:
    """Check the totals within each table, and the members against each other."""
    staff = frames.get("workforce")
    if staff is not None:
        levels = set().union(*(member.levels for member in members if member.table == "workforce"))
        check_staff_sums(staff, levels)
    if (people := frames.get("person_characteristic")) is not None:
        check_people(people, staff)
    roles = frames.get("job_role")
    if roles is not None:
        check_roles(roles)
    newest = None if staff is None else staff.filter(pl.col("period_end") == pl.col("period_end").max())
    check_agreement(sums, newest)
    if roles is not None:
        check_role_sums(roles)


def _once(table: Table, frames: list[pl.DataFrame]) -> pl.DataFrame:
    """All rows of a table, with figures that two members print (such as totals) kept once.

    Raises `RepeatedFigure` if the two values differ.
    """
    rows = pl.concat(frames)
    # Hashes are compared first: comparing the full keys of millions of rows takes several times their memory.
    alike = rows.filter(rows.select(table.key).hash_rows().is_duplicated())
    again = alike.filter(pl.struct(table.key).is_duplicated())
    if again.is_empty():
        return rows
    two = again.filter(pl.struct(*table.key, *table.values).is_unique())
    refuse_rows(
        two.sort(table.key),
        RepeatedFigure,
        "a figure is printed twice with two values",
        column=0,
        expected=lambda row: f"one value for {named(row, table.key)}",
        found="{value}",
        do=ASK_WHICH,
        shown=2,
    )
    return rows.unique(table.key, keep="first", maintain_order=True)


def _month(members: list[str]) -> date:
    months = {month for name in members if (month := month_named(plain_name(name))) is not None}
    if len(months) == 1:
        return months.pop()
    raise NotWhatItClaims(
        "the members of the zip do not name one month" if months else "no member of the zip names its month",
        expected="members of one edition, named as in 'Core 5. …, Sep-25.csv'",
        found=", ".join(members),
        do="fetch the zip again; do not put members of two editions together",
    )


def _check_month(file: PublishedFile, member: Member, frame: pl.DataFrame) -> None:
    """Check that the newest month is the one in the names of member and zip, and the only one where that applies."""
    in_name = month_named(file.plain_name)
    for month, name in ((_month(known_members(file)), member.name), (in_name, file.name)):
        require_months_named(frame, [month], name=name, sheet=member.name, only=member.is_of_latest_month)


READER = Reader(
    name="core-csv",
    version=5,
    title="NHS Workforce Statistics: CSV data files (zip)",
    tables=tuple(FILLED.values()),
    recognise=recognise,
    read=read,
    scopes=(
        EVERY_AREA,
        *(
            Scope(table, ("period_end", "geography_level", "measure"))
            for table in ("workforce", "workforce_by_grade", "medical_staff", "job_role")
        ),
        Scope("person_characteristic", ("period_end", "population", "characteristic", "measure")),
    ),
)
