"""Compares years of the gender pay gap: the number of employers, and women's share of each pay quarter by employer.

A year is an outlier where it disagrees with more than half of the loaded years; of two years the later one is.
"""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import PLACE, Rule
from transforms.series.pay_gap.tables import PAY_GAP
from warehouse.sql import key_as_json

LEAST_SHARE = 0.6
"""Minimum number of employers, as a share of those of another closed year.

Lowest real value: 185 of 258 in 2019-20, when reporting was voluntary.
"""
MOVE = 20
"""Change in women's share of a pay quarter between any two years, in percentage points, that few employers exceed."""
MIN_SHARE, MIN_EMPLOYERS = 0.06, 4
"""Two years disagree where at least this share, and at least this number, of employers change by more than `MOVE`.

Highest real values: 3 % of 65 employers, and 4 of 172, which had exchanged the sexes.
"""
CELLS = 5
NEWEST = """
newest AS (
    SELECT *, coalesce(org_code, employer_name) AS employer
    FROM core.pay_gap_latest
)
"""
OUT = """
is_out AS (
    SELECT series, reporting_year, min(other_year) AS other_year, count(*) FILTER (disagrees) AS disagreeing
    FROM judged
    GROUP BY series, reporting_year
    HAVING 2 * disagreeing > count(*)
        AND (count(*) > 1 OR bool_or(disagrees AND other_year < reporting_year))
)
"""


def rules() -> Iterator[Rule]:
    """The rules on core.pay_gap that need more than one year."""
    yield Rule(
        "pay_gap.employers_as_in_other_years",
        "reject file",
        "core.pay_gap",
        _employers(),
        "A closed reporting year has far fewer employers than other closed years.",
        "fetch the file again: it is incomplete; if so few reported, add a line to config/known_failures.csv"
        " of the data folder",
    )
    yield Rule(
        "pay_gap.women_as_in_other_years",
        "reject file",
        "core.pay_gap",
        _women(),
        "Women's share of a pay quarter differs from other years for too many employers.",
        "compare the columns of the two years: women and men, or rows, may be exchanged",
    )


def _employers() -> str:
    return f"""
WITH {NEWEST},
counted AS (
    SELECT series, reporting_year, count(DISTINCT employer_name) AS employers
    FROM newest GROUP BY series, reporting_year HAVING bool_and(was_due)
),
judged AS (
    SELECT this.*, other.reporting_year AS other_year, other.employers AS other_employers,
        this.employers < {LEAST_SHARE} * other.employers AS disagrees
    FROM counted AS this
    INNER JOIN counted AS other ON this.series = other.series AND this.reporting_year <> other.reporting_year
),
{OUT}
SELECT {_places("t")}, {key_as_json(PAY_GAP, "t")} AS figure, t.value,
    'about as many employers as in other years: ' || judged.other_employers || ' in ' || judged.other_year AS expected,
    judged.employers || ' employers in ' || judged.reporting_year AS found
FROM is_out
INNER JOIN judged USING (series, reporting_year, other_year)
INNER JOIN newest AS t USING (series, reporting_year)
QUALIFY row_number() OVER (PARTITION BY t.series, t.reporting_year ORDER BY t.source_row DESC, figure) = 1
"""


def _women() -> str:
    return f"""
WITH {NEWEST},
quarters AS (SELECT * FROM newest WHERE regexp_matches(measure, '^female_.*_quarter_percent$')),
pairs AS (
    SELECT this.*, other.reporting_year AS other_year, other.value AS other_value,
        abs(this.value - other.value) AS move
    FROM quarters AS this
    INNER JOIN quarters AS other
        ON this.series = other.series AND this.employer = other.employer AND this.measure = other.measure
            AND this.reporting_year <> other.reporting_year
    WHERE move IS NOT NULL
),
by_quarter AS (
    SELECT series, reporting_year, other_year, measure,
        count(*) FILTER (move > {MOVE}) >= greatest({MIN_EMPLOYERS}, {MIN_SHARE} * count(*)) AS disagrees
    FROM pairs GROUP BY ALL
),
judged AS (
    SELECT series, reporting_year, other_year, bool_or(disagrees) AS disagrees FROM by_quarter GROUP BY ALL
),
{OUT}
SELECT {_places("t")}, {key_as_json(PAY_GAP, "t")} AS figure, t.value,
    'about ' || round(t.other_value, 2) || ', as in ' || t.other_year AS expected,
    round(t.value, 2) || '; changed by more than {MOVE} percentage points for '
        || count(*) FILTER (t.move > {MOVE}) OVER (PARTITION BY t.series, t.reporting_year, t.measure) || ' of '
        || count(*) OVER (PARTITION BY t.series, t.reporting_year, t.measure) || ' employers' AS found
FROM pairs AS t
INNER JOIN is_out USING (series, reporting_year, other_year)
QUALIFY t.move > {MOVE}
    AND row_number() OVER (PARTITION BY t.series, t.reporting_year ORDER BY t.move DESC, figure) <= {CELLS}
"""


def _places(alias: str) -> str:
    return ", ".join(f"{alias}.{name}" for name in PLACE)
