"""Checks on core.turnover: joiners and leavers compared with staff in post."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import Rule, offending
from transforms.series.workforce.turnover.tables import TURNOVER

SAME_GROUP = "series, org_code, staff_group, measure"
GUIDANCE = "compare the rows of this organisation and staff group in the published CSV; report it to the publisher"


def rules() -> Iterator[Rule]:
    """The rules on core.turnover that do not follow from its declaration."""
    yield Rule(
        "turnover.period",
        "reject file",
        "core.turnover",
        offending(
            TURNOVER,
            "t.period_start >= t.period_end",
            expected="'a start before the end'",
            found="t.period_start || ' to ' || t.period_end",
        ),
        "A period ends before it begins.",
        "the column PERIOD was read in the wrong order",
    )
    yield Rule(
        "turnover.flow_within_denominator",
        "reject file",
        "core.turnover",
        _flow_within_denominator(),
        "More people left than were in post at the start, or more joined than were in post at the end.",
        GUIDANCE,
    )
    yield Rule(
        "turnover.balance",
        "warn",
        "core.turnover",
        _balance(),
        "Staff in post at the end of the period is not the number at the start plus joiners minus leavers.",
        "people with more than one contract cause small differences; a large one indicates a wrong or missing row",
    )


def _flow_within_denominator() -> str:
    # The publisher prints no row for zero, so a missing denominator is 0.
    in_post = f"""(
        SELECT {SAME_GROUP}, period_start, period_end, value AS in_post,
            CASE flow WHEN 'in_post_at_start' THEN 'leavers' ELSE 'joiners' END AS flow
        FROM core.turnover_latest
        WHERE flow IN ('in_post_at_start', 'in_post_at_end')
    )"""
    return offending(
        TURNOVER,
        "t.value > coalesce(t.in_post, 0) + 0.001",
        expected="'at most ' || coalesce(t.in_post, 0) || ', in post'",
        found="t.value || ' ' || t.flow",
        source=f"(SELECT * FROM core.turnover_latest LEFT JOIN {in_post} AS in_post"
        f" USING ({SAME_GROUP}, period_start, period_end, flow) WHERE flow IN ('joiners', 'leavers'))",
    )


def _balance() -> str:
    reached = f"""(
        SELECT {SAME_GROUP}, period_start, period_end,
            sum(CASE flow WHEN 'leavers' THEN -value WHEN 'in_post_at_end' THEN 0 ELSE value END) AS reached
        FROM core.turnover_latest
        GROUP BY ALL
    )"""
    return offending(
        TURNOVER,
        "abs(t.value - t.reached) > greatest(10, 0.01 * t.value)",
        expected="'about ' || round(t.reached, 1) || ' = start + joiners - leavers'",
        found="t.value || ' at the end'",
        source=f"(SELECT * FROM core.turnover_latest INNER JOIN {reached} AS reached"
        f" USING ({SAME_GROUP}, period_start, period_end) WHERE flow = 'in_post_at_end'"
        " AND staff_group = 'All staff groups' AND measure = 'headcount')",
    )
