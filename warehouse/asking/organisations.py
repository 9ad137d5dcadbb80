"""Finds a trust or integrated care board of today's structure by name, former name or code.

The site's search (warehouse/site/static/search.js) reads the same entries and follows the same rule: each word asked
for must begin a word of one of the organisation's names, or its code; its own name counts more than former ones.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

import duckdb

from warehouse.asking.formats import proper_name
from warehouse.errors import NoSuchOrganisation, SeveralOrganisations

KINDS = {"ICB": "integrated care board", "trust": "NHS trust", "care trust": "care trust"}
MOST_LISTED = 12
"""Organisations that a message or the site's search lists."""

_NAMES = """
    WITH named AS (
        SELECT org_code, org_name FROM marts.organisation
        UNION
        SELECT org_code, org_name FROM marts.workforce_by_organisation
        UNION
        SELECT org_code, org_name FROM marts.organisation_today
    )

    SELECT
        today.today_code AS org_code,
        list_sort(list(DISTINCT named.org_name) FILTER (named.org_name IS NOT NULL)) AS names,
        list_sort(list(DISTINCT today.org_code) FILTER (today.org_code <> today.today_code)) AS former_codes
    FROM marts.organisation_today AS today
    LEFT JOIN named ON today.org_code = named.org_code
    WHERE today.today_code IS NOT NULL
    GROUP BY today.today_code
"""


@dataclass(frozen=True)
class KnownOrganisation:
    """An organisation of today: code, name, kind in words, and every other name and code that leads to it."""

    code: str
    name: str
    kind: str
    others: tuple[str, ...]


def known_organisations(con: duckdb.DuckDBPyConnection) -> list[KnownOrganisation]:
    """Every open trust and integrated care board of today's structure, by name."""
    found = con.execute(f"""
        SELECT current.org_code, current.org_name, current.organisation_kind, names.names, names.former_codes
        FROM marts.current_organisation AS current
        LEFT JOIN ({_NAMES}) AS names ON current.org_code = names.org_code
    """).fetchall()
    known = []
    for code, printed, kind, names, former_codes in found:
        name = proper_name(printed or code)
        others = {proper_name(each) for each in names or () if each.lower() != name.lower()}
        known.append(KnownOrganisation(code, name, KINDS.get(kind, kind), (*sorted(others), *(former_codes or ()))))
    return sorted(known, key=lambda each: (each.name.upper(), each.code))


def matching(known: list[KnownOrganisation], typed: str) -> list[KnownOrganisation]:
    """The organisations that fit what was typed, best first; an exact code alone."""
    exact = [each for each in known if each.code.lower() == typed.strip().lower()]
    if exact:
        return exact
    words = plain(typed).split()
    scored = [(score, each) for each in known if (score := _fit(each, words))]
    return [each for _, each in sorted(scored, key=lambda pair: -pair[0])]


def organisation_named(known: list[KnownOrganisation], typed: str) -> KnownOrganisation:
    """The one organisation that fits what was typed.

    Raises `SeveralOrganisations`, whose `candidates` are those that fit, or `NoSuchOrganisation` with similar names.
    """
    found = matching(known, typed)
    if len(found) == 1:
        return found[0]
    if found:
        several = SeveralOrganisations(
            f"{len(found)} organisations are named like {typed!r}",
            found="; ".join(f"{each.name} ({each.code})" for each in found[:MOST_LISTED]) + "; …" * (len(found) > 12),
            do="give more of the name, or the code",
        )
        several.candidates = tuple((each.code, each.name) for each in found)
        raise several
    names = {plain(name): each for each in known for name in (each.name, *each.others)}
    words = {word: each for name, each in names.items() for word in name.split()}
    near = [names[name] for name in difflib.get_close_matches(plain(typed), names, n=3)]
    near += [words[word] for word in difflib.get_close_matches(plain(typed), words, n=3, cutoff=0.75)]
    raise NoSuchOrganisation(
        f"no open trust or integrated care board is named like {typed!r}",
        expected=" or ".join(dict.fromkeys(f"{each.name} ({each.code})" for each in near)) or "a part of its name",
        found=typed,
        do="search by name, former name or code; marts.current_organisation lists them all",
    )


def plain(text: str) -> str:
    """A name as it is compared: Guy's & St. Thomas' -> guys and st thomas."""
    text = re.sub(r"['’.]", "", text.lower()).replace("&", " and ")
    return re.sub(r"[^a-z0-9]+", " ", text).strip()


def _fit(organisation: KnownOrganisation, words: list[str]) -> int:
    """How well an organisation fits; 0: not at all."""
    best = 0
    for place, name in enumerate((organisation.name, *organisation.others, organisation.code)):
        text = f" {plain(name)}"
        if words and all(f" {word}" in text for word in words):
            best = max(best, (10 if place == 0 else 5) + (2 if text.startswith(f" {words[0]}") else 1))
    return best
