"""Checks on core.workforce: staff groups compared with their total, headcount compared with FTE."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import Rule, offending
from transforms.series.workforce.tables import WORKFORCE


def rules() -> Iterator[Rule]:
    """The rules on core.workforce that do not follow from its declaration."""
    yield Rule(
        "workforce.staff_group_within_total",
        "reject file",
        "core.workforce",
        _staff_group_within_total(),
        "A staff group is larger than all staff groups together.",
        "a column or block was read under the wrong heading: compare the headings in the published file",
    )
    yield Rule(
        "workforce.headcount_and_fte",
        "warn",
        "core.workforce",
        _headcount_and_fte(),
        "The FTE is positive where the headcount is 0, or far higher than the headcount.",
        "compare both cells in the published file; a few small numbers are usual, a whole column is an error",
    )
    yield Rule(
        "workforce.headcount_beside_fte",
        "reject file",
        "core.workforce",
        _headcount_beside_fte(),
        "An area has a headcount but no FTE in a month, or an FTE but no headcount.",
        "a row is missing in one of the two tables: compare the area's row in the sheets of headcount and of FTE",
    )


def _staff_group_within_total() -> str:
    whole = (
        "(SELECT series, edition_order, period_end, geography_level, area_code, measure, value AS all_staff"
        " FROM core.workforce"
        " WHERE staff_group = 'All staff groups')"
    )
    return offending(
        WORKFORCE,
        "t.value > t.all_staff + 0.01 AND t.staff_group <> 'All staff groups'",
        expected="'at most ' || t.all_staff || ', all staff groups'",
        found="t.value",
        source="(SELECT * FROM core.workforce INNER JOIN "
        f"{whole} AS whole USING (series, edition_order, period_end, geography_level, area_code, measure))",
    )


def _headcount_and_fte() -> str:
    people = (
        "(SELECT series, edition_order, period_end, geography_level, area_code, staff_group, value AS people"
        " FROM core.workforce"
        " WHERE measure = 'headcount')"
    )
    return offending(
        WORKFORCE,
        "(t.people = 0 AND t.value > 0.5) OR t.value > t.people * 1.5 + 2",
        expected="'about ' || t.people || ' or less, the headcount'",
        found="t.value || ' FTE'",
        source="(SELECT * FROM core.workforce INNER JOIN "
        f"{people} AS people USING (series, edition_order, period_end, geography_level, area_code, staff_group)"
        " WHERE measure = 'fte')",
    )


def _headcount_beside_fte() -> str:
    grain = "series, period_end, geography_level, area_code, staff_group"
    return offending(
        WORKFORCE,
        "TRUE",
        expected="CASE t.measure WHEN 'fte' THEN 'headcount' ELSE 'fte' END || ' of the same area and month'",
        found="t.measure || ' only'",
        source=f"(SELECT * FROM core.workforce SEMI JOIN (SELECT {grain} FROM core.workforce GROUP BY {grain}"
        f" HAVING count(DISTINCT measure) = 1) AS single USING ({grain}))",
    )
