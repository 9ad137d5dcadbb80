"""The page on board roles and vacant executive posts."""

from __future__ import annotations

from warehouse.site.topics.declared import Topic, TopicBlock

BOARDS = Topic(
    "boards",
    "Board roles",
    "Which board roles trusts record in post, and how often executive posts have no permanent holder.",
    (
        TopicBlock(
            "roles",
            "boards/roles",
            "Roles recorded in post",
            "Trusts whose payroll records hold somebody in the role. Not recorded is not vacant: interims off the"
            " payroll"
            " and shared posts are recorded elsewhere or not at all.",
            {
                "board_role": "Role",
                "recorded_percent": "Recorded, %",
                "trusts": "Trusts with it",
                "all_trusts": "All trusts",
                "period_end": "Month to",
            },
            needs=("job_role",),
        ),
        TopicBlock(
            "vacancies",
            "boards/vacancies",
            "Executive posts without a permanent holder",
            "Surveys of other publishers, as they print them. No official statistic counts vacant board posts, and the"
            " two kinds of evidence are not one series.",
            {
                "period_end": "As of",
                "measure": "What is measured",
                "value": "Value",
                "unit": "Unit",
                "population": "Among",
                "publisher": "Publisher",
            },
            "marts.leadership_vacancies",
        ),
    ),
)
