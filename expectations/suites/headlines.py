"""Back tests: headline figures from publications and the press compared with the cells of the same measure.

A few differ, because sources round, make errors and are revised. Where many differ, the file is not the publisher's or
was read wrongly, and it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import PLACE, Rule, without_cell
from transforms.series.vacancies.tables import VACANCY
from transforms.series.workforce.tables import WORKFORCE
from transforms.tables import Table
from warehouse.sql import key_as_json

MAX_DIFFERING_SHARE = 0.2
"""Share of the comparable headlines that may differ; in every original workbook available, none differs."""
TOLERANCE = 0.05
"""Permitted difference from a headline, as a share of it; revisions within a year stay below 3 per cent."""


def rules() -> Iterator[Rule]:
    """A back test for each table whose cells headlines refer to, and a warning for single differences."""
    for table, cells in ((VACANCY, _vacancies()), (WORKFORCE, _staff_in_post())):
        yield Rule(
            f"{table.name}.headlines_contradicted",
            "reject file",
            f"core.{table.name}",
            _contradicted(table, cells),
            "More than a fifth of the figures printed elsewhere for the same cells differ by over 5 per cent.",
            "compare some of these cells with the pages that cite them: the file is not the publisher's, or its"
            " figures are illustrative (then load it with --illustrative), or it was read wrongly",
            examines=f"({_compared(cells)})",
        )
    yield Rule(
        "headline.differs",
        "warn",
        "reference.headline_check",
        without_cell(
            "to_json(struct_pack(headline_id := t.headline_id))::VARCHAR",
            expected="t.headline_value || ' (' || t.headline_id || ', ' || t.measure || ', ' || t.period_end || ')'",
            found="concat_ws('', round(t.measured_value, 4), ' in ', t.answered_by, ' ', t.edition, ': ',"
            " round(t.difference, 4), ' (', round(t.difference_percent, 2), ' per cent)')",
            source="reference.headline_check",
            # Headlines of single vacancy cells are reported by the rule vacancy.headline_differs.
            where="t.verdict = 'differs' AND t.answered_by <> 'core.vacancy_latest'",
            series="t.source_series",
        ),
        "A figure of the warehouse differs from the headline that the publisher or the press printed for it.",
        "compare both sources: the figure may be revised, or the definitions differ; see reference.headline_check",
        examines="reference.headline_check WHERE difference IS NOT NULL AND answered_by <> 'core.vacancy_latest'",
    )


def _contradicted(table: Table, cells: str) -> str:
    """SQL for the cells that differ, where too many do. `cells` is SQL for rows of the table with their headlines."""
    places = ", ".join(f"t.{name}" for name in PLACE)
    return f"""
WITH compared AS ({_compared(cells)}),
counted AS (SELECT count(*) AS comparable, count(*) FILTER (WHERE differs) AS differing FROM compared)
SELECT {places}, {key_as_json(table, "t")} AS figure, t.value,
    t.headline_value || ' (' || t.headline_id || ', ' || coalesce(t.publisher, '') || ')' AS expected,
    t.value || '; ' || counted.differing || ' of ' || counted.comparable || ' comparable headlines differ' AS found
FROM compared AS t
INNER JOIN counted ON counted.differing > {MAX_DIFFERING_SHARE} * counted.comparable
WHERE t.differs
"""


def _compared(cells: str) -> str:
    """SQL for the cells that are held against their headlines, and whether each differs."""
    return f"""
    SELECT *, abs(value - headline_value) > greatest({TOLERANCE} * abs(headline_value), printed_step) AS differs
    FROM ({cells}) AS cited
    WHERE value IS NOT NULL AND file_sha256 NOT IN (
        SELECT files.file_sha256 FROM meta.source_file AS files WHERE files.figure_kind = 'illustrative'
    )
"""


def _vacancies() -> str:
    """SQL for vacancy cells with their headline; where a later source revises it, the nearer value is used."""
    return """
    SELECT figures.*, headline.headline_id, headline.publisher, headline.printed_step,
        CASE
            WHEN abs(figures.value - later.value) < abs(figures.value - headline.value) THEN later.value
            ELSE headline.value
        END AS headline_value
    FROM core.headline AS headline
    INNER JOIN reference.vacancy_headline AS cell
        ON headline.headline_id = cell.headline_id AND cell.treatment = 'comparable'
    LEFT JOIN core.headline AS later ON cell.later_headline_id = later.headline_id
    INNER JOIN core.vacancy_latest AS figures
        ON headline.period_end = figures.quarter_end AND cell.area_code = figures.area_code
        AND cell.sector = figures.sector AND cell.staff_group = figures.staff_group
        AND cell.measure = figures.measure
"""


def _staff_in_post() -> str:
    return """
    SELECT figures.*, headline.headline_id, headline.publisher, headline.printed_step, headline.value AS headline_value
    FROM core.headline AS headline
    INNER JOIN reference.headline_measure AS mapped
        ON headline.headline_id = mapped.headline_id AND mapped.use = 'checked'
    INNER JOIN reference.leadership_measure AS measures
        ON mapped.measure_id = measures.measure_id AND measures.measured_in = 'core.workforce_latest'
    INNER JOIN core.workforce_latest AS figures
        ON headline.period_end = figures.period_end AND measures.unit = figures.measure
        AND measures.staff_group = figures.staff_group AND figures.geography_level = 'England'
"""
