"""Files whose addresses a person registered: in the catalogue, or in `config/registered.toml` of the data folder."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from flows.fetching.http import Client
from flows.fetching.publishers.choosing import OfferedFile, choose
from flows.fetching.publishers.found import Discovery, FoundEdition
from transforms.catalogue import Registered, Series
from transforms.series import CATALOGUE
from warehouse.errors import ConfigurationMalformed
from warehouse.folder import DataFolder
from warehouse.toml_blocks import toml_blocks

ENTRIES = {"series", "edition", "address", "name", "title"}
EXAMPLE = """\
# Addresses of files that no page lists in a form that programs can read, for the next run to fetch.
# One block for each; for example (without the #):
#
#[[file]]
#series  = "wres"                 # series of the catalogue
#edition = "2024"
#address = "https://www.england.nhs.uk/wp-content/uploads/2025/06/wres-2024.csv"
#name    = "wres-2024.csv"        # name of the file in the archive
#title   = "WRES data, 2024"      # may be left out
"""


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """One edition per registered year, newest first; a note where nothing is registered. No request is made."""
    known = (*series.registered, *registered)
    editions = sorted({each.edition for each in known}, reverse=True)
    note = (
        "no address is registered: put the file into the inbox, or its address into config/registered.toml"
        f" ({series.landing})"
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


def registered_files(folder: DataFolder) -> tuple[Path, ...]:
    """The files of the data folder in which an operator may list addresses; earlier versions read the last one only."""
    old = folder.root / "registered.toml"
    return (folder.config / "registered.toml", *([old] if old.exists() else []))


def registered_addresses(folder: DataFolder) -> dict[str, tuple[Registered, ...]]:
    """Addresses by series from the operator's files. Raises `ConfigurationMalformed` where an entry is wrong."""
    found: dict[str, tuple[Registered, ...]] = {}
    for path in registered_files(folder):
        addresses, errors = addresses_and_errors(path)
        if errors:
            raise errors[0]
        found |= {series: (*found.get(series, ()), *each) for series, each in addresses.items()}
    return found


def addresses_and_errors(
    path: Path,
) -> tuple[dict[str, tuple[Registered, ...]], list[ConfigurationMalformed]]:
    """Addresses by series in a file, and an error for each entry that is wrong; none where there is no file.

    The file has one block `[[file]]` per address with series, edition, address, name and optionally title.
    """
    found: dict[str, tuple[Registered, ...]] = {}
    errors: list[ConfigurationMalformed] = []
    if not path.exists():
        return found, errors
    try:
        blocks = toml_blocks(path.read_text("utf-8", "replace"), "file", file=str(path))
    except ConfigurationMalformed as error:
        return found, [error]
    for place, entry in blocks:
        try:
            file = _registered(entry)
        except ValueError as error:
            errors.append(
                ConfigurationMalformed(
                    "the registered address cannot be used",
                    file=str(path),
                    cell=place,
                    expected="series, edition, address (https://…), name, and title where wanted",
                    found=str(error),
                    do="correct the entry",
                )
            )
        else:
            found[entry["series"]] = (*found.get(entry["series"], ()), file)
    return found, errors


def _registered(entry: dict[str, Any]) -> Registered:
    """The address of an entry. Raises `ValueError` with what is wrong."""
    if wrong := sorted(({"series", "edition", "address", "name"} - entry.keys()) | (entry.keys() - ENTRIES)):
        raise ValueError(f"missing or unknown: {', '.join(wrong)}")
    if empty := [name for name, value in entry.items() if not isinstance(value, str) or not value.strip()]:
        raise ValueError(f"empty or not a text: {', '.join(empty)}")
    if entry["series"] not in CATALOGUE:
        raise ValueError(f"{entry['series']!r}, which is not one of the series {', '.join(CATALOGUE)}")
    if not entry["address"].startswith("https://"):
        raise ValueError(f"{entry['address']!r}, which does not begin with https://")
    return Registered(entry["edition"], entry["address"], entry["name"], entry.get("title", ""))
