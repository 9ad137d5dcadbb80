"""The page on who leads the NHS in England."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import BME, VSM, Topic, TopicBlock

SHARES = {
    "share_percent": "Share, %",
    "workforce_share_percent": "Whole workforce, %",
    "gap_points": "Gap, points",
    "representation_ratio": "Ratio",
    "headcount": "People",
    "known_headcount": "Of known",
}
LEADERSHIP = Topic(
    "leadership",
    "Leadership diversity",
    "Who leads the NHS in England, against the whole workforce.",
    (
        TopicBlock(
            "ethnicity",
            "diversity/over_time",
            "Ethnicity over time",
            "BME share of those of known ethnicity. A gap below 0 and a ratio below 1 mean fewer among leaders than in"
            " the whole workforce.",
            {"period_end": "Month to", "leadership_group": "Group", **SHARES},
            "marts.leadership_diversity",
            (
                Chart(
                    "lines",
                    "period_end",
                    "share_percent",
                    "leadership_group",
                    "BME share of leaders, %",
                    "Line chart of the BME share of very senior managers and of bands 8a to 9 by year.",
                    names={"Very Senior Manager": "VSM"},
                ),
            ),
            ("person_characteristic",),
        ),
        TopicBlock(
            "characteristics",
            "diversity/newest",
            "Very senior managers by characteristic",
            "The newest month of each characteristic, among those whose category is known. BME is the sum of the groups"
            " outside White and overlaps with them.",
            {"characteristic": "Characteristic", "category": "Category", "period_end": "Month to", **SHARES},
            "marts.leadership_diversity",
            needs=("person_characteristic",),
        ),
        TopicBlock(
            "wres",
            "diversity/wres",
            "Boards and very senior managers in the race equality standard",
            "Another population and another base than above: WRES counts trusts' own reports, and its percentages"
            " are of"
            " all staff including those of unknown ethnicity. Do not compare the two sections.",
            {
                "leadership_group": "Group",
                "period_end": "As of",
                "population": "Who is counted",
                "share_percent": "BME, %",
                "workforce_share_percent": "Whole workforce, %",
                "gap_points": "Gap, points",
            },
            "marts.leadership_diversity_wres_england",
            (
                Chart(
                    "lines",
                    "period_end",
                    "share_percent",
                    "leadership_group",
                    "BME share, WRES, %",
                    "Line chart of the BME share of very senior managers by year, as the race equality standard"
                    " prints it.",
                    only={"leadership_group": "Very Senior Manager"},
                    names={"Very Senior Manager": "VSM"},
                ),
            ),
        ),
    ),
    {"BME": BME, "Very senior managers": VSM},
)
