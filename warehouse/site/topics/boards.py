"""The page on board roles and vacant executive posts."""

from __future__ import annotations

from warehouse.site.topics.declared import Topic, TopicBlock

BOARDS = Topic(
    "boards",
    "Which board roles trusts record in post, and how often executive posts have no permanent holder.",
    (
        TopicBlock("roles_recorded"),
        TopicBlock("executive_vacancies"),
    ),
)
