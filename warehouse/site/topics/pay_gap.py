"""The page on women in the pay quarters of NHS trusts."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import Topic, TopicBlock

PAY_GAP = Topic(
    "pay-gap",
    "Women in each quarter of hourly pay, and their hourly pay beside men's, in the reports of NHS trusts.",
    (
        TopicBlock(
            "pay_quarters_by_year",
            (
                Chart(
                    "lines",
                    "period_end",
                    "mean_of_rates_percent",
                    "subgroup",
                    "Women in each pay quarter, %",
                    "Line chart of the mean share of women in each quarter of hourly pay by year.",
                    names={"lower_middle": "lower mid.", "upper_middle": "upper mid."},
                ),
            ),
        ),
        TopicBlock("pay_quarters_change"),
        TopicBlock("hourly_pay_gap"),
    ),
    {"Pay quarter": "All staff of an employer sorted by hourly pay and cut into four groups of equal size."},
)
