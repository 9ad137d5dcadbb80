"""What a topic page is: which questions it asks, what it shows of the answers, and how they are drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from warehouse.site.charts.vega import Chart


@dataclass(frozen=True)
class TopicBlock:
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
    blocks: tuple[TopicBlock, ...]
    definitions: Mapping[str, str] = field(default_factory=dict)


BME = "BME: black and minority ethnic; everyone outside the white groups, people of unknown ethnicity not among them."
VSM = "Very senior managers: staff on the very senior manager grade, outside the Agenda for Change bands."
FTE = "Full-time equivalents (FTE): two people who each work half the hours of a full-time post are one."
