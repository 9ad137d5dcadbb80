"""The 'England and Organisation' workbook of NHS Workforce Statistics, in its layout from 2023 to August 2025."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import groupby

from tests.sample_maker.figures.staff import (
    FIRST_MONTH,
    Organisation,
    Staff,
    StaffGroup,
    month_ends,
    organisations,
    staff_groups,
)
from tests.sample_maker.files.layout import Row, workbook

Measure = Callable[[Sequence[Organisation], Sequence[StaffGroup], date], float]
Columns = Callable[[Sequence[Organisation]], Row]

HEAD = "NHS Hospital & Community Health Service (HCHS) monthly workforce statistics"
CORE = "Staff in NHS Trusts and other core organisations"
ILLUSTRATIVE = (
    "Illustrative figures: not a publication. England and the regions are the sum of the few organisations shown."
)
DIMENSIONS = (
    "NHS England region code",
    "NHS England region name",
    "ICS code",
    "ICS name",
    "Organisation name",
    "Organisation code",
)
_AREAS = "HCHS staff by NHS England region, Integrated Care System (ICS), Organisation"
_SERIES = "Timeseries of total HCHS staff by NHS England region, Integrated Care System (ICS) and Organisation"
SOURCE = f"Source: {HEAD}, NHS England"
ONE_PERSON_SEVERAL_ROLES = (
    "Headcount totals are unlikely to equal the sum of components due to some staff working in more than one role. "
)
WHO = (
    "These data relate to the HCHS workforce directly employed in NHS Trusts and other core organisations who are paid."
)
FTE_MEANS = (
    "Full Time Equivalent (FTE) refers to the proportion of full time contracted hours that the post holder is"
    " contracted to work. 1 would indicate they work a full set of hours, 0.5 that they worked half time."
)
DASH, NOUGHT, DOT = (
    " ' - ' denotes zero",
    " ' 0 ' denotes more than zero and less than 0.5",
    " ' . ' denotes not applicable",
)


def workforce_workbook(month: date) -> bytes:
    """The edition whose latest month end is `month`; its time series begins with the sample's first month."""
    staff = Staff(month)
    return workbook(
        {
            "Title sheet": _title_sheet(month),
            "1. England": _england(staff, month),
            "2. NHSE, Org & SG - HC": _by_staff_group(staff.headcount, 2, "Headcount", month),
            "3. NHSE, Org & SG - FTE": _by_staff_group(staff.fte, 3, "Full Time Equivalent", month),
            "4. All Staff, NHSE & Org - HC": _over_time(staff.headcount, 4, "Headcount", month),
            "5. All Staff, NHSE & Org - FTE": _over_time(staff.fte, 5, "Full Time Equivalent", month),
        }
    )


def staff_group_columns() -> dict[str, tuple[StaffGroup, ...]]:
    """The columns of the staff group tables, in their order: totals and subtotals with what they are made of."""
    groups = staff_groups()
    columns: dict[str, tuple[StaffGroup, ...]] = {"Total": groups}
    for main in dict.fromkeys(group.main for group in groups):
        inside = tuple(group for group in groups if group.main == main)
        columns[main] = inside
        if inside[0].is_doctor:
            columns["HCHS Doctors"] = tuple(group for group in inside if group.is_doctor)
        columns |= {group.name: (group,) for group in inside}
    return columns


def _title_sheet(month: date) -> list[Row]:
    tables = (
        "HCHS staff for England by main staff groups - Headcount and Full Time Equivalent",
        f"{_AREAS} and main staff group - Headcount",
        f"{_AREAS} and main staff group - Full Time Equivalent",
        f"{_SERIES} - Headcount",
        f"{_SERIES} - Full Time Equivalent",
    )
    return [
        *[()] * 7,
        (f"{HEAD} - {CORE}",),
        ("England and Organisation level - main staff group tables",),
        (ILLUSTRATIVE,),
        ("Contents",),
        (),
        *[(f"Table {number} - {table}",) for number, table in enumerate(tables, start=1)],
        (),
        (f"Copyright © {month.year} NHS England",),
        ("Contains public sector information licensed under the Open Government Licence v3.0.",),
    ]


def _england(staff: Staff, month: date) -> list[Row]:
    months = month_ends(FIRST_MONTH, month)
    changes = ("Latest Monthly Change", "Latest Monthly Change (%)", "Annual Change", "Annual Change (%)")
    return [
        (f"Table 1: {HEAD}: HCHS staff for England by main staff groups - Headcount and Full Time Equivalent",),
        (CORE,),
        (),
        ("JUMP TO HEADCOUNT",),
        ("JUMP TO FULL TIME EQUIVALENT",),
        ("Return to Contents",),
        (),
        ("England",),
        (None, None, *months, *changes),
        ("HEADCOUNT",),
        *_england_block(staff.headcount, months),
        (),
        ("FULL TIME EQUIVALENT (FTE)",),
        *_england_block(staff.fte, months),
        *_notes(month, ONE_PERSON_SEVERAL_ROLES, FTE_MEANS, WHO, "", DASH, NOUGHT, DOT),
    ]


def _england_block(measure: Measure, months: list[date]) -> Iterator[Row]:
    everyone = organisations()
    spaced_before = {"HCHS Doctors", "Nurses & health visitors"} | {group.main for group in staff_groups()}
    for label, groups in staff_group_columns().items():
        if label in spaced_before:
            yield ()
        values = [measure(everyone, groups, month) for month in months]
        printed = "HCHS doctors" if label == "HCHS Doctors" else label
        yield (None, printed, *values, *_change(values, 1), *_change(values, 12))


def _change(values: list[float], months: int) -> tuple[float, float]:
    now, then = values[-1], values[-1 - months]
    return now - then, (now - then) / then


def _by_staff_group(measure: Measure, table: int, words: str, month: date) -> list[Row]:
    columns = staff_group_columns()
    existing = tuple(one for one in organisations() if one.exists(month))
    return [
        (f"Table {table}: {HEAD}: {_AREAS} and main staff group - {words}",),
        (CORE,),
        ("Return to Contents",),
        (),
        (f"{month:%B %Y} monthly data",),
        (*DIMENSIONS, *columns),
        *_areas(existing, lambda where: [measure(where, groups, month) for groups in columns.values()]),
        *_notes(month, *_about(words)),
    ]


def _over_time(measure: Measure, table: int, words: str, month: date) -> list[Row]:
    months = month_ends(FIRST_MONTH, month)
    groups = staff_groups()
    return [
        (f"Table {table}: {HEAD}: {_SERIES} - {words}",),
        (CORE,),
        ("Return to Contents",),
        (),
        (*DIMENSIONS, *months),
        *_areas(organisations(), lambda where: [measure(where, groups, day) for day in months]),
        *_notes(month, *_about(words), "Some organisations will not have existed for the full time series shown."),
    ]


def _areas(shown: Sequence[Organisation], figures: Columns) -> Iterator[Row]:
    """England, then each region, its systems and their organisations; what a row speaks of shows by blank cells."""
    yield ()
    yield (None, "England", None, None, None, None, *figures(shown))
    for (region_code, region_name), region in groupby(shown, lambda one: (one.region_code, one.region_name)):
        inside = list(region)
        yield ()
        yield (region_code, region_name, None, None, None, None, *figures(inside))
        for (icb_code, icb_name), system in groupby(inside, lambda one: (one.icb_code, one.icb_name)):
            members = list(system)
            yield (None, None, icb_code, icb_name, None, None, *figures(members))
            for one in members:
                yield (None, None, None, None, one.name, one.code, *figures([one]))


def _about(words: str) -> tuple[str, ...]:
    return (ONE_PERSON_SEVERAL_ROLES, WHO, DASH) if words == "Headcount" else (WHO, DASH, NOUGHT, "", FTE_MEANS)


def _notes(month: date, *notes: str) -> list[Row]:
    lines = (SOURCE, "", "Notes:", ILLUSTRATIVE, *notes, "", f"Copyright © {month.year} NHS England")
    return [(), *[(line,) if line else () for line in lines]]
