"""Tables of joiners and leavers: by organisation, and in England and its regions."""

from __future__ import annotations

from transforms.tables.declare import VALUE, VALUE_STATUS, OpeningStock, Partition, Table, date, text
from transforms.tables.levels import age_band_level, grade_level, staff_group_level
from transforms.tables.staff import MEASURE

FLOWS = ("in_post_at_start", "in_post_at_end", "joiners", "leavers")

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
        text("geography_level", "Geography level of the row.", allowed=("England", "Region")),
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
