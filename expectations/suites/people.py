"""Checks on core.medical_staff and core.pay_gap: consultants, sums of pay quarters, the unit of pay gaps."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import Rule, offending
from transforms.series.pay_gap.tables import PAY_GAP
from transforms.series.workforce.tables import MEDICAL_STAFF


def rules() -> Iterator[Rule]:
    """The rules on core.medical_staff and core.pay_gap that do not follow from their declarations."""
    yield Rule(
        "medical_staff.consultants_as_in_workforce",
        "warn",
        "core.medical_staff",
        _consultants(),
        "An organisation's FTE of consultants, summed over specialties, differs from the staff group Consultant.",
        "compare table Core 3 with Core 1: a row may be missing, or rows of two organisations exchanged",
        examines="core.medical_staff WHERE EXISTS (SELECT 1 FROM core.workforce)",
    )
    yield Rule(
        "pay_gap.quarters_add_up",
        "reject rows",
        "core.pay_gap",
        _quarters(),
        "Women's and men's shares of a pay quarter do not add up to 100 per cent.",
        "the employer's report is wrong: its quarter is left out until the employer corrects it",
    )
    yield Rule(
        "pay_gap.percent_not_fraction",
        "reject file",
        "core.pay_gap",
        offending(
            PAY_GAP,
            "t.employers >= 20 AND t.middle < 1 AND t.place <= 5",
            expected="'a gap in per cent: the median of the absolute values is 1 or more'",
            found="t.value || '; the median of ' || t.employers || ' employers is ' || round(t.middle, 3)",
            source="""(
                SELECT *, count(*) OVER file AS employers, median(abs(value)) OVER file AS middle,
                    row_number() OVER (file ORDER BY abs(value) DESC, employer_name) AS place
                FROM core.pay_gap WHERE measure = 'mean_hourly_pay_gap_percent' AND value IS NOT NULL
                WINDOW file AS (PARTITION BY file_sha256, edition_order)
            )""",
        ),
        "The hourly pay gaps of a file look like fractions of 1, not per cent.",
        "check whether the publisher changed the unit; if so, change the reader",
    )


def _consultants() -> str:
    same = ("series", "period_end", "geography_level", "area_code")
    staff = f"SELECT {', '.join(same)}, value AS staff FROM core.workforce_latest"
    return offending(
        MEDICAL_STAFF,
        "t.place = 1 AND abs(t.added - t.staff) > 0.01",
        expected="t.staff || ' in the workforce tables'",
        found="round(t.added, 5) || ' over all specialties'",
        source=f"""(
            SELECT figures.*, staff.staff,
                sum(figures.value) OVER ({_place(same)}) AS added,
                row_number() OVER ({_place(same)} ORDER BY figures.source_row) AS place
            FROM core.medical_staff_latest AS figures
            INNER JOIN ({staff} WHERE staff_group = 'Consultant' AND measure = 'fte') AS staff USING ({", ".join(same)})
            WHERE figures.measure = 'fte' AND figures.grade = 'Consultant'
        )""",
    )


def _place(same: tuple[str, ...]) -> str:
    return f"PARTITION BY {', '.join(f'figures.{name}' for name in same)}"


def _quarters() -> str:
    other = """(
        SELECT series, edition_order, reporting_year, employer_name, value AS other,
            replace('fe' || measure, 'fefemale', 'male') AS measure
        FROM core.pay_gap
    )"""
    return offending(
        PAY_GAP,
        "abs(t.value + t.other - 100) > 0.25",
        expected="'100 together with ' || t.other || ' of the other sex'",
        found="t.value",
        source="(SELECT * FROM core.pay_gap INNER JOIN "
        f"{other} AS other USING (series, edition_order, reporting_year, employer_name, measure)"
        " WHERE regexp_matches(measure, '^(female|male)_.*quarter_percent$'))",
    )
