"""Levels of labels: every label a reader can give has one, and the parts of a total are one level below it."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.reading.vocabulary import vocabulary
from transforms.series import TABLES
from transforms.tables.declare import Level
from transforms.value_status import STATUS_WORDS, STATUSES

LABELS = {
    ("workforce", "staff_group"): "staff_group",
    ("turnover", "staff_group"): "staff_group",
    ("national_turnover", "staff_group"): "staff_group",
    ("person_characteristic", "staff_group"): "main_staff_group",
    ("person_characteristic", "role_group"): "role_group",
    ("vacancy", "staff_group"): "vacancy_staff_group",
    ("vacancy", "sector"): "sector",
}
"""Table and column -> vocabulary that its readers translate by."""


def level_of(table: str, column: str) -> Level:
    return next(level for level in TABLES[table].levels if level.of == column)


@pytest.mark.parametrize(("table", "column"), LABELS)
def test_every_label_has_a_level_and_one_of_them_is_the_whole(table: str, column: str) -> None:
    level = level_of(table, column)
    found = {label: level.levels.get(label) for label in vocabulary(LABELS[table, column])["label"].unique()}
    assert None not in found.values(), found
    assert [value for value in found.values() if value == "all"] == ["all"]


def test_levels_stand_beside_columns_that_the_table_has() -> None:
    for table in TABLES.values():
        names = [column.name for column in table.frame_columns]
        assert {level.of for level in table.levels} <= set(names)
        assert not {level.name for level in table.levels} & set(names), "a reader gives what the warehouse adds"


def test_a_part_of_a_staff_group_is_one_level_below_it() -> None:
    order = ["all", "main group", "group", "sub-group"]
    groups = vocabulary("staff_group").unique(["label", "level", "parent"])
    levels = dict(groups.select("label", "level").iter_rows())
    assert len(levels) == groups.height, "one level and one parent for each label"
    for label, parent in groups.drop_nulls("parent").select("label", "parent").iter_rows():
        assert order.index(levels[label]) == order.index(levels[parent]) + 1


def test_grades_of_doctors_are_not_on_the_level_of_doctors() -> None:
    level = level_of("person_characteristic", "role_group")
    roles = pl.DataFrame({"role": list(level.levels), "level": list(level.levels.values())})
    assert set(roles.filter(pl.col("role").str.starts_with("HCHS doctors - C"))["level"]) == {"sub-group"}
    assert level.levels["HCHS doctors"] == level.levels["Unknown classification"] == "group"


def test_every_value_status_has_its_short_words() -> None:
    assert STATUS_WORDS.keys() == STATUSES.keys()
