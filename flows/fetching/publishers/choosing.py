"""Choice of the wanted files among those that an edition offers. An ambiguous choice is an error."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.errors import AmbiguousFile, MissingFile
from flows.fetching.publishers.found import FoundFile
from transforms.catalogue import Series, WantedFile


@dataclass(frozen=True)
class OfferedFile:
    """A file on a page: its decoded name, its address, and the text of its link."""

    name: str
    address: str
    title: str = ""


@dataclass(frozen=True)
class ChosenFiles:
    """The wanted files, the names of the others, and which optional files are missing."""

    files: tuple[FoundFile, ...]
    other: tuple[str, ...]
    missing: tuple[str, ...]


def choose(series: Series, edition: str, page: str, offered: Iterable[OfferedFile]) -> ChosenFiles:
    """The files of an edition that the series wants.

    Raises `AmbiguousFile` where two files match one wanted file and month, `MissingFile` where a required one is
    missing.
    """
    by_address = {each.address: each for each in offered}
    files, other = [], []
    for each in by_address.values():
        found = next((_found(wanted, each, edition) for wanted in series.wanted if _is(wanted, each)), None)
        if found:
            files.append(found)
        else:
            other.append(each.name)
    _refuse_ambiguity(files, page)
    absent = [
        wanted for wanted in series.wanted if wanted.is_due_in(edition) and not any(_is(wanted, f) for f in files)
    ]
    if required := [wanted for wanted in absent if wanted.required]:
        raise MissingFile(
            f"the edition does not offer: {'; '.join(wanted.what for wanted in required)}",
            file=page,
            expected=" or ".join(pattern for wanted in required for pattern in wanted.named),
            found="; ".join(each.name for each in by_address.values()) or "no files at all",
            do="open the page; if the publisher has renamed the file, add its new name to the catalogue",
        )
    return ChosenFiles(tuple(files), tuple(other), tuple(wanted.what for wanted in absent))


def _is(wanted: WantedFile, file: OfferedFile | FoundFile) -> bool:
    return wanted.match(file.name) is not None


def _found(wanted: WantedFile, file: OfferedFile, edition: str) -> FoundFile:
    return FoundFile(
        what=wanted.what,
        name=file.name,
        address=file.address,
        reader=wanted.reader.name if wanted.reader else "",
        edition=wanted.match(file.name) or edition,
        title=file.title,
    )


def _refuse_ambiguity(files: list[FoundFile], page: str) -> None:
    seen: dict[tuple[str, str], FoundFile] = {}
    for file in files:
        # Reports of one kind (trusts, care trusts) share a reader but not a wanted file, so this pair is unique.
        first = seen.setdefault((file.what, file.edition), file)
        if first is not file:
            raise AmbiguousFile(
                f"two files of edition {file.edition} match the wanted file {file.what!r}",
                file=page,
                expected="one",
                found=f"{first.name} ({first.address}) and {file.name} ({file.address})",
                do="find out which is right and make the catalogue's pattern match only that one; neither was fetched",
            )
