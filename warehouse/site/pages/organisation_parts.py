"""The sections of an organisation's page, declared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Part:
    """A section of an organisation's page: a question asked of a mart, and the columns shown.

    `table` is the core table its figures come from. `nobody` says why some kinds of organisation have none.
    """

    name: str
    query: str
    title: str
    about: str
    columns: Mapping[str, str]
    mart: str
    table: str
    nobody: str = ""


PARTS = (
    Part(
        "staff",
        "organisations/staff",
        "Staff in post",
        "The newest month, and the same month of earlier years. Predecessors that became part of this organisation as a"
        " whole are added up in full-time equivalents; headcounts of several organisations may count a person twice.",
        {
            "period_end": "Month to",
            "measure": "Measure",
            "staff_count": "Staff",
            "organisations_summed": "Organisations",
        },
        "marts.workforce_by_organisation_current_structure",
        "workforce",
    ),
    Part(
        "staff-groups",
        "organisations/staff_groups",
        "Staff by group",
        "Full-time equivalents, newest month. Main groups and the groups within them overlap.",
        {"staff_group": "Staff group", "staff_count": "FTE", "period_end": "Month to"},
        "marts.workforce_by_organisation_current_structure",
        "workforce",
    ),
    Part(
        "turnover",
        "organisations/turnover",
        "Joiners and leavers",
        "Headcount, newest period of each length, as a share of average staff in post. A rate of one month is per"
        " month.",
        {
            "flow": "Flow",
            "staff_group": "Staff group",
            "time_span": "Period",
            "period_end": "To",
            "rate_percent": "Rate, %",
            "flow_value": "People",
            "average_in_post": "Average in post",
        },
        "marts.leadership_turnover_current_structure",
        "turnover",
    ),
    Part(
        "pay",
        "organisations/pay_gap",
        "Women in each pay quarter",
        "As the organisation reported. Gap: the quarter's share less the share among all staff of the report.",
        {
            "reporting_year": "Year",
            "pay_quarter": "Pay quarter",
            "women_share_percent": "Women, %",
            "all_quarters_women_share_percent": "All staff, %",
            "gap_points": "Gap, points",
            "mean_hourly_gap_percent": "Mean hourly gap, %",
        },
        "marts.leadership_pay_gap_current_structure",
        "pay_gap",
        "Employers report themselves, by the name they had; a report that covers only a part of this organisation is"
        " not"
        " shown here.",
    ),
    Part(
        "boards",
        "organisations/board_roles",
        "Board roles recorded",
        "From payroll records, newest month. Not recorded is not vacant: interims off the payroll and shared posts are"
        " recorded elsewhere or not at all.",
        {"board_role": "Role", "is_recorded": "Recorded", "headcount": "People", "period_end": "Month to"},
        "marts.board_roles_current_structure",
        "job_role",
    ),
    Part(
        "leadership",
        "organisations/leadership_size",
        "Size of the leadership",
        "Full-time equivalents in each group, newest month, as a share of all staff.",
        {
            "leadership_group": "Group",
            "clinical": "Clinical",
            "fte": "FTE",
            "share_of_fte_percent": "Of all staff, %",
            "period_end": "Month to",
        },
        "marts.leadership_size_current_structure",
        "workforce_by_grade",
    ),
    Part(
        "wres",
        "organisations/wres",
        "Race equality standard: BME leaders",
        "As the race equality standard (WRES) counts them, of all staff including those of unknown ethnicity.",
        {
            "leadership_group": "Group",
            "period_end": "As of",
            "share_percent": "BME, %",
            "workforce_share_percent": "Whole workforce, %",
            "gap_points": "Gap, points",
            "headcount": "People",
            "all_headcount": "Of all",
        },
        "marts.leadership_diversity_wres_trust",
        "wres_indicator",
        "WRES publishes figures of single trusts only.",
    ),
    Part(
        "culture",
        "organisations/culture",
        "Bullying and discrimination by staff",
        "Share of staff who answered that they experienced it, newest survey. Lower is better.",
        {
            "question_title": "What was asked",
            "ethnic_group": "Staff",
            "answer_value": "Share, %",
            "gap_points": "Gap to white staff, points",
            "answers": "Answers",
            "survey_year": "Survey",
        },
        "marts.leadership_culture",
        "staff_survey",
    ),
    Part(
        "vacancies",
        "organisations/vacancies",
        "Vacancies around it",
        "No vacancy statistic is printed for single trusts: these are the rates of its region, not its own.",
        {
            "staff_group": "Staff group",
            "quarter_end": "Quarter to",
            "region_name": "Region",
            "regional_vacancy_rate_percent": "Region, %",
            "regional_sector_vacancy_rate_percent": "Its sector there, %",
            "england_vacancy_rate_percent": "England, %",
        },
        "marts.vacancy_context",
        "vacancy",
        "Regional rates are set beside trusts only.",
    ),
)
