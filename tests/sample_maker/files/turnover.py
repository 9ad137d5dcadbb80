"""Turnover benchmarking 2, staff group and organisation, monthly: the CSV in its layout of October 2025."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.sample_maker.figures.arithmetic import people, wobble
from tests.sample_maker.figures.staff import Organisation, Staff, StaffGroup, organisations, staff_groups
from tests.sample_maker.files.layout import Row, csv_file

HEADER = (
    "PERIOD",
    "TYPE",
    "NHSE_REGION_CODE",
    "NHSE_REGION_NAME",
    "ICS_CODE",
    "ICS_NAME",
    "REPORTING_ORG_NAME",
    "REPORTING_ORG_CODE",
    "CLUSTER_GROUP",
    "BENCHMARK_GROUP",
    "STAFF_GROUP_1_NAME",
    "HC",
    "FTE",
)
DOCTORS = "HCHS Doctors (exc. Resident doctors and equivalents)"
TYPES = ("Denominator at end of period", "Denominator at start of period", "Joiners", "Leavers")
LEAVERS_PER_TEN_THOUSAND = {"Senior managers": 110, "Managers": 90, "Nurses & health visitors": 75}

Figures = dict[str, tuple[int, int]]
"""By type: people, and hundredths of full-time equivalents."""


def turnover_csv(start: date, end: date) -> bytes:
    """Joiners and leavers between two month ends, each with the staff in post at both.

    In full-time equivalents, start plus joiners less leavers is end, and staff groups add up to their total. As with
    the publisher, residents are not in it and a row of zero is left out.
    """
    rows = [row for one in organisations() if one.exists(end) for row in _organisation(one, start, end)]
    return csv_file(HEADER, rows)


def _organisation(one: Organisation, start: date, end: date) -> Iterator[Row]:
    by_group = {name: _figures(one, groups, start, end) for name, groups in _benchmark_groups().items()}
    everyone = {"All staff groups": {kind: _sum([figures[kind] for figures in by_group.values()]) for kind in TYPES}}
    place = (one.region_code, one.region_name, one.icb_code, one.icb_name, one.name, one.code)
    for kind in TYPES:
        for name, figures in (everyone | by_group).items():
            headcount, hundredths = figures[kind]
            if headcount:
                period = f"{start:%Y%m} to {end:%Y%m}"
                yield (period, kind, *place, one.cluster_group, one.benchmark_group, name, headcount, hundredths / 100)


def _benchmark_groups() -> dict[str, tuple[StaffGroup, ...]]:
    groups = [group for group in staff_groups() if not group.is_resident_doctor]
    doctors = tuple(group for group in groups if group.is_doctor)
    return {DOCTORS: doctors} | {group.name: (group,) for group in groups if not group.is_doctor}


def _figures(one: Organisation, groups: tuple[StaffGroup, ...], start: date, end: date) -> Figures:
    staff = Staff(end)
    before, after = (sum(staff.hundredths(one, group, month) for group in groups) for month in (start, end))
    name = groups[0].name
    usual = before * (LEAVERS_PER_TEN_THOUSAND.get(name, 80) + wobble(one.code, name, end, "leavers", by=20)) // 10_000
    leavers = max(usual, before - after)
    joiners = after - before + leavers
    return {
        "Denominator at end of period": (staff.headcount([one], groups, end), after),
        "Denominator at start of period": (staff.headcount([one], groups, start), before),
        "Joiners": (people(joiners, groups[0].people_per_hundred_fte), joiners),
        "Leavers": (people(leavers, groups[0].people_per_hundred_fte), leavers),
    }


def _sum(parts: list[tuple[int, int]]) -> tuple[int, int]:
    headcount, hundredths = (sum(part) for part in zip(*parts, strict=True))
    return headcount - headcount // 400, hundredths
