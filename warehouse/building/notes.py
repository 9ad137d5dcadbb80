"""Which of the publisher's data quality notes touch a row: of its series, its organisation or all, and its period."""

from __future__ import annotations

PERIODS = ("period_end", "quarter_end", "month", "snapshot_date")
"""Columns that say of when a row is, in the order in which they are looked for."""

COUNT = "data_quality_notes"


def note_touches(row: str, series: str, period: str, *, has_org_code: bool) -> str:
    """SQL that holds where the note `note` (a row of marts.data_quality_notes) touches the row `row`."""
    whose = f"note.org_code IS NULL OR note.org_code = {row}.org_code" if has_org_code else "note.org_code IS NULL"
    day = f"last_day({row}.{period})"
    return f"""
        note.source_series = {row}.{series} AND ({whose})
        AND {day} >= coalesce(note.period_start, {day}) AND {day} <= coalesce(note.period_end, {day})
        AND (note.months_of_year IS NULL OR list_contains(note.months_of_year, month({row}.{period})))
    """
