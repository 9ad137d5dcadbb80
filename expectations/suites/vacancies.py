"""Checks on vacancies: rates and establishment, sudden changes, cited figures."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import PLACE, Rule
from expectations.suites.sums import is_part, is_total, parts_and_total, shared
from transforms.series.vacancies.tables import VACANCY
from warehouse.sql import key_as_json


def rules() -> Iterator[Rule]:
    """The rules on core.vacancy that do not follow from its declaration."""
    for partition in VACANCY.partitions:
        yield Rule(
            f"vacancy.establishment_{partition.name}",
            "reject file",
            "core.vacancy",
            parts_and_total(
                "vacancy",
                rows=f"SELECT * FROM ({_establishment()})",
                same=shared(VACANCY, partition),
                total=is_total(partition),
                part=is_part(partition),
                tolerance="(0.03 * t.value)",
            ),
            "The establishment (vacancies divided by vacancy rate) is not the sum of its parts.",
            "a rate was read in the wrong unit or from the wrong row: compare the blocks of vacancies and of rates",
        )
    yield Rule(
        "vacancy.sudden_change",
        "warn",
        "core.vacancy",
        _sudden_change(),
        "Vacancies of an area changed by more than the tolerance from one quarter to the next.",
        "compare with the publisher's commentary; another tolerance can be set in config/tolerances.csv of the data"
        " folder",
    )
    yield Rule(
        "vacancy.headline_differs",
        "warn",
        "core.vacancy",
        _headline_differs(),
        "A cell of the workbook differs from the headline that the publisher or the press printed, without a revision.",
        "compare both sources: a workbook with many differences is not the publisher's, or was read wrongly",
    )


def _establishment() -> str:
    """SQL for rows of core.vacancy whose value is the establishment in FTE: vacancies divided by the vacancy rate."""
    return """
SELECT fte.* REPLACE (100 * fte.value / rate.value AS value)
FROM core.vacancy_latest AS fte
INNER JOIN core.vacancy_latest AS rate USING (series, quarter_end, area_code, sector, staff_group)
WHERE fte.measure = 'vacancy_fte' AND rate.measure = 'vacancy_rate_percent' AND rate.value > 0
"""


def _headline_differs() -> str:
    places = ", ".join(f"t.{name}" for name in PLACE)
    return f"""
SELECT {places}, {key_as_json(VACANCY, "t")} AS figure, t.value,
    cited.headline_value || ' (' || cited.headline_id || ', ' || cited.publisher || ')' AS expected, t.value AS found
FROM marts.vacancy_headlines AS cited
INNER JOIN reference.vacancy_headline AS cell USING (headline_id)
INNER JOIN core.vacancy_latest AS t
    ON cited.quarter_end = t.quarter_end AND cell.area_code = t.area_code AND cell.sector = t.sector
    AND cell.staff_group = t.staff_group AND cell.measure = t.measure
WHERE cited.outcome = 'differs'
"""


def _sudden_change() -> str:
    places = ", ".join(f"t.{name}" for name in PLACE)
    return f"""
WITH quarters AS (
    SELECT *, lag(value) OVER (PARTITION BY series, area_code, staff_group ORDER BY quarter_end) AS before
    FROM core.vacancy_latest
    WHERE measure = 'vacancy_fte' AND sector = 'All sectors'
)
SELECT {places}, {key_as_json(VACANCY, "t")} AS figure, t.value,
    'within ' || allowed.quarter_change_percent || ' per cent of ' || t.before AS expected,
    t.value || ' (' || round(100 * (t.value / t.before - 1), 1) || ' per cent)' AS found
FROM quarters AS t
INNER JOIN gate.tolerance AS allowed
    ON allowed.series = CASE WHEN t.series IN (SELECT series FROM gate.tolerance) THEN t.series ELSE '*' END
WHERE t.before > 0 AND abs(t.value / t.before - 1) * 100 > allowed.quarter_change_percent
"""
