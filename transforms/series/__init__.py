"""The registry of series, and the catalogue, readers, tables and ids that are derived from it.

A series is one package here, or one module of a package, with its entry `SERIES`, its readers and its own tables.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.catalogue import Series
from transforms.errors import NotWhatItClaims, UnknownFile
from transforms.published_file import Edition, PublishedFile, Reader, reading
from transforms.tables import Table

REGISTRY = (
    "workforce",
    "vacancies",
    "wres",
    "wdes",
    "staff_survey",
    "pay_gap",
    "ods",
    "ethnicity",
    "supplementary.vacancies_by_organisation",
    "supplementary.turnover_by_organisation",
    "supplementary.workforce_by_trust",
)
"""One line per series: its package in this folder, in the order of lists and forms."""

_ENTRIES: dict[str, Series] = {name: import_module(f"{__name__}.{name}").SERIES for name in REGISTRY}

CATALOGUE: dict[str, Series] = {entry.id: entry for entry in _ENTRIES.values()}
"""Series id -> catalogue entry."""

READERS: tuple[Reader, ...] = tuple(reader for entry in CATALOGUE.values() for reader in entry.readers)

_SERIES_OF: dict[str, str] = {reader.name: entry.id for entry in CATALOGUE.values() for reader in entry.readers}

TABLES: dict[str, Table] = {table.name: table for reader in READERS for table in reader.tables}
"""Table name -> table, for all tables that readers return."""

if TYPE_CHECKING:

    class SeriesId(StrEnum):
        """The ids of the series in the registry, for forms and commands."""
else:
    SeriesId = StrEnum(
        "SeriesId",
        {name.rpartition(".")[2].upper(): entry.id for name, entry in _ENTRIES.items()},
        module=__name__,
    )


PACKED = (".zip", ".gz", ".xlsx", ".xls", ".xlsb")


def reader_for(file: PublishedFile) -> tuple[Reader, Edition]:
    """The only reader that recognises the file, and the file's edition.

    Raises only `WorkforceError`: `UnknownFile` if no reader or several recognise the file, `NotWhatItClaims` if it is
    damaged or not of the kind its name says, and the errors of readers.
    """
    with reading(file, "recognising"):
        return _reader_for(file)


def _reader_for(file: PublishedFile) -> tuple[Reader, Edition]:
    if file.kind == "html" and not file.name.lower().endswith((".html", ".htm")):
        raise NotWhatItClaims(
            "a web page was saved under this name",
            file=file.name,
            expected="a published data file",
            found=repr(file.head[:60].decode("utf-8", "replace")),
            do="fetch it again; the publisher's site probably returned an error or waiting page",
        )
    if file.is_whole:
        _refuse_zip_in_zip(file)
    found = [(reader, edition) for reader in READERS if (edition := reader.recognise(file)) is not None]
    if len(found) == 1:
        reader, edition = found[0]
        return reader, replace(edition, series=_SERIES_OF[reader.name])
    raise UnknownFile(
        "more than one reader recognises this file" if found else "no reader recognises this file",
        file=file.name,
        expected="a published file of one of: " + "; ".join(reader.title for reader in READERS),
        found=", ".join(reader.name for reader, _ in found)
        or f"{file.kind}: {(file.sheets or file.columns or file.members[:5] if file.kind != 'unknown' else [])}"[:300],
        do="leave it out, or write a reader for it (see README, 'Adding a series')",
    )


def _refuse_zip_in_zip(file: PublishedFile) -> None:
    packed = [name for name in file.members if name.lower().endswith(PACKED)] if file.kind == "zip" else []
    if packed and len(packed) == len(file.members):
        raise NotWhatItClaims(
            "the zip holds only other compressed files",
            file=file.name,
            sheet=packed[0],
            expected="CSV files in the zip",
            found=", ".join(packed),
            do="unpack it and place the files in the inbox under the names the publisher gave them",
        )


def is_read(series: str, file_name: str) -> bool:
    """Whether a file of this name is read; files that match an entry without a reader are only archived."""
    taken = next((wanted for wanted in CATALOGUE[series].wanted if wanted.match(file_name) is not None), None)
    return taken is None or taken.reader is not None


def readers_named(file_name: str) -> tuple[Reader, ...]:
    """The readers of files with such a name, without patterns so general that they match any file name."""
    anything = "file" + Path(file_name).suffix
    named = (
        wanted.reader
        for entry in CATALOGUE.values()
        for wanted in entry.wanted
        if wanted.reader and wanted.match(file_name) is not None and wanted.match(anything) is None
    )
    return tuple({reader.name: reader for reader in named}.values())
