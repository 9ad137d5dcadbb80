"""The page on bullying, discrimination, fairness and speaking up."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import BME, Topic, TopicBlock

CULTURE = Topic(
    "culture",
    "Bullying, discrimination, fairness after errors and speaking up, as staff answered in surveys.",
    (
        TopicBlock(
            "bullying_and_discrimination",
            (
                Chart(
                    "lines",
                    "survey_year",
                    "answer_value",
                    "ethnic_group",
                    "Discrimination by manager or colleagues, %",
                    "Line chart of the share of white and of BME staff who report discrimination by a manager, team"
                    " leader or"
                    " other colleagues, by year of the survey.",
                    only={"question": "discrimination_by_staff", "figure_basis": "published headline"},
                ),
                Chart(
                    "lines",
                    "survey_year",
                    "answer_value",
                    "ethnic_group",
                    "Harassment, bullying or abuse from staff, %",
                    "Line chart of the share of white and of BME staff who report harassment, bullying or abuse from"
                    " staff,"
                    " by year of the survey.",
                    only={"question": "bullying_by_staff", "figure_basis": "published headline"},
                ),
            ),
        ),
        TopicBlock("culture_questions"),
    ),
    {"BME": BME},
)
