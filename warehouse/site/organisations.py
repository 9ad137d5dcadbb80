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

from warehouse.site.answers import FIGURE, Answer, Row, ask
from warehouse.site.formats import day, show, table_of
from warehouse.site.loaded import Loaded
from warehouse.site.provenance import SourceFile, Sources, trace
from warehouse.site.render import Pages
from warehouse.site.small_charts import LineChart, Strip, line, strip

KINDS = {"ICB": "integrated care board", "trust": "NHS trust", "care trust": "care trust"}


@dataclass(frozen=True)
class Part:
    """A section of an organisation's page: a question asked of a mart, and the columns shown.

    `table` is the core table its figures come from. `nobody` says why some kinds of organisation have none.
    """

    name: str
    query: str
    title: str
    about: str
    columns: Mapping[str, str]
    mart: str
    table: str
    nobody: str = ""


PARTS = (
    Part(
        "staff", "organisations/staff", "Staff in post",
        "The newest month, and the same month of earlier years. Predecessors that became part of this organisation as a"
        " whole are added up in full-time equivalents; headcounts of several organisations may count a person twice.",
        {"period_end": "Month to", "measure": "Measure", "staff_count": "Staff", "organisations_summed": "Organisations"},
        "marts.workforce_by_organisation_current_structure", "workforce",
    ),
    Part(
        "staff-groups", "organisations/staff_groups", "Staff by group",
        "Full-time equivalents, newest month. Main groups and the groups within them overlap.",
        {"staff_group": "Staff group", "staff_count": "FTE", "period_end": "Month to"},
        "marts.workforce_by_organisation_current_structure", "workforce",
    ),
    Part(
        "turnover", "organisations/turnover", "Joiners and leavers",
        "Headcount, newest period of each length, as a share of average staff in post. A rate of one month is per month.",
        {
            "flow": "Flow", "staff_group": "Staff group", "time_span": "Period", "period_end": "To",
            "rate_percent": "Rate, %", "flow_value": "People", "average_in_post": "Average in post",
        },
        "marts.leadership_turnover_current_structure", "turnover",
    ),
    Part(
        "pay", "organisations/pay_gap", "Women in each pay quarter",
        "As the organisation reported. Gap: the quarter's share less the share among all staff of the report.",
        {
            "reporting_year": "Year", "pay_quarter": "Pay quarter", "women_share_percent": "Women, %",
            "all_quarters_women_share_percent": "All staff, %", "gap_points": "Gap, points",
            "mean_hourly_gap_percent": "Mean hourly gap, %",
        },
        "marts.leadership_pay_gap_current_structure", "pay_gap",
        "Employers report themselves, by the name they had; a report that covers only a part of this organisation is not"
        " shown here.",
    ),
    Part(
        "boards", "organisations/board_roles", "Board roles recorded",
        "From payroll records, newest month. Not recorded is not vacant: interims off the payroll and shared posts are"
        " recorded elsewhere or not at all.",
        {"board_role": "Role", "is_recorded": "Recorded", "headcount": "People", "period_end": "Month to"},
        "marts.board_roles_current_structure", "job_role",
    ),
    Part(
        "leadership", "organisations/leadership_size", "Size of the leadership",
        "Full-time equivalents in each group, newest month, as a share of all staff.",
        {
            "leadership_group": "Group", "clinical": "Clinical", "fte": "FTE", "share_of_fte_percent": "Of all staff, %",
            "period_end": "Month to",
        },
        "marts.leadership_size_current_structure", "workforce_by_grade",
    ),
    Part(
        "wres", "organisations/wres", "Race equality standard: BME leaders",
        "As the race equality standard (WRES) counts them, of all staff including those of unknown ethnicity.",
        {
            "leadership_group": "Group", "period_end": "As of", "share_percent": "BME, %",
            "workforce_share_percent": "Whole workforce, %", "gap_points": "Gap, points", "headcount": "People",
            "all_headcount": "Of all",
        },
        "marts.leadership_diversity_wres_trust", "wres_indicator",
        "WRES publishes figures of single trusts only.",
    ),
    Part(
        "culture", "organisations/culture", "Bullying and discrimination by staff",
        "Share of staff who answered that they experienced it, newest survey. Lower is better.",
        {
            "question_title": "What was asked", "ethnic_group": "Staff", "answer_value": "Share, %",
            "gap_points": "Gap to white staff, points", "answers": "Answers", "survey_year": "Survey",
        },
        "marts.leadership_culture", "staff_survey",
    ),
    Part(
        "vacancies", "organisations/vacancies", "Vacancies around it",
        "No vacancy statistic is printed for single trusts: these are the rates of its region, not its own.",
        {
            "staff_group": "Staff group", "quarter_end": "Quarter to", "region_name": "Region",
            "regional_vacancy_rate_percent": "Region, %", "regional_sector_vacancy_rate_percent": "Its sector there, %",
            "england_vacancy_rate_percent": "England, %",
        },
        "marts.vacancy_context", "vacancy",
        "Regional rates are set beside trusts only.",
    ),
)


@dataclass
class Asked:
    """What was asked for all organisations: rows of each question by organisation, and sources of every figure."""

    answers: dict[str, Answer]
    rows: dict[str, dict[str, list[Row]]]
    sources: dict[str, Sources]
    organisations: list[Row]


def ask_all(con: duckdb.DuckDBPyConnection) -> Asked:
    """Ask every question of the organisations' pages, once."""
    answers = {part.name: ask(con, part.query, part.mart) for part in PARTS}
    sources: dict[str, Sources] = {}
    for answer in answers.values():
        sources |= trace(con, answer)
    plain = ("predecessors", "former_names", "events", "notes", "peers")
    answers |= {name: ask(con, f"organisations/{name}") for name in ("all", *plain)}
    rows = {name: _by_organisation(answer.rows) for name, answer in answers.items()}
    organisations = [row | {"name": proper_name(row["org_name"] or row["org_code"])} for row in answers["all"].rows]
    return Asked(answers, rows, sources, organisations)


def write_organisations(pages: Pages, asked: Asked, files: Mapping[tuple[str, str], SourceFile], loaded: Loaded) -> None:
    """Write the page of each organisation, the list from A to Z, and the index for the search."""
    measures = _measures(asked)
    for organisation in asked.organisations:
        code = organisation["org_code"]
        context = _context(organisation, asked, files, loaded) | {"peers": _peers(organisation, measures, asked)}
        pages.write(f"organisations/{code.lower()}/", "organisation.html", context)
    listed = [_entry(organisation, asked) for organisation in asked.organisations]
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
    former = [(proper_name(name), code, organisation) for name, code, organisation in sorted(former, key=lambda each: each[0])]
    pages.write("organisations/", "organisations.html", {"letters": letters, "former": former, "kinds": KINDS})


def proper_name(name: str) -> str:
    """A name that a list prints in capitals, in the usual mix of capitals and small letters; others as they are."""
    if not name.isupper():
        return name
    small = {"And", "Of", "The", "For", "On", "In", "With", "Upon"}
    words = [word.capitalize() for word in name.split()]
    words = [word.lower() if word in small and place else word for place, word in enumerate(words)]
    text = re.sub(r"[-(/][a-z]", lambda found: found[0].upper(), " ".join(words))
    return re.sub(r"\b(Nhs|Icb|Ccg|Csu|Uk)\b", lambda found: found[0].upper(), text)


def _by_organisation(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row["org_code"]:
            grouped[row["org_code"]].append(row)
    return dict(grouped)


def _context(
    organisation: Row, asked: Asked, files: Mapping[tuple[str, str], SourceFile], loaded: Loaded
) -> dict[str, Any]:
    code = organisation["org_code"]
    shown, missing, figures = [], [], []
    for part in PARTS:
        rows = asked.rows[part.name].get(code, [])
        if not rows:
            missing.append((part.title, loaded.why_not(part.table, _kind(organisation), part.nobody)))
            continue
        sources = {row[FIGURE]: asked.sources[row[FIGURE]] for row in rows if row[FIGURE] in asked.sources}
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
    return KINDS.get(organisation["organisation_kind"], organisation["organisation_kind"])


def _words(part: Part, row: Row) -> str:
    """What a figure is, from the columns of its row that are no numbers."""
    named = [show(name, row[name]) for name in part.columns if row[name] is not None and not _is_figure(name)]
    return f"{part.title}: {', '.join(named)}"


def _is_figure(name: str) -> bool:
    from warehouse.site.formats import is_numeric

    return is_numeric(name) or name == "is_recorded"


def _staff_chart(name: str, rows: Sequence[Row], events: Sequence[Row]) -> LineChart | None:
    points = [
        (row["period_end"], row["staff_count"])
        for row in rows
        if row["measure"] == "fte" and row["staff_count"] is not None
    ]
    breaks = [(event["effective_on"], f"{event['effective_on']:%b %Y}: {event['what'].split(':')[0]}") for event in events]
    if not points:
        return None
    newest = max(points)
    text = f"Line chart of staff in post of {name} in full-time equivalents, {len(points)} years, newest {newest[1]:,.0f}."
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
        others = [rows[each["org_code"]]["value"] for each in same if each["org_code"] in rows and each is not organisation]
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
        "period": day(own["period_end"]),
        "place": place,
        "number": len(everyone),
        "chart": drawn,
    }


def _entry(organisation: Row, asked: Asked) -> list[Any]:
    """An organisation for the search: code, name, kind, and every other name and code that leads to it."""
    code = organisation["org_code"]
    names = {row["former_name"] for row in asked.rows["former_names"].get(code, [])}
    for row in asked.rows["predecessors"].get(code, []):
        names |= {row["former_name"], row["former_code"]}
        names |= {each["former_name"] for each in asked.rows["former_names"].get(row["former_code"], [])}
    own = organisation["name"]
    others = {proper_name(name) for name in names if name}
    return [code, own, _kind(organisation), sorted(name for name in others if name.lower() != own.lower())]


def _sort_name(name: str) -> str:
    return re.sub(r"^(The|NHS) ", "", name)
