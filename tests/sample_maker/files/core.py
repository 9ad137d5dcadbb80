"""The zip of CSV files 'Trusts and core organisations' of NHS Workforce Statistics, in its layout of October 2025."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from tests.sample_maker.figures.arithmetic import people, spread
from tests.sample_maker.figures.people import by_category, by_grade, characteristics, details, people_cells, total_label
from tests.sample_maker.figures.roles import england_roles, roles_of
from tests.sample_maker.figures.staff import Organisation, Staff, StaffGroup, month_ends, organisations, staff_groups
from tests.sample_maker.files.layout import Row, csv_file, workbook, zip_file
from tests.sample_maker.files.workforce import ILLUSTRATIVE, staff_group_columns

AREA = ("NHSE_REGION_CODE", "NHSE_REGION_NAME", "ICS_CODE", "ICS_NAME", "ORG_CODE", "ORG_NAME")
GROUP = ("MAIN_STAFF_GROUP", "STAFF_GROUP_1")
ROLE = (
    "NWD_STAFF_GROUP",
    "NWD_JOB_ROLE",
    "PRIMARY_AREA_OF_WORK",
    "SECONDARY_AREA_OF_WORK",
    "TERTIARY_AREA_OF_WORK",
)
FIGURES = ("FTE", "HEADCOUNT")
SPECIALTIES = {
    "Acute": {
        ("Anaesthetics group", "Anaesthetics"): 30,
        ("Emergency medicine", "Emergency medicine"): 12,
        ("General medicine group", "Cardiology"): 20,
        ("Dental group", "Orthodontics"): 3,
        ("Surgical group", "General surgery"): 35,
    },
    "Mental health": {("Psychiatry group", "General psychiatry"): 85, ("Psychiatry group", "Old age psychiatry"): 15},
}
"""Percent of an organisation's consultants in each specialty."""

PEOPLE_MONTHS = (date(2018, 9, 30), date(2025, 9, 30))
"""Months before the edition's own in Core 12: one near the end of 2018, and the month before."""


def core_zip(month: date) -> bytes:
    """Members 0, 1, 3, 5, 7, 8 and 12 of the edition of `month`; months before it only where a member needs them."""
    staff = Staff(month)
    months = month_ends(date(month.year, month.month - 2, 1), month)
    level = ("DATA_MONTH", "DATA_LEVEL")
    members = {
        "1. Staff group - England, NHSE region, ICS and org": (
            (*level, *AREA, "CLUSTER_GROUP", "BENCHMARK_GROUP", *GROUP),
            _staff_groups(staff, months),
        ),
        "3. Medical staff by grade and specialty - org": (
            (*level, *AREA, "SPECIALTY_GROUP", "SPECIALTY", "STAFF_GROUP_1", "GRADE"),
            _consultants(staff, month),
        ),
        "5. Staff groups (excl medical) care setting, level, grade - org": (
            (*level, *AREA, *GROUP, "STAFF_GROUP_2", "CARE_SETTING", "LEVEL", "GRADE"),
            _grades(staff, month),
        ),
        "7. NWD Staff Group, Job Role and Area of Work - England": ((*level, *ROLE), _england_roles(staff, months)),
        "8. NWD Staff Group, Job Role and Area of Work - org": ((*level, *AREA, *ROLE), _roles(staff, month)),
        "12. Person characteristics, staff group and grade - England": (
            (*level, "PERSON_CHARACTERISTIC_TYPE", *GROUP, "PERSON_CHARACTERISTIC_MEASURE", "GRADE"),
            _people(staff, month),
        ),
    }
    about: list[Row] = [("CSV file name", "CSV file brief description"), ("All files", ILLUSTRATIVE)]
    about += [(f"Core {name}", "This file contains full time equivalent (FTE) and headcount data.") for name in members]
    return zip_file(
        {"Core 0. CSV data files description, notes and metadata.xlsx": workbook({"Description": about})}
        | {
            f"Core {name}, {month:%b-%y}.csv": csv_file((*header, *FIGURES), rows)
            for name, (header, rows) in members.items()
        }
    )


def _staff_groups(staff: Staff, months: Sequence[date]) -> Iterator[Row]:
    for month in months:
        shown = [one for one in organisations() if one.exists(month)]
        for level, place, members in _levels(shown):
            for main, group, groups in named_groups():
                headcount = staff.headcount(members, groups, month)
                if headcount:
                    yield (month, level, *place, main, group, staff.fte(members, groups, month), headcount)


def _levels(shown: Sequence[Organisation]) -> Iterator[tuple[str, Row, list[Organisation]]]:
    """England, regions, systems and organisations: level, the columns that say which, and who is in it."""
    no_region, no_system = ("England", "England"), ("All ICS areas", "All ICS areas")
    no_organisation = ("All organisations", "All organisations", None, None)
    yield "National", (*no_region, *no_system, *no_organisation), list(shown)
    for region, inside in groupby(shown, lambda one: (one.region_code, one.region_name)):
        members = list(inside)
        yield "NHS England region", (*region, *no_system, *no_organisation), members
        for system, within in groupby(members, lambda one: (one.icb_code, one.icb_name)):
            yield "Integrated Care System", (*region, *system, *no_organisation), list(within)
    for one in shown:
        yield "Organisation", (*_place(one), one.cluster_group, one.benchmark_group), [one]


def named_groups() -> Iterator[tuple[str, str, tuple[StaffGroup, ...]]]:
    """Main staff group and staff group as the CSV files print them, with what each is made of."""
    for label, groups in staff_group_columns().items():
        main = groups[0].main
        if label == "Total":
            yield "All staff groups", "All staff groups", groups
        elif label == "HCHS Doctors":
            yield main, "HCHS doctors - All grades", groups
        elif groups[0].is_doctor and len(groups) == 1:
            yield main, f"HCHS doctors - {label}", groups
        elif label == main and len(groups) > 1:
            yield main, "All staff groups", groups
        else:
            yield main, label, groups


def _place(one: Organisation) -> tuple[str, ...]:
    return (one.region_code, one.region_name, one.icb_code, one.icb_name, one.code, one.name)


def _grades(staff: Staff, month: date) -> Iterator[Row]:
    columns = ("main_printed", "staff_group_1", "staff_group_2", "care_setting", "level")
    for one in organisations():
        for group in staff_groups():
            if one.exists(month) and not group.is_doctor:
                line = details()[group.name]
                for grade, count in by_grade(staff, one, group, month).items():
                    names = [line[name] for name in columns]
                    yield (month, "Organisation", *_place(one), *names, grade, count.fte, count.people)


def _consultants(staff: Staff, month: date) -> Iterator[Row]:
    consultant = next(group for group in staff_groups() if group.name == "Consultant")
    for one in organisations():
        weights = SPECIALTIES["Mental health" if one.profile == "mental_health" else "Acute"]
        hundredths = staff.hundredths(one, consultant, month)
        heads = spread(people(hundredths, consultant.people_per_hundred_fte), list(weights.values()))
        for (group, specialty), count, part in zip(weights, heads, spread(hundredths, heads), strict=True):
            if count:
                names = (group, specialty, "HCHS doctors - Consultant", "Consultant")
                yield (month, "Organisation", *_place(one), *names, part / 100, count)


def _roles(staff: Staff, month: date) -> Iterator[Row]:
    for one in organisations():
        for role, count in roles_of(staff, one, month).items():
            yield (month, "Organisation", *_place(one), *role, count.fte, count.people)


def _england_roles(staff: Staff, months: Sequence[date]) -> Iterator[Row]:
    for month in months:
        for role, count in england_roles(staff, month).items():
            yield (month, "National", *role, count.fte, count.people)


def _people(staff: Staff, month: date) -> Iterator[Row]:
    for day in sorted({*PEOPLE_MONTHS, month}):
        for main, group, grade, count in people_cells(staff, day):
            for kind in characteristics():
                yield (day, "National", kind, main, group, total_label(kind), grade, count.fte, count.people)
                for category, part in by_category(count, kind, grade, day).items():
                    if part.people:
                        yield (day, "National", kind, main, group, category, grade, part.fte, part.people)
