"""The inbox: published files without a stable address, put into <data>/inbox/ by an operator.

A file may have a companion `<its name>.source.toml`:

    address = "https://www.england.nhs.uk/wp-content/uploads/2025/06/wres-2024.xlsx"   # where the operator got it
    title = "WRES 2024"                                                                # optional
    published_on = "2025-06-12"                                                        # optional
"""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flows.fetching.http.limits import SizeLimits
from flows.fetching.intake import Arrival, Intake, files_below, refusal
from flows.fetching.results import TakenFile
from transforms.errors import UnknownFile, UnreadableValue, WorkforceError
from warehouse.archive import Archive, FigureKind
from warehouse.folder import DataFolder

SIDECAR = ".source.toml"


def take_in(
    folder: DataFolder,
    *,
    address: str = "",
    figure_kind: FigureKind = "published",
    now: datetime | None = None,
    limits: SizeLimits | None = None,
) -> list[TakenFile]:
    """Archive every file of the inbox that a reader recognises, then remove it from the inbox.

    `address` is the source of files without a .source.toml. A file that no reader recognises, or without a source,
    stays in the inbox.
    """
    intake = Intake(Archive(folder.archive), figure_kind, now=now or datetime.now(UTC), limits=limits or SizeLimits())
    paths = [path for path in files_below(folder.inbox) if not path.name.endswith(SIDECAR)]
    return [_take_in(path, intake, address) for path in paths]


def _take_in(path: Path, intake: Intake, address: str) -> TakenFile:
    name = Path(path.name)
    try:
        source = _source(path, address)
    except (WorkforceError, OSError, UnicodeDecodeError) as error:
        outcome, why = refusal(error, path.name)
        return TakenFile(name, outcome, why=why)
    day = source.get("published_on", "")
    taken = intake.take(Arrival(path, name, source["address"], day, source.get("title", ""), day))
    if taken.is_archived:
        path.unlink()
        _sidecar(path).unlink(missing_ok=True)
    return taken


def _source(path: Path, address: str) -> dict[str, str]:
    """The source of a file.

    Raises `UnknownFile` where none is given, `UnreadableValue` where the .source.toml is not TOML.
    """
    sidecar = _sidecar(path)
    source: dict[str, str] = {"address": address}
    if sidecar.exists():
        try:
            source |= {name: str(value) for name, value in tomllib.loads(sidecar.read_text(encoding="utf-8")).items()}
        except tomllib.TOMLDecodeError as error:
            raise UnreadableValue(
                "the .source.toml is not valid TOML", file=sidecar.name, found=str(error), do="correct it"
            ) from error
    if urlsplit(source["address"]).scheme not in {"http", "https"}:
        raise UnknownFile(
            "the source of this file is not given",
            file=path.name,
            expected=f'{sidecar.name} with a line: address = "https://..."',
            found=source["address"] or "no address",
            do="write that file beside it, or give the address with --address",
        )
    return source


def _sidecar(path: Path) -> Path:
    return path.with_name(path.name + SIDECAR)
