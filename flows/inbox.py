"""The inbox: published files without a stable address, put into <data>/inbox/ by an operator.

Beside a file may lie `<its name>.source.toml`:

    address = "https://www.england.nhs.uk/wp-content/uploads/2025/06/wres-2024.xlsx"   # where the operator got it
    title = "WRES 2024"                                                                # optional
    published_on = "2025-06-12"                                                        # optional
"""

from __future__ import annotations

import mimetypes
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from flows.catalogue import CATALOGUE
from flows.web.contents import check_content
from flows.web.manners import Limits
from transforms.errors import UnknownFile, UnreadableValue, WorkforceError
from transforms.series import reader_for
from transforms.sources import Edition, PublishedFile
from warehouse.archive import Archive, Facts, FigureKind
from warehouse.folder import DataFolder

SIDECAR = ".source.toml"


@dataclass(frozen=True)
class TakenIn:
    """What became of a file in the inbox. A file that was not archived is still there, and `why` says what to do."""

    name: str
    outcome: Literal["new", "re-issued", "unchanged", "left"]
    series: str = ""
    edition: str = ""
    taken_for: str = ""
    why: str = ""


def take_in(
    folder: DataFolder,
    *,
    address: str = "",
    figure_kind: FigureKind = "published",
    now: datetime | None = None,
    limits: Limits | None = None,
) -> list[TakenIn]:
    """Archive every file of the inbox that a reader recognises, then remove it from the inbox.

    `address` is where files without a sidecar came from. A file that nobody recognises, or whose source nobody told,
    stays in the inbox.
    """
    archive, moment = Archive(folder.archive), now or datetime.now(UTC)
    return [
        _take_in(path, archive, _Told(address, figure_kind, moment, limits or Limits()))
        for path in sorted(folder.inbox.rglob("*"))
        if path.is_file() and not path.name.startswith(".") and not path.name.endswith(SIDECAR)
    ]


@dataclass(frozen=True)
class _Told:
    """What holds for every file of one visit to the inbox."""

    address: str
    figure_kind: FigureKind
    now: datetime
    limits: Limits


def _take_in(path: Path, archive: Archive, told: _Told) -> TakenIn:
    try:
        source = _source(path, told.address)
        check_content(path, path.name, source["address"], told.limits)
        reader, edition = reader_for(PublishedFile(path, path.name, hint=source.get("published_on", "")))
        stored = archive.put(path, _facts(path, source, edition, told))
        archive.verified(stored.record)
    except WorkforceError as error:
        return TakenIn(path.name, "left", why=str(error))
    path.unlink()
    _sidecar(path).unlink(missing_ok=True)
    return TakenIn(path.name, stored.outcome, edition.series, edition.edition, reader.title)


def _source(path: Path, address: str) -> dict[str, str]:
    """Where a file came from. Raises `UnknownFile` where nobody told, `UnreadableValue` where the sidecar is broken."""
    sidecar = _sidecar(path)
    told: dict[str, str] = {"address": address}
    if sidecar.exists():
        try:
            told |= {name: str(value) for name, value in tomllib.loads(sidecar.read_text(encoding="utf-8")).items()}
        except tomllib.TOMLDecodeError as error:
            raise UnreadableValue(
                "the sidecar is not TOML", file=sidecar.name, found=str(error), do="mend it"
            ) from error
    if urlsplit(told["address"]).scheme not in {"http", "https"}:
        raise UnknownFile(
            "nobody said where this file came from",
            file=path.name,
            expected=f'{sidecar.name} with a line: address = "https://..."',
            found=told["address"] or "no address",
            do="write it beside the file, or give the address with the command",
        )
    return told


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + SIDECAR)


def _facts(path: Path, source: dict[str, str], edition: Edition, told: _Told) -> Facts:
    entry = CATALOGUE[edition.series]
    return Facts(
        series=edition.series,
        edition=edition.edition,
        publisher=entry.publisher,
        title=source.get("title") or edition.title,
        file_name=path.name,
        address=source["address"],
        page=entry.landing,
        retrieved_at=told.now.isoformat(timespec="seconds"),
        licence=entry.licence,
        attribution=entry.attribution,
        media_type=mimetypes.guess_type(path.name)[0] or "",
        figure_kind=told.figure_kind,
        published_on=source.get("published_on", ""),
        coverage=edition.coverage_end,
    )
