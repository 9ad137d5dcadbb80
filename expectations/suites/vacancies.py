"""Checks on vacancies: sectors, regions and England, rates and establishment, sudden changes, cited figures."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import PLACE, Rule, nowhere
from expectations.suites.sums import parts_and_total
from transforms.tables import TABLES
from warehouse.sql import key_as_json

VACANCY = TABLES["vacancy"]
ROUNDING = "(0.5 * parts.step * (parts.number + 1) + 0.0001)"
"""Half the last printed decimal for each part and for the total."""

LEVELS = {
    "sectors_add_up_to_region": (
        ("series", "quarter_end", "area_code", "staff_group"),
        "sector = 'All sectors'",
        "sector <> 'All sectors'",
    ),
    "regions_add_up_to_england": (
        ("series", "quarter_end", "sector", "staff_group"),
        "geography_level = 'England'",
        "geography_level = 'Region'",
    ),
}
MEANING = {
    "sectors_add_up_to_region": "Vacancies of the sectors do not add up to the total of their area.",
    "regions_add_up_to_england": "Vacancies of the regions do not add up to England.",
}


def rules() -> Iterator[Rule]:
    """Every rule on core.vacancy and core.vacancy_advert."""
    for name, (same, total, part) in LEVELS.items():
        yield Rule(
            f"vacancy.{name}",
            "reject file",
            "core.vacancy",
            parts_and_total(
                "vacancy",
                rows="SELECT * FROM core.vacancy_latest WHERE measure = 'vacancy_fte'",
                same=same,
                total=total,
                part=part,
                tolerance=ROUNDING,
            ),
            MEANING[name],
            "a block was read under the wrong heading, or a row is missing: compare the total's cell with its block",
        )
        yield Rule(
            f"vacancy.establishment_{name}",
            "reject file",
            "core.vacancy",
            parts_and_total(
                "vacancy",
                rows=f"SELECT * FROM ({_establishment()})",
                same=same,
                total=total,
                part=part,
                tolerance="(0.03 * t.value)",
            ),
            "The establishment that follows from vacancies and rate (vacancies / rate) is not the sum of its parts.",
            "a rate was read in the wrong unit or beside the wrong row: compare both blocks",
        )
    yield Rule(
        "vacancy.quarter_missing",
        "reject file",
        "core.vacancy",
        _quarter_missing(),
        "A quarter is missing between the first and the last.",
        "a column of the sheet was not read, or its heading was taken for another quarter",
    )
    yield Rule(
        "vacancy.sudden_change",
        "warn",
        "core.vacancy",
        _sudden_change(),
        "Vacancies of an area changed by more than the tolerance from one quarter to the next.",
        "compare with the publisher's commentary; the tolerance stands in expectations/tolerances.csv",
    )
    yield Rule(
        "vacancy.headline_differs",
        "warn",
        "core.vacancy",
        _headline_differs(),
        "The workbook has another figure than the publisher or the press printed for the same cell, and no revision.",
        "open both: a workbook that differs from many cited figures is not the publisher's, or was read wrongly",
    )
    yield Rule(
        "vacancy_advert.month_missing",
        "warn",
        "core.vacancy_advert",
        _month_missing(),
        "A month of adverts is missing between the first and the last.",
        "compare the months in the sheet of ESR source data",
    )


def _establishment() -> str:
    """Vacancies with the posts they are a share of in the place of the value, where the rate says."""
    return """
SELECT fte.* REPLACE (100 * fte.value / rate.value AS value)
FROM core.vacancy_latest AS fte
INNER JOIN core.vacancy_latest AS rate USING (series, quarter_end, area_code, sector, staff_group)
WHERE fte.measure = 'vacancy_fte' AND rate.measure = 'vacancy_rate_percent' AND rate.value > 0
"""


def _quarter_missing() -> str:
    """The first row after a gap in a line of quarters."""
    line = ", ".join(("series", *(name for name in VACANCY.key if name != "quarter_end")))
    places = ", ".join(f"t.{name}" for name in PLACE)
    return f"""
SELECT {places}, {key_as_json(VACANCY, "t")} AS figure, t.value,
    'the quarter to ' || t.next_due AS expected, 'the quarter to ' || t.quarter_end || ' after a gap' AS found
FROM (
    SELECT *, last_day(lag(quarter_end) OVER (PARTITION BY {line} ORDER BY quarter_end) + INTERVAL 3 MONTH) AS next_due
    FROM core.vacancy_latest
) AS t
WHERE t.quarter_end > t.next_due
"""


def _month_missing() -> str:
    source = """(
        SELECT series, month, lag(month) OVER (PARTITION BY series ORDER BY month) + INTERVAL 1 MONTH AS next_due
        FROM (SELECT DISTINCT series, month FROM core.vacancy_advert)
    )"""
    return nowhere(
        "to_json(struct_pack(month := t.month))::VARCHAR",
        expected="'the month of ' || t.next_due::DATE",
        found="'the month of ' || t.month || ' after a gap'",
        source=source,
        where="t.month > t.next_due",
    )


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
