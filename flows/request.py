"""The request for a refresh, from a person or the schedule, and which combinations are wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import WrongRequest

if TYPE_CHECKING:
    from transforms.series import SeriesId
    from warehouse.archive import FigureKind
    from warehouse.folder import DataFolder


class Source(StrEnum):
    """Where the files come from."""

    PUBLISHERS = "publishers"
    FOLDER = "folder"
    SAMPLE = "sample"
    ARCHIVE = "archive"


@dataclass(frozen=True)
class Request:
    """A refresh as requested. No series means all of them.

    With `illustrative` the placed files hold illustrative figures, not published ones.
    """

    source: Source = Source.PUBLISHERS
    series: tuple[SeriesId, ...] = ()
    folder: Path | None = None
    force: bool = False
    as_of: date | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        """Raise `WrongRequest` for wrong combinations."""
        if self.as_of and self.source is not Source.ARCHIVE:
            raise WrongRequest(
                "an as-of date needs source 'archive'",
                found=f"as_of {self.as_of} with source {self.source}",
                do="choose source 'archive' with an as-of date, or leave the date empty",
            )
        if (self.folder is not None) is not (self.source is Source.FOLDER):
            raise WrongRequest(
                "a folder and the source 'folder' belong together",
                found=f"source {self.source} with folder {self.folder or 'not given'}",
                do="give both or neither",
            )

        if self.illustrative and self.source is not Source.FOLDER:
            raise WrongRequest(
                "only files placed in a folder can be taken in as illustrative",
                found=f"illustrative with source {self.source}",
                do="choose source 'folder', or leave 'illustrative' out; the sample is always illustrative",
            )

    @property
    def wanted(self) -> frozenset[str]:
        """Ids of the requested series."""
        from transforms.series import SeriesId

        return frozenset(each.value for each in self.series or tuple(SeriesId))


def figure_kind(request: Request, folder: DataFolder) -> FigureKind:
    """The kind of figures of a refresh; a rebuild keeps the kind that the folder holds."""
    from warehouse.publish import kind_held

    if request.source is Source.ARCHIVE:
        return kind_held(folder) or "published"
    return "illustrative" if request.source is Source.SAMPLE or request.illustrative else "published"


def run_name(source: Source, series: frozenset[SeriesId], *, as_of: date | None, today: date) -> str:
    """The name of the run in lists: day, source and series."""
    which = ", ".join(sorted(series)) or "all series"
    return f"{f'as of {as_of}' if as_of else today} · {source} · {which}"
