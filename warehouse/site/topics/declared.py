"""What a topic page is: its ready questions, and how their answers are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from warehouse.asking.questions import TOPICS, ReadyQuestion, ready_question
from warehouse.site.charts.vega import Chart


@dataclass(frozen=True)
class TopicBlock:
    """One part of a page: the answer to the ready question `name`, and charts of it."""

    name: str
    charts: tuple[Chart, ...] = ()

    @property
    def question(self) -> ReadyQuestion:
        """The ready question."""
        return ready_question(self.name)


@dataclass(frozen=True)
class Topic:
    """A page: its folder on the site, one line on what it is about, and its blocks."""

    slug: str
    lead: str
    blocks: tuple[TopicBlock, ...]
    definitions: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The title of the topic."""
        return TOPICS[self.slug]


BME = "BME: black and minority ethnic; everyone outside the white groups, people of unknown ethnicity not among them."
VSM = "Very senior managers: staff on the very senior manager grade, outside the Agenda for Change bands."
FTE = "Full-time equivalents (FTE): two people who each work half the hours of a full-time post are one."
