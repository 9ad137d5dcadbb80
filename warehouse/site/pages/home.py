"""The front page: the questions people ask, each answered in one sentence with figure, date, source and link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from warehouse.asking.answers import Row, rows_of
from warehouse.asking.loaded import Loaded
from warehouse.asking.questions import ready_question
from warehouse.asking.sentences import sentence_as_html
from warehouse.site.formats import table_of
from warehouse.site.releases import Change
from warehouse.site.render import Pages


@dataclass(frozen=True)
class HomeQuestion:
    """A ready question of the front page, and where more of it is: address on the site, and text of the link.

    `otherwise` is the question that is answered where `name` has no answer, and `otherwise_link` where more of it is.
    """

    name: str
    link: str
    link_text: str
    otherwise: str = ""
    otherwise_link: str = ""


QUESTIONS = (
    HomeQuestion("bme_very_senior_managers", "leadership/", "Leadership diversity"),
    HomeQuestion("bme_board_members", "leadership/#bme-wres", "Boards"),
    HomeQuestion(
        "highest_rates",
        "vacancies/",
        "Vacancies by region and sector",
        "cited_vacancy_figures",
        "vacancies/#cited-vacancy-figures",
    ),
    HomeQuestion("women_very_senior_managers", "leadership/#very-senior-managers", "Every characteristic"),
    HomeQuestion("women_by_pay_quarter", "pay-gap/", "Pay gap"),
    HomeQuestion("discrimination", "culture/", "Culture"),
    HomeQuestion("senior_managers", "turnover/", "Turnover", "turnover_trusts", "turnover/#turnover-trusts"),
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

    return [row | {"standing": standing(row)} for row in rows_of(con, ready_question("freshness").sql)]


def _item(con: duckdb.DuckDBPyConnection, shown: HomeQuestion, loaded: Loaded) -> Mapping[str, Any]:
    question = ready_question(shown.name)
    # Only the rows: the page shows neither where a figure is printed nor what its columns mean.
    sentence, link, missing = sentence_as_html(question, rows_of(con, question.sql)), shown.link, ""
    if sentence is None:
        missing = loaded.why_no_answer(question.needs) or loaded.why_no_rows(question.needs)
    said = question
    if sentence is None and shown.otherwise:
        said, link = ready_question(shown.otherwise), shown.otherwise_link
        sentence = sentence_as_html(said, rows_of(con, said.sql))
    return {
        "question": question.title,
        "sentence": sentence,
        "missing": missing,
        "source": said.source,
        "link": link,
        "link_text": shown.link_text,
        "sql": said.sql,
    }
