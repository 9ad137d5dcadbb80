"""The Prefect flow `refresh`, with a task for each step of `refreshing`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import requests
from prefect import Task, flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.runtime import deployment, flow_run
from prefect.settings import get_current_settings
from prefect.states import Cancelled, Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows.refreshing import CHECK, measure, refresh_folder
from flows.request import Request, Source, run_name
from flows.results import Outcome
from flows.service import artifacts
from flows.service.api import Api
from flows.service.crash_hook import notify_without_outcome
from flows.service.deployments import SCHEDULED_TAG
from flows.service.last_release import refuse_other_folder, remember_release
from flows.service.schedule.later_tries import try_later
from flows.settings import Settings
from flows.steps import THREADS, P, R, Step
from transforms.errors import WorkforceError
from transforms.series import SeriesId
from warehouse.errors import Busy
from warehouse.folder import DataFolder

DEPLOYMENT_WAIT_SECONDS = 3600.0
"""How long a run of a deployment waits for another refresh; after that it is cancelled."""


def _task(step: Step[P, R]) -> Task[P, R]:
    """The step as a task. That of the checks has their table as an artifact.

    The run itself has the summary alone, because the UI shows artifacts in no set order.
    """

    @wraps(step.function)
    def run_and_show(*args: P.args, **kwargs: P.kwargs) -> R:
        result = step.function(*args, **kwargs)
        if step is CHECK:
            artifacts.show_checks(result)  # type: ignore[arg-type]
        return result

    return task(task_run_name=step.name, cache_policy=NO_CACHE)(run_and_show)


class PrefectRunner:
    """Runs the steps as tasks of the flow run that this is."""

    @cached_property
    def run_name(self) -> str:
        """The name of the flow run."""
        return flow_run.name or ""

    @cached_property
    def link(self) -> str:
        """The address of the flow run in the UI."""
        return flow_run.ui_url or ""

    @property
    def patience(self) -> float:
        """Runs of a deployment wait for each other."""
        return DEPLOYMENT_WAIT_SECONDS if deployment.id else 0.0

    def run(self, step: Step[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a step as a task."""
        return _task(step)(*args, **kwargs)

    def run_each(self, step: Step[..., R], calls: Sequence[tuple[Any, ...]]) -> list[R | Exception]:
        """Run a step as tasks in the flow's task runner."""
        one = _task(step)
        futures = [one.submit(*call) for call in calls]
        return [future.result(raise_on_failure=False) for future in futures]

    def check_folder(self, folder: DataFolder) -> None:
        """Raise `OtherDataFolder` where a worker's folder has never had the last release of its service."""
        if deployment.id:
            refuse_other_folder(folder)

    def finished(self, folder: DataFolder) -> None:
        """Keep the last release of a worker for the others."""
        if deployment.id:
            remember_release(folder)

    def show(self, outcome: Outcome, address: str) -> None:
        """Store the summary as an artifact of the run."""
        artifacts.publish_summary(outcome, address)


def _run_name() -> str:
    """The name of the run, also for a request that will be refused."""
    parameters = flow_run.parameters
    return run_name(
        Source(parameters.get("source", Source.PUBLISHERS)),
        frozenset(SeriesId(each) for each in parameters.get("series") or ()),
        as_of=date.fromisoformat(str(parameters["as_of"])) if parameters.get("as_of") else None,
        today=datetime.now(UTC).date(),
    )


@flow(
    name="refresh",
    flow_run_name=_run_name,
    task_runner=ThreadPoolTaskRunner(max_workers=THREADS),  # type: ignore[arg-type]
    persist_result=False,
    on_failure=[notify_without_outcome],
    on_crashed=[notify_without_outcome],
)
def refresh(
    series: list[SeriesId] = [],  # noqa: B006 - never changed; with None the form would first ask for a type
    source: Source = Source.PUBLISHERS,
    force: bool = False,
    as_of: date | None = None,
    folder: str = "",
    illustrative: bool = False,
) -> State[Outcome]:
    """Refresh the warehouse: find what is new, read it, build a candidate, check it, publish it.

    The data folder is a setting (WORKFORCE_DATA), so that whoever may start a run cannot choose where it writes.

    Args:
        series: Which series to fetch and, with force, to read again. Empty: all of them. The other series stay in the
            warehouse as they are.
        source: "publishers" asks every publisher, fetches what is new and rebuilds. "archive" fetches nothing and
            only rebuilds. "folder" takes in files placed by hand. "sample" is the bundled illustrative sample, for a
            trial on a folder without published figures.
        force: Read the files again and build, even if nothing is new.
        as_of: Rebuild the warehouse as it could have been on this day, beside the published one. Only with source
            "archive".
        folder: A folder of placed files on the worker's machine, below those that WORKFORCE_PLACED names. Only with
            source "folder".
        illustrative: Take the placed files as illustrative, not as statistics, whatever they state. Needed for a file
            that states that its figures are illustrative; only on a data folder without published figures.

    """
    settings = Settings()
    try:
        request = _request(source, series, folder, settings, force=force, as_of=as_of, illustrative=illustrative)
        outcome = refresh_folder(request, settings, PrefectRunner())
    except Busy as busy:
        return Cancelled(name="Another refresh is running", message=str(busy))
    except WorkforceError as error:
        return Failed(message=str(error), data=error)
    if outcome.unreached:
        _try_later(settings)
    make = Failed if outcome.ending.is_failure else Completed
    return make(name=outcome.ending.value, message=outcome.sentence(), data=outcome)


def _request(
    source: Source,
    series: list[SeriesId],
    folder: str,
    settings: Settings,
    *,
    force: bool,
    as_of: date | None,
    illustrative: bool,
) -> Request:
    """The request of these parameters. Raises `WrongRequest`, and then the metrics show a failed run."""
    try:
        request = Request(source, tuple(series), Path(folder) if folder else None, force, as_of, illustrative)
        if deployment.id and request.folder:
            settings.check_placed(request.folder)
    except WorkforceError:
        measure(DataFolder(settings.data), None)
        raise
    return request


def _try_later(settings: Settings) -> None:
    """Schedule another try of a scheduled run, because a publisher could not be reached. An error is only logged."""
    api_settings = get_current_settings().api
    if not deployment.id or not api_settings.url or SCHEDULED_TAG not in flow_run.tags:
        return
    secret = api_settings.auth_string
    try:
        api = Api(api_settings.url, secret.get_secret_value() if secret else "")
        run = api.call("GET", f"flow_runs/{flow_run.id}")
        if start := try_later(api, run, settings.later_tries, datetime.now(UTC)):
            get_run_logger().info("A publisher could not be reached: another try at %s", start)
    except requests.RequestException as error:
        get_run_logger().warning("No later try could be scheduled: %s", error)
