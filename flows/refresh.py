"""The Prefect flow `refresh`: discover, fetch, archive, read, build, check, publish.

Its tasks call functions of `pipeline`.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import requests
from prefect import flow, get_run_logger, task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.futures import PrefectFuture
from prefect.runtime import deployment, flow_run
from prefect.settings import get_current_settings
from prefect.states import Cancelled, Completed, Failed
from prefect.task_runners import ThreadPoolTaskRunner

from flows import pipeline
from flows.configuration import Configuration, load_configuration
from flows.endings import Ending
from flows.fetching.acquire import client_for, fetch
from flows.fetching.http import Client, SizeLimits
from flows.fetching.inbox import take_in
from flows.fetching.placed_files import place_folder
from flows.fetching.publishers import Failure
from flows.fetching.results import FetchedSeries, TakenFile
from flows.metrics import write_metrics
from flows.preparation import prepare
from flows.reading import check_task_runner, read_files
from flows.refusals import MOST_ROUNDS, note_refused, refused_by_checks, refused_in_release
from flows.request import Request, Source, figure_kind, run_name
from flows.results import Outcome
from flows.service import artifacts, notices
from flows.service.api import Api
from flows.service.crash_hook import notify_without_outcome
from flows.service.deployments import SCHEDULED_TAG
from flows.service.last_release import refuse_other_folder, remember_release
from flows.service.schedule.later_tries import try_later
from flows.settings import Settings
from flows.storage.lake import publish_to_lake
from flows.storage.shared import SharedStorage, shared_storage
from transforms.errors import WorkforceError
from transforms.series import SeriesId
from warehouse.archive import Archive, FigureKind, Record
from warehouse.building.build import Build
from warehouse.disk import became_full, is_full
from warehouse.errors import Busy
from warehouse.folder import DataFolder
from warehouse.publish import Release, manifest, published_release, refuse_other_kind
from warehouse.staging import StagedFile, Staging

if TYPE_CHECKING:
    from expectations.carried_over import ReleaseBefore
    from expectations.report import Report

DEPLOYMENT_WAIT_SECONDS = 3600
"""How long a run of a deployment waits for another refresh; after that it is cancelled."""


@task(task_run_name="Fetch {series}", cache_policy=NO_CACHE)
def fetch_task(series: str, client: Client, folder: DataFolder, kind: FigureKind) -> FetchedSeries:
    """Fetch one series. A failure does not affect the other series."""
    found = fetch(series, client, folder, kind=kind)
    artifacts.log_fetched(found)
    return found


@task(name="Take in the inbox", task_run_name="Take in the inbox", cache_policy=NO_CACHE)
def inbox_task(folder: DataFolder, limits: SizeLimits) -> list[TakenFile]:
    """Archive the files that an operator put into the inbox."""
    return take_in(folder, limits=limits)


@task(name="Take in placed files", task_run_name="Take in placed files", cache_policy=NO_CACHE)
def place_task(request: Request, archive: Archive, limits: SizeLimits) -> list[TakenFile]:
    """Recognise and archive the files of the requested folder."""
    assert request.folder is not None  # noqa: S101 - a Request with source 'folder' has one
    kind: FigureKind = "illustrative" if request.illustrative else "published"
    return place_folder(request.folder, archive, series=request.wanted, figure_kind=kind, limits=limits)


@task(name="Build the candidate warehouse", task_run_name="Build the candidate warehouse", cache_policy=NO_CACHE)
def build_task(
    folder: DataFolder,
    staged: list[StagedFile],
    build: Build,
    kept: list[Record],
    today: date,
    before: Path | None,
    own: Configuration,
) -> tuple[Path, ReleaseBefore | None]:
    """Build a candidate DuckDB file from all staged files, reusing unchanged tables of the release `before`."""
    return pipeline.make_candidate(folder, staged, build, kept, today=today, before=before, own=own)


@task(name="Check the candidate", task_run_name="Check the candidate", cache_policy=NO_CACHE)
def check_task(
    folder: DataFolder, candidate: Path, build: Build, today: date, before: ReleaseBefore | None, own: Configuration
) -> Report:
    """Run the Great Expectations checks on the candidate, except those whose results the release before has."""
    report = pipeline.check_candidate(folder, candidate, build, today=today, before=before, own=own)
    # An artifact of this task: the run itself has the summary alone, because the UI shows artifacts in no set order.
    artifacts.show_checks(report)
    return report


@task(name="Publish the release", task_run_name="Publish the release", cache_policy=NO_CACHE)
def publish_task(
    folder: DataFolder,
    candidate: Path,
    build: Build,
    report: Report,
    today: date,
    settings: Settings,
    before: ReleaseBefore | None,
) -> Release:
    """Make the candidate a release, and the release the published file."""
    keep, passed_on = settings.keep_releases, settings.passed_on
    return pipeline.release(
        folder,
        candidate,
        build,
        report,
        today=today,
        keep=keep,
        passed_on=passed_on,
        address=settings.public_address,
        before=before,
    )


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
    task_runner=ThreadPoolTaskRunner(max_workers=4),  # type: ignore[arg-type]
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
    place = DataFolder(settings.data)
    try:
        request = Request(source, tuple(series), Path(folder) if folder else None, force, as_of, illustrative)
        if deployment.id and request.folder:
            settings.check_placed(request.folder)
        wait = _wait_for_lock(settings)
        check_task_runner(settings)
        with place.locked(wait_seconds=wait), shared_storage(place, settings, wait_seconds=wait) as storage:
            outcome = _run_and_store(request, place, settings, storage)
            artifacts.publish_summary(outcome, settings.public_address)
            notices.notify_outcome(outcome, place, settings, link=flow_run.ui_url or "", run=flow_run.name or "")
        if outcome.unreached:
            _try_later(settings)
    except Busy as busy:
        return Cancelled(name="Another refresh is running", message=str(busy))
    except WorkforceError as error:
        _measure(place, None)
        return Failed(message=str(error), data=error)
    except Exception:
        _measure(place, None)
        raise
    _measure(place, outcome)
    make = Failed if outcome.ending.is_failure else Completed
    return make(name=outcome.ending.value, message=outcome.sentence(), data=outcome)


def _run_and_store(request: Request, folder: DataFolder, settings: Settings, storage: SharedStorage | None) -> Outcome:
    """Run the refresh on an up-to-date folder, and store its release where the settings say so."""
    if storage:
        storage.bring_up_to_date()
    elif deployment.id:
        refuse_other_folder(folder)
    outcome = run_or_clean(request, folder, settings, storage)
    if deployment.id:
        remember_release(folder)
    if storage:
        storage.store()
    if settings.lake and (release := published_release(folder)):
        publish_to_lake(release, settings)
    return outcome


def run_or_clean(
    request: Request, folder: DataFolder, settings: Settings, storage: SharedStorage | None = None
) -> Outcome:
    """Like `run`; where it fails, what is half written is removed. Raises `TooLittleSpace` for a disk that is full."""
    try:
        return run(request, folder, settings, storage)
    except BaseException as error:
        pipeline.clean(folder)
        if is_full(error) and not isinstance(error, WorkforceError):
            raise became_full(folder.root, error) from error
        raise


def run(request: Request, folder: DataFolder, settings: Settings, storage: SharedStorage | None = None) -> Outcome:
    """Run the refresh inside the flow, while holding the lock of the folder."""
    passed_on = settings.passed_on
    own = load_configuration(folder)
    kind = figure_kind(request, folder)
    refuse_other_kind(folder, kind)
    prepare(folder)
    outcome = Outcome(figure_kind=kind)
    _acquire(request, folder, settings, outcome)
    staged = _read(request, folder, settings, storage, outcome)
    if not any(file.has_rows for file in staged):
        outcome.ending = Ending.NOTHING_TO_PUBLISH
        outcome.warehouse = folder.published if folder.published.exists() else None
        return outcome
    build = pipeline.plan(staged, figure_kind=kind, kept=outcome.kept, passed_on=passed_on, configuration=own.digest)
    if not request.force and not request.as_of and pipeline.is_published(folder, build):
        outcome.refused += refused_in_release(folder, staged)
        outcome.ending = (
            Ending.NOTHING_TAKEN_IN
            if outcome.nothing_taken_in
            else Ending.NOTHING_NEW_WITH_GAPS
            if outcome.gaps
            else Ending.NOTHING_NEW
        )
        outcome.warehouse = folder.published
        return outcome
    _build_and_publish(request, folder, settings, staged, build, own, outcome)
    return outcome


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


def _measure(folder: DataFolder, outcome: Outcome | None) -> None:
    """Write the metrics. An error is only logged: it is no error of the refresh."""
    try:
        write_metrics(folder, outcome, datetime.now(UTC))
    except Exception:
        get_run_logger().exception("The metrics could not be written")


def _wait_for_lock(settings: Settings) -> float:
    """How many seconds to wait for another refresh on the data folder."""
    if settings.wait_for_lock_seconds is not None:
        return settings.wait_for_lock_seconds
    return DEPLOYMENT_WAIT_SECONDS if deployment.id else 0


def _acquire(request: Request, folder: DataFolder, settings: Settings, outcome: Outcome) -> None:
    limits = SizeLimits.of(settings)
    if request.source is Source.FOLDER:
        outcome.placed = place_task(request, Archive(folder.archive), limits)
    elif request.source in {Source.PUBLISHERS, Source.SAMPLE}:
        kind = outcome.figure_kind
        with client_for(request.source, folder, settings) as client:
            futures = {series: fetch_task.submit(series, client, folder, kind) for series in sorted(request.wanted)}
            outcome.fetched = [_fetched(series, future) for series, future in futures.items()]
    if request.source is Source.PUBLISHERS:
        outcome.inbox = inbox_task(folder, limits)


def _fetched(series: str, future: PrefectFuture[FetchedSeries]) -> FetchedSeries:
    """The result of fetching a series; an unexpected error is a failure of that series and does not end the run."""
    future.wait()
    if future.state.is_completed():
        return future.result()
    return FetchedSeries(series, failures=(Failure(series, f"{future.state.name}", f"{future.state.message}"),))


def _read(
    request: Request, folder: DataFolder, settings: Settings, storage: SharedStorage | None, outcome: Outcome
) -> list[StagedFile]:
    archive = Archive(folder.archive)
    # All archived series stay in the warehouse, whichever of them this refresh fetched.
    everything = frozenset(each.value for each in SeriesId)
    kind, as_of = outcome.figure_kind, request.as_of
    records = pipeline.to_read(archive, series=everything, figure_kind=kind, as_of=as_of)
    outcome.kept = pipeline.kept_only(archive, series=everything, figure_kind=kind, as_of=as_of)
    outcome.damaged = archive.damaged_records()
    staging = Staging(folder.staged, archive)
    again = {record.identity for record in records if request.force and record.series in request.wanted}
    unread = [record for record in records if record.identity in again or not staging.holds(record)]
    read = read_files(unread, staging, again=again, settings=settings, storage=storage)
    cached = [pipeline.read_file(staging, record) for record in records if record not in unread]
    reading = pipeline.gather([*cached, *read])
    outcome.files_read, outcome.files_cached = len(reading.parsed), len(reading.staged) - len(reading.parsed)
    outcome.refused, outcome.unread = reading.refused, reading.unread
    outcome.damaged += reading.damaged
    return reading.staged


def _checked(
    folder: DataFolder,
    staged: list[StagedFile],
    build: Build,
    day: date,
    before: Path | None,
    own: Configuration,
    outcome: Outcome,
) -> tuple[Path, Report, ReleaseBefore | None]:
    """A candidate and its report; built again without the files that the checks refuse, while any file is left."""
    refused: list[pipeline.RefusedFile] = []
    for _ in range(MOST_ROUNDS):
        candidate, same = build_task(folder, staged, build, outcome.kept, day, before, own)
        report = check_task(folder, candidate, build, day, same, own)
        found = [] if report.may_publish else refused_by_checks(folder, staged, report)
        left = [file for file in staged if file.record not in [each.record for each in found]]
        if not found or not left:
            break
        for each in found:
            get_run_logger().error("Refused: %s", each.record.file_name)
        refused, staged = refused + found, left
    note_refused(candidate, refused)
    outcome.refused += refused
    return candidate, report, same


def _build_and_publish(
    request: Request,
    folder: DataFolder,
    settings: Settings,
    staged: list[StagedFile],
    build: Build,
    own: Configuration,
    outcome: Outcome,
) -> None:
    today = datetime.now(UTC).date()
    before = None
    # A forced build, or one of another day, reuses neither tables nor results of checks.
    if not (request.force or request.as_of):
        before = pipeline.release_before(folder, staged, build, outcome.kept, settings.passed_on, own.digest)
    pipeline.require_room_to_build(folder, staged)
    candidate, report, same = _checked(folder, staged, build, request.as_of or today, before, own, outcome)
    outcome.taken_out = report.taken_out
    outcome.set_aside = pipeline.lost_with_files_set_aside(folder, candidate)
    outcome.checks = {name: count for name, count in report.counts.items() if count}
    if not report.may_publish:
        outcome.ending, outcome.failing = Ending.REFUSED_BY_CHECKS, report.text()
        outcome.rejected = pipeline.refuse(folder, candidate, build, report, keep=settings.keep_rejected)
    elif request.as_of:
        outcome.ending = Ending.REBUILT
        outcome.warehouse = pipeline.keep_history(folder, candidate, request.as_of, keep=settings.keep_history)
    else:
        released = publish_task(folder, candidate, build, report, today, settings, same)
        outcome.ending = Ending.PUBLISHED_WITH_GAPS if outcome.gaps else Ending.PUBLISHED
        outcome.release_id, outcome.warehouse = released.release_id, folder.published
        outcome.rows = manifest(released)["rows"]
