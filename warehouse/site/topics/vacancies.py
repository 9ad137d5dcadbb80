"""The page on vacancies and adverts."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import FTE, Topic, TopicBlock

VACANCIES = Topic(
    "vacancies",
    "Posts not filled by permanent or fixed-term staff, by region, sector and staff group, and adverts apart.",
    (
        TopicBlock(
            "england_by_quarter",
            (
                Chart(
                    "lines",
                    "quarter_end",
                    "vacancy_rate_percent",
                    "staff_group",
                    "Vacancy rate, % of posts",
                    "Line chart of the vacancy rate in England by quarter, for all staff, registered nursing and"
                    " medical staff.",
                    names={"Registered nursing": "Nursing"},
                ),
            ),
        ),
        TopicBlock(
            "nursing_by_region",
            (
                Chart(
                    "bars",
                    "region_name",
                    "vacancy_rate_percent",
                    "staff_group",
                    "Registered nursing vacancy rate, %",
                    "Bar chart of the registered nursing vacancy rate of each region in the newest quarter.",
                ),
            ),
        ),
        TopicBlock(
            "all_staff_by_region",
            (
                Chart(
                    "bars",
                    "region_name",
                    "vacancy_rate_percent",
                    "staff_group",
                    "Vacancy rate of all staff, %",
                    "Bar chart of the vacancy rate of all staff of each region in the newest quarter.",
                ),
            ),
        ),
        TopicBlock("by_sector"),
        TopicBlock("adverts"),
        TopicBlock("cited_vacancy_figures"),
    ),
    {
        "Vacancy": "A post of the establishment that no permanent or fixed-term member of staff fills. Many are"
        " covered by"
        " bank or agency staff.",
        "FTE": FTE,
    },
)


REGION_BLOCKS = (
    TopicBlock(
        "region_by_quarter",
        (
            Chart(
                "lines",
                "quarter_end",
                "vacancy_rate_percent",
                "staff_group",
                "Vacancy rate, % of posts",
                "Line chart of the vacancy rate of the region by quarter, for all staff, nursing and medical staff.",
                names={"Registered nursing": "Nursing"},
            ),
        ),
    ),
    TopicBlock(
        "region_by_sector",
        (
            Chart(
                "lines",
                "quarter_end",
                "vacancy_rate_percent",
                "sector",
                "Vacancy rate of all staff by sector, %",
                "Line chart of the vacancy rate of all staff of the region by sector, one quarter of each year.",
                only={"staff_group": "All staff"},
                names={"Mental Health": "Mental h.", "Community": "Commun."},
            ),
        ),
    ),
)
"""What each region's page below the page on vacancies shows."""
