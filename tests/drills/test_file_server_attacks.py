"""What is not published is not sent, and no request keeps the file server from answering another reader."""

from __future__ import annotations

from pathlib import Path

from tests.drills.file_server_attacks import REQUESTS, tries


def test_there_are_at_least_a_hundred_requests_without_repetition() -> None:
    assert len({(each.aim, each.name) for each in REQUESTS}) == len(REQUESTS) >= 100


def test_every_request_ends_as_declared(tmp_path: Path) -> None:
    assert [str(each) for each in tries(tmp_path) if each.wrong] == []
