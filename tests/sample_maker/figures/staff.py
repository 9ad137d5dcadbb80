"""The sample's staff: organisations, staff groups and months, and how many staff there are in each.

Codes and names of organisations are real; every figure is illustrative, made by `arithmetic`. England and the regions
are the sum of the few organisations here, not of the NHS.
"""

from __future__ import annotations

import csv
import io
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from tests.sample_maker.figures.arithmetic import people, wobble

REVISED = {("RR8", "Nurses & health visitors", date(2025, 6, 30)): 1200, ("RGD", "Managers", date(2025, 5, 31)): -150}
"""What the edition of August 2025 adds to figures of months before, in hundredths of a full-time equivalent."""
REVISED_IN = date(2025, 8, 31)


@cache
def facts(name: str) -> tuple[dict[str, str], ...]:
    """The lines of a table of `facts/`, by the names of its columns."""
    text = (files("tests.sample_maker") / "facts" / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(io.StringIO(text)))


def month_ends(first: date, last: date) -> list[date]:
    """Every month end from `first` to `last`, both included."""
    months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
    return [date(m // 12, m % 12 + 1, monthrange(m // 12, m % 12 + 1)[1]) for m in months]


FIRST_MONTH = date(2023, 9, 30)


@dataclass(frozen=True)
class Organisation:
    """An organisation and what its illustrative figures are made from."""

    code: str
    name: str
    region_code: str
    region_name: str
    icb_code: str
    icb_name: str
    cluster_group: str
    benchmark_group: str
    profile: str
    size_fte: int
    growth_per_mille: int
    opened_on: str
    closed_on: str
    postcode: str
    became: str

    def exists(self, month: date) -> bool:
        """Whether it reports for the month."""
        return self.opened_on <= month.isoformat() and not (self.closed_on and month.isoformat() > self.closed_on)


@dataclass(frozen=True, eq=False)
class StaffGroup:
    """A staff group of the finest level that the workforce tables print."""

    name: str
    main: str
    is_doctor: bool
    is_resident_doctor: bool
    people_per_hundred_fte: int
    per_ten_thousand: dict[str, int]


@cache
def organisations() -> tuple[Organisation, ...]:
    """In the order they are printed: by region, system and name."""
    numbers = ("size_fte", "growth_per_mille")
    return tuple(
        Organisation(**{name: int(cell) if name in numbers else cell for name, cell in line.items()})  # type: ignore[arg-type]
        for line in facts("organisations")
    )


@cache
def staff_groups() -> tuple[StaffGroup, ...]:
    """In the order they are printed; the columns of the file name the kinds of organisation."""
    return tuple(
        StaffGroup(
            name=line["staff_group"],
            main=line["main_staff_group"],
            is_doctor=line["is_doctor"] == "1",
            is_resident_doctor=line["is_resident_doctor"] == "1",
            people_per_hundred_fte=int(line["people_per_hundred_fte"]),
            per_ten_thousand={kind: int(line[kind]) for kind in ("acute", "mental_health", "ambulance", "board")},
        )
        for line in facts("staff_groups")
    )


@cache
def _hundredths(code: str, group: StaffGroup, month: date) -> int:
    """Full-time equivalents of one staff group of one organisation, in hundredths."""
    organisation = next(one for one in organisations() if one.code == code)
    if not organisation.exists(month):
        return 0
    before = [one for one in organisations() if one.became == code]
    if before:
        return sum(_grown(one, group, month) for one in before)
    return _grown(organisation, group, month)


def _grown(organisation: Organisation, group: StaffGroup, month: date) -> int:
    months = (month.year - FIRST_MONTH.year) * 12 + month.month - FIRST_MONTH.month
    start = organisation.size_fte * group.per_ten_thousand[organisation.profile] // 100
    per_hundred_thousand = 100_000 + organisation.growth_per_mille * months * 100 // 12
    return start * (per_hundred_thousand + wobble(organisation.code, group.name, month, by=400)) // 100_000


@dataclass(frozen=True)
class Staff:
    """The staff as one edition has them: `edition` is the last month it speaks of."""

    edition: date

    def hundredths(self, organisation: Organisation, group: StaffGroup, month: date) -> int:
        """Full-time equivalents in hundredths, as this edition has them."""
        revision = REVISED.get((organisation.code, group.name, month), 0) if self.edition >= REVISED_IN else 0
        return _hundredths(organisation.code, group, month) + revision

    def fte(self, where: Sequence[Organisation], groups: Sequence[StaffGroup], month: date) -> float:
        """Full-time equivalents: exactly the sum of organisations and staff groups."""
        return sum(self.hundredths(one, group, month) for one in where for group in groups) / 100

    def headcount(self, where: Sequence[Organisation], groups: Sequence[StaffGroup], month: date) -> int:
        """People: a little fewer than the sum of the parts, because some hold several roles."""
        parts = sum(
            people(self.hundredths(one, group, month), group.people_per_hundred_fte)
            for one in where
            for group in groups
        )
        several_roles = parts // 400 if len(groups) > 1 else 0
        several_employers = parts // 900 if len(where) > 1 else 0
        return parts - several_roles - several_employers
