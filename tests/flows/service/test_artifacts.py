"""What Prefect cannot store ends no refresh."""

from __future__ import annotations

import logging

import polars as pl
import pytest

from expectations.report import Report
from flows.results import Outcome
from flows.service import artifacts


def test_an_artifact_that_cannot_be_stored_is_logged_and_no_error(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise RuntimeError("Server error '500 Internal Server Error'")

    columns = ("rule_id", "table_name", "severity", "outcome", "failing_rows", "message", "guidance")
    monkeypatch.setattr(Report, "frame", lambda _: pl.DataFrame({name: [""] for name in columns}))
    monkeypatch.setattr(artifacts, "get_run_logger", lambda: logging.getLogger("run"))
    for name in ("create_markdown_artifact", "create_table_artifact"):
        monkeypatch.setattr(artifacts, name, full)
    artifacts.publish_summary(Outcome(), "")
    artifacts.show_checks(Report("run", [], pl.DataFrame()))
    assert "The summary could not be stored by Prefect: Server error '500" in caplog.text
    assert "The table of checks could not be stored" in caplog.text
