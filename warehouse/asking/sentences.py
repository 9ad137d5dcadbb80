"""The answer to a ready question in one sentence, from the template in its file.

A template is Jinja2. It has `rows` (each a mapping by column name), `first` and `last` (of the rows), `day(date)` ("31
May 2023") and `figure(row, column, unit)`: the value of a column as the tables show it, with the unit that the column's
name tells unless one is given, or "no figure". `name(text)` is an organisation's name in capitals and small letters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from warehouse.asking.formats import day, proper_name, show, unit_of
from warehouse.asking.questions import ReadyQuestion

Row = Mapping[str, Any]


def sentence_as_html(question: ReadyQuestion, rows: Sequence[Row]) -> Markup | None:
    """The answer as HTML with each figure in <strong>; texts of publishers are escaped. None where rows are too few."""
    if len(rows) < question.least_rows:
        return None
    text = _environment().from_string(question.sentence).render(rows=rows, first=rows[0], last=rows[-1])
    return Markup(re.sub(r"[ \n]+", " ", text).strip())  # noqa: S704 - rendered with autoescape


def sentence_of(question: ReadyQuestion, rows: Sequence[Row]) -> str | None:
    """The answer as plain text; None where there are too few rows for it."""
    html = sentence_as_html(question, rows)
    return None if html is None else html.striptags()


@cache
def _environment() -> Environment:
    environment = Environment(autoescape=True, undefined=StrictUndefined)
    environment.globals |= {"day": day, "figure": _figure, "name": proper_name}
    return environment


def _figure(row: Row, name: str, unit: str | None = None) -> Markup:
    value = row[name]
    if value is None:
        return Markup("no figure")
    return Markup("<strong>{}</strong>").format(show(name, value) + (unit_of(name) if unit is None else unit))
