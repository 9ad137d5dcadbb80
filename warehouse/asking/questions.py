"""Ready questions: SQL with the question in words, an answer in one sentence and what to know of it.

Each is a file warehouse/questions/<topic>/<name>.sql, declared once for `workforce ask`, the site's pages, the page for
SQL in the browser and the README. It is a header in TOML within a comment, then one SELECT:

    /*
    order = 3                                       place among the questions of the topic
    title = "Which region has the highest …?"       the question in words
    heading = "Registered nursing by region"        heading of the table of the answer
    sentence = "At {{ day(first.quarter_end) }}, …" Jinja2: the answer in words (see `warehouse.asking.sentences`)
    source = "NHS Vacancy Statistics, England"      what the sentence is from
    caveat = "…"                                    definitions and limits
    mart = "marts.vacancies"                        where each row is a row of one mart, with the columns of its grain
    needs = ["vacancy"]                             core tables without which there is no answer
    least_rows = 2                                  rows without which the sentence cannot be made; 1 if not given

    [columns]                                       the columns shown, each with its heading
    region_name = "Region"

    [parameters]                                    parameters, each with an example of its value
    org_code = "RJ1"
    */
    SELECT … FROM marts.… WHERE org_code = getvariable('org_code')

A parameter is a variable of the connection (`SET VARIABLE org_code = 'RJ1'`); `org_code` is the ODS code of an
organisation of today's structure.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from warehouse.errors import NoSuchQuestion, QuestionMalformed

TOPICS = {
    "leadership": "Leadership diversity",
    "pipeline": "Pipeline",
    "pay-gap": "Pay gap",
    "culture": "Culture",
    "boards": "Board roles",
    "turnover": "Turnover",
    "vacancies": "Vacancies",
    "staff": "Staff",
    "speech": "The speech",
    "organisations": "Trusts and boards",
    "sources": "Sources",
}
"""Topics by the name of their folder, in the order in which they are shown. A site's page has the topic's address."""

_FILE = re.compile(r"\A/\*\n(?P<header>.*?)\n\*/\n(?P<sql>.*)\Z", re.DOTALL)


@dataclass(frozen=True)
class ReadyQuestion:
    """One ready question; the fields are those of the file's header. `needs` are names of tables of schema core.

    `folder` is the topic's folder, `topic` its title. `parameters`: variables of the connection that the SELECT reads,
    each with an example of its value.
    """

    folder: str
    name: str
    order: int
    title: str
    heading: str
    sentence: str
    source: str
    caveat: str
    columns: Mapping[str, str]
    sql: str
    mart: str = ""
    needs: tuple[str, ...] = ()
    least_rows: int = 1
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def topic(self) -> str:
        """The title of the topic."""
        return TOPICS[self.folder]

    @property
    def anchor(self) -> str:
        """The name as a fragment of an address."""
        return self.name.replace("_", "-")

    def sql_with(self, values: Mapping[str, str]) -> str:
        """The SQL with values in the place of its parameters: to be shown and copied. Queries bind them instead."""
        text = self.sql
        for name in self.parameters:
            text = text.replace(f"getvariable('{name}')", "'" + values[name].replace("'", "''") + "'")
        return text

    def with_examples(self) -> str:
        """The SQL with the example of each parameter in its place: a statement that runs as it is."""
        return self.sql_with(self.parameters)


@cache
def ready_questions() -> tuple[ReadyQuestion, ...]:
    """Every ready question, by topic and within it in the declared order. Raises `QuestionMalformed`."""
    found = [
        _read(topic, path.name.removesuffix(".sql"), path.read_text(encoding="utf-8"))
        for topic in TOPICS
        if (folder := files("warehouse").joinpath("questions", topic)).is_dir()
        for path in folder.iterdir()
        if path.name.endswith(".sql")
    ]
    topics = list(TOPICS)
    return tuple(sorted(found, key=lambda each: (topics.index(each.folder), each.order, each.name)))


def ready_question(name: str) -> ReadyQuestion:
    """The question of that name. Raises `NoSuchQuestion`, which names the ones with similar names."""
    by_name = {each.name: each for each in ready_questions()}
    plain = name.lower().replace("-", "_")
    if plain in by_name:
        return by_name[plain]
    holding = [each for each in by_name if plain in each]
    near = list(dict.fromkeys([*holding, *difflib.get_close_matches(plain, by_name, n=3, cutoff=0.5)]))[:4]
    raise NoSuchQuestion(
        f"there is no ready question {name!r}",
        expected=" or ".join(near) or "the name of a ready question",
        found=name,
        do="list the questions with workforce ask",
    )


def _read(topic: str, name: str, text: str) -> ReadyQuestion:
    place = f"warehouse/questions/{topic}/{name}.sql"
    matched = _FILE.match(text)
    if not matched:
        raise QuestionMalformed("the file does not begin with a header in /* and */, each on its own line", file=place)
    try:
        header = tomllib.loads(matched["header"])
        words: dict[str, Any] = {
            key: " ".join(value.split()) if isinstance(value, str) else value for key, value in header.items()
        }
        needs = tuple(words.pop("needs", ()))
        return ReadyQuestion(folder=topic, name=name, sql=matched["sql"].strip(), needs=needs, **words)
    except (tomllib.TOMLDecodeError, TypeError) as error:
        raise QuestionMalformed(
            f"the header is wrong: {error}", file=place, do="compare it with warehouse/asking/questions.py"
        ) from error
