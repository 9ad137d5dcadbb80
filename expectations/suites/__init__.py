"""Every rule there is, by id. A subject has a module; a module gives its rules."""

from expectations.rules import Rule
from expectations.suites import (
    completeness,
    cross_source,
    declared,
    editions,
    headlines,
    organisations,
    people,
    releases,
    turnover,
    vacancies,
    workforce,
)

RULES: dict[str, Rule] = {
    rule.id: rule
    for suite in (
        declared,
        workforce,
        turnover,
        people,
        organisations,
        vacancies,
        cross_source,
        headlines,
        releases,
        editions,
        completeness,
    )
    for rule in suite.rules()
}

__all__ = ["RULES"]
