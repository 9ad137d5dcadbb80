"""Tables of the workforce statistics: staff in post, grades, job roles, consultants, notes on data quality."""

from __future__ import annotations

from transforms.tables.declare import VALUE, VALUE_STATUS, Partition, Scope, Table, date, text
from transforms.tables.levels import area_of_work_level, staff_group_level
from transforms.tables.staff import GEOGRAPHY, MEASURE


def _areas(name: str, parts: str, total: str, *, within: tuple[str, ...] = ()) -> Partition:
    """The rule that the FTE of the areas of level `parts` adds up to the FTE of the areas of level `total`."""
    return Partition(
        name,
        "geography_level",
        total,
        f"The FTE of a staff group in {total} is not the sum of its parts ({parts}).",
        parts=(parts,),
        across=("area_code",),
        within=within,
        measure="fte",
        newest_only=True,
    )


WORKFORCE = Table(
    name="workforce",
    grain="month end x geography x staff group x measure",
    description=(
        "Hospital and community health service staff in post, by staff group, from England to organisation. Levels of"
        " geography and of staff group overlap: marts.workforce_fte_by_organisation and"
        " marts.workforce_fte_by_staff_group hold what may be added up."
    ),
    columns=(
        date("period_end", "Last day of the month.", day="last"),
        *GEOGRAPHY,
        text("staff_group", "Staff group in the publisher's words; 'All staff groups' is the total.", labels="closed"),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=("period_end", "geography_level", "area_code", "staff_group", "measure"),
    levels=(staff_group_level(),),
    partitions=(
        _areas("organisations_add_up_to_england", "Organisation", "England"),
        _areas("regions_add_up_to_england", "Region", "England"),
        _areas("systems_add_up_to_region", "Integrated care system", "Region", within=("region_code",)),
        _areas(
            "organisations_add_up_to_system",
            "Organisation",
            "Integrated care system",
            within=("region_code", "icb_code"),
        ),
    ),
    organisation_name="area_name",
)
EVERY_AREA = Scope("workforce", ("period_end", "geography_level", "staff_group", "measure"), shared=True)
"""A file that prints a staff group in a month at a geography level prints it for every area of that level."""

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

DATA_QUALITY_NOTE = Table(
    name="data_quality_note",
    grain="edition x reference number",
    description="The publisher's own notes on the quality of its data, from the Data Quality Annex.",
    columns=(
        text("reference_number", "Publisher's reference."),
        text("level", "Level that the note is about, as printed: national, organisation, ...", required=False),
        text("org_code", "ODS code of the organisation the note is about; NULL for national notes.", required=False),
        text("org_name", "Its name as printed.", required=False),
        text("months", "Months as printed.", required=False),
        date("period_start", "First month end affected; NULL if not printed.", required=False, day="last"),
        date("period_end", "Last month end affected; NULL if not printed.", required=False, day="last"),
        text("issue_type", "Type of issue as printed.", required=False),
        text("details", "The note.", required=False),
    ),
    key=("reference_number", "org_code"),
    values=("level", "months", "issue_type", "details"),
)
