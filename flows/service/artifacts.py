"""Artifacts that show a run in the Prefect UI.

An artifact that cannot be stored, for example on a full disk, is logged and is no error of the refresh.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from prefect import get_run_logger
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.runtime import deployment

from flows.results import Outcome
from flows.summary import markdown

if TYPE_CHECKING:
    from expectations.report import Report


def publish_summary(outcome: Outcome, address: str) -> None:
    """Log the summary and create an artifact of it, with links to the release where files are served at `address`.

    The gaps are logged for a run of a deployment only: the command prints them itself.
    """
    log = get_run_logger()
    log.info(outcome.sentence())
    for gap in outcome.gaps if deployment.id else ():
        log.warning(gap)
    with _logged("summary"):
        create_markdown_artifact(markdown(outcome, address), key="refresh-summary", description="What this refresh did")


def show_checks(report: Report) -> None:
    """Create a table of every rule with its outcome, failing rules first."""
    results = report.frame().sort("failing_rows", "rule_id", descending=[True, False])
    shown = results.select("rule_id", "table_name", "severity", "outcome", "failing_rows", "message", "guidance")
    with _logged("table of checks"):
        create_table_artifact(shown.to_dicts(), key="checks", description="Checks on the candidate")


@contextmanager
def _logged(name: str) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        get_run_logger().warning("The %s could not be stored by Prefect: %s", name, error)
