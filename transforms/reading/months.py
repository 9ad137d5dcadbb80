"""Months, and their names as publishers print them. Polars is not imported, as the catalogue uses this module too."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
SHORT_MONTHS = [month[:3] for month in MONTHS]


def last_day(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])
