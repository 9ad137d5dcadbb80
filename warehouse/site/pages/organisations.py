"""A page for every trust and integrated care board of today's structure, and the index the search reads.

Each question is asked once for all organisations; a page takes its own rows. What an organisation has no rows for is
said on its page, with the reason.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

import duckdb

from warehouse.asking.answers import FIGURE, QuestionAnswer, Row
from warehouse.asking.formats import is_numeric, proper_name, show
from warehouse.asking.loaded import Loaded
from warehouse.asking.organisations import KINDS, KnownOrganisation, known_organisations
from warehouse.site.charts.small import LineChart, Strip, line, strip
from warehouse.site.formats import table_of
from warehouse.site.page_queries import ask_for_page
from warehouse.site.pages.organisation_parts import PARTS, Part
from warehouse.site.provenance import SourceFile, Sources
from warehouse.site.render import Pages


@dataclass
class Asked:
    """What was asked for all organisations: the answer to each question, and its rows by organisation."""

    answers: dict[str, QuestionAnswer]
    rows: dict[str, dict[str, list[Row]]]
    organisations: list[Row]
    known: list[KnownOrganisation]


def ask_all(con: duckdb.DuckDBPyConnection) -> Asked:
    """Ask every question of the organisations' pages, once."""
    answers = {part.name: ask_for_page(con, part.query, part.mart) for part in PARTS}
    for name in ("current", "predecessors", "events", "notes", "peers"):
        answers[name] = ask_for_page(con, f"organisations/{name}")
    rows = {name: _by_organisation(answer.rows) for name, answer in answers.items()}
    organisations = [row | {"name": proper_name(row["org_name"] or row["org_code"])} for row in answers["current"].rows]
    return Asked(answers, rows, organisations, known_organisations(con))


def write_organisations(
    pages: Pages,
    asked: Asked,
    sources: Mapping[str, Sources],
    files: Mapping[tuple[str, str], SourceFile],
    loaded: Loaded,
) -> None:
    """Write the page of each organisation, the list from A to Z, and the index for the search.

    `sources`: those of the figures asked for.
    """
    measures = _measures(asked)
    for organisation in asked.organisations:
        code = organisation["org_code"]
        context = _context(organisation, asked, sources, files, loaded) | {
            "peers": _peers(organisation, measures, asked)
        }
        pages.write(f"organisations/{code.lower()}/", "organisation.html", context)
    listed = [[each.code, each.name, each.kind, each.others] for each in asked.known]
    pages.put("organisations.json", json.dumps(listed, ensure_ascii=False, separators=(",", ":")))
    letters: dict[str, list[Row]] = defaultdict(list)
    for organisation in sorted(asked.organisations, key=lambda each: _sort_name(each["name"])):
        letters[_sort_name(organisation["name"])[0].upper()].append(organisation)
    former = [
        (row["former_name"], row["former_code"], organisation)
        for organisation in asked.organisations
        for row in asked.rows["predecessors"].get(organisation["org_code"], [])
        if row["former_name"]
    ]
    former = [
        (proper_name(name), code, organisation) for name, code, organisation in sorted(former, key=lambda each: each[0])
    ]
    pages.write("organisations/", "organisations.html", {"letters": letters, "former": former, "kinds": KINDS})


def _by_organisation(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["org_code"]:
            grouped[row["org_code"]].append(row)
    return dict(grouped)


def _context(
    organisation: Row,
    asked: Asked,
    traced: Mapping[str, Sources],
    files: Mapping[tuple[str, str], SourceFile],
    loaded: Loaded,
) -> dict[str, Any]:
    code = organisation["org_code"]
    shown, missing, figures = [], [], []
    for part in PARTS:
        rows = asked.rows[part.name].get(code, [])
        if not rows or loaded.is_withheld(part.table):
            missing.append((part.title, loaded.why_not(part.table, _kind(organisation), part.nobody)))
        if not rows:
            continue
        sources = {row[FIGURE]: traced[row[FIGURE]] for row in rows if row[FIGURE] in traced}
        shown.append({"part": part, "table": table_of(rows, part.columns), "sources": sources, "chart": None})
        figures += [
            {"id": row[FIGURE], "words": _words(part, row), "sources": sources[row[FIGURE]]}
            for row in rows
            if row[FIGURE] in sources
        ]
        if part.name == "staff":
            shown[-1]["chart"] = _staff_chart(organisation["name"], rows, asked.rows["events"].get(code, []))
    used = {(printed.file_sha256, printed.edition) for each in figures for printed in each["sources"].printed}
    return {
        "organisation": organisation,
        "organisation_codes": {each["org_code"] for each in asked.organisations},
        "kind": _kind(organisation),
        "predecessors": [
            row | {"name": proper_name(row["former_name"] or row["former_code"])}
            for row in asked.rows["predecessors"].get(code, [])
        ],
        "events": asked.rows["events"].get(code, []),
        "notes": asked.rows["notes"].get(code, []),
        "notes_loaded": loaded.has("data_quality_note"),
        "shown": shown,
        "missing": missing,
        "figures": figures,
        "files": [files[key] for key in sorted(used) if key in files],
    }


def _kind(organisation: Row) -> str:
    kind = str(organisation["organisation_kind"])
    return KINDS.get(kind, kind)


def _words(part: Part, row: Row) -> str:
    """What a figure is, from the columns of its row that are no numbers."""
    named = [show(name, row[name]) for name in part.columns if row[name] is not None and not _is_figure(name)]
    return f"{part.title}: {', '.join(named)}"


def _is_figure(name: str) -> bool:
    return is_numeric(name) or name == "is_recorded"


def _staff_chart(name: str, rows: Sequence[Row], events: Sequence[Row]) -> LineChart | None:
    points = [
        (row["period_end"], row["staff_count"])
        for row in rows
        if row["measure"] == "fte" and row["staff_count"] is not None
    ]
    breaks = [
        (event["effective_on"], f"{event['effective_on']:%b %Y}: {event['event'].split(':')[0]}") for event in events
    ]
    if not points:
        return None
    newest = max(points)
    text = (
        f"Line chart of staff in post of {name} in full-time equivalents, {len(points)} years, newest {newest[1]:,.0f}."
    )
    return line(points, breaks, title="Staff in post, FTE", text=text, last=f"{newest[1]:,.0f}")


def _measures(asked: Asked) -> dict[str, dict[str, Row]]:
    """The compared measures: rows by measure and organisation."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in asked.answers["peers"].rows:
        found[row["measure"]][row["org_code"]] = row
    return found


def _peers(organisation: Row, measures: Mapping[str, Mapping[str, Row]], asked: Asked) -> dict[str, Any]:
    """Organisations of the same kind and size band, and the place of this one among them by each measure."""
    same = [
        each
        for each in asked.organisations
        if each["peer_kind"] == organisation["peer_kind"] and each["size_band"] == organisation["size_band"]
    ]
    compared = []
    for measure, rows in measures.items():
        own = rows.get(organisation["org_code"])
        others = [
            rows[each["org_code"]]["value"] for each in same if each["org_code"] in rows and each is not organisation
        ]
        if own is not None and len(others) >= 2:
            compared.append(_compared(measure, own, others))
    return {"compared": compared, "organisations": [each for each in same if each is not organisation]}


def _compared(measure: str, own: Row, others: list[float]) -> dict[str, Any]:
    digits = 0 if "%" not in measure else 1
    everyone = [own["value"], *others]
    words = {
        "own": f"{own['value']:,.{digits}f}",
        "lowest": f"{min(everyone):,.{digits}f}",
        "median": f"{median(everyone):,.{digits}f}",
        "highest": f"{max(everyone):,.{digits}f}",
    }
    place = 1 + sum(value > own["value"] for value in others)
    text = f"{measure}: {words['own']}; peers from {words['lowest']} to {words['highest']}, median {words['median']}."
    drawn: Strip = strip(own["value"], others, text=text)
    return words | {
        "measure": measure,
        "period": show("period_end", own["period_end"]),
        "place": place,
        "number": len(everyone),
        "chart": drawn,
    }


def _sort_name(name: str) -> str:
    return re.sub(r"^(The|NHS) ", "", name)
