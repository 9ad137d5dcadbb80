"""What became of a file or a series that was to come into the archive: the result types of all ways in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from flows.fetching.publishers.found import Failure

ArchivedAs = Literal["new", "re-issued", "unchanged"]
"""'new' files were not in the archive; 're-issued' ones have a known name and edition, and other bytes."""


@dataclass(frozen=True)
class FetchedFile:
    """A file that a publisher offers and that is in the archive. `sha256` is of the archived bytes."""

    edition: str
    name: str
    address: str
    outcome: ArchivedAs
    sha256: str
    size_bytes: int = 0


@dataclass(frozen=True)
class FetchedSeries:
    """What became of one series: its files, the failures, notes for the summary and the number of requests."""

    series: str
    files: tuple[FetchedFile, ...] = ()
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = ()
    requests: int = 0

    @property
    def new(self) -> list[FetchedFile]:
        """Files that the archive did not have."""
        return [file for file in self.files if file.outcome == "new"]

    @property
    def reissued(self) -> list[FetchedFile]:
        """Files of a known name and edition with other bytes. The archive keeps both versions."""
        return [file for file in self.files if file.outcome == "re-issued"]

    @property
    def unchanged(self) -> list[FetchedFile]:
        """Files that the archive had already."""
        return [file for file in self.files if file.outcome == "unchanged"]

    @property
    def gaps(self) -> list[str]:
        """Each failure as a sentence that begins with the series."""
        return [f"{self.series}: {failure.reason}" for failure in self.failures]


@dataclass(frozen=True)
class TakenFile:
    """What became of a file that a person gave. `path` is below the folder it was given in.

    'new', 'unchanged' and 're-issued' files are in the archive; 'left out' files are of a series that is not wanted;
    no reader recognises 'not known' files; 'refused' files failed a check. `taken_for` is the title of the reader,
    `why` the error's text.
    """

    path: Path
    outcome: Literal[ArchivedAs, "not known", "refused", "left out"]
    series: str = ""
    edition: str = ""
    taken_for: str = ""
    why: str = ""

    @property
    def is_archived(self) -> bool:
        """Whether the file's bytes are in the archive."""
        return self.outcome in {"new", "unchanged", "re-issued"}

    @property
    def inbox_outcome(self) -> str:
        """The outcome of a file of the inbox: one that was not archived is left there."""
        return self.outcome if self.is_archived else "left"
