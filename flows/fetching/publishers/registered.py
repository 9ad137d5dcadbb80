"""Files whose addresses a person registered: in the catalogue, or in the data folder's `registered.toml`."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

from flows.fetching.http import Client
from flows.fetching.publishers.choosing import OfferedFile, choose
from flows.fetching.publishers.found import Discovery, FoundEdition
from transforms.catalogue import Registered, Series
from transforms.errors import UnreadableValue


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """One edition per registered year, newest first; a note where nothing is registered. No request is made."""
    known = (*series.registered, *registered)
    editions = sorted({each.edition for each in known}, reverse=True)
    note = (
        f"no address is registered: put the file into the inbox, or its address into registered.toml ({series.landing})"
    )
    return Discovery(
        series.id,
        tuple(_edition(series, edition, [each for each in known if each.edition == edition]) for edition in editions),
        notes=() if known else (note,),
    )


def _edition(series: Series, edition: str, registered: list[Registered]) -> FoundEdition:
    # Chosen one by one, because a person may register several files of a year.
    chosen = [
        choose(series, edition, series.landing, [OfferedFile(each.name, each.address, each.title)])
        for each in registered
    ]
    title = next((each.title for each in registered if each.title), f"{series.title}, {edition}")
    files = tuple(file for each in chosen for file in each.files)
    return FoundEdition(series.id, edition, title, series.landing, files)


def registered_addresses(toml: Path) -> dict[str, tuple[Registered, ...]]:
    """Addresses by series from the operator's file; {} where there is none.

    The file has one `[[file]]` per address with series, edition, address, name and optionally title.
    Raises `UnreadableValue` where it does not have that form.
    """
    if not toml.exists():
        return {}
    found: dict[str, tuple[Registered, ...]] = {}
    try:
        for entry in tomllib.loads(toml.read_text(encoding="utf-8")).get("file", []):
            file = Registered(entry["edition"], entry["address"], entry["name"], entry.get("title", ""))
            found[entry["series"]] = (*found.get(entry["series"], ()), file)
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UnreadableValue(
            "the list of registered addresses cannot be read",
            file=str(toml),
            expected="[[file]] entries, each with series, edition, address and name",
            found=str(error),
            do="correct the file",
        ) from error
    return found
