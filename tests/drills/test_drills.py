"""A few random kills of each sort, as `python -m tests.drills` does many."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.drills.kills import kills
from tests.drills.left import wrong_with_file
from tests.drills.results import MARKDOWN, as_markdown, record
from warehouse.folder import DataFolder
from warehouse.site.drills import KINDS, read_results, write_results


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


def test_the_table_in_the_repository_is_made_from_the_results_in_the_package(tmp_path: Path) -> None:
    results = read_results()
    assert results
    assert MARKDOWN.read_text(encoding="utf-8") == as_markdown(results), "run `python -m tests.drills.results`"
    assert {each.drill for each in results} <= KINDS.keys()
    write_results(results, tmp_path / "again.csv")
    assert read_results(tmp_path / "again.csv") == results == sorted(results)


def test_a_later_result_of_a_drill_variant_and_seed_replaces_the_former_one(tmp_path: Path) -> None:
    for seed, tried, failed in ((1, 5, 1), (2, 3, 0), (1, 7, 2)):
        record(
            drill="inputs",
            variant="workbooks",
            seed=seed,
            tried=tried,
            failed=failed,
            note="bytes | cells\nlabels",
            failures=[f"number {each}" for each in range(failed)],
            into=tmp_path,
        )
    first, second = read_results(tmp_path / "results.csv")
    assert (first.tried, first.failed, first.failures, second.tried) == (7, 2, "number 0; number 1", 3)
    text = (tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "| 7 | 2 | bytes / cells labels |" in text
    assert text.endswith("\n* inputs, workbooks, 1: number 0; number 1\n")


def test_an_undeclared_drill_cannot_be_recorded(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="warehouse/site/drills"):
        record(drill="unknown", variant="", seed=0, tried=1, failed=0, into=tmp_path)
