"""A worker killed in the middle, and refreshes that meet: the work is finished once, and nothing is half-published."""

from __future__ import annotations

import duckdb
import pytest

from flows.service.schedule.lost_runs import CRASH_MESSAGE
from tests.end_to_end.served import CutOff, Finished, Served

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("service")]


def test_a_run_that_was_killed_is_shown_as_crashed_and_has_published_nothing(cut_off: CutOff) -> None:
    assert (cut_off.run["state"]["type"], cut_off.published) == ("CRASHED", False)
    assert cut_off.run["state"]["message"].startswith(f"{CRASH_MESSAGE} (Running)")
    assert cut_off.records


def test_the_next_run_finishes_the_work_and_fetches_nothing_twice(cut_off: CutOff, finished: Finished) -> None:
    assert finished.first["state"]["name"] == "Published", finished.first["state"]["message"]
    said = finished.first["state"]["message"]
    assert f"0 files new, {len(cut_off.records)} unchanged; 0 read, {len(cut_off.records)} already staged" in said
    assert finished.records == cut_off.records
    assert not finished.candidates


def test_of_two_runs_started_at_the_same_moment_one_waits_for_the_other(finished: Finished) -> None:
    assert finished.second["start_time"] >= finished.first["end_time"]
    assert finished.second["state"]["name"] == "Nothing new", finished.second["state"]["message"]


def test_the_command_meanwhile_ends_saying_that_another_refresh_is_running(finished: Finished) -> None:
    assert finished.command.returncode == 5, finished.command.stderr
    assert "Another refresh is running" in finished.command.stderr


def test_the_published_file_is_whole(served: Served, finished: Finished) -> None:
    with duckdb.connect(served.data.published, read_only=True) as con:
        assert con.execute("SELECT count(*) FROM meta.build").fetchall() == [(1,)]
        assert con.execute("SELECT count(*) > 0 FROM core.organisation").fetchall() == [(True,)]
