"""The NHS Staff Survey's detailed spreadsheets, national results: every answer, for all trusts and groups of staff."""

from __future__ import annotations

from collections.abc import Iterable

from tests.sample_maker.figures.arithmetic import spread, wobble
from tests.sample_maker.figures.staff import facts
from tests.sample_maker.files.layout import Cell, Row, workbook
from tests.sample_maker.files.workforce import ILLUSTRATIVE
from transforms.reading.vocabulary import vocabulary

GROUPS = (  # breakdown, subgroup, how many of a thousand answered, difference in the share counted (per thousand)
    (None, None, 1000, 0),
    ("Region", "London", 180, 12),
    ("Region", "Midlands", 820, -3),
    ("Ethnic background (summary)", "White staff", 720, -14),
    ("Ethnic background (summary)", "Staff from all other ethnic groups combined", 260, 40),
)
ANSWERED = 610_000
LEFT_OUT = 3_000
"""Of a hundred thousand: who answered 'Don't know' where that is an answer that is left out."""
BASE = "Base (number of responses)"
NOT_MAPPED = {"Yes": "yes", "No": "no"}
"""Answers to a question that no mart uses."""


def national_results(year: int) -> bytes:
    """Each question with the share of each answer (0 to 100) and its base, and the two scores (0 to 10)."""
    shown = [line for line in facts("survey_questions") if int(line["asked_from"]) <= year]
    sheets: dict[str, Iterable[Row]] = {
        "Notes": [
            (f"NHS Staff Survey {year} - Detailed Spreadsheets",),
            ("National results",),
            (ILLUSTRATIVE,),
            ("The aggregated survey results for all trusts.",),
        ],
        "QUESTIONS Q14-25": _sheet(year, [line for line in shown if line["out_of"] == "1"]),
        "PEOPLE PROMISE ELEMENTS": _sheet(year, [line for line in shown if line["out_of"] != "1"]),
    }
    return workbook(sheets)


def _sheet(year: int, lines: list[dict[str, str]]) -> list[Row]:
    title: list[Cell] = [f"NHS Staff Survey {year} - WEIGHTED Results", None, None, None]
    header: list[Cell] = ["Base", "Breakdown", "Breakdown subgroup", "Weighting"]
    rows: list[list[Cell]] = [
        ["National", breakdown, group, "Organisation Size" if group else "Organisation Size and Occupation Group"]
        for breakdown, group, _, _ in GROUPS
    ]
    for line in lines:
        number = line["variable"].replace("q", "Q")
        answers = _answers(line)
        headings = [f"% {answer}" for answer in answers] or [f"{number} - score"]
        title += [f"{number} - {line['about']}", *[None] * len(headings)]
        header += [*headings, BASE]
        for row, (_, _, of_a_thousand, more) in zip(rows, GROUPS, strict=True):
            row += [*_shares(line, answers, more), ANSWERED * of_a_thousand // 1000 + wobble(number, more, by=900)]
    return [title, ("QUESTIONS",), ("Fewer than 10 responses: results are not displayed",), (None,), header, *rows]


def _answers(line: dict[str, str]) -> dict[str, str]:
    """Answer -> whether it counts: yes, no or left out; empty for a score."""
    if line["out_of"] != "1":
        return {}
    variables = vocabulary("staff_survey_variable").filter(variable=line["variable"])
    questions = variables.sort("last_edition")["question"].to_list()[-1:]
    mapped = vocabulary("staff_survey_answer").filter(question=questions[0]) if questions else None
    return NOT_MAPPED if mapped is None else dict(zip(mapped["answer"], mapped["counts"], strict=True))


def _shares(line: dict[str, str], answers: dict[str, str], more: int) -> list[float]:
    counted = int(line["per_thousand"]) + 4 * int(line["each_year"]) + more
    if not answers:
        return [int(line["out_of"]) * counted / 1000]
    left = LEFT_OUT if "left out" in answers.values() else 0
    yes = (100_000 - left) * counted // 1000
    totals = {"yes": yes, "no": 100_000 - left - yes, "left out": left}
    parts = {
        counts: iter(spread(total, [3 - place % 2 for place in range(list(answers.values()).count(counts))]))
        for counts, total in totals.items()
        if counts in answers.values()
    }
    return [next(parts[counts]) / 1000 for counts in answers.values()]
