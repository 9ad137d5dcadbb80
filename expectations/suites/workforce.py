"""Checks on staff in post: parts against totals, headcount beside full-time equivalents."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import Rule, offending
from expectations.suites.sums import newest_of_each_edition, parts_and_total
from transforms.tables import TABLES

WORKFORCE = TABLES["workforce"]
LEVELS = (
    ("organisations_add_up_to_england", "Organisation", "England", ()),
    ("regions_add_up_to_england", "Region", "England", ()),
    ("systems_add_up_to_region", "Integrated care system", "Region", ("region_code",)),
    ("organisations_add_up_to_system", "Organisation", "Integrated care system", ("region_code", "icb_code")),
)
ROUNDING = "0.01"
"""FTE is printed to five places; 250 organisations cannot differ from their total by more than this."""


def rules() -> Iterator[Rule]:
    """Every rule on core.workforce, and on the tables by grade and job role where they print totals too."""
    for name, part, total, shared in LEVELS:
        yield _adds_up(name, part, total, shared)
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
        "People without full-time equivalents, or far more full-time equivalents than people.",
        "compare both cells in the published file; a handful of small numbers is usual, a whole column is not",
    )
    yield Rule(
        "workforce.headcount_beside_fte",
        "reject file",
        "core.workforce",
        _headcount_beside_fte(),
        "An area has headcount without full-time equivalents in a month, or the other way round.",
        "a row is missing in one of the two tables: compare the area's row in the sheets of headcount and of FTE",
    )
    yield _job_roles_add_up()


def _adds_up(name: str, part: str, total: str, shared: tuple[str, ...]) -> Rule:
    return Rule(
        f"workforce.{name}",
        "reject file",
        "core.workforce",
        parts_and_total(
            "workforce",
            rows=f"SELECT * FROM ({newest_of_each_edition('workforce')}) WHERE measure = 'fte'",
            same=("series", "as_of_order", "period_end", "staff_group", *shared),
            total=f"geography_level = '{total}'",
            part=f"geography_level = '{part}'",
            tolerance=ROUNDING,
        ),
        f"The FTE of a staff group in {total} is not the sum of its parts ({part}).",
        "a row was read at the wrong level, left out, or altered: compare the total's cell and the sheet it stands in",
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


def _job_roles_add_up() -> Rule:
    table = TABLES["job_role"]
    role = tuple(name for name in table.key if name not in {"period_end", "geography_level", "area_code", "measure"})
    return Rule(
        "job_role.organisations_add_up_to_england",
        "warn",
        "core.job_role",
        parts_and_total(
            "job_role",
            rows=f"SELECT * FROM ({newest_of_each_edition('job_role')}) WHERE measure = 'fte'",
            same=("series", "as_of_order", "period_end", *role),
            total="geography_level = 'England'",
            part="geography_level = 'Organisation'",
            tolerance=ROUNDING,
        ),
        "The FTE of a job role in England is not the sum of its organisations.",
        "compare the England and the organisation file of the edition: one may cover more organisations",
    )
