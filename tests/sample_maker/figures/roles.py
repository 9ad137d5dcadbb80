"""The sample's staff by job role of the National Workforce Data Set, the roles that make a board among them."""

from __future__ import annotations

from datetime import date

from tests.sample_maker.figures.people import Count, details
from tests.sample_maker.figures.staff import Organisation, Staff, facts, organisations, staff_groups

BOARD_AREA = ("Corporate", "Management", "Management")

Roles = dict[tuple[str, ...], Count]
"""By NWD staff group, job role and the three areas of work."""


def roles_of(staff: Staff, one: Organisation, month: date) -> Roles:
    """The board's roles, then one role a staff group; directors who are no clinicians are among the senior managers."""
    roles: Roles = {}
    directors = Count()
    for line in facts("board_roles"):
        if one.exists(month) and one.code not in line["absent_from"].split():
            count = Count(int(line["people"]) * int(line["hundredths_fte_each"]), int(line["people"]))
            roles[line["nwd_staff_group"], line["nwd_job_role"], *BOARD_AREA] = count
            directors += count if line["nwd_staff_group"] == "Administrative and Clerical" else Count()
    for group in staff_groups():
        people = staff.headcount([one], [group], month)
        if people and not group.is_doctor:
            line = details()[group.name]
            area = (line["primary_area"], line["secondary_area"], line["secondary_area"])
            count = Count(staff.hundredths(one, group, month), people)
            others = count - directors if group.name == "Senior managers" else count
            roles[line["nwd_staff_group"], line["nwd_job_role"], *area] = others
    return roles


def england_roles(staff: Staff, month: date) -> Roles:
    """The same, all organisations together."""
    sums: Roles = {}
    for one in organisations():
        for role, count in roles_of(staff, one, month).items():
            sums[role] = sums.get(role, Count()) + count
    return sums
