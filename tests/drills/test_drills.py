"""A few random kills of each sort, as `python -m tests.drills` does many."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.kills import kills, wrong_with_file
from tests.drills.results import write
from warehouse.folder import DataFolder


def test_a_published_file_that_is_missing_or_damaged_is_found(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert wrong_with_file(folder) == ["the published file is gone"]
    folder.published.parent.mkdir()
    folder.published.write_bytes(b"half a file")
    assert "does not open" in wrong_with_file(folder)[0]


@pytest.mark.slow
@pytest.mark.parametrize(("what", "number"), [("served", 3), ("command", 3)])
def test_after_random_kills_the_published_file_is_whole_and_the_next_run_needs_no_hand(
    what: str, number: int, tmp_path: Path
) -> None:
    done = list(kills(what, number, data=tmp_path / "data", seed=1))
    assert [each.wrong for each in done] == [()] * number
    write(tmp_path / "RESULTS.md", what=what, database="sqlite", seed=1, done=done)
    assert f"| {number} | 0 |" in (tmp_path / "RESULTS.md").read_text()
