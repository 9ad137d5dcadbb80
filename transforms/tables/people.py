"""Who the staff are: personal characteristics, grades, job roles."""

from __future__ import annotations

from transforms.tables.declare import VALUE, VALUE_STATUS, Partition, Table, date, text
from transforms.tables.levels import area_of_work_level, grade_level, role_group_level, staff_group_level
from transforms.tables.workforce import GEOGRAPHY, MEASURE

PERSON_CHARACTERISTIC = Table(
    name="person_characteristic",
    grain="month end x population x staff group x role group x grade x characteristic x category x measure, England",
    description="England's staff by personal characteristic, staff group and grade. Totals sit under explicit labels.",
    columns=(
        date("period_end", "Last day of the month.", day="last"),
        text("geography_level", "Always England: no lower level is published.", allowed=("England",)),
        text(
            "population",
            "Whose staff: the two never add to a published total and never share a series.",
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
            # Not every source prints the total of the known: the groups themselves are in all of them.
            parts=("group", "unknown"),
            across=("category",),
        ),
    ),
)

JOB_ROLE = Table(
    name="job_role",
    grain="month end x geography x NWD staff group x job role x area of work (three levels) x measure",
    description=(
        "Staff by job role of the National Workforce Data Set and area of work, for England and each organisation."
        " FTE adds up over areas of work; headcount does not (a person may work in several)."
    ),
    columns=(
        date("period_end", "Last day of the month.", day="last"),
        *GEOGRAPHY,
        text("nwd_staff_group", "Staff group of the National Workforce Data Set.", labels="closed"),
        text("nwd_job_role", "Job role of the National Workforce Data Set, e.g. Chief Executive.", labels="open"),
        text(
            "primary_area_of_work",
            "Area of work; 'All areas of work' where the publisher prints the role's total.",
            required=False,
            labels="open",
        ),
        text("secondary_area_of_work", "Area within it; 'All areas of work' beside a total.", required=False),
        text("tertiary_area_of_work", "Area within that; 'All areas of work' beside a total.", required=False),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=(
        "period_end",
        "geography_level",
        "area_code",
        "nwd_staff_group",
        "nwd_job_role",
        "primary_area_of_work",
        "secondary_area_of_work",
        "tertiary_area_of_work",
        "measure",
    ),
    levels=(area_of_work_level(),),
    partitions=(
        Partition(
            "organisations_add_up_to_england",
            "geography_level",
            "England",
            "The FTE of a job role in England is not the sum of its organisations.",
            parts=("Organisation",),
            across=("area_code",),
            measure="fte",
            newest_only=True,
            severity="warn",
        ),
    ),
    organisation_name="area_name",
)

WORKFORCE_BY_GRADE = Table(
    name="workforce_by_grade",
    grain="month end x organisation x staff group (three levels, care setting, level) x grade x measure",
    description="Staff of each organisation by staff group and grade: Agenda for Change band to very senior manager.",
    columns=(
        date("period_end", "Last day of the month.", day="last"),
        *GEOGRAPHY,
        text("main_staff_group", "Main staff group, e.g. Professionally qualified clinical staff.", labels="closed"),
        text("staff_group_1", "Staff group within it, e.g. Nurses & health visitors.", labels="closed"),
        text("staff_group_2", "Finer staff group.", required=False),
        text("care_setting", "Care setting or type.", required=False),
        text("level", "Level of the role.", required=False),
        text("grade", "Grade, e.g. Band 8a or Very Senior Manager.", labels="closed"),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=(
        "period_end",
        "geography_level",
        "area_code",
        "main_staff_group",
        "staff_group_1",
        "staff_group_2",
        "care_setting",
        "level",
        "grade",
        "measure",
    ),
    organisation_name="area_name",
)

MEDICAL_STAFF = Table(
    name="medical_staff",
    grain="month end x organisation x specialty x grade x measure",
    description=(
        "Consultants of each organisation by specialty, the doctors who lead medical teams. FTE adds up over"
        " specialties; headcount does not. Which of them hold a post of medical leadership is not published."
    ),
    columns=(
        date("period_end", "Last day of the month.", day="last"),
        *GEOGRAPHY,
        text("specialty_group", "Group of specialties, e.g. Dental group."),
        text("specialty", "Specialty, e.g. Orthodontics.", labels="open"),
        text("grade", "Medical grade: Consultant.", labels="closed"),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=("period_end", "geography_level", "area_code", "specialty_group", "specialty", "grade", "measure"),
    organisation_name="area_name",
)
