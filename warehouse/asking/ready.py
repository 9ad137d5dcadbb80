"""Asks a ready question of a warehouse: answer, sentence, editions, caveats, or why there is no answer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.asking.answers import Row, ask_ready, rows_of
from warehouse.asking.loaded import what_is_loaded
from warehouse.asking.organisations import KnownOrganisation, known_organisations, organisation_named
from warehouse.asking.query import reading
from warehouse.asking.questions import ReadyQuestion
from warehouse.asking.sentences import sentence_of
from warehouse.errors import NoAnswer, WrongParameters

OF_ORGANISATION = "org_code"
"""The parameter whose value is the code of an organisation."""


@dataclass(frozen=True)
class ReadyAnswer:
    """The answer to a ready question.

    `editions` is a sentence on the editions of its sources, '' where the rows do not name them; `sql` has the values of
    parameters in their place; `figure_kind` is 'published' or 'illustrative'.
    """

    question: ReadyQuestion
    sentence: str
    rows: list[Row]
    caveats: list[str]
    editions: str
    sql: str
    values: dict[str, str]
    figure_kind: str
    organisation: KnownOrganisation | None = None


def answer_to(warehouse: Path, question: ReadyQuestion, organisation: str = "") -> ReadyAnswer:
    """Ask a question, of the organisation with this name, former name or code where it is of one.

    Raises `NoAnswer` with the reason where the warehouse has none, `WrongParameters` where the organisation is missing
    or the question is of none, and what `organisation_named` raises.
    """
    of_one = OF_ORGANISATION in question.parameters
    if of_one != bool(organisation):
        raise WrongParameters(
            f"the question {question.name} is of {'one trust or board' if of_one else 'no single organisation'}",
            do='name it: --org "guys"' if of_one else "leave out --org; workforce ask lists the questions that take it",
        )
    with reading(warehouse) as con:
        known = organisation_named(known_organisations(con), organisation) if of_one else None
        values = {OF_ORGANISATION: known.code} if known else {}
        answer = ask_ready(con, question, values)
        sentence = sentence_of(question, answer.rows)
        if sentence is None:
            raise _no_answer(con, question, known)
        return ReadyAnswer(
            question,
            sentence,
            answer.rows,
            answer.caveats,
            _editions(con, answer.table) if question.mart else "",
            question.sql_with(values),
            values,
            con.execute("SELECT figure_kind FROM meta.build").fetchall()[0][0],
            known,
        )


def _no_answer(con: duckdb.DuckDBPyConnection, question: ReadyQuestion, known: KnownOrganisation | None) -> NoAnswer:
    loaded = what_is_loaded(con, ())
    why = loaded.why_no_answer(question.needs) or loaded.why_no_rows(question.needs, known.kind if known else "")
    return NoAnswer(
        f"{question.name} has no answer{f' for {known.name} ({known.code})' if known else ''}: {why}",
        do="see what is loaded with workforce status, and fetch more with workforce run",
    )


def _editions(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """The editions that the rows of an answer are from, the newest three of each series."""
    columns = {row["column_name"] for row in rows_of(con, f"DESCRIBE {table}")}
    if not {"edition", "source_series"} <= columns:
        return ""
    found = con.execute(
        f"SELECT source_series, list_sort(list(DISTINCT edition), 'DESC')[:3] FROM {table} "
        "WHERE edition IS NOT NULL AND source_series IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    named = "; ".join(f"{series} {', '.join(editions)}" for series, editions in found)
    return f" Editions: {named}." if named else ""
