"""Consistency of the members of one zip: the same organisations, and the same FTE if two members cover the same staff.

Core 1 prints the staff of each organisation by staff group; Core 5 the same staff by grade (all but doctors), Core 3
doctors by specialty, Core 8 all of them by job role. FTE (full-time equivalents) adds up, headcount does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from transforms.errors import IncompleteFile, LayoutChanged, TotalsDisagree
from transforms.reading.grid import ROW
from transforms.reading.refuse import CUT_OFF, as_first, refuse_rows
from transforms.reading.symbols import as_number
from transforms.reading.vocabulary import key, plain_text, translate, vocabulary
from transforms.series.workforce.core_csv.members import Member
from transforms.series.workforce.core_csv.totals import SOME, rounding, where_it_holds

ALL_STAFF, ALL_DOCTORS = "All staff groups", "HCHS doctors"
WITHOUT_DOCTORS, DOCTORS = "workforce_by_grade", "medical_staff"
BY_ORGANISATION = {WITHOUT_DOCTORS, DOCTORS, "job_role"}


@dataclass(frozen=True)
class OrganisationSums:
    """FTE of each organisation in all records of a member, including records that are not kept.

    `places` has one row per combination of org_code, region_code, icb_code and area_name, with source_row and
    source_sheet. `sums` has org_code, staff_group ('All staff groups' if the member has no staff groups), sum (FTE),
    count (number of records), unknown (number of records without a number) and source_row (the first).
    """

    member: Member
    sums: pl.DataFrame
    places: pl.DataFrame


def organisation_sums(records: pl.LazyFrame, member: Member) -> OrganisationSums | None:
    """The FTE sums of a member by organisation; None for Core 1 and for a member without organisations or without FTE.

    `records` are all records of the member. Raises `UnmappedLabel` for an unknown staff group.
    """
    if member.table not in BY_ORGANISATION or "ORG_CODE" not in member.headings:
        return None
    if not {"DATA_TYPE", "FTE"} & set(member.headings):
        return None
    if "DATA_TYPE" in member.headings:
        records = records.filter(key(pl.col("DATA_TYPE")) == "fte").with_columns(FTE="VALUE")
    cut = "STAFF_GROUP_1" in member.headings
    group = pl.col("STAFF_GROUP_1") if cut else pl.lit(ALL_STAFF)
    place = {"ORG_CODE": "org_code", "NHSE_REGION_CODE": "region_code", "ICS_CODE": "icb_code", "ORG_NAME": "area_name"}
    number = as_number(pl.col("FTE"))
    # Aggregated first, so that the member is read once and labels are looked up per group, not per record.
    sums = (
        records.group_by(*place, group.alias("staff_group"))
        .agg(
            number.sum().alias("sum"),
            pl.len().alias("count"),
            number.null_count().alias("unknown"),
            pl.col(ROW).min(),
        )
        .rename(place)
        .sort(ROW)
        .collect()
        .with_columns(plain_text(pl.col("area_name")))
    )
    places = sums.group_by(place.values(), maintain_order=True).agg(pl.col(ROW).min())
    if cut:
        sums = translate(sums, "staff_group", "staff_group", sheet=member.name)
    sums = sums.group_by("org_code", "staff_group").agg(pl.sum("sum", "count", "unknown"), pl.col(ROW).min())
    return OrganisationSums(member, sums, places.with_columns(source_sheet=pl.lit(member.name)))


def check_agreement(members: list[OrganisationSums], staff: pl.DataFrame | None) -> None:
    """Check that the members agree with each other and with `staff`, rows of core.workforce of their month (or None).

    Raises `IncompleteFile` for an organisation that is missing from a member, `LayoutChanged` for an organisation with
    different regions, boards or names, `TotalsDisagree` for FTE of an organisation and staff group that differs.
    """
    by_group = None if staff is None else _of_organisations(staff)
    _check_organisations(members, by_group)
    _check_places(members, staff)
    if by_group is None:
        return
    for each in members:
        if each.member.table == "job_role":
            _check_all_staff(each, by_group)
        else:
            _check_staff_groups(each, by_group)


def _of_organisations(staff: pl.DataFrame) -> pl.DataFrame:
    """FTE of organisations in Core 1: org_code, staff_group, value, staff_sheet, staff_row; may be empty."""
    return staff.filter(geography_level="Organisation", measure="fte").select(
        "org_code", "staff_group", "value", staff_sheet="source_sheet", staff_row="source_row"
    )


def _check_organisations(members: list[OrganisationSums], staff: pl.DataFrame | None) -> None:
    named = {
        each.member.name: set(each.sums.filter(pl.col("sum") > 0)["org_code"])
        for each in members
        if each.member.table != DOCTORS
    }
    if staff is not None and staff.height:
        named[staff["staff_sheet"][0]] = set(staff.filter(pl.col("value") > 0)["org_code"])
    everywhere = set().union(*named.values())
    for name, codes in named.items():
        if missing := sorted(everywhere - codes):
            other = next(other for other, has in named.items() if missing[0] in has)
            raise IncompleteFile(
                f"{len(missing)} organisations are missing from a member of the zip",
                sheet=name,
                expected=f"the {len(everywhere)} organisations of its members, {missing[0]} among them ({other})",
                found=f"{len(codes)} organisations, without " + ", ".join(missing[:SOME]),
                do=CUT_OFF,
            )


def _check_places(members: list[OrganisationSums], staff: pl.DataFrame | None) -> None:
    """Check that every member has the same region, board and name for an organisation."""
    said = [each.places for each in members]
    columns = ["org_code", "region_code", "icb_code", "area_name", ROW, "source_sheet"]
    if staff is not None:
        named = staff.filter(geography_level="Organisation").with_columns(plain_text(pl.col("area_name")))
        said.append(named.group_by(columns[:4], maintain_order=True).agg(pl.col(*columns[4:]).first()))
    if not said:
        return
    places = pl.concat([each.select(columns) for each in said])
    what = ["region_code", "icb_code", "area_name"]
    moved = places.filter(pl.struct(what).n_unique().over("org_code") > 1).with_columns(
        members=pl.col("source_sheet").n_unique().over("org_code", *what)
    )
    # The variant in the fewest members is probably the wrong one, so it is reported first; Core 1 comes last.
    moved = moved.sort("members", "source_sheet", ROW, descending=[False, True, False])
    refuse_rows(
        as_first(moved, ["org_code"]).unique(what, keep="first", maintain_order=True),
        LayoutChanged,
        "members of the zip differ in the region, board or name of an organisation",
        expected="one region, board and name of {org_code} in all members",
        found="{region_code}, {icb_code}, {area_name} ({source_sheet}, row {source_row})",
        shown=2,
    )


def _check_staff_groups(each: OrganisationSums, staff: pl.DataFrame) -> None:
    words = vocabulary("staff_group").drop_nulls("parent")
    finest = words.filter(~pl.col("label").is_in(words["parent"].implode()))
    of_doctors, in_member = pl.col("parent") == ALL_DOCTORS, pl.col("label").is_in(each.sums["staff_group"].implode())
    # 'Unknown classification' and grades of doctors that are not kept are compared only if the member has them.
    if each.member.table == WITHOUT_DOCTORS:
        is_wanted = ~of_doctors & ((pl.col("parent") != ALL_STAFF) | in_member)
    else:
        is_wanted = of_doctors & ((pl.col("label") == "Consultant") | in_member)
    wanted = pl.col("staff_group").is_in(finest.filter(is_wanted)["label"].unique().implode())
    both = (
        staff.filter(wanted)
        .join(each.sums.filter(wanted), on=["org_code", "staff_group"], how="full", coalesce=True)
        .filter(pl.col("value").is_not_null() | pl.col("staff_row").is_null(), pl.col("unknown").fill_null(0) == 0)
        .with_columns(pl.col("value", "sum", "count").fill_null(0))
    )
    _refuse(each, both.filter((pl.col("value") - pl.col("sum")).abs() > rounding(pl.col("count"))))


def _check_all_staff(each: OrganisationSums, staff: pl.DataFrame) -> None:
    """Check that job roles add up to all staff, or to no more, if they do so at nearly all organisations."""
    both = staff.filter(staff_group=ALL_STAFF).join(each.sums.filter(unknown=0), on=["org_code", "staff_group"])
    off, allowed = pl.col("sum") - pl.col("value"), rounding(pl.col("count"))
    for holds in (off.abs() <= allowed, off <= allowed):
        _refuse(each, where_it_holds(both, holds))


def _refuse(each: OrganisationSums, wrong: pl.DataFrame) -> None:
    refuse_rows(
        wrong.sort(ROW, "org_code", "staff_group", nulls_last=True),
        TotalsDisagree,
        "two members of the zip give different FTE for one organisation and staff group",
        sheet=each.member.name,
        expected=lambda row: (
            f"{row['value']} for {row['org_code']}, {row['staff_group']} "
            + (
                f"({row['staff_sheet']}, row {row['staff_row']})"
                if row["staff_row"]
                else "(no row of the staff groups)"
            )
        ),
        found="{sum:.5f} in {count} records",
    )
