"""The page on bullying, discrimination, fairness and speaking up."""

from __future__ import annotations

from warehouse.site.charts.vega import Chart
from warehouse.site.topics.declared import BME, Topic, TopicBlock

CULTURE = Topic(
    "culture",
    "Culture",
    "Bullying, discrimination, fairness after errors and speaking up, as staff answered in surveys.",
    (
        TopicBlock(
            "ethnicity",
            "culture/over_time",
            "Bullying and discrimination by staff, white and BME staff",
            "Share of staff who answered that they experienced it. Lower is better. Figures of two bases never make one"
            " line.",
            {
                "question_title": "What was asked",
                "survey_year": "Survey",
                "ethnic_group": "Staff",
                "answer_value": "Share, %",
                "gap_points": "Gap to white staff, points",
                "figure_basis": "From",
            },
            "marts.leadership_culture",
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
        TopicBlock(
            "questions",
            "culture/newest",
            "Every question, all staff",
            "The newest survey that has the question. Percent of answers, or a score from 0 to 10.",
            {
                "question_title": "What was asked",
                "survey_year": "Survey",
                "answer_value": "Value",
                "unit": "Unit",
                "better": "Better",
                "answers": "Answers",
                "figure_basis": "From",
            },
            "marts.leadership_culture",
        ),
    ),
    {"BME": BME},
)
