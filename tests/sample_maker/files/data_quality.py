"""The Data Quality Annex of NHS Workforce Statistics."""

from __future__ import annotations

from datetime import date

from tests.sample_maker.figures.staff import facts
from tests.sample_maker.files.layout import Row, workbook

HEADER = (
    "Reference Number",
    "Level",
    "Organisation Code",
    "Organisation Name",
    "Data Month Impacted",
    "Issue Type",
    "Issue Details",
    "Related Issues",
    "Further Information",
    "Added or updated",
)


def data_quality_annex(month: date) -> bytes:
    """The annex of the edition of `month`: notes on core organisations; none on the wider NHS but its headings."""
    title = f"NHS Workforce Statistics, {month:%B %Y}: Data Quality Annex"
    notes: list[Row] = [(*line.values(), "-", None) for line in facts("data_quality_notes")]
    return workbook(
        {
            "Title sheet": [*[()] * 7, (title,), ("Illustrative notes: not a publication.",)],
            "Notes and definitions": [("Notes and definitions",), (), ("Illustrative notes: not a publication.",)],
            "DQ Annex - Core NHS": [HEADER, *notes],
            "DQ Annex - Wider NHS": [HEADER],
        }
    )
