"""One function per table that converts a member's records to tidy rows, one per figure, without source_sheet."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl

from transforms.reading.grid import ROW
from transforms.reading.symbols import as_number, value_and_status
from transforms.reading.vocabulary import key, translate, vocabulary
from transforms.series.workforce.core_csv import labels
from transforms.series.workforce.core_csv.cells import require_people
from transforms.series.workforce.core_csv.members import Member
from transforms.series.workforce.core_csv.roles import refuse_renamed

LEADING_GRADES = ["Bands 8a-9", "Very Senior Manager"]
LEADING_DOCTORS = ["Consultant"]
LEADING_STAFF = ["senior managers", "managers"]
UNITS = {"FTE": "fte", "HEADCOUNT": "headcount", "VALUE": ""}
"""Heading of a column of figures -> measure; '' for VALUE, whose measure is in column DATA_TYPE."""

ROWS_NOT_READ = {
    "medical_staff": ("grades other than consultant", "other grades of doctors are not used by any mart"),
}
"""Table -> rows of its member that are not read, and why."""

AREAS_OF_WORK = ("PRIMARY_AREA_OF_WORK", "SECONDARY_AREA_OF_WORK", "TERTIARY_AREA_OF_WORK")


def workforce(records: pl.LazyFrame, member: Member) -> pl.DataFrame:
    """Rows of core.workforce: staff by staff group, area and month."""
    rows = labels.staff_groups(records.collect(), sheet=member.name)
    return _figures(labels.places(rows, sheet=member.name), member)


def workforce_by_grade(records: pl.LazyFrame, member: Member) -> pl.DataFrame:
    """Rows of core.workforce_by_grade: bands 8a-9 and very senior managers, and every grade of (senior) managers."""
    printed = records.group_by("GRADE").agg(pl.col(ROW).min()).collect()
    grades = translate(printed, "GRADE", "grade", to="grade_group", into="grade_group", sheet=member.name)
    leading = grades.filter(pl.col("grade_group").is_in(LEADING_GRADES))["GRADE"].to_list()
    kept = pl.col("GRADE").is_in(leading) | key(pl.col("STAFF_GROUP_1")).is_in(LEADING_STAFF)
    rows = labels.places(records.filter(kept).collect(), sheet=member.name)
    for column, name, into in (
        ("MAIN_STAFF_GROUP", "main_staff_group", "main_staff_group"),
        ("STAFF_GROUP_1", "role_group", "staff_group_1"),
        ("GRADE", "grade", "grade"),
    ):
        rows = translate(rows, column, name, into=into, sheet=member.name)
    rows = rows.with_columns(labels.plain(column) for column in ("STAFF_GROUP_2", "CARE_SETTING", "LEVEL"))
    return _figures(rows, member)


def medical_staff(records: pl.LazyFrame, member: Member) -> pl.DataFrame:
    """Rows of core.medical_staff: consultants of each organisation by specialty."""
    printed = records.group_by("GRADE").agg(pl.col(ROW).min()).collect()
    grades = translate(printed, "GRADE", "grade", into="grade", sheet=member.name)
    leading = grades.filter(pl.col("grade").is_in(LEADING_DOCTORS))["GRADE"].to_list()
    rows = labels.places(records.filter(pl.col("GRADE").is_in(leading)).collect(), sheet=member.name)
    rows = translate(rows, "GRADE", "grade", into="grade", sheet=member.name)
    return _figures(rows.with_columns(labels.plain(name) for name in ("SPECIALTY_GROUP", "SPECIALTY")), member)


def job_role(records: pl.LazyFrame, member: Member) -> pl.DataFrame:
    """Rows of core.job_role: every role for organisations; only the roles of board_role.csv for England by month."""
    printed = records.group_by("NWD_JOB_ROLE").agg(pl.col(ROW).min()).collect()
    refuse_renamed(printed, sheet=member.name)
    if "ORG_CODE" not in member.headings:
        board = vocabulary("board_role").select(key(pl.col("printed")))["printed"].to_list()
        records = records.filter(key(pl.col("NWD_JOB_ROLE")).is_in(board))
    rows = labels.job_roles(records.collect(), sheet=member.name)
    rows = labels.places(rows, sheet=member.name)
    return _figures(rows.with_columns(labels.plain(column) for column in AREAS_OF_WORK), member)


def person_characteristic(records: pl.LazyFrame, member: Member) -> pl.DataFrame:
    """Rows of core.person_characteristic: England's staff by category, staff group and grade."""
    rows = records.collect().with_columns(
        characteristic="PERSON_CHARACTERISTIC_TYPE",
        category="PERSON_CHARACTERISTIC_MEASURE",
        population=pl.lit(member.population),
    )
    rows = labels.places(rows, sheet=member.name)
    rows = labels.grades(labels.role_groups(rows, sheet=member.name), sheet=member.name)
    return _figures(labels.categories(rows, sheet=member.name), member)


TIDY: dict[str, Callable[[pl.LazyFrame, Member], pl.DataFrame]] = {
    "workforce": workforce,
    "workforce_by_grade": workforce_by_grade,
    "medical_staff": medical_staff,
    "job_role": job_role,
    "person_characteristic": person_characteristic,
}


def _figures(rows: pl.DataFrame, member: Member) -> pl.DataFrame:
    """One row per figure: the tidy columns of `rows`, period_end, measure, value, value_status and the cell."""
    rows = labels.months(rows, sheet=member.name)
    units = {column: unit for column, unit in UNITS.items() if column in member.headings}
    if "VALUE" in units:
        rows = labels.units(rows, sheet=member.name)
    tidy = [column for column in rows.columns if column not in member.headings]
    long = pl.concat(
        rows.select(
            *(column for column in tidy if column != "measure"),
            pl.lit(unit).alias("measure") if unit else pl.col("measure"),
            pl.col(column).alias("printed"),
            as_number(pl.col(column)).alias("number"),
            pl.lit(member.place(column)).alias("source_column"),
        )
        for column, unit in units.items()
    )
    read = value_and_status(long, sheet=member.name)
    require_people(read, sheet=member.name)
    return read
