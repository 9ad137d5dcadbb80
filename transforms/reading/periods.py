"""Periods as publishers print them, as dates."""

from __future__ import annotations

import polars as pl

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


def month_end(yyyymm: pl.Expr) -> pl.Expr:
    """'202510' -> 2025-10-31. Strict: text that is no month raises."""
    return (yyyymm + "01").str.to_date("%Y%m%d", strict=True).dt.month_end()
