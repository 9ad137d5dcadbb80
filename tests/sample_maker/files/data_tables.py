"""The workbook 'data tables' of NHS Workforce Statistics, in its layout from September 2025: tables 12 and 15 to 20."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.sample_maker.figures.people import Count, by_category, characteristics, people_cells, total_label
from tests.sample_maker.figures.roles import england_roles
from tests.sample_maker.figures.staff import Staff, month_ends
from tests.sample_maker.files.layout import Row, workbook
from tests.sample_maker.files.workforce import CORE, HEAD, ILLUSTRATIVE

TABLES = {"Gender": 15, "Age band": 16, "Ethnic group": 17, "Disability status": 18}
TABLES |= {"Religious belief": 19, "Sexual orientation": 20}
JOB_ROLES = 12
YEARS = 3


def data_tables(month: date) -> bytes:
    """Job roles of England in the month of each year, and its staff by each personal characteristic in the month."""
    staff = Staff(month)
    about = {JOB_ROLES: "NWD staff group and job role"} | {
        TABLES[kind]: f"{kind}, staff group and grade" for kind in characteristics()
    }
    title: list[Row] = [
        (f"{HEAD} - {CORE}",),
        (f"Data tables, {month:%B %Y}",),
        (ILLUSTRATIVE,),
        (),
        *[(f"Table {number} - {words}",) for number, words in sorted(about.items())],
    ]
    sheets: dict[str, list[Row]] = {"Title sheet": title}
    for number, words in sorted(about.items()):
        kind = next((kind for kind, table in TABLES.items() if table == number), "")
        rows = _people(staff, kind, month) if kind else _roles(staff, month)
        sheets[str(number)] = [(f"Table {number}: {words}, England",), (ILLUSTRATIVE,), (), *rows]
    return workbook(sheets)


def _people(staff: Staff, kind: str, month: date) -> Iterator[Row]:
    cells = list(people_cells(staff, month))
    categories = list(by_category(Count(), kind, "All grades", month))
    yield ("Data month", "Data type", "Main staff group", "Staff group 1", "Grade", total_label(kind), *categories)
    for data_type in ("FTE", "Headcount"):
        for main, group, grade, count in cells:
            parts = by_category(count, kind, grade, month).values()
            figures = [each.fte if data_type == "FTE" else each.people for each in (count, *parts)]
            yield (month, data_type, main, group, grade, *figures)


def _roles(staff: Staff, month: date) -> Iterator[Row]:
    months = [day for day in month_ends(month.replace(year=month.year - YEARS + 1), month) if day.month == month.month]
    by_month = {day: england_roles(staff, day) for day in months}
    yield ("Data type", "NWD Staff Group", "Job Role", *months)
    for data_type in ("FTE", "Headcount"):
        for role in by_month[month]:
            counts = [by_month[day].get(role, Count()) for day in months]
            yield (data_type, *role[:2], *(each.fte if data_type == "FTE" else each.people for each in counts))
