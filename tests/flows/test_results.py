"""How a refresh ends: total failure is no success, and a failure names its first cause."""

from __future__ import annotations

from pathlib import Path

import pytest

from flows.cli.exit_codes import ExitCode, exit_code_of
from flows.endings import Ending
from flows.fetching.publishers import Failure
from flows.fetching.results import FetchedFile, FetchedSeries, TakenFile
from flows.results import Outcome

NO_ANSWER = (Failure("page", "Unreachable", "no answer"),)
DOWN = FetchedSeries("wres", failures=NO_ANSWER)
SAME = (FetchedFile("2025-07", "etr.csv", "https://example.invalid/etr.csv", "unchanged", ""),)


def placed(outcome: str, why: str = "") -> TakenFile:
    return TakenFile(Path("a.csv"), outcome, why=why)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("outcome", "failed"),
    [
        (Outcome(), False),
        (Outcome(fetched=[DOWN, FetchedSeries("ods", failures=NO_ANSWER)]), True),
        (Outcome(fetched=[DOWN, FetchedSeries("ods", SAME)]), False),
        (Outcome(fetched=[DOWN, FetchedSeries("ods")]), False),
        (Outcome(fetched=[FetchedSeries("ods", SAME, NO_ANSWER)]), False),
        (Outcome(fetched=[DOWN], inbox=[placed("new")], files_read=1), False),
        (Outcome(fetched=[DOWN], inbox=[placed("refused")]), True),
        (Outcome(placed=[placed("refused"), placed("not known")]), True),
        (Outcome(placed=[placed("not known")]), True),
        (Outcome(placed=[placed("unchanged"), placed("refused")]), False),
    ],
)
def test_only_where_everything_that_was_tried_failed_is_nothing_taken_in(outcome: Outcome, failed: bool) -> None:
    assert outcome.nothing_taken_in is failed


def test_the_sentence_of_a_failure_names_the_first_cause() -> None:
    outcome = Outcome(Ending.NOTHING_TO_PUBLISH, fetched=[DOWN, FetchedSeries("ods", failures=NO_ANSWER)])
    assert "an empty warehouse is not published" in outcome.sentence()
    assert outcome.sentence().endswith("2 gaps. First cause: wres: no answer")


def test_every_ending_has_its_exit_code_and_failures_are_not_zero() -> None:
    assert all(exit_code_of(ending) >= ExitCode.GAPS for ending in Ending if ending.is_failure)
    assert exit_code_of(Ending.PUBLISHED) == exit_code_of(Ending.NOTHING_NEW) == ExitCode.DONE == 0
