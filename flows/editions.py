"""All editions: on the publishers' pages, in the archive, read or not, superseded or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from flows.fetching.last_discovery import LastDiscovery, last_discovery
from transforms.series import CATALOGUE
from warehouse.archive import Archive, Record
from warehouse.folder import DataFolder

FileStatus = Literal["current", "superseded", "set aside", "not fetched", "announced"]


@dataclass(frozen=True)
class EditionFile:
    """A file of an edition. 'superseded': the publisher has later published other bytes under its name and edition."""

    series: str
    edition: str
    file: str
    status: FileStatus
    read: bool
    sha256: str
    size_bytes: int
    published_on: str
    retrieved_at: str
    address: str


def editions_table(folder: DataFolder, series: Iterable[str] = ()) -> list[EditionFile]:
    """One row per file of every edition of these series (all, if none is named), newest edition first.

    Files that were found but never fetched, and announced editions, are rows without a hash.
    """
    archive = Archive(folder.archive)
    records, aside = archive.records(), archive.aside()
    rows: list[EditionFile] = []
    for name in series or CATALOGUE:
        own = [record for record in records if record.series == name]
        newest = {(record.edition, record.file_name): record for record in own}
        files = [_archived(folder, record, newest, aside) for record in own]
        if found := last_discovery(folder, name):
            files += _not_fetched(found, {record.address for record in own})
        rows += sorted(files, key=lambda row: (row.edition, row.file, row.retrieved_at), reverse=True)
    return rows


def _archived(
    folder: DataFolder, record: Record, newest: dict[tuple[str, str], Record], aside: dict[str, str]
) -> EditionFile:
    status: FileStatus = "current" if newest[record.edition, record.file_name] is record else "superseded"
    return EditionFile(
        series=record.series,
        edition=record.edition,
        file=record.file_name,
        status="set aside" if record.sha256 in aside else status,
        read=any(folder.staged.glob(f"*/{record.sha256}")),
        sha256=record.sha256,
        size_bytes=record.size_bytes,
        published_on=record.published_on,
        retrieved_at=record.retrieved_at,
        address=record.address,
    )


def _not_fetched(found: LastDiscovery, fetched: set[str]) -> list[EditionFile]:
    seen = [
        _row(
            found.series,
            file["name"],
            "not fetched",
            edition["published_on"],
            edition=file["edition"],
            at=file["address"],
        )
        for edition in found.editions
        for file in edition["files"]
        if file["address"] not in fetched
    ]
    return seen + [
        _row(found.series, each.title, "announced", each.due_on or each.due_month) for each in found.upcoming
    ]


def _row(series: str, file: str, status: FileStatus, day: object, *, edition: str = "", at: str = "") -> EditionFile:
    return EditionFile(
        series=series,
        edition=edition,
        file=file,
        status=status,
        read=False,
        sha256="",
        size_bytes=0,
        published_on=str(day or ""),
        retrieved_at="",
        address=at,
    )
