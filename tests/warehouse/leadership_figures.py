"""Invented figures for the tests of the leadership marts, and the small warehouse built from them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl

from transforms.published_file import Edition
from transforms.series import TABLES
from warehouse.archive import Record
from warehouse.building.build import Build, build
from warehouse.staging import StagedFile

WORKFORCE = "nhs-workforce-statistics"
ETHNICITY = "ethnicity-facts-and-figures"
SEPTEMBER = date(2025, 9, 30)
JUNE = date(2022, 6, 30)
CORE = "NHS trusts and core organisations"
MADE = Build("20260101T000000Z", "2026-01-01T00:00:00+00:00", "published", "fingerprint", "0")

Row = dict[str, object]


def figures(folder: Path, series: str, edition: str, table: str, rows: list[Row]) -> StagedFile:
    """A staged file of one table; columns that a row leaves out are NULL."""
    schema = {column.name: column.dtype for column in TABLES[table].frame_columns}
    whole = [
        dict.fromkeys(schema) | {"source_sheet": "", "source_row": number, "source_column": 0} | row
        for number, row in enumerate(rows, start=2)
    ]
    frame = TABLES[table].conform(pl.DataFrame(whole, schema=schema, orient="row"))
    return staged(folder, Edition(edition, edition, series=series), f"{series}-{edition}-{table}", {table: frame})


def staged(folder: Path, edition: Edition, identity: str, frames: Mapping[str, pl.DataFrame]) -> StagedFile:
    """These frames as a staged file of an edition."""
    (folder / identity).mkdir(parents=True)
    for table, frame in frames.items():
        frame.write_parquet(folder / identity / f"{table}.parquet")
    record = Record(
        series=edition.series,
        edition=edition.edition,
        publisher="NHS England",
        file_name=identity,
        address="https://example.invalid/file",
        retrieved_at="2025-11-27T09:30:00+00:00",
        licence="OGL",
        attribution="NHS England",
        published_on="",
        sha256=identity,
        size_bytes=1,
    )
    return StagedFile(record, identity, 1, edition, folder / identity, parsed=True)


def person(
    day: date,
    staff_group: str,
    role_group: str,
    grade: str,
    characteristic: str,
    category: str,
    level: str,
    value: object,
) -> Row:
    return {
        "period_end": day,
        "geography_level": "England",
        "population": CORE,
        "staff_group": staff_group,
        "role_group": role_group,
        "grade": grade,
        "characteristic": characteristic,
        "category": category,
        "category_level": level,
        "measure": "headcount",
        "value": value if isinstance(value, (int, float)) else None,
        "value_status": value if isinstance(value, str) else None,
    }


def by_ethnicity(main: str, role: str, grade: str, counts: dict[str, object], *, unknown: int = 0) -> list[Row]:
    """Rows of one cell of the ethnicity file: groups, unknown, and both printed totals. A group of 0 has no row."""
    known = counts.pop("known", None) or sum(count for count in counts.values() if isinstance(count, int))
    rows = [
        person(JUNE, main, role, grade, "ethnicity", group, "group", count) for group, count in counts.items() if count
    ]
    rows.append(person(JUNE, main, role, grade, "ethnicity", "All known ethnic groups", "total_known", known))
    assert isinstance(known, int)
    rows.append(person(JUNE, main, role, grade, "ethnicity", "All ethnic groups", "total", known + unknown))
    if unknown:
        rows.append(person(JUNE, main, role, grade, "ethnicity", "Not stated or unknown", "unknown", unknown))
    return rows


INFRASTRUCTURE = "NHS infrastructure support"
CLINICAL = "Professionally qualified clinical staff"
WHITE, ASIAN, CHINESE = "White", "Asian or Asian British", "Chinese"


def ethnicity_rows() -> list[Row]:
    senior, nurses = (INFRASTRUCTURE, "Senior managers"), (CLINICAL, "Nurses & health visitors")
    return [
        *by_ethnicity(*senior, "All grades", {WHITE: 180, ASIAN: 20, CHINESE: 0}, unknown=10),
        *by_ethnicity(*senior, "Very Senior Manager", {WHITE: 90, ASIAN: 10, CHINESE: 0}, unknown=5),
        *by_ethnicity(*senior, "Band 9", {WHITE: 5, ASIAN: 2, CHINESE: 1}),
        *by_ethnicity(*senior, "Band 8d", {WHITE: 30, ASIAN: "c", "known": 40}),
        *by_ethnicity(*nurses, "All grades", {WHITE: 600, ASIAN: 150, CHINESE: 50}),
        *by_ethnicity(*nurses, "Band 6", {WHITE: 300, ASIAN: 100, CHINESE: 0}),
        *by_ethnicity(*nurses, "Band 7", {WHITE: 150, ASIAN: 25, CHINESE: 25}),
    ]


def sex_rows() -> list[Row]:
    """The publisher's own totals over staff groups, below the sum of the groups: people with two roles."""
    rows = []
    for main, role, grade, women, men in (
        ("All staff groups", "All role groups", "All grades", 740, 250),
        (CLINICAL, "Nurses & health visitors", "All grades", 700, 100),
        (INFRASTRUCTURE, "Senior managers", "All grades", 50, 160),
        ("All staff groups", "All role groups", "Very Senior Manager", 40, 60),
        (INFRASTRUCTURE, "Senior managers", "Very Senior Manager", 41, 62),
    ):
        rows += [
            person(SEPTEMBER, main, role, grade, "sex", "All genders", "total", women + men),
            person(SEPTEMBER, main, role, grade, "sex", "Female", "group", women),
            person(SEPTEMBER, main, role, grade, "sex", "Male", "group", men),
        ]
    return rows


def one_month_in_two_series() -> list[Row]:
    """Very senior managers and all staff of June 2022 in the workforce statistics, unlike the other source."""
    return [
        person(JUNE, "All staff groups", "All role groups", grade, "ethnicity", category, level, value)
        for grade, white, asian in (("All grades", 700, 180), ("Very Senior Manager", 95, 5))
        for category, level, value in (
            (WHITE, "group", white),
            (ASIAN, "group", asian),
            ("All ethnic groups", "total", white + asian),
        )
    ]


def workforce_by_grade_rows() -> list[Row]:
    return [
        {
            "period_end": SEPTEMBER,
            **organisation("RAA"),
            "main_staff_group": main,
            "staff_group_1": group,
            "staff_group_2": group,
            "care_setting": setting,
            "level": "Manager",
            "grade": grade,
            "measure": measure,
            "value": value,
        }
        for main, group, setting, grade, headcount, fte in (
            (CLINICAL, "Nurses & health visitors", "Adult and General", "Band 8a", 3, 2.8),
            (CLINICAL, "Nurses & health visitors", "Community Services", "Band 8a", 1, 0.4),
            (INFRASTRUCTURE, "Senior managers", "Clerical & administrative", "Very Senior Manager", 4, 3.6),
            (INFRASTRUCTURE, "Managers", "Clerical & administrative", "Band 7", 9, 9.0),
        )
        for measure, value in (("headcount", headcount), ("fte", fte))
    ]


def organisation(code: str) -> Row:
    return {"geography_level": "Organisation", "org_code": code, "area_code": code, "area_name": f"{code} NHS TRUST"}


def job_role(code: str, role: str, area: str, headcount: float, fte: float) -> list[Row]:
    return [
        {
            "period_end": SEPTEMBER,
            **organisation(code),
            "nwd_staff_group": "Administrative and Clerical",
            "nwd_job_role": role,
            "primary_area_of_work": area,
            "secondary_area_of_work": area,
            "tertiary_area_of_work": area,
            "measure": measure,
            "value": value,
        }
        for measure, value in (("headcount", headcount), ("fte", fte))
    ]


def job_role_rows() -> list[Row]:
    return [
        *job_role("RAA", "Chief Executive", "Corporate", 1, 1.0),
        *job_role("RAA", "Other Executive Director", "Corporate", 2, 2.0),
        *job_role("RAA", "Other Executive Director", "Estates", 1, 0.5),
        *job_role("RBB", "Finance Director", "Finance", 1, 1.0),
    ]


def month_end(month: int) -> date:
    """2024-10-31 for 0, a month later for 1, and so on."""
    first = date(2024 + (10 + month) // 12, (10 + month) % 12 + 1, 1)
    return first - timedelta(days=1)


def turnover_rows() -> list[Row]:
    """Twelve months of RAA, eleven of RBB, twelve of RCC beside its published twelve-month figures."""
    gap = [month for month in range(12) if month != 5]
    months = [(code, month, month + 1) for code, these in (("RAA", range(12)), ("RBB", gap)) for month in these]
    months += [("RCC", month, month + 1) for month in range(12)]
    return [
        {
            "period_start": month_end(start),
            "period_end": month_end(end),
            "org_code": code,
            "org_name": code,
            "staff_group": "Senior managers",
            "flow": flow,
            "measure": "headcount",
            "value": value,
        }
        for code, start, end in [*months, ("RCC", 0, 12)]
        for flow, value in (
            ("in_post_at_start", 20.0),
            ("in_post_at_end", 20.0),
            ("joiners", 1.0 if end - start == 1 else 9.0),
            *([("leavers", 6.0)] if start == 3 else []),
        )
    ]


def consultant_rows() -> list[Row]:
    return [
        {
            "period_end": date(2025, 9, 30),
            "geography_level": "Organisation",
            "area_code": "RAA",
            "org_code": "RAA",
            "area_name": "RAA",
            "specialty_group": f"{specialty} group",
            "specialty": specialty,
            "grade": "Consultant",
            "measure": measure,
            "value": value,
        }
        for specialty, heads, fte in (("Anaesthetics", 4.0, 3.0), ("Cardiology", 1.0, 1.0))
        for measure, value in (("headcount", heads), ("fte", fte))
    ]


NATIONAL_YEARS = {2017: (50.0, 4.0), 2024: (80.0, 8.0)}
"""Year a period starts in -> very senior managers in post in England at its start and end, and joiners."""


def national_turnover_rows() -> list[Row]:
    """Senior managers of England (ten times the very senior ones) and London, for a year before and after 2018."""
    cells = [
        ("England", None, "All grades", 10),
        ("England", None, "Very Senior Manager", 1),
        ("Y56", "Y56", "All grades", 3),
    ]
    return [
        {
            "period_start": date(year, 9, 30),
            "period_end": date(year + 1, 9, 30),
            "geography_level": "Region" if region else "England",
            "region_code": region,
            "area_code": area,
            "area_name": area,
            "staff_group": "Senior managers",
            "grade": grade,
            "age_band": "All age bands",
            "flow": flow,
            "measure": "headcount",
            "value": times * value,
        }
        for year, (staff, joiners) in NATIONAL_YEARS.items()
        for area, region, grade, times in cells
        for flow, value in (("in_post_at_start", staff), ("in_post_at_end", staff), ("joiners", joiners))
    ]


def wres(indicator: str, cluster: str, group: str, people: int, everyone: int) -> Row:
    return {
        "wres_year": 2024,
        "geography_level": "Organisation",
        "area_code": "RAA",
        "org_code": "RAA",
        "indicator": indicator,
        "ethnic_group": group,
        "pay_cluster": cluster,
        "numerator": people,
        "denominator": everyone,
        "measure": "percent",
        "value": 100 * people / everyone,
    }


def wres_rows() -> list[Row]:
    return [
        *(wres("1", "Clinical: VSM", group, people, 6) for group, people in (("White", 4), ("BME", 1), ("Unknown", 1))),
        *(wres("1", "Non-clinical: VSM", group, people, 14) for group, people in (("White", 11), ("BME", 3))),
        wres("1", "Non-clinical: VSM", "Unknown", 0, 14),
        *(wres("1", "All", group, people, 1000) for group, people in (("White", 700), ("BME", 250), ("Unknown", 50))),
        *(wres("9", "Voting members", group, people, 8) for group, people in (("White", 7), ("BME", 1))),
        *(wres("8", "All", group, people, 400) for group, people in (("White", 24), ("BME", 60))),
    ]


def survey_rows() -> list[Row]:
    return [
        {
            "survey_year": 2025,
            "reporting_unit": "RAA",
            "org_code": "RAA",
            "org_name": "RAA NHS TRUST",
            "ethnic_group": "All",
            "benchmark_group": "Community Trusts",
            "question": question,
            "printed_variable": "q14b",
            "respondents": 900.0,
            "measure": "share_percent",
            "value": value,
        }
        for question, value in (("bullying_by_managers", 9.1), ("fair_career_progression", 61.0))
    ]


def trust(code: str) -> Row:
    return {"org_code": code, "kind": "trust", "name": f"{code} NHS TRUST"}


def pay_gap_rows() -> list[Row]:
    shares = {"lower": 80.0, "lower_middle": 85.0, "upper_middle": 83.0, "top": 66.0}
    return [
        {
            "reporting_year": "2017-18",
            "snapshot_date": date(2017, 3, 31),
            "employer_name": employer,
            "org_code": code,
            "employer_size": "1000 to 4999",
            "was_due": True,
            "measure": f"{sex}_{quarter}_quarter_percent",
            "value": share if sex == "female" else 100 - share,
        }
        for employer, code in (("Airedale Nhs Foundation Trust", "RCF"), ("Some other NHS body", None))
        for quarter, share in shares.items()
        for sex in ("female", "male")
    ]


def warehouse_of(folder: Path, *, with_figures: bool) -> Path:
    """A candidate built from these figures, or from reference data only."""
    candidate = folder / "candidate.duckdb"
    build(candidate, every_file(folder) if with_figures else [], MADE)
    return candidate


def every_file(folder: Path) -> list[StagedFile]:
    return [
        figures(folder, ETHNICITY, "2022-06", "person_characteristic", ethnicity_rows()),
        figures(folder, WORKFORCE, "2025-09", "person_characteristic", [*sex_rows(), *one_month_in_two_series()]),
        figures(folder, WORKFORCE, "2025-09", "workforce_by_grade", workforce_by_grade_rows()),
        figures(folder, WORKFORCE, "2025-09", "job_role", job_role_rows()),
        figures(folder, WORKFORCE, "2025-09", "medical_staff", consultant_rows()),
        figures(folder, WORKFORCE, "2025-10", "turnover", turnover_rows()),
        figures(folder, WORKFORCE, "2025-10", "national_turnover", national_turnover_rows()),
        figures(folder, "wres", "2024", "wres_indicator", wres_rows()),
        figures(folder, "nhs-staff-survey", "2025", "staff_survey", survey_rows()),
        figures(folder, "gender-pay-gap", "2017-18", "pay_gap", pay_gap_rows()),
        figures(folder, "ods", "2025-12", "organisation", [trust("RAA"), trust("RBB")]),
    ]
