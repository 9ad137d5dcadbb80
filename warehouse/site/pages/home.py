"""The front page: the questions people ask, each answered in one sentence with figure, date, source and link."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
from markupsafe import Markup, escape

from warehouse.asking.questions import ready_question
from warehouse.site.answers import Row, ask, rows_of
from warehouse.site.formats import day, show, table_of
from warehouse.site.loaded import Loaded
from warehouse.site.releases import Change
from warehouse.site.render import Pages

Sentence = Callable[[Sequence[Row]], Markup]


@dataclass(frozen=True)
class Question:
    """A ready question on the front page, how its answer is put in words, what it is from, and where more of it is.

    `name` is that of the ready question; `table` is the core table without which there is no answer.
    """

    name: str
    sentence: Sentence
    source: str
    link: str
    link_text: str
    table: str = ""
    least_rows: int = 1


def _figure(value: float | None, name: str = "share_percent", unit: str = "%") -> Markup:
    return Markup("<strong>{}{}</strong>").format("no figure" if value is None else show(name, value), unit)


def _diversity(rows: Sequence[Row]) -> Markup:
    now = rows[0]
    text = Markup("At {}, {} of very senior managers were black or minority ethnic, against {} of all staff").format(
        day(now["period_end"]), _figure(now["share_percent"]), _figure(now["workforce_share_percent"])
    )
    if len(rows) > 1:
        then = rows[1]
        text += Markup("; at {} it was {}").format(day(then["period_end"]), _figure(then["share_percent"]))
    return text + "."


def _boards(rows: Sequence[Row]) -> Markup:
    now, then = rows[0], rows[-1]
    text = Markup("At {}, {} of voting members of trust boards were black or minority ethnic").format(
        day(now["period_end"]), _figure(now["share_percent"])
    )
    if then is not now:
        text += Markup("; at {} it was {}").format(day(then["period_end"]), _figure(then["share_percent"]))
    return text + "."


def _vacancies(rows: Sequence[Row]) -> Markup:
    england = next(row for row in rows if row["staff_group"] == "All staff")
    text = Markup("At {}, {} posts in England were vacant, {} of all").format(
        day(england["quarter_end"]),
        _figure(england["vacancy_fte"], "fte", ""),
        _figure(england["vacancy_rate_percent"]),
    )
    if england["vacancy_rate_percent_year_before"] is not None:
        text += Markup(" ({} a year before)").format(_figure(england["vacancy_rate_percent_year_before"]))
    highest = [row for row in rows if row["staff_group"] != "All staff"]
    if highest:
        text += Markup("; of nursing posts most in {}, {}").format(
            highest[0]["region_name"], _figure(highest[0]["vacancy_rate_percent"])
        )
    return text + "."


def _women(rows: Sequence[Row]) -> Markup:
    return Markup("At {}, women were {} of very senior managers and {} of all staff.").format(
        day(rows[0]["period_end"]), _figure(rows[0]["share_percent"]), _figure(rows[0]["workforce_share_percent"])
    )


def _pay(rows: Sequence[Row]) -> Markup:
    shares = {row["subgroup"]: row["mean_of_rates_percent"] for row in rows}
    return Markup(
        "At {}, women held {} of the best paid quarter of jobs in NHS trusts and {} of the lowest paid."
    ).format(day(rows[0]["period_end"]), _figure(shares.get("top")), _figure(shares.get("lower")))


def _culture(rows: Sequence[Row]) -> Markup:
    return Markup(
        "In the survey of {}, {} of black and minority ethnic staff and {} of white staff reported discrimination by a"
        " manager, team leader or colleagues."
    ).format(rows[0]["survey_year"], _figure(rows[0]["answer_value"]), _figure(rows[0]["white_answer_value"]))


def _turnover(rows: Sequence[Row]) -> Markup:
    rates = {row["staff_group"]: row["rate_percent"] for row in rows}
    return Markup("In the twelve months to {}, {} of senior managers left, against {} of all staff.").format(
        day(rows[0]["period_end"]), _figure(rates.get("Senior managers")), _figure(rates.get("All staff groups"))
    )


def _speech(rows: Sequence[Row]) -> Markup:
    row = rows[0]
    return Markup(
        "Of {} measures for its {} claims, {} hold today, {} do not, and for {} nothing is known or the measure is only"
        " near."
    ).format(
        *(_figure(row[name], name, "") for name in ("measures_count", "statements_count", "true_count", "false_count")),
        _figure(row["not_known_count"], "not_known_count", ""),
    )


QUESTIONS = (
    Question(
        "bme_very_senior_managers",
        _diversity,
        "Workforce statistics, England, of staff of known ethnicity",
        "leadership/",
        "Leadership diversity",
        "person_characteristic",
    ),
    Question(
        "bme_board_members",
        _boards,
        "Race equality standard (WRES), England, unknown ethnicity included",
        "leadership/#wres",
        "Boards",
    ),
    Question(
        "highest_rates",
        _vacancies,
        "NHS Vacancy Statistics, England",
        "vacancies/",
        "Vacancies by region and sector",
        "vacancy",
    ),
    Question(
        "women_very_senior_managers",
        _women,
        "NHS Workforce Statistics, England",
        "leadership/#characteristics",
        "Every characteristic",
        "person_characteristic",
    ),
    Question(
        "women_by_pay_quarter",
        _pay,
        "Gender pay gap reports, mean over the trusts that reported",
        "pay-gap/",
        "Pay gap",
        "pay_gap",
        2,
    ),
    Question(
        "discrimination",
        _culture,
        "NHS Staff Survey and race equality standard, England",
        "culture/",
        "Culture",
    ),
    Question(
        "senior_managers",
        _turnover,
        "NHS Workforce Statistics, England, headcount",
        "turnover/",
        "Turnover",
        "national_turnover",
        2,
    ),
    Question(
        "verdicts",
        _speech,
        "Each claim against every measure found",
        "speech/",
        "Claim by claim",
    ),
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

    return [row | {"standing": standing(row)} for row in ask(con, "home/freshness").rows]


def _item(con: duckdb.DuckDBPyConnection, question: Question, loaded: Loaded) -> Mapping[str, Any]:
    ready = ready_question(question.name)
    rows = rows_of(con, ready.sql)
    return {
        "question": ready.title,
        "sentence": question.sentence(rows) if len(rows) >= question.least_rows else None,
        "missing": loaded.why_not(question.table) if question.table else "No figure was found.",
        "source": escape(question.source),
        "link": question.link,
        "link_text": question.link_text,
        "sql": ready.sql,
    }
