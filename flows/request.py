"""What a person (or the schedule) asks a refresh to do, and which questions make no sense together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from flows.errors import WrongRequest

if TYPE_CHECKING:
    from transforms.series import SeriesId


class Source(StrEnum):
    """Where files come from."""

    PUBLISHERS = "publishers"
    FOLDER = "folder"
    SAMPLE = "sample"
    ARCHIVE = "archive"


@dataclass(frozen=True)
class Request:
    """A refresh as asked for. No series means all of them.

    With `illustrative` the placed files hold figures that are made up, not published.
    """

    source: Source = Source.PUBLISHERS
    series: tuple[SeriesId, ...] = ()
    folder: Path | None = None
    force: bool = False
    as_of: date | None = None
    illustrative: bool = False

    def __post_init__(self) -> None:
        """Raise `WrongRequest` for combinations that make no sense."""
        if self.as_of and self.source is not Source.ARCHIVE:
            raise WrongRequest(
                "a rebuild of history fetches nothing",
                found=f"as_of {self.as_of} with source {self.source}",
                do="choose source 'archive' with an as-of date, or leave the date empty",
            )
        if (self.folder is not None) is not (self.source is Source.FOLDER):
            raise WrongRequest(
                "a folder goes with source 'folder', and only with it",
                found=f"source {self.source} with folder {self.folder or 'not given'}",
                do="give both or neither",
            )

        if self.illustrative and self.source is not Source.FOLDER:
            raise WrongRequest(
                "only files placed in a folder can be taken in as illustrative",
                found=f"illustrative with source {self.source}",
                do="choose source 'folder', or leave it out: what the sample holds is illustrative in any case",
            )

    @property
    def wanted(self) -> frozenset[str]:
        """Ids of the series asked for."""
        from transforms.series import SeriesId

        return frozenset(each.value for each in self.series or tuple(SeriesId))


def run_name(source: Source, series: frozenset[SeriesId], *, as_of: date | None, today: date) -> str:
    """A name a person recognises in a list of runs."""
    which = ", ".join(sorted(series)) or "all series"
    return f"{f'as of {as_of}' if as_of else today} · {source} · {which}"
