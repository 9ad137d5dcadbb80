"""Checks on organisations: codes in the data are listed, dates are in order, no organisation succeeds itself."""

from __future__ import annotations

from collections.abc import Iterator

from expectations.rules import PLACE, Rule, offending
from transforms.series import TABLES
from transforms.series.ods.tables import ORGANISATION, ORGANISATION_SUCCESSION

LISTED = "SELECT org_code FROM core.organisation"
BOARDS = (
    "SELECT org_code FROM core.organisation WHERE kind = 'ICB' UNION ALL"
    " SELECT icb_code FROM reference.integrated_care_board"
)


def rules() -> Iterator[Rule]:
    """Every rule on organisations."""
    for table in TABLES.values():
        if code := table.referring_to("organisation"):
            yield from _of_organisations(table.name, code)
        if code := table.referring_to("board"):
            yield Rule(
                f"{table.name}.board_listed",
                "warn",
                f"core.{table.name}",
                _unlisted(table.name, code, BOARDS),
                f"core.{table.name} has the code of an integrated care board that is in no list.",
                "load a newer list of boards or of memberships: boards merge, and new ones have codes of five"
                " characters",
                examines=_with_lists(table.name),
            )
    yield Rule(
        "organisation.opened_before_closed",
        "warn",
        "core.organisation",
        offending(
            ORGANISATION,
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
            ORGANISATION_SUCCESSION,
            "t.predecessor_code = t.successor_code",
            expected="'a successor other than the predecessor'",
            found="t.successor_code",
        ),
        "An organisation succeeds itself.",
        "the row has no meaning and would make the chain of successors endless: it is left out",
    )


def _of_organisations(name: str, code: str) -> Iterator[Rule]:
    """The rules of a table that refers to organisations by `code`."""
    yield Rule(
        f"{name}.organisation_listed",
        "warn",
        f"core.{name}",
        _unlisted(name, code, LISTED),
        f"core.{name} has an organisation code that is in no list of the Organisation Data Service.",
        "load a newer organisation list, or add code and reason to config/organisation_exceptions.csv of the data"
        " folder",
        examines=_with_lists(name),
    )
    yield Rule(
        f"{name}.organisation_mistyped",
        "reject file",
        f"core.{name}",
        _mistyped(name, code),
        f"core.{name} has a code that is in no list, but would be with a 0 for the letter O or a 1 for the letter I.",
        "the figures would belong to no organisation: ask the publisher to correct the code in this cell",
        examines=_with_lists(name),
    )


def _with_lists(name: str) -> str:
    """SQL that can stand after FROM: the rows of a table, where an organisation list is loaded."""
    return f"core.{name} WHERE EXISTS (SELECT 1 FROM core.organisation)"


def _mistyped(name: str, code: str) -> str:
    """SQL with one row per code that is listed if a letter O or I is replaced by 0 or 1. Site codes are not used."""
    known = "SELECT org_code FROM core.organisation WHERE kind <> 'site'"
    followed = (
        "SELECT predecessor_code FROM core.organisation_succession UNION ALL"
        " SELECT successor_code FROM core.organisation_succession"
    )
    meant = f"SELECT translate(org_code, 'OI', '01') AS typed, min(org_code) AS code FROM ({known}) GROUP BY typed"
    return _first_cells(
        name,
        code,
        f"{code} NOT IN ({known}) AND {code} NOT IN ({followed})"
        f" AND translate({code}, 'OI', '01') IN (SELECT typed FROM ({meant}))",
        expected=f"(SELECT code FROM ({meant}) WHERE typed = translate(t.{code}, 'OI', '01'))",
    )


def _unlisted(name: str, code: str, listed: str) -> str:
    """SQL with one row per unlisted code: its first cell. No rows where no organisation list is loaded."""
    return _first_cells(
        name,
        code,
        f"{code} NOT IN ({listed}) AND {code} NOT IN (SELECT org_code FROM gate.organisation_exception)",
        expected="'a code of an organisation list'",
    )


def _first_cells(name: str, code: str, where: str, *, expected: str) -> str:
    """SQL with one row per code that matches `where`: its first cell. No rows where no organisation list is loaded."""
    places = ", ".join(f"t.{column}" for column in PLACE)
    return f"""
SELECT {places}, to_json(struct_pack({code} := t.{code}))::VARCHAR AS figure, NULL::DOUBLE AS value,
    {expected} AS expected, t.{code} || ', in ' || t.times || ' rows' AS found
FROM (
    SELECT *, count(*) OVER (PARTITION BY {code}) AS times,
        row_number() OVER (PARTITION BY {code} ORDER BY edition_order DESC, source_sheet, source_row, source_column
        ) AS place
    FROM core.{name}
    WHERE {where}
) AS t
WHERE t.place = 1 AND EXISTS (SELECT 1 FROM core.organisation)
"""
