"""How a refresh ends: total failure is no success, and a failure names its first cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.cli.exit_codes import ExitCode, exit_code_of
from flows.endings import Ending
from flows.fetching.inbox import TakenIn
from flows.fetching.placed import Placed
from flows.results import Fetched, Outcome

DOWN = Fetched("wres", failures=("wres: no answer",))


def placed(outcome: str, why: str = "") -> Placed:
    return Placed(outcome=outcome, why=why, path=Path("a.csv"))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "failed"),
    [
        (Outcome(), False),
        (Outcome(fetched=[DOWN, Fetched("ods", failures=("ods: no answer",))]), True),
        (Outcome(fetched=[DOWN, Fetched("ods", unchanged=3)]), False),
        (Outcome(fetched=[DOWN, Fetched("ods")]), False),
        (Outcome(fetched=[Fetched("ods", unchanged=3, failures=("ods: etr is missing",))]), False),
        (Outcome(fetched=[DOWN], inbox=[TakenIn("a.csv", "new")], files_read=1), False),
        (Outcome(fetched=[DOWN], inbox=[TakenIn("a.csv", "left")]), True),
        (Outcome(placed=[placed("refused"), placed("not known")]), True),
        (Outcome(placed=[placed("not known")]), True),
        (Outcome(placed=[placed("unchanged"), placed("refused")]), False),
    ],
)
def test_only_where_everything_that_was_tried_failed_is_nothing_taken_in(outcome: Outcome, failed: bool) -> None:
    assert outcome.nothing_taken_in is failed


def test_the_sentence_of_a_failure_names_the_first_cause() -> None:
    outcome = Outcome(Ending.NOTHING_TO_PUBLISH, fetched=[DOWN, Fetched("ods", failures=("ods: no answer",))])
    assert "an empty warehouse is not published" in outcome.sentence()
    assert outcome.sentence().endswith("2 gaps. First cause: wres: no answer")


def test_every_ending_has_its_exit_code_and_failures_are_not_zero() -> None:
    assert all(exit_code_of(ending) >= ExitCode.GAPS for ending in Ending if ending.is_failure)
    assert exit_code_of(Ending.PUBLISHED) == exit_code_of(Ending.NOTHING_NEW) == ExitCode.DONE == 0
