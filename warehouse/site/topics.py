"""The topic pages, declared: which questions each asks, what it shows of the answers, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from warehouse.site.charts import Chart


@dataclass(frozen=True)
class Block:
    """One part of a page: a question, its title, what to know of it, the columns shown, and a chart.

    `needs` are core tables without which there is no answer. `mart` is the mart each row is a row of.
    """

    name: str
    query: str
    title: str
    about: str
    columns: Mapping[str, str]
    mart: str = ""
    charts: tuple[Chart, ...] = ()
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Topic:
    """A page: its folder on the site, title, one line on what it is about, and its blocks."""

    slug: str
    title: str
    lead: str
    blocks: tuple[Block, ...]
    definitions: Mapping[str, str] = field(default_factory=dict)


BME = "BME: black and minority ethnic; everyone outside the white groups, people of unknown ethnicity not among them."
VSM = "Very senior managers: staff on the very senior manager grade, outside the Agenda for Change bands."
FTE = "Full-time equivalents (FTE): two people who each work half the hours of a full-time post are one."

RATE = {"vacancy_rate_percent": "Rate, %", "vacancy_fte": "Vacant posts, FTE"}
VACANCIES = Topic(
    "vacancies",
    "Vacancies",
    "Posts not filled by permanent or fixed-term staff, by region, sector and staff group, and adverts apart.",
    (
        Block(
            "england",
            "vacancies/england",
            "England over time",
            "Rate: vacant posts per 100 posts of the establishment, at the end of the quarter. Quarters are not"
            " seasonally adjusted: compare a quarter with the same one a year before.",
            {"quarter_end": "Quarter to", "staff_group": "Staff group", **RATE, "change_on_year_points": "Change on year, points"},
            "marts.vacancies",
            (
                Chart(
                    "lines", "quarter_end", "vacancy_rate_percent", "staff_group", "Vacancy rate, % of posts",
                    "Line chart of the vacancy rate in England by quarter, for all staff, registered nursing and medical staff.",
                    names={"Registered nursing": "Nursing"},
                ),
            ),
            ("vacancy",),
        ),
        Block(
            "nursing-by-region",
            "vacancies/nursing_by_region",
            "Registered nursing by region",
            "The newest quarter, all sectors, against the same quarter a year before. Rank 1 is the highest rate.",
            {
                "region_name": "Region", **RATE, "vacancy_rate_percent_year_before": "A year before, %",
                "change_on_year_points": "Change, points", "rank_among_regions": "Rank",
            },
            "marts.vacancies",
            (
                Chart(
                    "bars", "region_name", "vacancy_rate_percent", "staff_group", "Registered nursing vacancy rate, %",
                    "Bar chart of the registered nursing vacancy rate of each region in the newest quarter.",
                ),
            ),
            ("vacancy",),
        ),
        Block(
            "all-staff-by-region",
            "vacancies/all_staff_by_region",
            "All staff by region",
            "The newest quarter, all sectors, against the same quarter a year before. Rank 1 is the highest rate.",
            {
                "region_name": "Region", **RATE, "vacancy_rate_percent_year_before": "A year before, %",
                "change_on_year_points": "Change, points", "rank_among_regions": "Rank",
            },
            "marts.vacancies",
            (
                Chart(
                    "bars", "region_name", "vacancy_rate_percent", "staff_group", "Vacancy rate of all staff, %",
                    "Bar chart of the vacancy rate of all staff of each region in the newest quarter.",
                ),
            ),
            ("vacancy",),
        ),
        Block(
            "by-sector",
            "vacancies/by_sector",
            "Region by sector by staff group",
            "The newest quarter. Nursing and medical staff are among all staff and do not add up to it.",
            {
                "sector": "Sector", "staff_group": "Staff group", "region_name": "Region", **RATE,
                "change_on_year_points": "Change on year, points", "rank_among_regions": "Rank",
            },
            "marts.vacancies",
            needs=("vacancy",),
        ),
        Block(
            "adverts",
            "vacancies/adverts",
            "Advertised posts",
            "Another measure: posts advertised in the month. Never add it to vacancies or compare the two. Regions"
            " differ in size, so their numbers are not ranked here.",
            {
                "month": "Month", "region_name": "Region", "advertised_fte": "Advertised, FTE",
                "twelve_month_mean_fte": "Mean of 12 months, FTE", "change_on_year_fte": "Change on year, FTE",
                "share_of_england_adverts_percent": "Share of England, %",
            },
            "marts.vacancies_advertised",
            needs=("vacancy_advert",),
        ),
    ),
    {"Vacancy": "A post of the establishment that no permanent or fixed-term member of staff fills. Many are covered by"
     " bank or agency staff.", "FTE": FTE},
)

SHARES = {
    "share_percent": "Share, %", "workforce_share_percent": "Whole workforce, %", "gap_points": "Gap, points",
    "representation_ratio": "Ratio", "headcount": "People", "known_headcount": "Of known",
}
LEADERSHIP = Topic(
    "leadership",
    "Leadership diversity",
    "Who leads the NHS in England, against the whole workforce.",
    (
        Block(
            "ethnicity",
            "diversity/over_time",
            "Ethnicity over time",
            "BME share of those of known ethnicity. A gap below 0 and a ratio below 1 mean fewer among leaders than in"
            " the whole workforce.",
            {"period_end": "Month to", "leadership_group": "Group", **SHARES},
            "marts.leadership_diversity",
            (
                Chart(
                    "lines", "period_end", "share_percent", "leadership_group", "BME share of leaders, %",
                    "Line chart of the BME share of very senior managers and of bands 8a to 9 by year.",
                    names={"Very Senior Manager": "VSM"},
                ),
            ),
            ("person_characteristic",),
        ),
        Block(
            "characteristics",
            "diversity/newest",
            "Very senior managers by characteristic",
            "The newest month of each characteristic, among those whose category is known. BME is the sum of the groups"
            " outside White and overlaps with them.",
            {"characteristic": "Characteristic", "category": "Category", "period_end": "Month to", **SHARES},
            "marts.leadership_diversity",
            needs=("person_characteristic",),
        ),
        Block(
            "wres",
            "diversity/wres",
            "Boards and very senior managers in the race equality standard",
            "Another population and another base than above: WRES counts trusts' own reports, and its percentages are of"
            " all staff including those of unknown ethnicity. Do not compare the two sections.",
            {
                "leadership_group": "Group", "period_end": "As of", "population": "Who is counted",
                "share_percent": "BME, %", "workforce_share_percent": "Whole workforce, %", "gap_points": "Gap, points",
            },
            "marts.leadership_diversity_wres_england",
            (
                Chart(
                    "lines", "period_end", "share_percent", "leadership_group", "BME share, WRES, %",
                    "Line chart of the BME share of very senior managers by year, as the race equality standard prints it.",
                    only={"leadership_group": "Very Senior Manager"}, names={"Very Senior Manager": "VSM"},
                ),
            ),
        ),
    ),
    {"BME": BME, "Very senior managers": VSM},
)

STEPS = {
    "staff_group": "Staff", "step": "Step", "share_percent": "Share, %", "share_percent_below": "Step below, %",
    "ratio_to_step_below": "Ratio to step below", "disparity_ratio": "Disparity ratio", "headcount": "People",
    "known_headcount": "Of known",
}


def _pipeline(name: str, title: str, who: str, group: str) -> Block:
    return Block(
        name,
        f"pipeline/{name}",
        title,
        "Each step of pay bands against the one below. Ratio 1: the same share as at the step below. Disparity ratio"
        " above 1: the group compared is more likely to have got from the step below to this one.",
        STEPS,
        "marts.leadership_pipeline",
        (
            Chart(
                "bars", "step", "share_percent", "category", f"{who} at each step, all staff, %",
                f"Bar chart of the share of {who} at each step from bands 2 to 4 up to very senior manager.",
                only={"staff_group": "All staff groups"},
            ),
        ),
        ("person_characteristic",),
    )


PIPELINE = Topic(
    "pipeline",
    "Pipeline",
    "How the make-up of staff changes from band 2 to very senior manager.",
    (_pipeline("bme", "BME staff", "BME staff", "BME"), _pipeline("women", "Women", "Women", "Women")),
    {"BME": BME, "Very senior managers": VSM},
)

PAY_GAP = Topic(
    "pay-gap",
    "Pay gap",
    "Women in each quarter of hourly pay, and their hourly pay beside men's, in the reports of NHS trusts.",
    (
        Block(
            "quarters",
            "pay_gap/quarters",
            "Women in each pay quarter",
            "Mean over NHS trusts, each counted once whatever its size: reports give percentages, no number of staff.",
            {
                "period_end": "Snapshot", "breakdown": "Pay quarter", "mean_of_rates_percent": "Women, %",
                "rates_counted": "Trusts",
            },
            "marts.mean_and_weighted_rates",
            (
                Chart(
                    "lines", "period_end", "mean_of_rates_percent", "breakdown", "Women in each pay quarter, %",
                    "Line chart of the mean share of women in each quarter of hourly pay by year.",
                    names={"lower_middle": "lower mid.", "upper_middle": "upper mid."},
                ),
            ),
            ("pay_gap",),
        ),
        Block(
            "change",
            "pay_gap/change",
            "Change, over the trusts that reported in both years",
            "Which trusts have reported differs by year; these means are over the same trusts in both.",
            {
                "reporting_year": "Year", "compared_year": "Compared with", "pay_quarter": "Pay quarter",
                "mean_women_share_percent_compared_year": "Women then, %", "mean_women_share_percent": "Women, %",
                "mean_change_points": "Change, points", "employers": "Trusts",
            },
            "marts.leadership_pay_gap_change",
            needs=("pay_gap",),
        ),
        Block(
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

CULTURE = Topic(
    "culture",
    "Culture",
    "Bullying, discrimination, fairness after errors and speaking up, as staff answered in surveys.",
    (
        Block(
            "ethnicity",
            "culture/over_time",
            "Bullying and discrimination by staff, white and BME staff",
            "Share of staff who answered that they experienced it. Lower is better. Figures of two bases never make one"
            " line.",
            {
                "question_title": "What was asked", "survey_year": "Survey", "ethnic_group": "Staff",
                "answer_value": "Share, %", "gap_points": "Gap to white staff, points", "figure_basis": "From",
            },
            "marts.leadership_culture",
            (
                Chart(
                    "lines", "survey_year", "answer_value", "ethnic_group", "Discrimination by manager or colleagues, %",
                    "Line chart of the share of white and of BME staff who report discrimination by a manager, team leader or"
                    " other colleagues, by year of the survey.",
                    only={"question": "discrimination_by_staff", "figure_basis": "published headline"},
                ),
                Chart(
                    "lines", "survey_year", "answer_value", "ethnic_group", "Harassment, bullying or abuse from staff, %",
                    "Line chart of the share of white and of BME staff who report harassment, bullying or abuse from staff,"
                    " by year of the survey.",
                    only={"question": "bullying_by_staff", "figure_basis": "published headline"},
                ),
            ),
        ),
        Block(
            "questions",
            "culture/newest",
            "Every question, all staff",
            "The newest survey that has the question. Percent of answers, or a score from 0 to 10.",
            {
                "question_title": "What was asked", "survey_year": "Survey", "answer_value": "Value", "unit": "Unit",
                "better": "Better", "answers": "Answers", "figure_basis": "From",
            },
            "marts.leadership_culture",
        ),
    ),
    {"BME": BME},
)

BOARDS = Topic(
    "boards",
    "Board roles",
    "Which board roles trusts record in post, and how often executive posts have no permanent holder.",
    (
        Block(
            "roles",
            "boards/roles",
            "Roles recorded in post",
            "Trusts whose payroll records hold somebody in the role. Not recorded is not vacant: interims off the payroll"
            " and shared posts are recorded elsewhere or not at all.",
            {
                "board_role": "Role", "recorded_percent": "Recorded, %", "trusts": "Trusts with it",
                "all_trusts": "All trusts", "period_end": "Month to",
            },
            needs=("job_role",),
        ),
        Block(
            "vacancies",
            "boards/vacancies",
            "Executive posts without a permanent holder",
            "Surveys of other publishers, as they print them. No official statistic counts vacant board posts, and the"
            " two kinds of evidence are not one series.",
            {
                "period_end": "As of", "measure": "What is measured", "value": "Value", "unit": "Unit",
                "organisation_type": "Among", "publisher": "Publisher",
            },
            "marts.leadership_vacancies",
        ),
    ),
)

TURNOVER = Topic(
    "turnover",
    "Turnover",
    "Joiners and leavers among senior managers and managers, beside all staff.",
    (
        Block(
            "england",
            "turnover/england",
            "England over twelve months",
            "Leavers and joiners of the period as a share of average staff in post, headcount. A move between two NHS"
            " organisations is neither for England.",
            {
                "period_end": "12 months to", "flow": "Flow", "staff_group": "Staff group", "rate_percent": "Rate, %",
                "flow_value": "People", "average_in_post": "Average in post",
            },
            "marts.leadership_turnover",
            (
                Chart(
                    "lines", "period_end", "rate_percent", "staff_group", "Leavers over twelve months, %",
                    "Line chart of the share of staff who left within twelve months, for senior managers, managers and all"
                    " staff.",
                    only={"flow": "leavers"}, names={"All staff groups": "All staff", "Senior managers": "Senior m."},
                ),
            ),
            ("national_turnover",),
        ),
        Block(
            "organisations",
            "turnover/organisations",
            "All trusts together",
            "The rate of all trusts taken together beside the mean of their rates, which counts a small trust as much as"
            " a large one. A move from one trust to another counts as leaving the one and joining the other.",
            {
                "rate": "Rate", "breakdown": "Staff group and period", "period_end": "Period to",
                "weighted_percent": "Together, %", "mean_of_rates_percent": "Mean of trusts, %", "rates_counted": "Trusts",
            },
            "marts.mean_and_weighted_rates",
            needs=("turnover",),
        ),
    ),
)

TOPICS = (LEADERSHIP, PIPELINE, PAY_GAP, CULTURE, BOARDS, TURNOVER, VACANCIES)
"""In the order of the navigation."""
