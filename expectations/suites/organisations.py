"""Checks on organisations: those in data are listed, dates are in order, nothing becomes itself."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import PLACE, Rule, offending
from transforms.tables import TABLES

KNOWN_IN = tuple(
    table.name
    for table in TABLES.values()
    if table.name not in {"organisation", "data_quality_note"}
    and any(column.name == "org_code" for column in table.columns)
)


def rules() -> Iterator[Rule]:
    """Every rule on organisations."""
    for name in KNOWN_IN:
        yield Rule(
            f"{name}.organisation_listed",
            "warn",
            f"core.{name}",
            _unlisted(name),
            f"core.{name} speaks of an organisation that no list of the Organisation Data Service holds.",
            "fetch a newer organisation list, or add code and reason to expectations/organisation_exceptions.csv",
        )
    yield Rule(
        "organisation.opened_before_closed",
        "warn",
        "core.organisation",
        offending(
            TABLES["organisation"],
            "t.opened_on > t.closed_on",
            expected="'a close date after the open date'",
            found="t.opened_on || ' to ' || t.closed_on",
        ),
        "An organisation closed before it opened.",
        "compare columns 11 and 12 of the list; report it to the Organisation Data Service",
    )
    yield Rule(
        "organisation_succession.becomes_another",
        "reject rows",
        "core.organisation_succession",
        offending(
            TABLES["organisation_succession"],
            "t.predecessor_code = t.successor_code",
            expected="'a successor other than the predecessor'",
            found="t.successor_code",
        ),
        "An organisation succeeds itself.",
        "the row says nothing and would make a chain without an end: it is left out",
    )


def _unlisted(name: str) -> str:
    """One row per unknown code: the first cell it stands in. Nothing where no list is loaded at all."""
    places = ", ".join(f"t.{column}" for column in PLACE)
    return f"""
SELECT {places}, to_json(struct_pack(org_code := t.org_code))::VARCHAR AS figure, NULL::DOUBLE AS value,
    'a code of an organisation list' AS expected, t.org_code || ', in ' || t.times || ' rows' AS found
FROM (
    SELECT *, count(*) OVER (PARTITION BY org_code) AS times,
        row_number() OVER (PARTITION BY org_code ORDER BY edition_order DESC, source_sheet, source_row, source_column
        ) AS place
    FROM core.{name}
    WHERE org_code NOT IN (SELECT org_code FROM core.organisation)
        AND org_code NOT IN (SELECT org_code FROM gate.organisation_exception)
) AS t
WHERE t.place = 1 AND EXISTS (SELECT 1 FROM core.organisation)
"""
