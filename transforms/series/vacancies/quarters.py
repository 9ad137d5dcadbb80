"""The quarter labels of the vacancy sheets: '2018/19 Q1 (Jun-18)' is the quarter ending 30 June 2018."""

from __future__ import annotations

import calendar
import re
from datetime import date
from functools import cache, lru_cache

PATTERN = re.compile(
    r"(?P<year>[0-9]{4})\s*[/-]\s*(?P<next>[0-9]{2}|[0-9]{4})\s+q(?P<quarter>[1-4])"
    r"\s*\(\s*(?P<month>[a-z]{3,9})[\s-]+(?P<of>[0-9]{2}|[0-9]{4})\s*\)(?P<markers>(\s*\[[a-z]\])*)",
    re.IGNORECASE,
)
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_abbr) if name}
MARKERS = frozenset("pr")
"""Markers that the publisher may add to a quarter's label: p (provisional), r (revised)."""


@lru_cache(10_000)
def looks_like_quarter(label: str) -> bool:
    """Whether the label has the format of a quarter, whether or not it is a valid one."""
    return "q" in label.lower() and PATTERN.fullmatch(label.strip()) is not None


@cache
def quarter_end(label: str) -> tuple[date, str | None] | None:
    """Last day of the quarter and the publisher's marker ('p', 'r') on it.

    None if the label does not have that format, or if its two parts name different quarters.
    """
    match = PATTERN.fullmatch(label.strip())
    if match is None:
        return None
    year, quarter = int(match["year"]), int(match["quarter"])
    month = 3 * quarter + 3 if quarter < 4 else 3
    calendar_year = year if quarter < 4 else year + 1
    markers = re.findall(r"\[(.)\]", match["markers"].lower())
    agrees = (
        int(match["next"]) % 100 == (year + 1) % 100
        and MONTHS.get(match["month"].lower()[:3]) == month
        and int(match["of"]) % 100 == calendar_year % 100
        and MARKERS.issuperset(markers)
        and len(markers) <= 1
    )
    if not agrees:
        return None
    return date(calendar_year, month, calendar.monthrange(calendar_year, month)[1]), (markers or [None])[0]
