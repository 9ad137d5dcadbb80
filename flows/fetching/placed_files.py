"""Published files that an operator placed in a folder: each is recognised, named and archived."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from flows.fetching.http.limits import SizeLimits
from flows.fetching.intake import Arrival, Intake, files_below, hint_below
from flows.fetching.results import TakenFile
from transforms.errors import UnknownFile
from warehouse.archive import Archive, FigureKind


def place_folder(
    folder: Path,
    archive: Archive,
    *,
    series: frozenset[str],
    figure_kind: FigureKind = "published",
    now: datetime | None = None,
    limits: SizeLimits | None = None,
) -> list[TakenFile]:
    """Archive every published file below `folder` that a reader recognises. Nothing in the folder is changed.

    `series` are the wanted series. With `figure_kind` 'illustrative' every file is archived as illustrative, whatever
    it states; otherwise a file that states so is refused. Raises `UnknownFile` where the folder does not exist or is
    empty.
    """
    paths = list(files_below(folder))
    if not paths:
        raise UnknownFile(
            "there is no file below this folder", file=str(folder), do="give --from the folder that holds the files"
        )
    intake = Intake(archive, figure_kind, series, now or datetime.now(UTC), limits or SizeLimits())
    return [_place(path, folder, intake) for path in paths]


def _place(path: Path, folder: Path, intake: Intake) -> TakenFile:
    name = path.relative_to(folder)
    return intake.take(Arrival(path, name, f"placed by hand: {name}", hint=hint_below(folder, path)))
