"""All rules, by id. Each module defines the rules of one subject in its function `rules`."""

from expectations.rules import Rule
from expectations.suites import (
    completeness,
    continuity,
    cross_source,
    declared,
    editions,
    headlines,
    organisations,
    pay_gap_years,
    people,
    releases,
    sums,
    taken_out,
    turnover,
    vacancies,
    workforce,
)

_SUITES = (
    declared,
    sums,
    continuity,
    workforce,
    turnover,
    people,
    pay_gap_years,
    organisations,
    vacancies,
    cross_source,
    headlines,
    releases,
    editions,
    completeness,
)
_BY_SUBJECT = [rule for suite in _SUITES for rule in suite.rules()]

RULES: dict[str, Rule] = {rule.id: rule for rule in [*_BY_SUBJECT, *taken_out.limits(_BY_SUBJECT)]}

__all__ = ["RULES"]
