"""The page on joiners and leavers."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import Topic, TopicBlock

TURNOVER = Topic(
    "turnover",
    "Turnover",
    "Joiners and leavers among senior managers and managers, beside all staff.",
    (
        TopicBlock(
            "england",
            "turnover/england",
            "England over twelve months",
            "Leavers and joiners of the period as a share of average staff in post, headcount. A move between two NHS"
            " organisations is neither for England.",
            {
                "period_end": "12 months to",
                "flow": "Flow",
                "staff_group": "Staff group",
                "rate_percent": "Rate, %",
                "flow_value": "People",
                "average_in_post": "Average in post",
            },
            "marts.leadership_turnover",
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
            ("national_turnover",),
        ),
        TopicBlock(
            "organisations",
            "turnover/organisations",
            "All trusts together",
            "The rate of all trusts taken together beside the mean of their rates, which counts a small trust as"
            " much as"
            " a large one. A move from one trust to another counts as leaving the one and joining the other.",
            {
                "rate": "Rate",
                "subgroup": "Staff group and period",
                "period_end": "Period to",
                "weighted_percent": "Together, %",
                "mean_of_rates_percent": "Mean of trusts, %",
                "rates_counted": "Trusts",
            },
            "marts.mean_and_weighted_rates",
            needs=("turnover",),
        ),
    ),
)
