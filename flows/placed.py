"""Published files that an operator placed in a folder by hand: each is recognised, named, and archived."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from flows.catalogue import CATALOGUE
from flows.errors import UnsafeZip
from flows.web.contents import kind_by_name
from transforms.errors import NotWhatItClaims, UnknownFile, WorkforceError
from transforms.series import reader_for
from transforms.sources import Edition, PublishedFile
from warehouse.archive import Archive, Facts


@dataclass(frozen=True)
class Placed:
    """What a placed file was taken for, and what became of it.

    'new', 'unchanged' and 're-issued' files are in the archive; 'not known' files are nobody's; 'refused' files claim
    to be data and are not, with the error's text in `why`.
    """

    path: Path
    outcome: Literal["new", "unchanged", "re-issued", "not known", "refused", "left out"]
    series: str = ""
    edition: str = ""
    taken_for: str = ""
    why: str = ""


def place_folder(
    folder: Path, archive: Archive, *, series: frozenset[str], now: datetime | None = None
) -> list[Placed]:
    """Archive every published file below `folder` that a reader recognises. Nothing in the folder is changed.

    `series` are the series wanted. Raises `UnknownFile` where the folder does not exist or holds no file.
    """
    paths = [path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith(".")]
    if not paths:
        raise UnknownFile(
            "there is no file below this folder", file=str(folder), do="give --from the folder that holds the files"
        )
    retrieved_at = (now or datetime.now(UTC)).isoformat(timespec="seconds")
    return [_place(path, folder, archive, series, retrieved_at) for path in paths]


def _place(path: Path, folder: Path, archive: Archive, series: frozenset[str], retrieved_at: str) -> Placed:
    below = path.relative_to(folder)
    try:
        file = PublishedFile(path, path.name, hint=str(below.parent))
        _check_ending(file)
        reader, edition = reader_for(file)
    except UnknownFile as error:
        return Placed(below, "not known", why=error.found)
    except (NotWhatItClaims, UnsafeZip) as error:
        return Placed(below, "refused", why=str(error))
    except WorkforceError as error:
        return Placed(below, "refused", why=str(error.in_file(path.name)))
    if edition.series not in series:
        return Placed(below, "left out", edition.series, edition.edition, reader.title)
    stored = archive.put(path, _facts(below, edition, retrieved_at))
    return Placed(below, stored.outcome, edition.series, edition.edition, reader.title)


def _check_ending(file: PublishedFile) -> None:
    wanted = kind_by_name(file.name)
    if wanted is None:
        raise UnknownFile("a file of this kind holds no published data", file=file.name, found=f"{file.kind} file")
    if file.kind != wanted:
        raise NotWhatItClaims(
            "the bytes are not of the kind the file's name says",
            file=file.name,
            expected=f"a file that begins like {wanted}",
            found={"html": "a web page"}.get(file.kind, file.kind),
            do="fetch it again in a browser; nothing was archived",
        )


def _facts(below: Path, edition: Edition, retrieved_at: str) -> Facts:
    entry = CATALOGUE[edition.series]
    return Facts(
        series=edition.series,
        edition=edition.edition,
        publisher=entry.publisher,
        title=edition.title,
        file_name=below.name,
        address=f"placed by hand: {below}",
        page=entry.landing,
        retrieved_at=retrieved_at,
        licence=entry.licence,
        attribution=entry.attribution,
        media_type=mimetypes.guess_type(below.name)[0] or "",
        coverage=edition.coverage_end,
    )
