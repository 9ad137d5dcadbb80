"""The zip with Turnover 1 (England and regions) and Turnover 2 (England by grade and age band), annual.

Layout of October 2025. In full-time equivalents, start plus joiners less leavers is end, and every part adds up. As
with the publisher, a row of zero is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import groupby

from tests.sample_maker.figures.arithmetic import people, spread, wobble
from tests.sample_maker.figures.staff import Organisation, Staff, StaffGroup, organisations
from tests.sample_maker.files.core import named_groups
from tests.sample_maker.files.layout import Row, csv_file, workbook, zip_file
from tests.sample_maker.files.turnover import TYPES
from tests.sample_maker.files.workforce import ILLUSTRATIVE

REGION = ("NHSE_REGION_CODE", "NHSE_REGION_NAME")
GROUP = ("MAIN_STAFF_GROUP", "STAFF_GROUP")
FIGURES = ("HC", "FTE")
ALL_REGIONS, ALL_AGES = "All NHSE regions", "All age bands"
FIRST_YEAR = 2016

AGES = {"Under 25": 6, "25 to 34": 24, "35 to 44": 25, "45 to 54": 24, "55 to 64": 18, "65 and over": 3}
"""Percent of staff in each age band."""

BANDS = {
    "Managers": {"Band 7": 24, "Band 8a": 47, "Band 8b": 23, "Band 8c": 6},
    "Senior managers": {"Band 8b": 15, "Band 8c": 35, "Band 8d": 24, "Band 9": 12, "Very Senior Manager": 14},
}
"""Percent of a staff group in each grade, for the groups that this sample cuts by grade."""

LEAVERS_PER_THOUSAND = {"Managers": (70, 48), "Senior managers": (60, 42)}
"""Leavers of a thousand in post, first and last year; joiners follow from them and from the growth."""

Count = tuple[int, int]
"""People, and hundredths of full-time equivalents."""


def national_turnover_zip(month: date) -> bytes:
    """Both tables for the years from September 2016, and the twelve months to `month`."""
    span = f"Sep-{FIRST_YEAR - 2000} to {month:%b-%y}"
    start = ("PERIOD", "TYPE")
    about: list[Row] = [("CSV file name", "CSV file brief description"), ("All files", ILLUSTRATIVE)]
    return zip_file(
        {
            "Turnover 0. CSV data files description, notes and metadata.xlsx": workbook({"Description": about}),
            f"Turnover 1. Staff group - NHSE region, annual, {span}.csv": csv_file(
                (*start, *REGION, *GROUP, *FIGURES), _by_region(month)
            ),
            f"Turnover 2. Staff group, grade and age band - England, annual, {span}.csv": csv_file(
                (*start, *GROUP, "GRADE", "AGE_BAND", *FIGURES), _by_grade(month)
            ),
        }
    )


@cache
def _existing(month: date) -> tuple[Organisation, ...]:
    return tuple(one for one in organisations() if one.exists(month))


def _periods(month: date) -> Iterator[tuple[date, date]]:
    for year in range(FIRST_YEAR, month.year):
        yield date(year, 9, 30), date(year + 1, 9, 30)
    if month.month != 9:
        yield month.replace(year=month.year - 1), month


def _by_region(month: date) -> Iterator[Row]:
    places = [((ALL_REGIONS, ALL_REGIONS), _existing(month))]
    for region, inside in groupby(_existing(month), lambda one: (one.region_code, one.region_name)):
        places.append((region, tuple(inside)))
    for start, end in _periods(month):
        for kind in TYPES:
            for place, where in places:
                for main, group, groups in named_groups():
                    heads, hundredths = _count(kind, where, groups, start, end)
                    if heads:
                        yield (_period(start, end), kind, *place, main, group, heads, hundredths / 100)


def _by_grade(month: date) -> Iterator[Row]:
    for start, end in _periods(month):
        for kind in TYPES:
            for main, group, groups in named_groups():
                for grade, age, (heads, hundredths) in _cells(kind, _existing(month), group, groups, start, end):
                    if heads:
                        yield (_period(start, end), kind, main, group, grade, age, heads, hundredths / 100)


def _cells(
    kind: str,
    where: tuple[Organisation, ...],
    group: str,
    groups: tuple[StaffGroup, ...],
    start: date,
    end: date,
) -> Iterator[tuple[str, str, Count]]:
    """Grade, age band and count of a staff group in England."""
    parts = [_count(kind, where, (one,), start, end) for one in groups]
    is_grade = group.startswith("HCHS doctors - ") and not group.endswith("All grades")
    all_grades = group.removeprefix("HCHS doctors - ") if is_grade else "All grades"
    yield all_grades, ALL_AGES, _together(parts)
    for age in AGES:
        yield all_grades, age, _together([_ages(one.name, part)[age] for one, part in zip(groups, parts, strict=True)])
    for grade, count in _spread(parts[0], BANDS[group]).items() if group in BANDS else ():
        yield grade, ALL_AGES, count
        for age, part in _spread(count, AGES).items():
            yield grade, age, part


def _ages(group: str, count: Count) -> dict[str, Count]:
    """By age band: where a group is cut by grade, the sum over its grades."""
    if group not in BANDS:
        return _spread(count, AGES)
    grades = [_spread(part, AGES) for part in _spread(count, BANDS[group]).values()]
    return {age: (sum(each[age][0] for each in grades), sum(each[age][1] for each in grades)) for age in AGES}


def _together(parts: list[Count]) -> Count:
    """Exact in FTE, a little fewer people than the parts have: some hold several roles."""
    heads, hundredths = (sum(part) for part in zip(*parts, strict=True))
    return heads - (heads // 400 if len(parts) > 1 else 0), hundredths


def _period(start: date, end: date) -> str:
    return f"{start:%Y%m} to {end:%Y%m}"


def _spread(whole: Count, weights: dict[str, int]) -> dict[str, Count]:
    heads = spread(whole[0], list(weights.values()))
    return dict(zip(weights, zip(heads, spread(whole[1], heads), strict=True), strict=True))


def _count(kind: str, where: tuple[Organisation, ...], groups: tuple[StaffGroup, ...], start: date, end: date) -> Count:
    """Staff in post, joiners or leavers of staff groups."""
    parts = [_flow(kind, where, group, start, end) for group in groups]
    return _together(
        [(people(part, group.people_per_hundred_fte), part) for part, group in zip(parts, groups, strict=True)]
    )


@cache
def _flow(kind: str, where: tuple[Organisation, ...], group: StaffGroup, start: date, end: date) -> int:
    """Hundredths of full-time equivalents, added up over organisations."""
    return sum(_of_one(kind, one, group, start, end) for one in where)


def _of_one(kind: str, one: Organisation, group: StaffGroup, start: date, end: date) -> int:
    # An organisation that opened since counts with its first staff before: its predecessors are in no year.
    opened = date.fromisoformat(one.opened_on) + timedelta(days=31)
    first_month = opened.replace(day=1) - timedelta(days=1)
    before, after = (Staff(end).hundredths(one, group, max(month, first_month)) for month in (start, end))
    first, last = LEAVERS_PER_THOUSAND.get(group.name, (105, 98))
    usual = first + (last - first) * (end.year - FIRST_YEAR - 1) // 8
    leavers = max(before * (usual + wobble(one.code, group.name, end, "year", by=8)) // 1000, before - after)
    return {TYPES[0]: after, TYPES[1]: before, "Joiners": after - before + leavers, "Leavers": leavers}[kind]
