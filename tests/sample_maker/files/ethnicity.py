"""The Race Disparity Unit's file of NHS staff by ethnicity, staff group and grade."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.sample_maker.figures.people import Count, by_category, england_by_grade
from tests.sample_maker.figures.staff import Staff, StaffGroup, staff_groups
from tests.sample_maker.files.layout import Row, csv_file

HEADER = ("Time", "Ethnicity", "Ethnicity_type", "Staff_Group", "Role_Group", "Grade", "Value")
MONTHS = (date(2018, 9, 30), date(2022, 6, 30))
PRINTED = {
    "White": "White",
    "Asian or Asian British": "Asian",
    "Black or Black British": "Black",
    "Chinese": "Chinese",
    "Mixed": "Mixed",
    "Any Other Ethnic Group": "Other",
}
UNKNOWN = ("Not Stated", "Unknown")
EVERYONE = "All - Including Unknown, Not Stated And Discontinued Codes"


def ethnicity_csv() -> bytes:
    """People by month, ethnic group, role group and grade; totals beside their parts, no row for nobody."""
    return csv_file(HEADER, [row for month in MONTHS for row in _month(month)])


def _month(month: date) -> Iterator[Row]:
    for main, role, groups in _role_groups():
        all_grades: dict[str, int] = {}
        for grade, count in list(england_by_grade(Staff(month), groups, month).items())[1:]:
            values = _ethnic_groups(count, grade, month)
            all_grades = {name: all_grades.get(name, 0) + value for name, value in values.items()}
            yield from _rows(month, main, role, grade.title() if grade == "Non AfC Grade" else grade, values)
        yield from _rows(month, main, role, "All Grades", all_grades)


def _rows(month: date, main: str, role: str, grade: str, values: dict[str, int]) -> Iterator[Row]:
    kinds = {"All": "All", EVERYONE: "All", "Unknown & Not Stated": "Unknown"}
    for name, value in values.items():
        if value:
            yield (month.replace(day=1), name, kinds.get(name, "ONS 6+1"), main, role, grade, value)


def _ethnic_groups(count: Count, grade: str, month: date) -> dict[str, int]:
    parts = {name: part.people for name, part in by_category(count, "Ethnic group", grade, month).items()}
    groups = {printed: parts[name] for name, printed in PRINTED.items()}
    unknown = sum(parts[name] for name in UNKNOWN)
    known = sum(groups.values())
    return {"All": known, EVERYONE: known + unknown, **groups, "Unknown & Not Stated": unknown}


def _role_groups() -> Iterator[tuple[str, str, tuple[StaffGroup, ...]]]:
    everyone = staff_groups()
    doctors = tuple(group for group in everyone if group.is_doctor)
    yield "Professionally Qualified Clinical Staff", "Hchs Doctors", doctors
    for group in everyone:
        if group.name == "Unknown classification":
            yield "Other Staff Or Those With Unknown Classification", "Unknown", (group,)
        elif not group.is_doctor:
            yield group.main if group.main.startswith("NHS") else group.main.title(), group.name.title(), (group,)
