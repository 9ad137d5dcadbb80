"""A small warehouse that meets every rule; tests change it so that one rule fails."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import date
from itertools import count, pairwise
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from expectations.facts import count_partitions, make_facts
from transforms.series import CATALOGUE, TABLES
from warehouse.building.build import META
from warehouse.building.history import make_core_table

TODAY = date(2025, 12, 1)
SERIES = {table.name: entry.id for entry in CATALOGUE.values() for reader in entry.readers for table in reader.tables}
"""Table -> series; person_characteristic, which two series fill, is of the later one in the catalogue."""
READER = {"nhs-vacancy-statistics": "vacancies", "ethnicity-facts-and-figures": "ethnicity"}
LEVELS: tuple[dict[str, Any], ...] = (
    {"geography_level": "England", "area_code": "England"},
    {"geography_level": "Region", "region_code": "Y56", "area_code": "Y56"},
    {"geography_level": "Integrated care system", "region_code": "Y56", "icb_code": "QKK", "area_code": "QKK"},
    {
        "geography_level": "Organisation",
        "region_code": "Y56",
        "icb_code": "QKK",
        "org_code": "RJ1",
        "area_code": "RJ1",
    },
)


@pytest.fixture(scope="session")
def whole() -> Iterator[duckdb.DuckDBPyConnection]:
    """The small warehouse in memory, with the database `gate`. Change it inside a transaction, and roll back."""
    with duckdb.connect() as con:
        con.execute("ATTACH ':memory:' AS gate")
        fill(con)
        make_facts(con, TODAY)
        for release in ("candidate", "published"):
            count_partitions(con, release)
        yield con


@pytest.fixture
def changed(whole: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """The small warehouse; changes by the test are rolled back."""
    whole.execute("BEGIN")
    yield whole
    whole.execute("ROLLBACK")


@pytest.fixture(scope="session")
def warehouse_file(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    """Writes the small warehouse to a file, after running the given SQL statements on it."""
    folder = tmp_path_factory.mktemp("candidates")
    numbers = count()

    def made(*statements: str) -> Path:
        if not (folder / "whole.duckdb").exists():
            with duckdb.connect(folder / "whole.duckdb") as con:
                fill(con)
        path = folder / f"{next(numbers)}.duckdb"
        shutil.copyfile(folder / "whole.duckdb", path)
        with duckdb.connect(path) as con:
            con.execute(";".join(["BEGIN", *statements, "COMMIT"]))
        return path

    return made


CITED = """
CREATE SCHEMA marts;
CREATE TABLE reference.integrated_care_board AS SELECT 'QE1' AS icb_code;
CREATE TABLE reference.vacancy_headline AS
SELECT 'vacancy-001' AS headline_id, area_code, sector, staff_group, measure, 'comparable' AS treatment,
    NULL::VARCHAR AS later_headline_id
FROM core.vacancy WHERE quarter_end = DATE '2025-10-31' LIMIT 1;
CREATE TABLE core.headline AS
SELECT 'vacancy-001' AS headline_id, 'NHS England' AS publisher, DATE '2025-10-31' AS period_end, value,
    1.0 AS printed_step, 'vacancies' AS measure, 'FTE' AS unit, 'all staff' AS staff_group
FROM core.vacancy WHERE quarter_end = DATE '2025-10-31'
QUALIFY row_number() OVER () = 1
UNION ALL
SELECT 'workforce-001', 'NHS England', period_end, value, 1.0, 'staff in post', measure, 'all staff'
FROM core.workforce_latest
WHERE geography_level = 'England' AND measure = 'fte' AND staff_group = 'All staff groups';
CREATE TABLE reference.headline_measure AS
SELECT 'workforce-001' AS headline_id, 'all_staff_in_post_fte' AS measure_id, 'checked' AS use;
CREATE TABLE reference.leadership_measure AS
SELECT 'all_staff_in_post_fte' AS measure_id, 'fte' AS unit, 'All staff groups' AS staff_group,
    'core.workforce_latest' AS measured_in;
CREATE TABLE reference.headline_check AS
SELECT 'workforce-001' AS headline_id, 'all_staff_in_post_fte' AS measure, DATE '2025-10-31' AS period_end,
    1000.0 AS headline_value, 1000.0 AS measured_value, 0.0 AS difference, 0.0 AS difference_percent,
    'agrees' AS verdict, 'core.workforce_latest' AS answered_by, 'nhs-workforce-statistics' AS source_series,
    '2025-10' AS edition;
CREATE TABLE reference.culture_question AS SELECT 'discrimination' AS question, 8 AS wres_indicator;
CREATE TABLE reference.board_role AS
SELECT 'Chief Executive' AS label, 'yes' AS makes_board, 'yes' AS is_executive;
CREATE TABLE marts.vacancy_headlines AS
SELECT headline_id, DATE '2025-10-31' AS quarter_end, 100.0 AS headline_value, 'NHS England' AS publisher,
    'agrees' AS outcome
FROM reference.vacancy_headline;
"""


def fill(con: duckdb.DuckDBPyConnection) -> None:
    """Create all core and meta tables and insert the rows of the small warehouse."""
    con.execute("BEGIN; CREATE SCHEMA core; CREATE SCHEMA meta; CREATE SCHEMA reference")
    con.execute(META)
    for table in TABLES.values():
        make_core_table(con, table)
    con.execute("INSERT INTO meta.build VALUES ('b', '2025-12-01T00:00:00Z', 'published', 'f', '1')")
    for series in sorted(set(SERIES.values())):
        con.execute(
            "INSERT INTO meta.source_file BY NAME SELECT ? AS file_sha256, ? AS series, '2025-10' AS edition, "
            "1 AS edition_order, ? AS file_name, ? AS reader, 'published' AS figure_kind",
            [f"hash of {series}", series, f"{series}.xlsx", READER.get(series, "")],
        )
        con.execute(
            "INSERT INTO meta.edition BY NAME SELECT ? AS series, '2025-10' AS edition, 1 AS edition_order, "
            "DATE '2025-10-31' AS coverage_end",
            [series],
        )
        con.execute(
            "INSERT INTO meta.series BY NAME SELECT ? AS series, TRUE AS may_redistribute, 1 AS months, "
            "90 AS lag_days, 14 AS grace_days",
            [series],
        )
    for name, rows in ROWS.items():
        _put(con, name, rows())
    con.execute(CITED)
    con.execute("COMMIT")


def _put(con: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    columns = {column.name: column.dtype for column in TABLES[name].frame_columns}
    placed = [
        {"source_sheet": "Sheet", "source_row": 7 + number, "source_column": 28, **row}
        for number, row in enumerate(rows)
    ]
    frame = pl.DataFrame(placed, schema=columns).with_columns(
        series=pl.lit(SERIES[name]),
        edition=pl.lit("2025-10"),
        file_sha256=pl.lit(f"hash of {SERIES[name]}"),
        edition_order=pl.lit(1, pl.Int32),
    )
    con.register("given", frame.to_arrow())
    con.execute(f"INSERT INTO core.{name} BY NAME FROM given")
    con.unregister("given")


def month_ends(number: int, step: int = 1) -> list[date]:
    """The given number of month ends up to October 2025, each the given number of months after the one before."""
    newest = pl.Series([date(2025, 10, 31)])
    return [newest.dt.offset_by(f"-{step * back}mo").dt.month_end()[0] for back in reversed(range(number))]


def _people(value: float) -> list[dict[str, Any]]:
    return [{"measure": "headcount", "value": round(value * 1.2)}, {"measure": "fte", "value": value}]


STAFF = (
    ("All staff groups", 1000.0),
    ("Managers", 100.0),
    ("Consultant", 40.0),
    ("Senior managers", 20.0),
    ("NHS infrastructure support", 120.0),
)
"""Staff groups of the workforce tables with their FTE; the headcount is a fifth more."""


def _workforce() -> list[dict[str, Any]]:
    return [
        {"period_end": month, **level, "staff_group": group, **people}
        for month in month_ends(11)
        for level in LEVELS
        for group, fte in STAFF
        for people in _people(fte)
    ]


def _turnover() -> list[dict[str, Any]]:
    months = month_ends(3)
    flows = {"in_post_at_start": 100.0, "in_post_at_end": 100.0, "joiners": 5.0, "leavers": 5.0}
    return [
        {"period_start": start, "period_end": end, "org_code": code, "staff_group": group, "flow": flow, **people}
        for code, size in (("RJ1", 1.0), ("QKK", 0.1))  # a board has the code of its system, which has far more staff
        for start, end in pairwise(months)
        for group in ("All staff groups", "Managers")
        for flow, fte in flows.items()
        for people in _people(fte * size)
    ]


def _national_turnover() -> list[dict[str, Any]]:
    cell = {
        "period_start": date(2024, 10, 31),
        "period_end": date(2025, 10, 31),
        "geography_level": "England",
        "area_code": "England",
        "grade": "All grades",
        "age_band": "All age bands",
    }
    flows = {"in_post_at_start": 0.99, "in_post_at_end": 1.0, "joiners": 0.06, "leavers": 0.05}
    return [
        {**cell, "staff_group": group, "flow": flow, **people}
        for group, staff in (("All staff groups", 1000.0), ("Managers", 100.0))
        for flow, share in flows.items()
        for people in _people(staff * share)
    ]


def _characteristics() -> list[dict[str, Any]]:
    cell = {
        "geography_level": "England",
        "population": "NHS trusts and core organisations",
        "grade": "All grades",
        "characteristic": "ethnicity",
        "measure": "headcount",
    }
    groups = (
        ("All staff groups", "All role groups", 100),
        ("NHS infrastructure support", "Managers", 10),
        ("NHS infrastructure support", "Senior managers", 2),
    )
    categories = (
        ("Everyone", "total", 12),
        ("Known", "total_known", 11),
        ("White", "group", 8),
        ("Asian", "group", 3),
        ("Unknown", "unknown", 1),
    )
    return [
        {
            "period_end": month,
            **cell,
            "staff_group": group,
            "role_group": role,
            "category": category,
            "category_level": level,
            "value": people * dozens,
        }
        for month in month_ends(11)
        for group, role, dozens in groups
        for category, level, people in categories
    ]


def _job_roles() -> list[dict[str, Any]]:
    role = {"nwd_staff_group": "Administrative and Clerical", "nwd_job_role": "Chief Executive"}
    areas = dict.fromkeys(
        ("primary_area_of_work", "secondary_area_of_work", "tertiary_area_of_work"), "All areas of work"
    )
    return [
        {"period_end": month_ends(1)[0], **level, **role, **areas, **people}
        for level in (LEVELS[0], LEVELS[3])
        for people in _people(10.0)
    ]


def _consultants() -> list[dict[str, Any]]:
    cell = {"period_end": date(2025, 10, 31), **LEVELS[-1], "grade": "Consultant"}
    return [
        {**cell, "specialty_group": group, "specialty": group, **people}
        for group in ("Anaesthetics", "Surgery")
        for people in _people(20.0)
    ]


def _grades() -> list[dict[str, Any]]:
    group = {"main_staff_group": "NHS infrastructure support", "staff_group_1": "Managers", "grade": "Band 8a"}
    return [{"period_end": month_ends(1)[0], **LEVELS[3], **group, **people} for people in _people(10.0)]


def _vacancies() -> list[dict[str, Any]]:
    lines = (
        ("England", "England", "All sectors", 300.0),
        ("Region", "Y56", "All sectors", 300.0),
        ("Region", "Y56", "Acute", 200.0),
        ("Region", "Y56", "Mental Health", 100.0),
    )
    return [
        {
            "quarter_end": quarter,
            "geography_level": level,
            "area_code": area,
            "region_code": None if area == "England" else area,
            "sector": sector,
            "staff_group": "All staff",
            "measure": measure,
            "value": value,
        }
        for quarter in month_ends(11, step=3)
        for level, area, sector, fte in lines
        for measure, value in (("vacancy_fte", fte), ("vacancy_rate_percent", 23.1))
    ]


def _adverts() -> list[dict[str, Any]]:
    advert = {"geography_level": "Region", "region_code": "Y56", "area_code": "Y56", "nwd_staff_group": "Medical"}
    months = [date(2025, month, 1) for month in (8, 9, 10)]
    return [{"month": month, **advert, "measure": "advertised_fte", "value": 5.0} for month in months]


def _pay_gap() -> list[dict[str, Any]]:
    report = {
        "reporting_year": "2024-25",
        "snapshot_date": date(2024, 3, 31),
        "was_due": True,
        "employer_name": "A Trust",
        "org_code": "RJ1",
    }
    shares = {"female_top_quarter_percent": 60.0, "male_top_quarter_percent": 40.0, "mean_hourly_pay_gap_percent": -3.0}
    return [{**report, "measure": measure, "value": value} for measure, value in shares.items()]


def _wres() -> list[dict[str, Any]]:
    cell = {
        "wres_year": 2024,
        "geography_level": "Organisation",
        "area_code": "RJ1",
        "org_code": "RJ1",
        "indicator": "1",
        "ethnic_group": "BME",
        "pay_cluster": "All",
        "numerator": 20.0,
        "denominator": 100.0,
    }
    survey = {"wres_year": 2026, "indicator": "8", "pay_cluster": "", "numerator": None, "denominator": None}
    return [
        {**cell, "measure": "percent", "value": 20.0},
        {**cell, "measure": "headcount", "value": 20.0},
        {**cell, **survey, "measure": "percent", "value": 9.5},
    ]


def _survey() -> list[dict[str, Any]]:
    return [
        {
            "survey_year": 2025,
            "reporting_unit": "RJ1",
            "org_code": "RJ1",
            "ethnic_group": group,
            "benchmark_group": "Acute",
            "question": "discrimination",
            "printed_variable": "q16b",
            "respondents": 1000.0,
            "measure": "share_percent",
            "value": 9.5,
        }
        for group in ("All", "BME")
    ]


def _survey_answers() -> list[dict[str, Any]]:
    shown = {"results_of": "organisation", "reporting_unit": "RJ1", "org_code": "RJ1", "question_number": "Q16b"}
    asked = {"question_text": "Discrimination", "respondents": 1000.0, "measure": "share_percent"}
    return [
        {"survey_year": 2025, **shown, **asked, "answer": answer, "value": value}
        for answer, value in (("Yes", 9.5), ("No", 90.5))
    ]


ROWS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "workforce": _workforce,
    "turnover": _turnover,
    "national_turnover": _national_turnover,
    "person_characteristic": _characteristics,
    "job_role": _job_roles,
    "workforce_by_grade": _grades,
    "medical_staff": _consultants,
    "vacancy": _vacancies,
    "vacancy_advert": _adverts,
    "pay_gap": _pay_gap,
    "wres_indicator": _wres,
    "staff_survey": _survey,
    "staff_survey_answer": _survey_answers,
    "data_quality_note": lambda: [
        {
            "reference_number": "1",
            "org_code": "RJ1",
            "period_start": date(2025, 9, 30),
            "period_end": date(2025, 10, 31),
        }
    ],
    "organisation": lambda: [
        {"org_code": "RJ1", "kind": "trust", "name": "A TRUST", "opened_on": date(2000, 4, 1)},
        {"org_code": "QKK", "kind": "ICB", "name": "A BOARD", "opened_on": date(2022, 7, 1)},
    ],
    "organisation_membership": lambda: [
        {
            "org_code": "RJ1",
            "icb_code": "QKK",
            "icb_name": "A BOARD",
            "region_code": "Y56",
            "valid_from": date(2026, 4, 1),
        }
    ],
    "organisation_succession": lambda: [
        {"predecessor_code": "RX1", "successor_code": "RJ1", "effective_on": date(2000, 4, 1)}
    ],
}
