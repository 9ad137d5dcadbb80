"""Ready questions: one file of SQL each below warehouse/questions/, in a folder per topic. Site and README show them.

    /*
    What share of the best paid quarter of a trust are women?

    Caveat: As the trust reported it.
    Parameter org_code: RJ1
    */
    SELECT … FROM marts.… WHERE org_code = getvariable('org_code')

The first line is the title. The caveat says what to know of the answer. A parameter is a variable of the connection
(`SET VARIABLE org_code = 'RJ1'`), stated with an example of its value; `org_code` is the ODS code of an organisation of
today's structure.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

HEADER = re.compile(r"/\*\n(?P<title>[^\n]+)\n(?P<facts>.*?)\*/\n(?P<sql>.*)", re.DOTALL)
CAVEAT = re.compile(r"^Caveat: (.*?)(?=^Parameter |\Z)", re.DOTALL | re.MULTILINE)
PARAMETER = re.compile(r"^Parameter (\w+): (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class ReadyQuestion:
    """A question: its name ('nursing_by_region'), topic ('Vacancies'), title, caveat ('' for none), and SQL.

    `parameters`: names of the statement's parameters, each with an example of its value.
    """

    name: str
    topic: str
    title: str
    caveat: str
    sql: str
    parameters: Mapping[str, str] = field(default_factory=dict)

    def with_examples(self) -> str:
        """The SQL with the example of each parameter in its place: a statement that runs as it is."""
        text = self.sql
        for name, example in self.parameters.items():
            text = text.replace(f"getvariable('{name}')", "'" + example.replace("'", "''") + "'")
        return text


@cache
def ready_questions() -> tuple[ReadyQuestion, ...]:
    """Every ready question, by topic and name. Raises `ValueError` for a file without the header shown above."""
    folder = files("warehouse").joinpath("questions")
    topics = sorted((entry for entry in folder.iterdir() if entry.is_dir()), key=lambda entry: entry.name)
    return tuple(
        _question(topic.name, file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for topic in topics
        for file in sorted(topic.iterdir(), key=lambda entry: entry.name)
        if file.name.endswith(".sql")
    )


def ready_question(name: str) -> ReadyQuestion:
    """The question of that name. Raises `KeyError` where there is none."""
    return {each.name: each for each in ready_questions()}[name]


def _question(folder: str, name: str, text: str) -> ReadyQuestion:
    found = HEADER.fullmatch(text)
    if found is None:
        raise ValueError(f"warehouse/questions/{folder}/{name}.sql does not begin with a comment that holds its title")
    caveat = CAVEAT.search(found["facts"])
    return ReadyQuestion(
        name,
        folder.replace("_", " ").capitalize(),
        found["title"].strip(),
        " ".join(caveat[1].split()) if caveat else "",
        found["sql"].strip(),
        dict(PARAMETER.findall(found["facts"])),
    )
