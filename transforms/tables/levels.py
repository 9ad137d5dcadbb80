"""Hierarchy levels of staff groups and other nested labels, taken from the vocabularies.

The rows of level `group` add up to `all` only together with 'Unknown classification', a main group without groups.
"""

from __future__ import annotations

from transforms.reading.vocabulary import vocabulary
from transforms.tables.declare import Level

ADD_UP = "FTE of one level adds up, levels overlap: choose one before a sum, a rank or a mean."


def staff_group_level(what: str = "") -> Level:
    """The level of `staff_group`: all, main group, group or sub-group; `what` adds which of them a table has."""
    described = (
        "all: 'All staff groups'; main group: a part of all; group: a part of a main group; sub-group: a part of a"
        f" group (grades of doctors). {ADD_UP} 'Unknown classification' is a main group without groups."
    )
    return Level("staff_group_level", "staff_group", f"{described} {what}".strip(), _staff_groups())


def role_group_level() -> Level:
    """The level of `role_group` within its main staff group: all, group or sub-group."""
    levels = {
        label: "sub-group" if level == "sub-group" else "group"
        for label, level in _staff_groups().items()
        if level != "all"
    }
    described = (
        "all: 'All role groups' of the main staff group; group: a part of it; sub-group: a part of a group (grades of"
        " doctors). Levels overlap: choose one before a sum, a rank or a mean."
    )
    return Level("role_group_level", "role_group", described, levels | {"All role groups": "all"})


def area_of_work_level() -> Level:
    """The level of `primary_area_of_work`: the job role's total, or one area of work."""
    return _total_or_part("area_of_work_level", "primary_area_of_work", "All areas of work", "area", "area of work")


def grade_level() -> Level:
    """The level of `grade`: all grades or one."""
    return _total_or_part("grade_level", "grade", "All grades", "grade", "grade")


def age_band_level() -> Level:
    """The level of `age_band`: all ages or one age band."""
    return _total_or_part("age_band_level", "age_band", "All age bands", "age band", "age band")


def _staff_groups() -> dict[str, str]:
    """Staff group, as printed or as labelled here -> level."""
    groups = vocabulary("staff_group")
    return dict(groups.select("printed", "level").iter_rows()) | dict(groups.select("label", "level").iter_rows())


def _total_or_part(name: str, of: str, total: str, part: str, called: str) -> Level:
    described = f"all: '{total}', the printed total; {part}: one {called}. The two overlap: choose one before a sum."
    return Level(name, of, described, {total: "all"}, part)
