"""The page on women in the pay quarters of NHS trusts."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import Topic, TopicBlock

PAY_GAP = Topic(
    "pay-gap",
    "Pay gap",
    "Women in each quarter of hourly pay, and their hourly pay beside men's, in the reports of NHS trusts.",
    (
        TopicBlock(
            "quarters",
            "pay_gap/quarters",
            "Women in each pay quarter",
            "Mean over NHS trusts, each counted once whatever its size: reports give percentages, no number of staff.",
            {
                "period_end": "Snapshot",
                "subgroup": "Pay quarter",
                "mean_of_rates_percent": "Women, %",
                "rates_counted": "Trusts",
            },
            "marts.mean_and_weighted_rates",
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
            ("pay_gap",),
        ),
        TopicBlock(
            "change",
            "pay_gap/change",
            "Change, over the trusts that reported in both years",
            "Which trusts have reported differs by year; these means are over the same trusts in both.",
            {
                "reporting_year": "Year",
                "compared_year": "Compared with",
                "pay_quarter": "Pay quarter",
                "mean_women_share_percent_compared_year": "Women then, %",
                "mean_women_share_percent": "Women, %",
                "mean_change_points": "Change, points",
                "employers": "Trusts",
            },
            "marts.leadership_pay_gap_change",
            needs=("pay_gap",),
        ),
        TopicBlock(
            "hourly",
            "pay_gap/hourly",
            "Women's hourly pay below men's",
            "Percent of men's hourly pay; below 0 women are paid more. Mean over NHS trusts, each counted once.",
            {"rate": "Gap", "period_end": "Snapshot", "mean_of_rates_percent": "Gap, %", "rates_counted": "Trusts"},
            "marts.mean_and_weighted_rates",
            needs=("pay_gap",),
        ),
    ),
    {"Pay quarter": "All staff of an employer sorted by hourly pay and cut into four groups of equal size."},
)
