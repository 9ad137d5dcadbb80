"""Taking in one file that a person gave: the same checks for `run --from`, the inbox and `inspect`.

An error about a file refuses that file and never ends the run.
"""

from __future__ import annotations

import errno
import mimetypes
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Literal

from flows.errors import IllustrativeFigures
from flows.fetching.http.contents import check_content, is_challenge, kind_by_name
from flows.fetching.http.limits import SizeLimits
from flows.fetching.results import TakenFile
from transforms.errors import NotWhatItClaims, UnknownFile, WorkforceError, broken_off
from transforms.opening.illustrative import illustrative_statement
from transforms.plain_text import name_alone
from transforms.published_file import Edition, PublishedFile, Reader
from transforms.series import CATALOGUE, reader_for, readers_named
from warehouse.archive import Archive, Facts, FigureKind, sha256_of

NotTaken = Literal["not known", "refused"]


@dataclass(frozen=True)
class RecognisedFile:
    """A file that passed the checks: its reader, its edition, and its statement that its figures are illustrative.

    `illustrative` is '' where the file makes no such statement.
    """

    file: PublishedFile
    reader: Reader
    edition: Edition
    illustrative: str

    @property
    def figure_kind(self) -> FigureKind:
        """The kind of figures that the file says it holds."""
        return "illustrative" if self.illustrative else "published"


@dataclass(frozen=True)
class Arrival:
    """A file and what the person who gave it says of it. `name` is how it is listed, `address` where it came from."""

    path: Path
    name: Path
    address: str
    hint: str = ""
    title: str = ""
    published_on: str = ""


@dataclass(frozen=True)
class Intake:
    """An archive, and what applies to all files of one intake. `series` are the wanted ones; None means all."""

    archive: Archive
    figure_kind: FigureKind = "published"
    series: frozenset[str] | None = None
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    limits: SizeLimits = field(default_factory=SizeLimits)

    @cached_property
    def archived(self) -> frozenset[tuple[str, str]]:
        """SHA-256 and name of each file that was archived before this intake."""
        return frozenset((record.sha256, record.file_name) for record in self.archive.records())

    def take(self, arrival: Arrival) -> TakenFile:
        """Check, recognise and archive a file. Errors about the file are in the result and not raised."""
        try:
            return self._take(arrival)
        except BaseException as error:
            outcome, why = refusal(error, arrival.path.name)
            return TakenFile(arrival.name, outcome, why=why)

    def _take(self, arrival: Arrival) -> TakenFile:
        known = recognise(
            arrival.path, hint=arrival.hint, address=arrival.address, limits=self.limits, checked=self.archived
        )
        edition, title = known.edition, known.reader.title
        if self.series is not None and edition.series not in self.series:
            return TakenFile(arrival.name, "left out", edition.series, edition.edition, title)
        if self.figure_kind == "published":
            refuse_illustrative(known.file.name, known.illustrative)
        stored = self.archive.put(arrival.path, self._facts(arrival, edition))
        self.archive.verified(stored.record)
        return TakenFile(arrival.name, stored.outcome, edition.series, edition.edition, title)

    def _facts(self, arrival: Arrival, edition: Edition) -> Facts:
        entry = CATALOGUE[edition.series]
        return Facts(
            series=edition.series,
            edition=edition.edition,
            publisher=entry.publisher,
            title=arrival.title or edition.title,
            file_name=name_alone(arrival.path.name),
            address=arrival.address,
            page=entry.landing,
            retrieved_at=self.now.isoformat(timespec="seconds"),
            licence=entry.licence,
            attribution=entry.attribution,
            media_type=mimetypes.guess_type(arrival.path.name)[0] or "",
            figure_kind=self.figure_kind,
            published_on=arrival.published_on,
            coverage=edition.coverage_end,
        )


def files_below(folder: Path) -> Iterator[Path]:
    """All files below a folder, sorted, without hidden files and folders."""
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if not hidden and (path.is_symlink() or not path.is_dir()):
            yield path


def hint_below(folder: Path, path: Path) -> str:
    """Names of the folders between the given folder and a file: they date a list that has no date in it."""
    return str(Path(folder.resolve().name) / path.relative_to(folder).parent)


def recognise(
    path: Path, *, hint: str, address: str, limits: SizeLimits, checked: Set[tuple[str, str]] = frozenset()
) -> RecognisedFile:
    """Check a file's content against its name and find its reader and edition.

    `checked`: SHA-256 and name of files whose content passed its checks before. They are not checked again, since
    unpacking is most of what a file costs that is given again.

    Raises `UnknownFile` where no reader recognises it, another `WorkforceError` where its content is not what it seems,
    and whatever a library raises on damaged bytes.
    """
    if not path.is_file():
        raise NotWhatItClaims(
            "not a regular file",
            file=path.name,
            expected="a regular file that exists",
            found="a device, pipe, socket or broken link" if path.exists() or path.is_symlink() else "nothing",
            do="give the published file itself",
        )
    if kind_by_name(path.name) is None:
        raise UnknownFile(
            "files with this ending are not read",
            file=path.name,
            found=f"a name that ends in {path.suffix!r}" if path.suffix else "a name without an ending",
        )
    file = PublishedFile(path, path.name, hint=hint)
    if is_challenge(file.head):
        raise NotWhatItClaims(
            "a challenge page ('prove that you are human') was saved under this name",
            file=path.name,
            expected="the published file itself",
            found="a web page",
            do="download the file again in a browser; nothing was archived",
        )
    if not checked or (sha256_of(path), path.name) not in checked:
        check_content(path, path.name, address, limits)
    reader, edition = reader_for(file)
    if (named := readers_named(path.name)) and reader not in named:
        raise NotWhatItClaims(
            "the name of the file belongs to another kind of file than its content",
            file=path.name,
            expected=" or ".join(sorted(each.title for each in named)),
            found=reader.title,
            do="rename the file to the name it was published under; nothing was archived",
        )
    return RecognisedFile(file, reader, edition, illustrative_statement(file))


def refuse_illustrative(name: str, statement: str) -> None:
    """Raise `IllustrativeFigures` where a file taken as published states that its figures are illustrative."""
    if statement:
        raise IllustrativeFigures(
            "the file states that its figures are illustrative",
            file=name,
            expected="published figures",
            found=repr(statement),
            do="for a trial, take it into a data folder of its own: workforce run --from FOLDER --illustrative"
            " --data ./illustrative-data; nothing was archived",
        )


def refusal(error: BaseException, name: str) -> tuple[NotTaken, str]:
    """The outcome and the text for an error about one file.

    Raises the error itself where it is not about the file: an interrupt, a full disk.
    """
    if isinstance(error, UnknownFile):
        return "not known", str(error.in_file(name))
    if isinstance(error, WorkforceError):
        return "refused", str(error.in_file(name))
    # A panic in the Rust code of Polars or fastexcel is not a subclass of `Exception`.
    if _is_about_the_disk(error) or not (isinstance(error, Exception) or type(error).__name__ == "PanicException"):
        raise error
    return "refused", str(broken_off(error, file=name, doing="taking in"))


def _is_about_the_disk(error: BaseException) -> bool:
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EROFS, errno.EDQUOT}
