"""Sources of figures: those traced together are those traced alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse.asking.answers import FIGURE, ask_ready
from warehouse.asking.query import reading
from warehouse.asking.questions import ready_question
from warehouse.site.pages.organisations import ask_all
from warehouse.site.pages.topics import BLOCKS
from warehouse.site.provenance import of_answer, trace

pytestmark = pytest.mark.slow


def test_figures_traced_together_have_the_sources_they_have_alone(warehouse: Path) -> None:
    with reading(warehouse, few_threads=True) as con:
        answers = [ask_ready(con, block.question) for block in BLOCKS]
        answers += [ask_ready(con, ready_question("claim_by_claim")), *ask_all(con).answers.values()]
        together = trace(con, answers)
        for answer in answers:
            alone = trace(con, [answer])
            assert of_answer(answer, together) == alone
            assert alone or not answer.mart or not answer.rows
            assert alone.keys() <= {row.get(FIGURE) for row in answer.rows}
    assert max(len(sources.printed) for sources in together.values()) > 1
