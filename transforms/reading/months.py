"""Names of months as publishers print them. Nothing heavy is imported here: the catalogue needs the names too."""

from __future__ import annotations

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
