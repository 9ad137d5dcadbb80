"""The speech of November 2018, claim by claim."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from warehouse.asking.answers import FIGURE, QuestionAnswer, Row
from warehouse.asking.formats import short_day, show
from warehouse.site.provenance import Sources
from warehouse.site.render import Pages

UNITS = {"percent": "%", "percent of trusts": "% of trusts"}
SHORT = {"true": "true", "false": "false"}


QUESTION = "claim_by_claim"
"""The ready question whose answer the page shows."""


def write_speech(
    con: duckdb.DuckDBPyConnection, pages: Pages, answer: QuestionAnswer, sources: Mapping[str, Sources]
) -> dict[str, Any]:
    """Write the page from the answer to its question; returns what its page of sources needs: title, mart, figures."""
    caveats = dict(con.execute(f"SELECT {FIGURE}, caveat FROM {answer.table}").fetchall())
    elements: dict[str, list[Row]] = defaultdict(list)
    for row in answer.rows:
        elements[row["speech_element"]].append(row)
    pages.write(
        "speech/",
        "speech.html",
        {
            "overall": _overall(answer.rows),
            "elements": [_element(name, rows, sources, caveats) for name, rows in elements.items()],
            "definitions": {name: answer.definitions[name] for name in ("comparison", "value_then", "value_latest")},
            "sql": answer.sql,
        },
    )
    figures = [
        {"id": row[FIGURE], "words": f"{row['claim_id']}: {row['measure_title']}", "sources": sources[row[FIGURE]]}
        for row in answer.rows
        if row[FIGURE] in sources
    ]
    return {"name": "claims", "title": "Claims", "mart": answer.mart, "figures": figures}


def _element(
    name: str, rows: Sequence[Row], sources: Mapping[str, Sources], caveats: Mapping[str, str | None]
) -> dict[str, Any]:
    claims: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        claims[row["statement"]].append(row)
    return {
        "id": name.lower(),
        "topic": rows[0]["topic"],
        "claims": [
            {
                "statement": statement,
                "overall": _together(measures),
                "measures": [_measure(row, sources) for row in measures],
                "caveats": list(
                    dict.fromkeys(
                        f"{row['claim_id']}: {caveats[row[FIGURE]]}" for row in measures if caveats.get(row[FIGURE])
                    )
                ),
                "source": _address(measures[0]["claim_source"]),
            }
            for statement, measures in claims.items()
        ],
    }


def _measure(row: Row, sources: Mapping[str, Sources]) -> dict[str, Any]:
    unit = UNITS.get(row["unit"] or "", "")
    return {
        "claim_id": row["claim_id"],
        "figure_id": row[FIGURE],
        "measure": row["measure_title"],
        "claimed": _value(row["claimed_value"], UNITS.get(row["claimed_unit"] or "", ""))
        if row["claimed_value"] is not None
        else row["comparison"],
        "then": _against(row["value_then"], row["compared_value_then"], unit),
        "period_then": short_day(row["period_then"]) if row["period_then"] else "",
        "now": _against(row["value_latest"], row["compared_value_latest"], unit),
        "period_now": short_day(row["period_latest"]) if row["period_latest"] else "",
        "verdict_then": row["verdict_then"],
        "verdict_now": row["verdict_latest"],
        "kind": row["kind_of_evidence"],
        "sources": sources.get(row[FIGURE]),
    }


def _against(value: float | None, compared: float | None, unit: str) -> str:
    text = _value(value, unit)
    return f"{text} against {_value(compared, unit)}" if value is not None and compared is not None else text


def _value(value: float | None, unit: str) -> str:
    return "–" if value is None else f"{show('value', value)}{unit}".replace(".0%", "%")


def _verdicts(rows: Sequence[Row], column: str) -> Counter[str]:
    return Counter(SHORT.get(row[column], "not known") for row in rows)


def _together(rows: Sequence[Row]) -> str:
    """One line over all measures of a claim."""
    now = _verdicts(rows, "verdict_latest")
    ending = " The sources disagree." if now["true"] and now["false"] else ""
    return f"Then: {_in_words(_verdicts(rows, 'verdict_then'))}. Now: {_in_words(now)}.{ending}"


def _in_words(verdicts: Counter[str]) -> str:
    """Verdicts as: false by 1 of 3 measures, no verdict by 2."""
    number = verdicts.total()
    if number == 1:
        return next(iter(verdicts))
    known = [f"{word} by {verdicts[word]} of {number} measures" for word in ("true", "false") if verdicts[word]]
    if not known:
        return "not known by any measure"
    return ", ".join(known) + (f", no verdict by {verdicts['not known']}" if verdicts["not known"] else "")


def _overall(rows: Sequence[Row]) -> str:
    then, now = _verdicts(rows, "verdict_then"), _verdicts(rows, "verdict_latest")
    return (
        f"{len(rows)} measures. At the time {then['true']} held, {then['false']} did not, {then['not known']} give no"
        f" verdict. By the newest figures {now['true']} hold, {now['false']} do not, {now['not known']} give no"
        f" verdict."
    )


def _address(text: str | None) -> str:
    return text if text and text.startswith("https://") else ""
