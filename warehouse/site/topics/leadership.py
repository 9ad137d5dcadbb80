"""The page on who leads the NHS in England."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import BME, VSM, Topic, TopicBlock

LEADERSHIP = Topic(
    "leadership",
    "Who leads the NHS in England, against the whole workforce.",
    (
        TopicBlock(
            "bme_over_time",
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
        ),
        TopicBlock("very_senior_managers"),
        TopicBlock(
            "bme_wres",
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
