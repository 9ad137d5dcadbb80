"""The page on vacancies and adverts."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import FTE, Topic, TopicBlock

RATE = {"vacancy_rate_percent": "Rate, %", "vacancy_fte": "Vacant posts, FTE"}
VACANCIES = Topic(
    "vacancies",
    "Vacancies",
    "Posts not filled by permanent or fixed-term staff, by region, sector and staff group, and adverts apart.",
    (
        TopicBlock(
            "england",
            "vacancies/england",
            "England over time",
            "Rate: vacant posts per 100 posts of the establishment, at the end of the quarter. Quarters are not"
            " seasonally adjusted: compare a quarter with the same one a year before.",
            {
                "quarter_end": "Quarter to",
                "staff_group": "Staff group",
                **RATE,
                "change_on_year_points": "Change on year, points",
            },
            "marts.vacancies",
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
            ("vacancy",),
        ),
        TopicBlock(
            "nursing-by-region",
            "vacancies/nursing_by_region",
            "Registered nursing by region",
            "The newest quarter, all sectors, against the same quarter a year before. Rank 1 is the highest rate.",
            {
                "region_name": "Region",
                **RATE,
                "vacancy_rate_percent_year_before": "A year before, %",
                "change_on_year_points": "Change, points",
                "rank_among_regions": "Rank",
            },
            "marts.vacancies",
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
            ("vacancy",),
        ),
        TopicBlock(
            "all-staff-by-region",
            "vacancies/all_staff_by_region",
            "All staff by region",
            "The newest quarter, all sectors, against the same quarter a year before. Rank 1 is the highest rate.",
            {
                "region_name": "Region",
                **RATE,
                "vacancy_rate_percent_year_before": "A year before, %",
                "change_on_year_points": "Change, points",
                "rank_among_regions": "Rank",
            },
            "marts.vacancies",
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
            ("vacancy",),
        ),
        TopicBlock(
            "by-sector",
            "vacancies/by_sector",
            "Region by sector by staff group",
            "The newest quarter. Nursing and medical staff are among all staff and do not add up to it.",
            {
                "sector": "Sector",
                "staff_group": "Staff group",
                "region_name": "Region",
                **RATE,
                "change_on_year_points": "Change on year, points",
                "rank_among_regions": "Rank",
            },
            "marts.vacancies",
            needs=("vacancy",),
        ),
        TopicBlock(
            "adverts",
            "vacancies/adverts",
            "Advertised posts",
            "Another measure: posts advertised in the month. Never add it to vacancies or compare the two. Regions"
            " differ in size, so their numbers are not ranked here.",
            {
                "month": "Month",
                "region_name": "Region",
                "advertised_fte": "Advertised, FTE",
                "twelve_month_mean_fte": "Mean of 12 months, FTE",
                "change_on_year_fte": "Change on year, FTE",
                "share_of_england_adverts_percent": "Share of England, %",
            },
            "marts.vacancies_advertised",
            needs=("vacancy_advert",),
        ),
    ),
    {
        "Vacancy": "A post of the establishment that no permanent or fixed-term member of staff fills. Many are"
        " covered by"
        " bank or agency staff.",
        "FTE": FTE,
    },
)


_REGION = {**RATE, "change_on_year_points": "Change on year, points", "rank_among_regions": "Rank"}
REGION_BLOCKS = (
    TopicBlock(
        "quarters",
        "vacancies/region_by_quarter",
        "By quarter, all sectors",
        "At the end of each quarter. Quarters are not seasonally adjusted: compare a quarter with the same one a year"
        " before. Rank 1 is the highest rate among regions.",
        {"quarter_end": "Quarter to", "staff_group": "Staff group", **_REGION},
        "marts.vacancies",
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
        ("vacancy",),
    ),
    TopicBlock(
        "sectors",
        "vacancies/region_by_sector",
        "By sector and staff group",
        "The newest quarter, and the same quarter of earlier years.",
        {"staff_group": "Staff group", "quarter_end": "Quarter to", "sector": "Sector", **_REGION},
        "marts.vacancies",
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
        ("vacancy",),
    ),
)
"""What each region's page below the page on vacancies shows."""
