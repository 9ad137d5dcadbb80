"""The hook by which Prefect reports a refresh that ended without an outcome, in its process or in the worker's."""

from __future__ import annotations

from typing import Any

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.utilities.urls import url_for

from flows.endings import Ending
from flows.service import notices
from flows.settings import Settings
from warehouse.folder import DataFolder


def notify_without_outcome(flow: object, flow_run: FlowRun, state: State[Any]) -> None:
    """Send a notice for runs that ended without an outcome: an error, a signal, a crashed machine."""
    if state.name not in {ending.value for ending in Ending}:
        settings = Settings()
        notices.notify_crash(
            _name_now(flow_run),
            f"{state.name}: {state.message or 'no message'}",
            DataFolder(settings.data),
            settings,
            link=url_for("flow-run", flow_run.id) or "",
        )


def _name_now(run: FlowRun) -> str:
    """The name of a run on the server: a worker knows the one from before it began, which says nothing."""
    try:
        with get_client(sync_client=True) as client:
            return client.read_flow_run(run.id).name
    except Exception:  # The server may be gone; the notice is sent all the same.
        return run.name
