"""Staff by personal characteristic, from the workforce statistics and from Ethnicity facts and figures."""

from __future__ import annotations

from transforms.tables.declare import VALUE, VALUE_STATUS, Partition, Table, date, text
from transforms.tables.levels import grade_level, role_group_level, staff_group_level
from transforms.tables.staff import MEASURE

PERSON_CHARACTERISTIC = Table(
    name="person_characteristic",
    grain="month end x population x staff group x role group x grade x characteristic x category x measure, England",
    description="England's staff by personal characteristic, staff group and grade. Totals sit under explicit labels.",
    columns=(
        date("period_end", "Last day of the month.", day="last"),
        text("geography_level", "Always England: no lower level is published.", allowed=("England",)),
        text(
            "population",
            "Organisations whose staff are counted. The two populations are published separately: do not add them.",
            allowed=("NHS trusts and core organisations", "Support organisations and central bodies"),
        ),
        text("staff_group", "Main staff group; 'All staff groups' is the total.", labels="closed"),
        text("role_group", "Staff group within the main group; 'All role groups' is the total.", labels="closed"),
        text("grade", "Agenda for Change band or other grade; 'All grades' is the total.", labels="closed"),
        text(
            "characteristic",
            "Which characteristic.",
            allowed=("ethnicity", "sex", "disability", "age", "religion", "sexual orientation", "nationality"),
        ),
        text(
            "category",
            "Category within the characteristic, in one vocabulary for all sources.",
            labels="closed",
            labels_within="characteristic",
        ),
        text(
            "category_level",
            "total: everyone, known or not; total_known: everyone whose category is known; group: a category;"
            " detail: a part of a group; unknown: not stated, not known or a discontinued code.",
            allowed=("total", "total_known", "group", "detail", "unknown"),
        ),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=(
        "period_end",
        "population",
        "staff_group",
        "role_group",
        "grade",
        "characteristic",
        "category",
        "category_level",
        "measure",
    ),
    levels=(staff_group_level("Here: all or main group."), role_group_level(), grade_level()),
    partitions=(
        Partition(
            "groups_add_up",
            "category_level",
            "total_known",
            "The categories of a characteristic do not add up to their total (known: the sum of its groups).",
            parts=("group",),
            across=("category",),
        ),
        Partition(
            "known_and_unknown_add_up",
            "category_level",
            "total",
            "The categories of a characteristic do not add up to their total (total: the groups and the unknown"
            " together).",
            # Not every source prints the total of known categories, but all print the groups.
            parts=("group", "unknown"),
            across=("category",),
        ),
    ),
)
