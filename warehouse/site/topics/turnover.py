"""The page on joiners and leavers."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import Topic, TopicBlock

TURNOVER = Topic(
    "turnover",
    "Joiners and leavers among senior managers and managers, beside all staff.",
    (
        TopicBlock(
            "turnover_england",
            (
                Chart(
                    "lines",
                    "period_end",
                    "rate_percent",
                    "staff_group",
                    "Leavers over twelve months, %",
                    "Line chart of the share of staff who left within twelve months, for senior managers, managers"
                    " and all"
                    " staff.",
                    only={"flow": "leavers"},
                    names={"All staff groups": "All staff", "Senior managers": "Senior m."},
                ),
            ),
        ),
        TopicBlock("turnover_trusts"),
    ),
)
