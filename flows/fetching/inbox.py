"""The inbox: published files without a stable address, put into <data>/inbox/ by an operator.

Beside a file may lie `<its name>.source.toml`:

    address = "https://www.england.nhs.uk/wp-content/uploads/2025/06/wres-2024.xlsx"   # where the operator got it
    title = "WRES 2024"                                                                # optional
    published_on = "2025-06-12"                                                        # optional
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import urlsplit

from flows.fetching.http.limits import Limits
from flows.fetching.intake import Arrival, Intake, files_below, refusal
from transforms.errors import UnknownFile, UnreadableValue, WorkforceError
from warehouse.archive import Archive, FigureKind
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
    intake = Intake(Archive(folder.archive), figure_kind, now=now or datetime.now(UTC), limits=limits or Limits())
    paths = [path for path in files_below(folder.inbox) if not path.name.endswith(SIDECAR)]
    return [_take_in(path, intake, address) for path in paths]


def _take_in(path: Path, intake: Intake, address: str) -> TakenIn:
    try:
        source = _source(path, address)
    except (WorkforceError, OSError, UnicodeDecodeError) as error:
        return TakenIn(path.name, "left", why=refusal(error, path.name)[1])
    day = source.get("published_on", "")
    taken = intake.take(Arrival(path, source["address"], day, source.get("title", ""), day))
    if not taken.is_archived:
        return TakenIn(path.name, "left", taken.series, taken.edition, taken.taken_for, taken.why)
    path.unlink()
    _sidecar(path).unlink(missing_ok=True)
    return TakenIn(path.name, cast(Any, taken.outcome), taken.series, taken.edition, taken.taken_for)


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
