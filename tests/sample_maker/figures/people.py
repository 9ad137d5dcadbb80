"""The sample's staff by grade and by personal characteristic, for England and each organisation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from tests.sample_maker.figures.arithmetic import people, spread, wobble
from tests.sample_maker.figures.staff import Organisation, Staff, StaffGroup, facts, organisations, staff_groups

BANDS = ("Band 1", *(f"Band {n}" for n in range(2, 8)), "Band 8a", "Band 8b", "Band 8c", "Band 8d", "Band 9")
TOP = "Very Senior Manager"
GRADES = (*BANDS, TOP, "Non AfC Grade")
ALL_GRADES = "All grades"
DIVIDED = ("Professionally qualified clinical staff", "Support to clinical staff", "NHS infrastructure support")
LEADERS = ("Senior managers", "Managers")
"""Main staff groups and staff groups that are divided by personal characteristics, beside everyone."""


@dataclass(frozen=True)
class Count:
    """Staff of one cell: hundredths of full-time equivalents, and people."""

    hundredths: int = 0
    people: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.hundredths + other.hundredths, self.people + other.people)

    def __sub__(self, other: Count) -> Count:
        return Count(self.hundredths - other.hundredths, self.people - other.people)

    @property
    def fte(self) -> float:
        """Full-time equivalents."""
        return self.hundredths / 100


@cache
def details() -> dict[str, dict[str, str]]:
    """By staff group (doctors aside): its finer groups, job role and grades, as the Core files print them."""
    return {line["staff_group"]: line for line in facts("grades")}


@cache
def by_grade(staff: Staff, one: Organisation, group: StaffGroup, month: date) -> dict[str, Count]:
    """Staff of an organisation's staff group by grade, empty grades left out; a doctor's grade is the group."""
    hundredths = staff.hundredths(one, group, month)
    if group.is_doctor:
        parts = {group.name: hundredths}
    else:
        line = details()[group.name]
        parts = dict(zip(GRADES, spread(hundredths, [int(line[grade]) for grade in GRADES]), strict=True))
    per_hundred = group.people_per_hundred_fte
    return {grade: Count(part, people(part, per_hundred)) for grade, part in parts.items() if part}


def england_by_grade(staff: Staff, groups: Sequence[StaffGroup], month: date) -> dict[str, Count]:
    """All organisations' staff by grade: all grades first, then in the order of the grades.

    People of all grades are those of the workforce tables: fewer than the sum, as some have roles at two grades.
    """
    sums: dict[str, Count] = {}
    for group in groups:
        for one in organisations():
            for grade, count in by_grade(staff, one, group, month).items():
                sums[grade] = sums.get(grade, Count()) + count
    order = {grade: place for place, grade in enumerate(GRADES)}
    total = Count(sum(count.hundredths for count in sums.values()), staff.headcount(organisations(), groups, month))
    return {ALL_GRADES: total} | dict(sorted(sums.items(), key=lambda item: order.get(item[0], len(order))))


def people_cells(staff: Staff, month: date) -> Iterator[tuple[str, str, str, Count]]:
    """England's staff by main staff group, staff group and grade, totals first: what the characteristics divide."""
    everyone = staff_groups()
    wanted = [("All staff groups", "All staff groups", everyone)]
    for main in DIVIDED:
        wanted.append((main, "All staff groups", tuple(group for group in everyone if group.main == main)))
    wanted += [(group.main, group.name, (group,)) for group in everyone if group.name in LEADERS]
    for main, name, groups in wanted:
        for grade, count in england_by_grade(staff, groups, month).items():
            yield main, name, grade, count


def characteristics() -> list[str]:
    """The personal characteristics, in the order of their tables."""
    return list(dict.fromkeys(line["characteristic"] for line in facts("characteristics")))


def total_label(characteristic: str) -> str:
    """What the total over a characteristic's categories is called."""
    return next(line["total"] for line in facts("characteristics") if line["characteristic"] == characteristic)


def by_category(count: Count, characteristic: str, grade: str, month: date) -> dict[str, Count]:
    """A cell's staff by category, adding up to the cell: at the top fewer women and ethnic minorities than below."""
    lines = _categories(characteristic)
    rank = BANDS.index(grade) if grade in BANDS else len(BANDS) if grade == TOP else len(BANDS) // 2
    years = month.year - 2025
    weights = [
        max(0, (100 * (low + (top - low) * rank // len(BANDS)) + wobble(grade, name, by=200)) * (1000 + growth * years))
        for name, low, top, growth in lines
    ]
    heads = spread(count.people, weights)
    parts = zip(spread(count.hundredths, heads), heads, strict=True)
    return {name: Count(*part) for (name, *_), part in zip(lines, parts, strict=True)}


@cache
def _categories(characteristic: str) -> list[tuple[str, int, int, int]]:
    return [
        (
            line["category"],
            int(line["band_1_per_thousand"]),
            int(line["top_per_thousand"]),
            int(line["each_year_per_thousand"]),
        )
        for line in facts("characteristics")
        if line["characteristic"] == characteristic
    ]
