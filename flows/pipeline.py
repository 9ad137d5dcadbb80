"""The steps of a refresh as plain functions, which the Prefect flow and the command call.

archive ──read──▶ staged ──build──▶ candidate ──check──▶ gate ──pass──▶ release, published file
                                                         gate ──fail──▶ rejected/<build id>, old file untouched
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from expectations.carried_over import ReleaseBefore
from expectations.hand_kept import configuration
from expectations.report import Cell, Finding
from flows.configuration import Configuration, load_configuration
from flows.fetching.intake import refusal, refuse_illustrative
from flows.fetching.last_discovery import announced_days
from transforms.errors import WorkforceError, broken_off
from transforms.opening.illustrative import illustrative_statement
from transforms.series import CATALOGUE, is_read
from warehouse.archive import Archive, FigureKind, Record
from warehouse.building.build import Build, fingerprint, note_checks
from warehouse.building.build import build as build_warehouse
from warehouse.building.set_aside import lost_with_files, note_set_aside
from warehouse.disk import RESERVE_BYTES, cannot_be_written, drop_oldest, free_bytes, is_full, require_room
from warehouse.disk import clean as clean
from warehouse.errors import ArchiveDamaged
from warehouse.folder import DataFolder, make_folder, sync
from warehouse.publish import WITHHELD, Release, current, files_of, manifest, publish
from warehouse.published import published_file
from warehouse.staging import StagedFile, Staging
from warehouse.threads import GROWTH

if TYPE_CHECKING:
    from expectations.report import Report

log = logging.getLogger("workforce")

CODE = ("transforms", "warehouse", "expectations")
"""Packages whose code determines the content of a build and whether it passes."""

NOTHING_OWN = Configuration()
"""The lists of an operator who keeps none."""

SMALLEST = 40 * 2**20
"""Bytes of a warehouse with hardly any figures: every table, mart and description takes a block of its own."""


@dataclass(frozen=True)
class RefusedFile:
    """A file that could not be read or that the checks refused. `why` is the error's or the rules' text.

    `findings` are its parts: one for each rule, or one for the reader's error.
    """

    record: Record
    why: str
    findings: tuple[Finding, ...] = ()


@dataclass
class Reading:
    """The result of reading the archive: staged files and refused files."""

    staged: list[StagedFile] = field(default_factory=list)
    refused: list[RefusedFile] = field(default_factory=list)
    damaged: list[str] = field(default_factory=list)
    """What is wrong with the archived bytes of files whose figures come from the cache, one sentence each."""

    @property
    def parsed(self) -> list[StagedFile]:
        """Files that were not in the cache."""
        return [file for file in self.staged if file.parsed]

    @property
    def unread(self) -> list[str]:
        """Unknown parts of those files, one sentence each."""
        return [
            f"{file.record.file_name}: {kind} {name!r}{f' in {sheet!r}' if sheet not in {'', name} else ''}: {why}"
            for file in self.parsed
            for kind, sheet, name, why, is_known in file.unread.iter_rows()
            if not is_known
        ]


def to_read(
    archive: Archive, *, series: Iterable[str], figure_kind: FigureKind, as_of: date | None = None
) -> list[Record]:
    """The records that a build uses: of these series and this kind, not set aside, known on `as_of`.

    Files without a reader are left out (see `kept_only`). A file that arrived twice under one name and edition with the
    same bytes is one record.
    """
    known = _known_records(archive, series, figure_kind, as_of)
    return [record for record in known if is_read(record.series, record.file_name)]


def kept_only(
    archive: Archive, *, series: Iterable[str], figure_kind: FigureKind, as_of: date | None = None
) -> list[Record]:
    """The records, chosen as by `to_read`, that have no reader: they are kept and not read."""
    known = _known_records(archive, series, figure_kind, as_of)
    return [record for record in known if not is_read(record.series, record.file_name)]


def _known_records(
    archive: Archive, series: Iterable[str], figure_kind: FigureKind, as_of: date | None
) -> list[Record]:
    wanted, aside = set(series), archive.aside()
    return [
        record
        for record in archive.records()
        if record.series in wanted
        and record.figure_kind == figure_kind
        and record.sha256 not in aside
        and (as_of is None or _known_on(record) <= as_of)
    ]


def read_file(staging: Staging, record: Record, *, force: bool = False) -> StagedFile | RefusedFile:
    """Read one archived file, or return why it is refused.

    Where its archived bytes changed or are missing, its figures are those in the cache, if that has them. A file taken
    as published that states that its figures are illustrative is refused, however it came into the archive.
    """
    log.info("Reading %s, edition %s", record.file_name, record.edition)
    try:
        file = staging.open(record)
        if record.figure_kind == "published" and (force or not staging.holds(record)):
            refuse_illustrative(record.file_name, illustrative_statement(file))
        return staging.stage(record, file=file, force=force)
    except ArchiveDamaged as error:
        why = f"{error}".rstrip(".") + f". Its figures are those read before, kept in {staging.root}"
        if cached := staging.cached(record, damaged=why):
            return cached
        return RefusedFile(record, str(error), (finding_of(error, record.file_name),))
    except BaseException as error:
        if is_full(error) or cannot_be_written(error):
            raise
        # An error about one file is a gap and must not end the run.
        return RefusedFile(record, refusal(error, record.file_name)[1], (finding_of(error, record.file_name),))


def finding_of(error: BaseException, name: str) -> Finding:
    """A reader's error as a finding, like those of the rules of the checks."""
    known = error if isinstance(error, WorkforceError) else broken_off(error, file=name, doing="taking in")
    cell = Cell(name, known.sheet, known.cell, None, known.expected or None, known.found or None)
    return Finding(type(known).__name__, f"{known.problem}.", (cell,), known.do)


def gather(results: Iterable[StagedFile | RefusedFile]) -> Reading:
    """Separate staged and refused files."""
    reading = Reading()
    for each in results:
        if isinstance(each, StagedFile):
            reading.staged.append(each)
            reading.damaged += [each.damaged] if each.damaged else []
        else:
            reading.refused.append(each)
    return reading


def plan(
    staged: list[StagedFile],
    *,
    figure_kind: FigureKind,
    kept: Sequence[Record] = (),
    passed_on: frozenset[str] = frozenset(),
    configuration: str = "",
    now: datetime | None = None,
) -> Build:
    """The identity of the build of these files.

    `kept` are files without a reader, `passed_on` the restricted series that the exports may contain, and
    `configuration` is the digest of the operator's lists.
    """
    moment = (now or datetime.now(UTC)).replace(microsecond=0)
    try:
        code_version = version("nhs-workforce")
    except PackageNotFoundError:
        code_version = "unpackaged"
    return Build(
        build_id=moment.strftime("%Y%m%dT%H%M%SZ"),
        built_at=moment.isoformat(),
        figure_kind=figure_kind,
        fingerprint=fingerprint(staged, packages=CODE, kept=kept, passed_on=passed_on, configuration=configuration),
        code_version=code_version,
    )


def is_published(folder: DataFolder, build: Build) -> bool:
    """Whether the published file is already the build of these files by this code."""
    now = current(folder)
    return now is not None and (now.fingerprint, now.figure_kind) == (build.fingerprint, build.figure_kind)


def release_before(
    folder: DataFolder,
    staged: Iterable[StagedFile],
    build: Build,
    kept: Iterable[Record] = (),
    passed_on: frozenset[str] = frozenset(),
    configuration: str = "",
) -> Path | None:
    """The published file, if this code built it from some of these files, so that unchanged tables can be reused.

    Its fingerprint is then that of those files with the current code; `kept`, `passed_on` and `configuration` as
    in `plan`.
    """
    now = current(folder)
    if now is None or now.figure_kind != build.figure_kind:
        return None
    held = files_of(folder.published)
    same = [file for file in staged if (file.record.sha256, file.record.file_name) in held]
    same_kept = [record for record in kept if (record.sha256, record.file_name) in held]
    before = fingerprint(same, packages=CODE, kept=same_kept, passed_on=passed_on, configuration=configuration)
    return folder.published if before == now.fingerprint else None


def require_room_to_build(folder: DataFolder, staged: Iterable[StagedFile]) -> None:
    """Raise `TooLittleSpace` where a candidate and its release do not fit on the disk beside the reserve.

    Candidate, public copy, exports and web site take three to four times the file that was published before. Where
    there is none, its size is estimated from the staged files.
    """
    if folder.published.exists():
        size = folder.published.stat().st_size
    else:
        size = SMALLEST + GROWTH * sum(path.stat().st_size for file in staged for path in file.parquet.values())
    has_copy = folder.public.exists() and not folder.public.samefile(folder.published)
    require_room(folder.root, (4 if has_copy else 3) * size, what="a candidate and its release")


def make_candidate(
    folder: DataFolder,
    staged: list[StagedFile],
    build: Build,
    kept: Sequence[Record] = (),
    *,
    today: date,
    before: Path | None = None,
    own: Configuration = NOTHING_OWN,
) -> tuple[Path, ReleaseBefore | None]:
    """Build the candidate file; `kept` as in `plan`, `own` are the operator's lists.

    Returns its path, and `before` with what is the same there, from which results of the checks may be carried over.
    Rows that rules of severity 'reject rows' refuse are removed before the marts are built. Unchanged tables are copied
    from `before`, if it is given. Great Expectations is imported in the background meanwhile.
    """
    from expectations.engine import import_ahead
    from expectations.gate import refused_rows

    import_ahead()
    log.info("Building a candidate from %d files", len(staged))
    candidate = folder.candidates / build.build_id / "workforce.duckdb"
    shutil.rmtree(candidate.parent, ignore_errors=True)
    unchanged = build_warehouse(
        candidate,
        staged,
        build,
        announced=announced_days(folder, CATALOGUE),
        kept=kept,
        refuse=lambda con: refused_rows(con, today=today, own=own.lines),
        before=before,
        corrections=own.corrections,
    )
    note_set_aside(candidate, Archive(folder.archive), figure_kind=build.figure_kind)
    return candidate, ReleaseBefore(before, folder.root / "docs", unchanged) if before else None


def check_candidate(
    folder: DataFolder,
    candidate: Path,
    build: Build,
    *,
    today: date,
    before: ReleaseBefore | None = None,
    own: Configuration = NOTHING_OWN,
) -> Report:
    """Check the candidate and write the results into it; `before` as `make_candidate` returns it."""
    from expectations.gate import check

    log.info("Checking the candidate")
    published = folder.published if folder.published.exists() else None
    docs = candidate.parent / "docs"
    run = build.build_id
    report = check(candidate, docs=docs, published=published, today=today, run_id=run, own=own.lines, before=before)
    note_checks(candidate, report.frame(), configuration(own.lines))
    return report


def lost_with_files_set_aside(folder: DataFolder, candidate: Path) -> list[str]:
    """A sentence for each file set aside since the published release whose figures the candidate lacks."""
    if not folder.published.exists():
        return []
    by_file: dict[tuple[str, str], list[str]] = {}
    for each in lost_with_files(candidate, folder.published):
        file = f"{each.file_name} ({each.series} {each.edition})"
        by_file.setdefault((file, each.reason), []).append(f"{each.figures:,} rows of core.{each.table_name}")
    return [
        f"{file} is set aside ({reason}): {', '.join(rows)} of the release before are left out"
        for (file, reason), rows in by_file.items()
    ]


def check_published(folder: DataFolder, *, today: date) -> Report:
    """Check the published file again and renew its Data Docs. Raises `NothingPublished` where there is none."""
    from expectations.gate import check

    own = load_configuration(folder).lines
    return check(
        published_file(folder), docs=folder.root / "docs", published=None, today=today, run_id="check", own=own
    )


def release(
    folder: DataFolder,
    candidate: Path,
    build: Build,
    report: Report,
    *,
    today: date,
    keep: int,
    passed_on: frozenset[str] = frozenset(),
    address: str = "",
    before: ReleaseBefore | None = None,
) -> Release:
    """Publish a candidate that passed, with its report and Data Docs; `before` as `make_candidate` returns it.

    `passed_on` and `address`: see `Settings.passed_on` and `Settings.public_address`.
    """
    log.info("Publishing")
    done = publish(
        folder,
        candidate,
        build,
        checks=report.frame().write_json(),
        today=today,
        keep=keep,
        passed_on=passed_on,
        address=address,
        unchanged=before.unchanged if before else frozenset(),
    )
    for series in manifest(done)[WITHHELD]:
        log.info("%s may not be passed on: exports and %s are without it", series, folder.public)
    _replace_folder(candidate.parent / "docs", folder.root / "docs")
    return done


def refuse(folder: DataFolder, candidate: Path, build: Build, report: Report, *, keep: int) -> Path:
    """Move a refused candidate with its report to rejected/, and return that folder; the newest `keep` stay.

    Where the disk has little free space left, the warehouses of rejected candidates are deleted, oldest first; their
    reports stay.
    """
    place = folder.rejected / build.build_id
    shutil.rmtree(place, ignore_errors=True)
    place.parent.mkdir(parents=True, exist_ok=True)
    candidate.parent.rename(place)
    (place / "report.txt").write_text(report.text())
    drop_oldest(folder.rejected, keep=keep, spare=place)
    for old in sorted(folder.rejected.glob("*/workforce.duckdb"), key=lambda path: path.parent.stat().st_mtime_ns):
        if free_bytes(folder.root) < RESERVE_BYTES:
            log.warning("Deleted for want of free space: %s", old)
            changed = old.parent.stat()
            old.unlink()
            # The order of the folders stays that in which they were written.
            os.utime(old.parent, ns=(changed.st_atime_ns, changed.st_mtime_ns))
    return place


def keep_history(folder: DataFolder, candidate: Path, as_of: date, *, keep: int) -> Path:
    """Move a rebuild of history to history/<date>/workforce.duckdb; the newest `keep` rebuilds stay."""
    place = folder.root / "history" / f"{as_of}" / "workforce.duckdb"
    make_folder(place.parent)
    sync(candidate)
    candidate.replace(place)
    sync(place.parent)
    place.parent.touch()
    drop_oldest(place.parents[1], keep=keep, spare=place.parent)
    return place


def _known_on(record: Record) -> date:
    return date.fromisoformat((record.published_on or record.retrieved_at)[:10])


def _replace_folder(new: Path, old: Path) -> None:
    if new.exists():
        shutil.rmtree(old, ignore_errors=True)
        new.rename(old)
