"""Fetching a series: discover its editions, download new files, archive them. Plain functions; Prefect tasks call them.

A failure at a publisher is never raised: the result says what failed and why, and files already fetched are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from flows.errors import Blocked, DisallowedByRobots, NotFound, Unreachable
from flows.fetching.http import Client, DownloadedFile
from flows.fetching.last_discovery import discovery_file, note_discovery
from flows.fetching.publishers import Discovery, Failure, FoundEdition, FoundFile, discover
from flows.fetching.publishers.known_editions import known_editions_json, load_known_editions
from flows.fetching.publishers.registered import registered_addresses
from flows.fetching.reissues import has_figures, rows_read, same_rows
from flows.fetching.results import FetchedFile, FetchedSeries
from transforms.catalogue import Registered, Series
from transforms.errors import WorkforceError, broken_off
from transforms.published_file import PublishedFile
from transforms.series import CATALOGUE, reader_for
from warehouse.archive import Archive, Facts, FigureKind, Record
from warehouse.disk import is_full
from warehouse.folder import DataFolder

Progress = Callable[[str, int, int | None], None]

# After this many failures in a row no more requests are sent in this run.
_FAILURES_IN_A_ROW = 3


def fetch_series(
    series: str,
    client: Client,
    folder: DataFolder,
    *,
    figure_kind: FigureKind = "published",
    now: datetime | None = None,
    progress: Progress | None = None,
    registered: tuple[Registered, ...] = (),
) -> FetchedSeries:
    """Discover the editions of a series and archive every wanted file that is new or changed.

    `registered` are addresses in addition to those in the catalogue and in `config/registered.toml` of the data folder.
    Publishers' errors are never raised: `failures` name the page or file and the error's text.
    """
    moment, entry = now or datetime.now(UTC), CATALOGUE[series]
    before = client.log.count_of_this_thread
    try:
        found = _discover(entry, client, folder, moment, registered)
    except Exception as unexpected:
        error = _as_failure(unexpected, entry.landing)
        note_discovery(folder, series, moment, None, failed=True)
        failure = Failure(entry.landing, type(error).__name__, str(error))
        made = client.log.count_of_this_thread - before
        return FetchedSeries(series, failures=(failure,), requests=made)
    note_discovery(folder, series, moment, known_editions_json(found, entry), failed=bool(found.failures))
    visit = _SeriesDownload(entry, client, Archive(folder.archive), figure_kind, moment, progress=progress)
    visit.fetch(found.editions)
    return FetchedSeries(
        series,
        files=tuple(visit.files),
        failures=(*found.failures, *visit.failures),
        notes=(*found.notes, *visit.notes),
        requests=client.log.count_of_this_thread - before,
    )


@dataclass
class _SeriesDownload:
    """The downloads of one series: archived files, failures, notes, and when to stop requesting."""

    series: Series
    client: Client
    archive: Archive
    figure_kind: FigureKind
    now: datetime
    progress: Progress | None
    files: list[FetchedFile] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def fetch(self, editions: Iterable[FoundEdition]) -> None:
        """Fetch every file once, even where two pages offer it; stop when blocked or after repeated failures."""
        offers: dict[str, tuple[FoundEdition, FoundFile]] = {}
        for edition in editions:
            for file in edition.files if edition.ask_files else ():
                offers.setdefault(file.address, (edition, file))
        disallowed: dict[str, tuple[FoundFile, DisallowedByRobots, list[str]]] = {}
        self._fetch_all(offers.values(), disallowed)
        for host, (first, error, names) in disallowed.items():
            # One failure for all files of a host.
            self._fail(first, error, where=f"{len(names)} files of {host}" if len(names) > 1 else "")

    def _fetch_all(
        self,
        offers: Iterable[tuple[FoundEdition, FoundFile]],
        disallowed: dict[str, tuple[FoundFile, DisallowedByRobots, list[str]]],
    ) -> None:
        in_a_row = 0
        for edition, file in offers:
            try:
                self.files.append(self._fetch(edition, file))
                in_a_row = 0
            except NotFound as error:
                self._report_missing(file, error)
            except DisallowedByRobots as error:
                disallowed.setdefault(error.host, (file, error, []))[2].append(file.name)
            except Exception as unexpected:
                failure = _as_failure(unexpected, file.address)
                self._fail(file, failure)
                in_a_row += isinstance(failure, Unreachable)
                if isinstance(failure, Blocked) or in_a_row == _FAILURES_IN_A_ROW:
                    return

    def _fetch(self, edition: FoundEdition, file: FoundFile) -> FetchedFile:
        known = self._known(file) if file.ask_after_days or file.made_anew else None
        requested_on = self.client.cache.requested_on(file.address) if file.ask_after_days else None
        if known and requested_on and (self.now.date() - requested_on).days < file.ask_after_days:
            return FetchedFile(file.edition, file.name, file.address, "unchanged", known.sha256)
        download = self.client.download(
            file.address, name=file.name, hosts=self.series.hosts, have=self.archive.has, progress=self.progress
        )
        if file.ask_after_days:
            self.client.cache.set_requested_on(file.address, self.now.date())
        if download is None:
            cached = self.client.cache.get(file.address)
            sha256 = cached.sha256 if cached else ""
            return FetchedFile(file.edition, file.name, file.address, "unchanged", sha256)
        if file.made_anew and self._has_same_rows(download, file, known):
            self.client.discard(download)
            return FetchedFile(file.edition, file.name, file.address, "unchanged", known.sha256 if known else "")
        stored = self.archive.put(download.path, self._facts(edition, file, download))
        self.client.confirm_archived(download)
        record = stored.record
        return FetchedFile(record.edition, file.name, file.address, stored.outcome, record.sha256, record.size_bytes)

    def _known(self, file: FoundFile) -> Record | None:
        """The newest record of a file of this name in its edition."""
        own = [
            record
            for record in self.archive.records()
            if (record.series, record.edition, record.file_name) == (self.series.id, file.edition, file.name)
        ]
        return own[-1] if own else None

    def _has_same_rows(self, download: DownloadedFile, file: FoundFile, known: Record | None) -> bool:
        """Whether a regenerated file gives the same rows as the archived one.

        A file that cannot be read counts as different: it is archived, and its reader reports the error.
        """
        rows = rows_read(PublishedFile(download.path, file.name))
        if rows and not has_figures(rows):
            self.notes.append(f"{file.name} has no figures yet: an empty edition")
        return known is not None and same_rows(
            rows, rows_read(PublishedFile(self.archive.verified(known), known.file_name))
        )

    def _facts(self, edition: FoundEdition, file: FoundFile, download: DownloadedFile) -> Facts:
        return Facts(
            series=self.series.id,
            edition=file.edition or reader_for(PublishedFile(download.path, file.name))[1].edition,
            publisher=self.series.publisher,
            title=edition.title,
            file_name=file.name,
            address=file.address,
            page=edition.page,
            retrieved_at=self.now.isoformat(timespec="seconds"),
            licence=self.series.licence,
            attribution=self.series.attribution,
            media_type=download.media_type,
            figure_kind=self.figure_kind,
            published_on=edition.published_on.isoformat() if edition.published_on else "",
            coverage=edition.coverage,
            kind_of_statistics=edition.kind_of_statistics,
            key_facts=edition.key_facts,
            etag=download.answer.etag,
            last_modified=download.answer.last_modified,
        )

    def _report_missing(self, file: FoundFile, error: NotFound) -> None:
        """Report a missing file: a failure where the catalogue requires it, else a note."""
        if any(wanted.required for wanted in self.series.wanted if wanted.what == file.what):
            self._fail(file, error)
        else:
            self.notes.append(str(error))

    def _fail(self, file: FoundFile, error: WorkforceError, *, where: str = "") -> None:
        place = where or f"{file.edition} {file.name}".strip()
        self.failures.append(Failure(place, type(error).__name__, str(error)))


def _as_failure(error: Exception, address: str) -> WorkforceError:
    """The error of a publisher; raises it again where the disk is full.

    What no code foresaw in a publisher's answer is an error of that page or file, and stops no other series.
    """
    if isinstance(error, WorkforceError):
        return error
    if is_full(error):
        raise error
    return broken_off(error, file=address, doing="fetching or reading")


def _discover(
    series: Series, client: Client, folder: DataFolder, now: datetime, registered: tuple[Registered, ...]
) -> Discovery:
    own = registered_addresses(folder).get(series.id, ())
    archive = Archive(folder.archive)

    def archived(file: FoundFile) -> bool:
        answer = client.cache.get(file.address)
        return answer is not None and answer.sha256 != "" and archive.has(answer.sha256)

    known = load_known_editions(discovery_file(folder, series.id), series, archived)
    return discover(series, client, today=now.date(), extra=(*own, *registered), known=known)
