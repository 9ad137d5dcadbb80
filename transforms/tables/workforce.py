"""Staff in post and turnover."""

from __future__ import annotations

from transforms.tables.declare import VALUE, VALUE_STATUS, Scope, Table, date, text
from transforms.tables.levels import age_band_level, grade_level, staff_group_level

GEOGRAPHY_LEVELS = ("England", "Region", "Integrated care system", "Organisation")
MEASURES = ("headcount", "fte")

GEOGRAPHY = (
    text("geography_level", "What the row speaks of.", allowed=GEOGRAPHY_LEVELS),
    text("region_code", "NHS England region (ODS code, Y56); NULL for England.", required=False),
    text("icb_code", "Integrated care board or system (ODS code, QKK); NULL above that level.", required=False),
    text("org_code", "Organisation (ODS code, RJ1); NULL above that level.", required=False),
    text("area_code", "The code of what the row speaks of: org_code, icb_code, region_code, or 'England'."),
    text("area_name", "Its name as printed in this file, with plain apostrophes and hyphens.", required=False),
)
MEASURE = text(
    "measure",
    "headcount: people (parts do not add up, people hold several roles); fte: full-time equivalents (parts add up).",
    allowed=MEASURES,
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
        date("period_end", "Last day of the month."),
        *GEOGRAPHY,
        text("staff_group", "Staff group in the publisher's words; 'All staff groups' is the total."),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=("period_end", "geography_level", "area_code", "staff_group", "measure"),
    levels=(staff_group_level(),),
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
        date("period_start", "Month end the period starts at."),
        date("period_end", "Month end the period ends at."),
        text("region_code", "NHS England region (ODS code).", required=False),
        text("icb_code", "Integrated care board (ODS code).", required=False),
        text("org_code", "Organisation (ODS code)."),
        text("org_name", "Organisation's name as printed, with plain apostrophes and hyphens.", required=False),
        text("cluster_group", "Publisher's cluster of the organisation, e.g. Acute.", required=False),
        text("benchmark_group", "Publisher's benchmark group, e.g. Acute - Teaching.", required=False),
        text("staff_group", "Staff group in the publisher's words; 'All staff groups' is the total."),
        text(
            "flow",
            "in_post_at_start and in_post_at_end: denominators; joiners, leavers: flows in the period.",
            allowed=("in_post_at_start", "in_post_at_end", "joiners", "leavers"),
        ),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=("period_start", "period_end", "org_code", "staff_group", "flow", "measure"),
    levels=(staff_group_level(),),
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
        date("period_start", "Month end the period starts at."),
        date("period_end", "Month end the period ends at."),
        text("geography_level", "What the row speaks of.", allowed=("England", "Region")),
        text("region_code", "NHS England region (ODS code, Y56); NULL for England.", required=False),
        text("area_code", "region_code, or 'England'."),
        text("area_name", "Its name as printed in this file, with plain apostrophes and hyphens.", required=False),
        text("staff_group", "Staff group in the publisher's words; 'All staff groups' is the total."),
        text("grade", "Agenda for Change band or medical grade; 'All grades' is the total."),
        text("age_band", "Age band; 'All age bands' is the total."),
        text(
            "flow",
            "in_post_at_start and in_post_at_end: denominators; joiners, leavers: flows in the period.",
            allowed=("in_post_at_start", "in_post_at_end", "joiners", "leavers"),
        ),
        MEASURE,
        VALUE,
        VALUE_STATUS,
    ),
    key=("period_start", "period_end", "area_code", "staff_group", "grade", "age_band", "flow", "measure"),
    levels=(staff_group_level(), grade_level(), age_band_level()),
)
