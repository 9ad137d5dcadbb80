"""Staff in post and turnover."""

from __future__ import annotations

from transforms.tables.declare import VALUE, VALUE_STATUS, OpeningStock, Partition, Scope, Table, date, text
from transforms.tables.levels import age_band_level, grade_level, staff_group_level

GEOGRAPHY_LEVELS = ("England", "Region", "Integrated care system", "Organisation")
MEASURES = ("headcount", "fte")
FLOWS = ("in_post_at_start", "in_post_at_end", "joiners", "leavers")

GEOGRAPHY = (
    text("geography_level", "What the row speaks of.", allowed=GEOGRAPHY_LEVELS),
    text("region_code", "NHS England region (ODS code, Y56); NULL for England.", required=False),
    text(
        "icb_code",
        "Integrated care board or system (ODS code, QKK); NULL above that level.",
        required=False,
        refers_to="board",
    ),
    text(
        "org_code",
        "Organisation (ODS code, RJ1); NULL above that level.",
        required=False,
        refers_to="organisation",
        labels="open",
    ),
    text("area_code", "The code of what the row speaks of: org_code, icb_code, region_code, or 'England'."),
    text("area_name", "Its name as printed in this file, with plain apostrophes and hyphens.", required=False),
)
MEASURE = text(
    "measure",
    "headcount: people (parts do not add up, people hold several roles); fte: full-time equivalents (parts add up).",
    allowed=MEASURES,
)


def _areas(name: str, parts: str, total: str, *, within: tuple[str, ...] = ()) -> Partition:
    """Areas of a lower level that add up to those of a higher one, in full-time equivalents."""
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
"""Whichever file prints a staff group of a month at a level prints it for every area of that level."""

TURNOVER = Table(
    name="turnover",
    grain="period x organisation x staff group x flow x measure",
    description=(
        "Joiners to and leavers from an organisation's staff group between two month ends, and the staff in post at"
        " both ends. The publisher prints no row for zero: where a denominator exists, a missing flow is 0."
    ),
    columns=(
        date("period_start", "Month end the period starts at.", day="last"),
        date("period_end", "Month end the period ends at.", day="last"),
        text("region_code", "NHS England region (ODS code).", required=False),
        text("icb_code", "Integrated care board (ODS code).", required=False, refers_to="board"),
        text("org_code", "Organisation (ODS code).", refers_to="organisation", labels="open"),
        text("org_name", "Organisation's name as printed, with plain apostrophes and hyphens.", required=False),
        text("cluster_group", "Publisher's cluster of the organisation, e.g. Acute.", required=False),
        text("benchmark_group", "Publisher's benchmark group, e.g. Acute - Teaching.", required=False),
        text("staff_group", "Staff group in the publisher's words; 'All staff groups' is the total.", labels="closed"),
        text(
            "flow",
            "in_post_at_start and in_post_at_end: denominators; joiners, leavers: flows in the period.",
            allowed=FLOWS,
            labels="closed",
        ),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=("period_start", "period_end", "org_code", "staff_group", "flow", "measure"),
    levels=(staff_group_level(),),
    partitions=(
        Partition(
            "staff_groups_add_up",
            "staff_group",
            "All staff groups",
            "The FTE of the staff groups does not add up to all staff groups.",
            measure="fte",
        ),
    ),
    opening_stock=OpeningStock("flow", "in_post_at_start", "in_post_at_end", "period_start", "period_end"),
    organisation_name="org_name",
)

NATIONAL_TURNOVER = Table(
    name="national_turnover",
    grain="period x area x staff group x grade x age band x flow x measure",
    description=(
        "Joiners to and leavers from the staff of trusts and core organisations in England and its regions over twelve"
        " months, and the staff in post at both ends. By region, or in England by grade and age band; never both."
        " Joiners come from outside the staff counted here, other NHS bodies among them."
    ),
    columns=(
        date("period_start", "Month end the period starts at.", day="last"),
        date("period_end", "Month end the period ends at.", day="last"),
        text("geography_level", "What the row speaks of.", allowed=("England", "Region")),
        text("region_code", "NHS England region (ODS code, Y56); NULL for England.", required=False),
        text("area_code", "region_code, or 'England'."),
        text("area_name", "Its name as printed in this file, with plain apostrophes and hyphens.", required=False),
        text("staff_group", "Staff group in the publisher's words; 'All staff groups' is the total.", labels="closed"),
        text("grade", "Agenda for Change band or medical grade; 'All grades' is the total.", labels="closed"),
        text("age_band", "Age band; 'All age bands' is the total."),
        text(
            "flow",
            "in_post_at_start and in_post_at_end: denominators; joiners, leavers: flows in the period.",
            allowed=FLOWS,
            labels="closed",
        ),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=("period_start", "period_end", "area_code", "staff_group", "grade", "age_band", "flow", "measure"),
    levels=(staff_group_level(), grade_level(), age_band_level()),
)
