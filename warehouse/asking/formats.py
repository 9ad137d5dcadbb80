"""How values are shown on pages and in sentences: one form for each kind of column, told by the column's name."""

from __future__ import annotations

import re
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from transforms.value_status import STATUS_WORDS

LABELS = {
    "fte": "FTE",
    "vacancy_fte": "vacant posts, FTE",
    "vacancy_rate_percent": "vacancy rate, %",
    "lower_middle": "lower middle",
    "upper_middle": "upper middle",
}
"""Values of the warehouse that are no words."""


def shown_value(name: str, value: Any, status: str | None = None) -> str:
    """A value of a column as text. NULL in a column of numbers is the reason that its `value_status` gives."""
    if value is None:
        return STATUS_WORDS.get(status or "", "no figure") if is_numeric(name) else "–"
    return show(name, value)


def is_numeric(name: str) -> bool:
    """Whether a column of this name holds numbers."""
    return _digits(name) is not None


def show(name: str, value: Any) -> str:
    """A value that is not NULL as text; the column's name decides on digits and sign."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%b}\u00a0{value:%Y}" if name == "month" else short_day(value)
    if isinstance(value, str) and name.endswith("_name"):
        return proper_name(value)
    digits = _digits(name)
    if digits is None or isinstance(value, str):
        return LABELS.get(value, str(value))
    signed = "+" if "points" in name or name.startswith("change") else ""
    text = f"{value:{signed},.{digits}f}"
    return text.replace("-", "−") if float(text.replace(",", "")) else text.lstrip("+-")


def unit_of(name: str) -> str:
    """The unit that a column's name tells, as it follows a number: '%', ' points' or nothing."""
    if "points" in name:
        return " points"
    return "%" if _digits(name) == 1 and "percent" in name else ""


def unit_word(name: str) -> str:
    """The unit that a column's name tells, in a word for a dictionary of columns; '' where it tells none."""
    if "percent" in name:
        return "percent"
    if "points" in name:
        return "points"
    if name == "fte" or "_fte" in name:
        return "FTE"
    return "people" if "headcount" in name else ""


def day(value: date) -> str:
    """A day as 31 May 2023."""
    return f"{value.day} {value:%B %Y}"


@lru_cache(maxsize=2**12)
def short_day(value: date) -> str:
    """A day as 31 May 2023, with the month in three letters and on one line: the form of tables."""
    return f"{value.day}\u00a0{value:%b}\u00a0{value:%Y}"


def moment(text: str) -> str:
    """A UTC time of the warehouse, such as 2026-11-27T12:00:00+00:00, as 27 November 2026."""
    return day(datetime.fromisoformat(text).date()) if text else ""


@lru_cache(maxsize=2**12)
def proper_name(name: str) -> str:
    """A name that a list prints in capitals, in the usual mix of capitals and small letters; others as they are."""
    if not name.isupper():
        return name
    small = {"And", "Of", "The", "For", "On", "In", "With", "Upon"}
    words = [word.capitalize() for word in name.split()]
    words = [word.lower() if word in small and place else word for place, word in enumerate(words)]
    text = re.sub(r"[-(/][a-z]", lambda found: found[0].upper(), " ".join(words))
    return re.sub(r"\b(Nhs|Icb|Ccg|Csu|Uk)\b", lambda found: found[0].upper(), text)


@cache
def _digits(name: str) -> int | None:
    """Decimal places of a numeric column; None for text and dates."""
    if name.endswith(("_percent", "_points", "percent_year_before")) or "_percent_" in name:
        return 1
    if "ratio" in name:
        return 2
    if name in {
        "value",
        "value_then",
        "value_latest",
        "claimed_value",
        "answer_value",
        "workbook_value",
        "lowest",
        "median",
        "highest",
    }:
        return 1
    counts = ("fte", "headcount", "_fte_year_before", "_count", "in_post", "trusts", "employers", "answers", "peers")
    if name.endswith(counts) or name.startswith(("rank", "flow_value", "organisations", "rates_counted", "place")):
        return 0
    return None
