"""Finds the publisher's data quality notes that apply to a row, by series, organisation and period."""

from __future__ import annotations

PERIODS = ("period_end", "quarter_end", "month", "snapshot_date")
"""Columns with the period of a row; the first that a table has is used."""

COUNT = "data_quality_notes"


def note_touches(row: str, series: str, period: str, *, has_org_code: bool) -> str:
    """SQL condition: the note `note` (a row of marts.data_quality_notes) applies to the row `row`.

    `series` and `period` are columns of the row. A note without an organisation applies to all organisations.
    """
    whose = f"note.org_code IS NULL OR note.org_code = {row}.org_code" if has_org_code else "note.org_code IS NULL"
    day = f"last_day({row}.{period})"
    return f"""
        note.source_series = {row}.{series} AND ({whose})
        AND {day} >= coalesce(note.period_start, {day}) AND {day} <= coalesce(note.period_end, {day})
        AND (note.months_of_year IS NULL OR list_contains(note.months_of_year, month({row}.{period})))
    """
