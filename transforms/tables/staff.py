"""Columns that the tables of staff share: areas and their codes, headcount or full-time equivalents."""

from __future__ import annotations

from transforms.tables.declare import text

GEOGRAPHY_LEVELS = ("England", "Region", "Integrated care system", "Organisation")
MEASURES = ("headcount", "fte")

GEOGRAPHY = (
    text("geography_level", "Geography level of the row.", allowed=GEOGRAPHY_LEVELS),
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
    text("area_code", "Code of the row's area: org_code, icb_code, region_code, or 'England'."),
    text("area_name", "Its name as printed in this file, with plain apostrophes and hyphens.", required=False),
)
MEASURE = text(
    "measure",
    "headcount: people (parts do not add up, people hold several roles); fte: full-time equivalents (parts add up).",
    allowed=MEASURES,
)
