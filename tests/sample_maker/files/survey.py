"""The NHS Staff Survey's benchmark workbook: five years of shares, a sheet for each group of organisations.

As published: the benchmark group in a column beside the name, and four questions by ethnic group (1: white staff, 2:
all other ethnic groups combined), without their numbers of answers.
"""

from __future__ import annotations

from collections.abc import Iterable

from tests.sample_maker.figures.arithmetic import wobble
from tests.sample_maker.figures.staff import Organisation, facts, organisations
from tests.sample_maker.files.layout import Row, workbook
from tests.sample_maker.files.workforce import ILLUSTRATIVE

GROUPS = {  # sheet -> kinds of organisation it holds, by their benchmark group in the workforce statistics
    "Acute&Acute Community Trusts": ("Acute - Teaching", "Acute - Large"),
    "Acute Specialist Trusts": ("Acute - Specialist",),
    "MH&LD, MH, LD&Community Trusts": ("Mental Health and Learning Disability", "Care Trust"),
    "Ambulance Trusts": ("Ambulance Trust",),
    "ICBs": ("Integrated Care Board",),
}
LONG_NAMES = {
    "Acute&Acute Community Trusts": "Acute and Acute & Community Trusts",
    "MH&LD, MH, LD&Community Trusts": "Mental Health & Learning Disability and Mental Health, Learning Disability &"
    " Community Trusts",
}
BY_ETHNIC_GROUP = {  # variable -> per thousand of white staff, and of all other ethnic groups combined
    "har_from_pat_eth_summary": (262, 290),
    "har_from_staff_eth_summary": (225, 275),
    "equal_eth_summary": (590, 480),
    "q16b_eth_summary": (68, 160),
}
FEWEST = 10
"""Answers below which no share is printed."""


def benchmark_workbook(years: range) -> bytes:
    """Each organisation of today with, for every question and year, the share (0 to 1) and how many answered.

    The sub-scores are between 0 and 10.
    """
    shown = [one for one in organisations() if not one.closed_on]
    groups = {sheet: [one for one in shown if one.benchmark_group in kinds] for sheet, kinds in GROUPS.items()}
    notes: list[Row] = [
        ("NHS Staff Survey benchmark report data",),
        (ILLUSTRATIVE,),
        ("Shares are fractions between 0 and 1. Questions with fewer than 10 answers are left blank.",),
        *[(line["variable"], line["about"]) for line in facts("survey_questions")],
    ]
    for variable in BY_ETHNIC_GROUP:
        notes += [(f"{variable}_1", "White staff"), (f"{variable}_2", "All other ethnic groups combined")]
    listed: list[Row] = [("Organisation", "Group")]
    listed += [(one.name, _long(sheet)) for sheet, members in groups.items() for one in members]
    sheets: dict[str, Iterable[Row]] = {"Notes": notes, "Organisation Benchmark groups": listed}
    for sheet, members in groups.items():
        sheets[sheet] = [_header(years), *[_organisation(one, _long(sheet), years) for one in members]]
    return workbook(sheets, rates_in=list(groups))


def _long(sheet: str) -> str:
    return LONG_NAMES.get(sheet, sheet)


def _header(years: range) -> Row:
    columns = ["org_id", "org_name", "org_type_reporting_name"]
    for line in facts("survey_questions"):
        name = line["variable"]
        columns += [part for year in _asked(line, years) for part in (f"{name}_{year}", f"{name}_n_{year}")]
        columns.append(f"{name}_sig")
    columns += [f"{name}_{group}_{year}" for name in BY_ETHNIC_GROUP for group in (1, 2) for year in years]
    return columns


def _asked(line: dict[str, str], years: range) -> list[int]:
    return [year for year in years if year >= int(line["asked_from"])]


def _organisation(one: Organisation, group: str, years: range) -> Row:
    cells: list[str | int | float | None] = [one.code, one.name, group]
    for line in facts("survey_questions"):
        asked = _asked(line, years)
        results = [_result(one, line, year - years[0]) for year in asked]
        for year, result in zip(asked, results, strict=True):
            answers = _answers(one, line["variable"], year)
            cells += [result if answers >= FEWEST else None, answers or None]
        change = results[-1] - results[-2]
        cells.append("Not significant" if abs(change) < 0.01 else "Higher" if change > 0 else "Lower")
    for variable, usual in BY_ETHNIC_GROUP.items():
        cells += [_rate(one, variable, group, of, year) for group, of in enumerate(usual, start=1) for year in years]
    return cells


def _rate(one: Organisation, variable: str, group: int, per_thousand: int, year: int) -> float | None:
    """The share of an ethnic group; none where the trust was not there yet."""
    if _answers(one, variable, year) < FEWEST:
        return None
    about = wobble(one.code, variable, group, by=200) + wobble(one.code, variable, group, year, by=60)
    return (per_thousand * 10 + about) / 10_000


def _result(one: Organisation, line: dict[str, str], years: int) -> float:
    per_thousand = int(line["per_thousand"]) + int(line["each_year"]) * years
    per_thousand += int(line["ambulance_more"]) if one.profile == "ambulance" else 0
    about = wobble(one.code, line["variable"], by=250) + wobble(one.code, line["variable"], years, by=80)
    return int(line["out_of"]) * (per_thousand * 10 + about) / 10_000


def _answers(one: Organisation, variable: str, year: int) -> int:
    """Nearly half of the staff answer; a trust that was not there yet has no answers."""
    if one.opened_on > f"{year}-09-01":
        return 0
    size = one.size_fte or sum(before.size_fte for before in organisations() if before.became == one.code)
    return size * (470 + wobble(one.code, variable, year, by=20)) // 1000
