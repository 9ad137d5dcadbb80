"""A refresh: discover, fetch, archive, read, build, check, publish. The command and the Prefect flow both call it.

Its steps call functions of `pipeline`; a `Runner` runs them.
"""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from flows import pipeline
from flows.configuration import Configuration, load_configuration
from flows.endings import Ending
from flows.errors import DataFolderUnusable
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
from flows.request import Request, Source, figure_kind
from flows.results import Outcome
from flows.service import notices
from flows.settings import Settings
from flows.steps import Runner, Step
from flows.storage.shared import SharedStorage, shared_storage
from transforms.errors import WorkforceError
from transforms.series import SeriesId
from warehouse.archive import Archive, FigureKind, Record
from warehouse.building.build import Build
from warehouse.disk import became_full, is_full
from warehouse.errors import Busy
from warehouse.folder import DataFolder
from warehouse.paths import catalogue_loaded
from warehouse.publish import Release, manifest, published_release, refuse_other_kind
from warehouse.staging import StagedFile, Staging

if TYPE_CHECKING:
    from expectations.carried_over import ReleaseBefore
    from expectations.report import Report

log = logging.getLogger("workforce.refresh")


def fetch_one(series: str, client: Client, folder: DataFolder, kind: FigureKind) -> FetchedSeries:
    """Fetch one series. A failure does not affect the other series."""
    found = fetch(series, client, folder, kind=kind)
    for file in found.new:
        log.info("%s: new file %s", series, file.name)
    for file in found.reissued:
        log.info("%s: re-issued file %s", series, file.name)
    log.info("%s: %d unchanged, %d requests", series, len(found.unchanged), found.requests)
    return found


def take_in_inbox(folder: DataFolder, limits: SizeLimits) -> list[TakenFile]:
    """Archive the files that an operator put into the inbox."""
    return take_in(folder, limits=limits)


def take_in_placed(request: Request, archive: Archive, limits: SizeLimits) -> list[TakenFile]:
    """Recognise and archive the files of the requested folder."""
    assert request.folder is not None  # noqa: S101 - a Request with source 'folder' has one
    kind: FigureKind = "illustrative" if request.illustrative else "published"
    return place_folder(request.folder, archive, series=request.wanted, figure_kind=kind, limits=limits)


def build_candidate(
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


def check_candidate(
    folder: DataFolder, candidate: Path, build: Build, today: date, before: ReleaseBefore | None, own: Configuration
) -> Report:
    """Run the Great Expectations checks on the candidate, except those whose results the release before has."""
    return pipeline.check_candidate(folder, candidate, build, today=today, before=before, own=own)


def publish_release(
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


FETCH = Step("Fetch {series}", fetch_one)
INBOX = Step("Take in the inbox", take_in_inbox)
PLACED = Step("Take in placed files", take_in_placed)
BUILD = Step("Build the candidate warehouse", build_candidate)
CHECK = Step("Check the candidate", check_candidate)
PUBLISH = Step("Publish the release", publish_release)


def refresh_folder(request: Request, settings: Settings, by: Runner) -> Outcome:
    """Do a refresh of the data folder of the settings, with its notices and metrics; return its outcome.

    Raises `Busy` where another refresh is running, and `WorkforceError` where it could not be done.
    """
    folder = DataFolder(settings.data)
    wait = by.patience if settings.wait_for_lock_seconds is None else settings.wait_for_lock_seconds
    try:
        check_task_runner(settings)
        with folder.locked(wait_seconds=wait), shared_storage(folder, settings, wait_seconds=wait) as storage:
            outcome = _run_and_store(request, folder, settings, storage, by)
            by.show(outcome, settings.public_address)
            notices.notify_outcome(outcome, folder, settings, link=by.link, run=by.run_name)
    except Busy:
        raise
    except Exception:
        measure(folder, None)
        raise
    measure(folder, outcome)
    return outcome


def _run_and_store(
    request: Request, folder: DataFolder, settings: Settings, storage: SharedStorage | None, by: Runner
) -> Outcome:
    """Run the refresh on an up-to-date folder, and store its release where the settings say so."""
    if storage:
        storage.bring_up_to_date()
    else:
        by.check_folder(folder)
    outcome = run_or_clean(request, folder, settings, storage, by)
    by.finished(folder)
    if storage:
        storage.store()
    if settings.lake and (release := published_release(folder)):
        from flows.storage.lake import publish_to_lake

        publish_to_lake(release, settings)
    return outcome


def run_or_clean(
    request: Request, folder: DataFolder, settings: Settings, storage: SharedStorage | None, by: Runner
) -> Outcome:
    """Like `run`; where it fails, what is half written is removed.

    Raises `TooLittleSpace` for a disk that is full, and `DataFolderUnusable` where DuckDB cannot read or write a file.
    """
    try:
        return run(request, folder, settings, storage, by)
    except BaseException as error:
        pipeline.clean(folder)
        if is_full(error) and not isinstance(error, WorkforceError):
            raise became_full(folder.root, error) from error
        if isinstance(error, duckdb.IOException):
            raise DataFolderUnusable(
                "a file of the data folder is missing, or cannot be read or written",
                file=str(folder.root),
                found=str(error).splitlines()[0],
                do="check that nothing else changes the folder, and run again; --force makes what is missing anew",
            ) from error
        raise


def run(request: Request, folder: DataFolder, settings: Settings, storage: SharedStorage | None, by: Runner) -> Outcome:
    """Do the refresh, while holding the lock of the folder."""
    passed_on = settings.passed_on
    own = load_configuration(folder)
    kind = figure_kind(request, folder)
    refuse_other_kind(folder, kind)
    prepare(folder)
    outcome = Outcome(figure_kind=kind)
    _acquire(request, folder, settings, by, outcome)
    staged = _read(request, folder, settings, storage, by, outcome)
    if not any(file.has_rows for file in staged):
        outcome.ending = Ending.NOTHING_TO_PUBLISH
        outcome.warehouse = folder.published if folder.published.exists() else None
        return outcome
    build = pipeline.plan(staged, figure_kind=kind, kept=outcome.kept, passed_on=passed_on, configuration=own.digest)
    with catalogue_loaded(folder.published):
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
        before = None
        # A forced build, or one of another day, reuses neither tables nor results of checks.
        if not (request.force or request.as_of):
            before = pipeline.release_before(folder, staged, build, outcome.kept, passed_on, own.digest)
    _build_and_publish(request, folder, settings, staged, build, before, own, by, outcome)
    return outcome


def measure(folder: DataFolder, outcome: Outcome | None) -> None:
    """Write the metrics. An error is only logged: it is no error of the refresh."""
    try:
        write_metrics(folder, outcome, datetime.now(UTC))
    except Exception:
        log.exception("The metrics could not be written")


def _acquire(request: Request, folder: DataFolder, settings: Settings, by: Runner, outcome: Outcome) -> None:
    limits = SizeLimits.of(settings)
    if request.source is Source.FOLDER:
        outcome.placed = by.run(PLACED, request, Archive(folder.archive), limits)
    elif request.source in {Source.PUBLISHERS, Source.SAMPLE}:
        kind, wanted = outcome.figure_kind, sorted(request.wanted)
        with client_for(request.source, folder, settings) as client:
            found = by.run_each(FETCH, [(series, client, folder, kind) for series in wanted])
            outcome.fetched = [_fetched(series, each) for series, each in zip(wanted, found, strict=True)]
    if request.source is Source.PUBLISHERS:
        outcome.inbox = by.run(INBOX, folder, limits)


def _fetched(series: str, found: FetchedSeries | Exception) -> FetchedSeries:
    """The result of fetching a series; an unexpected error is a failure of that series and does not end the run."""
    if isinstance(found, FetchedSeries):
        return found
    return FetchedSeries(series, failures=(Failure(series, type(found).__name__, f"{found}"),))


def _read(
    request: Request,
    folder: DataFolder,
    settings: Settings,
    storage: SharedStorage | None,
    by: Runner,
    outcome: Outcome,
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
    read = read_files(unread, staging, by, again=again, settings=settings, storage=storage)
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
    by: Runner,
    outcome: Outcome,
) -> tuple[Path, Report, ReleaseBefore | None]:
    """A candidate and its report; built again without the files that the checks refuse, while any file is left."""
    refused: list[pipeline.RefusedFile] = []
    for _ in range(MOST_ROUNDS):
        candidate, same = by.run(BUILD, folder, staged, build, outcome.kept, day, before, own)
        report = by.run(CHECK, folder, candidate, build, day, same, own)
        found = [] if report.may_publish else refused_by_checks(folder, staged, report)
        left = [file for file in staged if file.record not in [each.record for each in found]]
        if not found or not left:
            break
        for each in found:
            log.error("Refused: %s", each.record.file_name)
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
    before: Path | None,
    own: Configuration,
    by: Runner,
    outcome: Outcome,
) -> None:
    today = datetime.now(UTC).date()
    pipeline.require_room_to_build(folder, staged)
    candidate, report, same = _checked(folder, staged, build, request.as_of or today, before, own, by, outcome)
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
        released = by.run(PUBLISH, folder, candidate, build, report, today, settings, same)
        outcome.ending = Ending.PUBLISHED_WITH_GAPS if outcome.gaps else Ending.PUBLISHED
        outcome.release_id, outcome.warehouse = released.release_id, folder.published
        outcome.rows = manifest(released)["rows"]
