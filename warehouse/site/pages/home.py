"""The front page: the questions people ask, each answered in one sentence with figure, date, source and link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.asking.answers import Row, ask_ready
from warehouse.asking.loaded import Loaded
from warehouse.asking.questions import ready_question
from warehouse.asking.sentences import sentence_as_html
from warehouse.site.formats import table_of
from warehouse.site.releases import Change
from warehouse.site.render import Pages


@dataclass(frozen=True)
class HomeQuestion:
    """A ready question of the front page, and where more of it is: address on the site, and text of the link."""

    name: str
    link: str
    link_text: str


QUESTIONS = (
    HomeQuestion("bme_very_senior_managers", "leadership/", "Leadership diversity"),
    HomeQuestion("bme_board_members", "leadership/#bme-wres", "Boards"),
    HomeQuestion("highest_rates", "vacancies/", "Vacancies by region and sector"),
    HomeQuestion("women_very_senior_managers", "leadership/#very-senior-managers", "Every characteristic"),
    HomeQuestion("women_by_pay_quarter", "pay-gap/", "Pay gap"),
    HomeQuestion("discrimination", "culture/", "Culture"),
    HomeQuestion("senior_managers", "turnover/", "Turnover"),
    HomeQuestion("verdicts", "speech/", "Claim by claim"),
)


def write_home(con: duckdb.DuckDBPyConnection, pages: Pages, loaded: Loaded, change: Change) -> None:
    """Write the front page."""
    pages.write(
        "",
        "home.html",
        {
            "items": [_item(con, question, loaded) for question in QUESTIONS],
            "changes": change,
            "freshness": table_of(_freshness(con, pages.facts.withheld), FRESHNESS),
        },
    )


FRESHNESS = {
    "title": "Series",
    "publisher": "Publisher",
    "edition": "Newest edition",
    "covered_until": "Covers until",
    "due_on": "Next is due",
    "standing": "In this release",
}


def _freshness(con: duckdb.DuckDBPyConnection, withheld: Sequence[str]) -> list[Row]:
    def standing(row: Row) -> str:
        if row["is_loaded"]:
            return "yes"
        return "no: may not be passed on" if row["series"] in withheld else "no: not loaded"

    return [row | {"standing": standing(row)} for row in ask_ready(con, ready_question("freshness")).rows]


def _item(con: duckdb.DuckDBPyConnection, shown: HomeQuestion, loaded: Loaded) -> Mapping[str, Any]:
    question = ready_question(shown.name)
    answer = ask_ready(con, question)
    return {
        "question": question.title,
        "sentence": sentence_as_html(question, answer.rows),
        "missing": loaded.why_no_answer(question.needs) or "No figure was found.",
        "source": question.source,
        "link": shown.link,
        "link_text": shown.link_text,
        "sql": answer.sql,
    }
