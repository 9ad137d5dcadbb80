"""Months of the ethnicity file against each other, and its labels: each kind of change is refused, and says what."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import WorkforceError
from transforms.published_file import PublishedFile, read_tables
from transforms.series.ethnicity.reader import READER, read

HEADER = "Time,Ethnicity,Ethnicity_type,Staff_Group,Role_Group,Grade,Value"
MONTHS = ["2020-09-01", "2021-09-01", "2021-12-01", "2022-03-01", "2022-06-01"]
ROLES = {
    "Managers": ("NHS Infrastructure Support", 3000, "Band 8a"),
    "Senior Managers": ("NHS Infrastructure Support", 1200, "Band 9"),
    "Midwives": ("Professionally Qualified Clinical Staff", 9000, "Band 6"),
}
CATEGORIES = [
    ("White", "ONS 6+1", 0.7),
    ("Black", "ONS 6+1", 0.2),
    ("Unknown & Not Stated", "Unknown", 0.1),
    ("All", "All", 0.9),
    ('"All - Including Unknown, Not Stated And Discontinued Codes"', "All", 1.0),
]
NEWEST = "2022-06-01"
UNKNOWN = "Other Staff Or Those With Unknown Classification,Unknown"


def lines() -> list[str]:
    return [
        f"{month},{category},{kind},{group},{role},{printed},{people * share:.0f}"
        for month in MONTHS
        for role, (group, people, grade) in ROLES.items()
        for printed in ("All Grades", grade)
        for category, kind, share in CATEGORIES
    ]


def without(pattern: str) -> Callable[[list[str]], list[str]]:
    return lambda rows: [row for row in rows if not re.search(pattern, row)]


def instead(pattern: str, text: str, where: str = "") -> Callable[[list[str]], list[str]]:
    return lambda rows: [re.sub(pattern, text, row) if re.search(where, row) else row for row in rows]


def exchanged(one: str, other: str, where: str = "") -> Callable[[list[str]], list[str]]:
    def change(rows: list[str]) -> list[str]:
        swaps = {one: other, other: one}
        return [
            re.sub(f",({one}|{other}),", lambda m: f",{swaps[m[1]]},", row) if re.search(where, row) else row
            for row in rows
        ]

    return change


def times_ten(where: str) -> Callable[[list[str]], list[str]]:
    return lambda rows: [row + "0" if re.search(where, row) else row for row in rows]


def placed(tmp_path: Path, rows: list[str], name: str = "nhs-workforce-data-june-2022.csv") -> PublishedFile:
    (tmp_path / name).write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
    return PublishedFile(tmp_path / name, name)


CHANGES: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "role group missing from the newest month": (without(f"{NEWEST}.*Midwives"), "has no rows for a role.*Midwives"),
    "role group missing from a past month": (without("2021-12-01.*,Managers"), "2021 has no rows for.*Managers"),
    "staff group missing": (without(f"{NEWEST}.*Infrastructure"), "has no rows for.*Managers, Senior managers"),
    "ethnic group missing": (without(f"{NEWEST}.*Black"), "ethnic groups and their printed total disagree"),
    "cut off where a role group ends": (lambda rows: rows[:-10], "June 2022 has no rows for a role group"),
    "month missing": (without("^2021-12-01"), "a month is missing.*September 2021, and March 2022"),
    "last month but one missing": (without("^2022-03-01"), "a month is missing.*December 2021, and June 2022"),
    "newest month with another date": (instead("^2022-06-01", "2022-07-01"), "months of the figures differ"),
    "month with another date": (instead("^2021-12-01", "2021-11-01"), "a month is missing"),
    "year missing": (without("^2021-"), "a month is missing"),
    "newest month of ten times as many": (times_ten(NEWEST), "factor of more than 1.8"),
    "one role group of ten times as many": (times_ten("2021-12-01.*,Managers"), "factor of more than 1.8"),
    "two role groups exchanged in a month": (exchanged("Managers", "Senior Managers", NEWEST), "of more than 1.8"),
    "two ethnic groups exchanged": (exchanged("White", "Black"), "White staff are fewer than half"),
    "two ethnic groups exchanged in a month": (exchanged("White", "Black", NEWEST), "White staff are fewer than half"),
    "two grades exchanged in a month": (exchanged("Band 6", "Band 9", NEWEST), "factor of more than 3"),
    "role group under another staff group": (
        instead("NHS Infrastructure Support", "Support To Clinical Staff", NEWEST),
        "the wrong staff group",
    ),
    "total beside the type of a group": (instead(",All,All,", ",All,ONS 6+1,"), "the wrong ethnicity type"),
    "group beside the type of totals": (instead("White,ONS 6.1", "White,All"), "the wrong ethnicity type"),
    "group beside the type of the unknown": (instead("White,ONS 6.1", "White,Unknown"), "the wrong ethnicity type"),
}  # fmt: skip


def test_the_unchanged_file_is_read(tmp_path: Path) -> None:
    assert read_tables(READER, placed(tmp_path, lines()))["person_characteristic"].height == len(lines())


@pytest.mark.parametrize("kind", CHANGES)
def test_a_changed_file_is_refused_and_says_where(kind: str, tmp_path: Path) -> None:
    change, says = CHANGES[kind]
    changed = change(lines())
    assert changed != lines()
    with pytest.raises(WorkforceError, match=says) as error:
        read_tables(READER, placed(tmp_path, changed))
    assert "> row " in str(error.value)
    assert error.value.expected
    assert error.value.do


def test_a_name_that_tells_of_another_month_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        WorkforceError, match=r"differ from those in the name.*Expected July 2022.*Found .* to June 2022"
    ):
        read(placed(tmp_path, lines(), "nhs-workforce-data-july-2022.csv"))


def test_a_new_role_group_or_one_that_is_unknown_may_come(tmp_path: Path) -> None:
    added = [
        f"{NEWEST},{category},{kind},{UNKNOWN},{grade},{1000 * share:.0f}"
        for grade in ("All Grades", "Band 5")
        for category, kind, share in CATEGORIES
    ]
    rows = read_tables(READER, placed(tmp_path, lines() + added))["person_characteristic"]
    assert rows.filter(pl.col("role_group") == "Unknown classification")["period_end"].unique().to_list() == [
        date(2022, 6, 30)
    ]
