"""The watcher of the schedule: closes lost runs, tries crashed ones again, and reports runs that did not happen.

`workforce serve` runs it in a thread; elsewhere `workforce watch` runs it as a process beside the Prefect server. It
keeps no state of its own: what it has done with a run is a tag of the run.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event

import requests

from flows.service.api import Api
from flows.service.deployments import SCHEDULED_TAG
from flows.service.notices import Notice, channels, send, send_again
from flows.service.schedule.later_tries import LATER_TRY_TAG, try_later
from flows.service.schedule.lost_runs import (
    CRASH_MESSAGE,
    SILENCE_SECONDS,
    FlowRun,
    close_lost_runs,
    without_sign_of_life,
)
from flows.settings import Settings
from warehouse.folder import DataFolder

log = logging.getLogger("workforce.watch")

PAUSE_SECONDS = 60
LATE_SECONDS = 1800
"""A scheduled run that has not started by then is reported. A long refresh before it may delay it for a while."""
MEMORY = timedelta(days=3)
"""Runs that ended longer ago are not looked at any more."""


def reported_tag(channel: str) -> str:
    """The tag of a run whose notice a channel has accepted; the other channels are tried again."""
    return f"notice by {channel}"


def watch(
    api: Api,
    settings: Settings,
    after_hours: Sequence[float],
    stopping: Event,
    *,
    ui: str = "",
    pause: float = PAUSE_SECONDS,
) -> None:
    """Look at the runs every minute until `stopping` is set. An error of the API is logged, and the look repeated.

    `after_hours` are the settings' `later_tries`, taken by the caller so that a wrong setting stops it at its start.

    Heartbeats do not arrive while the server is away. So a run is only judged by them once the server has been there
    for as long as the longest silence that a living run may have.
    """
    there_since: datetime | None = None
    while not stopping.is_set():
        now = datetime.now(UTC)
        try:
            if api.healthy():
                there_since = there_since or now
                look(api, settings, after_hours, now, there_since=there_since, ui=ui)
                send_again(DataFolder(settings.data), settings)
            else:
                there_since = None
        except requests.RequestException as error:
            log.warning("The runs could not be looked at: %s", error)
            there_since = None
        except Exception:
            # Whatever one run has in it, the next look is to happen.
            log.exception("The runs could not be looked at")
        stopping.wait(pause)


def look(
    api: Api, settings: Settings, after_hours: Sequence[float], now: datetime, *, there_since: datetime, ui: str = ""
) -> None:
    """Close lost runs, schedule later tries of crashed ones, and send notices, once each."""
    if now - there_since > timedelta(seconds=SILENCE_SECONDS):
        for run in close_lost_runs(api, lambda each: without_sign_of_life(api, each, now)):
            log.warning("%s is marked as crashed: its process is gone", run["name"])
    for run in _ended(api, ["CRASHED"], now):
        if SCHEDULED_TAG in run["tags"] and LATER_TRY_TAG not in run["tags"]:
            try:
                try_later(api, run, after_hours, now)
            except requests.HTTPError as error:
                log.warning("%s could not be scheduled again: %s", run["name"], error)
    for run, notice in notices_of(api, now, ui=ui):
        _report(api, run, notice, settings)


def _report(api: Api, run: FlowRun, notice: Notice, settings: Settings) -> None:
    """Send the notice of a run by each channel that has not accepted it yet, and tag the run for those that do."""
    waiting = [channel for channel in channels(settings) if reported_tag(channel) not in run["tags"]]
    failed = [channel for channel, _ in send([notice], settings, by=waiting)] if waiting else []
    for channel in waiting:
        if channel not in failed:
            api.add_tag(run, reported_tag(channel))


def notices_of(api: Api, now: datetime, *, ui: str = "") -> Iterator[tuple[FlowRun, Notice]]:
    """Runs that were lost, and scheduled runs that were cancelled or have not started, with the notice of each.

    A run that could report its own end has done so.
    """
    for run in _ended(api, ["CRASHED", "CANCELLED"], now):
        message = run["state"]["message"] or "no message"
        link = f"{ui}/runs/flow-run/{run['id']}" if ui else ""
        if message.startswith(CRASH_MESSAGE):
            yield run, Notice("failed", f"The refresh {run['name']} failed", f"Crashed: {message}", link, run["name"])
        elif run["state"]["type"] == "CANCELLED" and SCHEDULED_TAG in run["tags"]:
            text = f"It was to start at {run['expected_start_time']}. {run['state']['name']}: {message}"
            yield (
                run,
                Notice("cancelled", f"The scheduled refresh {run['name']} was cancelled", text, link, run["name"]),
            )
    for run in _not_started(api, now):
        link = f"{ui}/runs/flow-run/{run['id']}" if ui else ""
        text = (
            f"It was to start at {run['expected_start_time']} and is {run['state']['name']}. "
            "What to do: check that a worker runs and that no earlier run holds it up"
        )
        yield (
            run,
            Notice("not started", f"The scheduled refresh {run['name']} has not started", text, link, run["name"]),
        )


def _ended(api: Api, types: list[str], now: datetime) -> list[FlowRun]:
    wanted = {
        "flow_runs": {"state": {"type": {"any_": types}}, "end_time": {"after_": (now - MEMORY).isoformat()}},
        "sort": "END_TIME_DESC",
    }
    found: list[FlowRun] = api.call("POST", "flow_runs/filter", wanted)
    return found


def _not_started(api: Api, now: datetime) -> list[FlowRun]:
    until = now - timedelta(seconds=LATE_SECONDS)
    wanted = {
        "flow_runs": {
            "state": {"type": {"any_": ["SCHEDULED"]}},
            "tags": {"all_": [SCHEDULED_TAG]},
            "expected_start_time": {"before_": until.isoformat()},
        }
    }
    found: list[FlowRun] = api.call("POST", "flow_runs/filter", wanted)
    return found
