"""The NHS Staff Survey: benchmark workbooks on its results page, spreadsheets of earlier years in its results archive.

The results page links to the newest benchmark workbook only; its predecessor answers 404 once it is replaced. The page
also links to the spreadsheets of the same year, whose figures by organisation are in the workbook too. For earlier
years only these spreadsheets remain, in the archive. A script fills the archive's page from:

/page-data/results/results-archive/page-data.json    names the static queries of the page (`staticQueryHashes`)
/page-data/sq/d/<hash>.json                          one of them is the list (`data.allWpYear.nodes`)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from flows.errors import NotFound, PageChanged
from flows.fetching.http import Client, Page
from flows.fetching.http.addresses import file_name, joined
from flows.fetching.publishers.choosing import OfferedFile, choose
from flows.fetching.publishers.found import Discovery, Failure, FoundEdition, FoundFile
from flows.fetching.publishers.pages import ParsedPage, answered_json, answers, one_line
from transforms.catalogue import Registered, Series
from transforms.errors import WorkforceError

FILES = ('a[href*="/static/"]',)
ARCHIVE = "/page-data/results/results-archive/page-data.json"
QUERY = "/page-data/sq/d/{}.json"

# The bank workers' survey has workbooks of similar names and covers another population.
_BANK_WORKERS = re.compile(r"bank|^nssb", re.IGNORECASE)


@dataclass(frozen=True)
class ArchivedFile:
    """A file in the results archive, with the year of its survey."""

    year: str
    file: OfferedFile


def discover(series: Series, client: Client, *, today: date, registered: tuple[Registered, ...] = ()) -> Discovery:
    """One edition per survey year, newest first: benchmark workbooks, and spreadsheets of years without one.

    Raises `PageChanged` where the results page links to no file, `MissingFile` where to no benchmark workbook,
    `AmbiguousFile` where to two of one year. An archive that cannot be read is a failure.
    """
    page = client.page(series.landing, hosts=series.hosts)
    offered = read_results(page.html, page.address)
    editions = {each.edition: each for each in _on_results_page(series, offered)}
    failures = []
    try:
        for each in _archive(series, client):
            if each.year < max(editions):
                _add(editions, series, each)
    except WorkforceError as error:
        failures.append(Failure("results archive", type(error).__name__, str(error)))
    newest_first = sorted(editions.values(), key=lambda edition: edition.edition, reverse=True)
    return Discovery(series.id, tuple(newest_first), failures=tuple(failures))


def read_results(html: str, address: str) -> tuple[OfferedFile, ...]:
    """Every file on the results page. Raises `PageChanged` where there is none."""
    page = ParsedPage(Page(address, html, changed=True))
    return tuple(
        OfferedFile(file_name(page.link(node)), page.link(node), one_line(node))
        for node in page.needed("links to files", *FILES)
    )


def of_survey(offered: tuple[OfferedFile, ...]) -> tuple[OfferedFile, ...]:
    """The files of the survey itself, without those of the bank workers' survey."""
    return tuple(each for each in offered if not _BANK_WORKERS.search(each.name) and "bank" not in each.title.lower())


@answers
def read_archive_queries(content: str, address: str) -> tuple[str, ...]:
    """The addresses of the static queries of the archive's page. Raises `PageChanged` where none is named."""
    answer = answered_json(content, address)
    hashes = answer.get("staticQueryHashes") if isinstance(answer, dict) else None
    if not hashes:
        raise _changed(address, "staticQueryHashes")
    return tuple(joined(address, QUERY.format(each)) for each in hashes)


@answers
def read_archive(content: str, address: str) -> tuple[ArchivedFile, ...] | None:
    """The files of the archive, in its order; None where the response is that of another query."""
    answer = answered_json(content, address)
    data = answer.get("data") if isinstance(answer, dict) else None
    listed = data.get("allWpYear") if isinstance(data, dict) else None
    if listed is None:
        return None
    return tuple(
        ArchivedFile(year, OfferedFile(file_name(where), joined(address, where), title))
        for node in listed["nodes"]
        for year, title, where in _downloads(node.get("archiveTemplate") or {})
    )


def _downloads(template: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Year, title and address of every download of a year."""
    for part in template.get("flexibleContent") or ():
        for download in (part or {}).get("downloads") or ():
            local = ((download.get("file") or {}).get("localFile")) or {}
            if where := local.get("publicURL"):
                yield str(template.get("year") or ""), str(download.get("name") or ""), where


def _on_results_page(series: Series, offered: tuple[OfferedFile, ...]) -> Iterator[FoundEdition]:
    own = of_survey(offered)
    benchmark = replace(series, wanted=tuple(wanted for wanted in series.wanted if wanted.required))
    chosen = choose(benchmark, "", series.landing, own)
    # Spreadsheets are chosen one by one: there are several of a year. A zip of them is left to the archive.
    loose = replace(series, wanted=tuple(wanted for wanted in series.wanted if not wanted.required))
    sheets = [
        file
        for each in own
        if each.name in chosen.other and not each.name.lower().endswith(".zip")
        for file in choose(loose, "", series.landing, [each]).files
    ]
    files = (*chosen.files, *sheets)
    taken = {file.address for file in files}
    for year in sorted({file.edition for file in files}):
        yield _edition(
            series,
            year,
            tuple(file for file in files if file.edition == year),
            tuple(each.name for each in offered if each.address not in taken),
        )


def _archive(series: Series, client: Client) -> tuple[ArchivedFile, ...]:
    """What the results archive lists. Raises `PageChanged` where its list is not found."""
    names = client.page(joined(series.landing, ARCHIVE), hosts=series.hosts)
    for address in read_archive_queries(names.html, names.address):
        try:
            found = read_archive(client.page(address, hosts=series.hosts).html, address)
        except NotFound:
            continue
        if found is not None:
            return found
    raise _changed(names.address, "a static query with data.allWpYear")


def _add(editions: dict[str, FoundEdition], series: Series, archived: ArchivedFile) -> None:
    """Add an archived file, if it is wanted, to the edition of its year."""
    loose = replace(series, wanted=tuple(wanted for wanted in series.wanted if not wanted.required))
    if not (own := of_survey((archived.file,))):
        return
    files = tuple(replace(file, edition=archived.year) for file in choose(loose, "", series.landing, own).files)
    if files and (before := editions.get(archived.year)):
        editions[archived.year] = replace(before, files=(*before.files, *files))
    elif files:
        editions[archived.year] = _edition(series, archived.year, files, ())


def _edition(series: Series, year: str, files: tuple[FoundFile, ...], other: tuple[str, ...]) -> FoundEdition:
    return FoundEdition(
        series=series.id,
        edition=year,
        title=f"{series.title}, {year}",
        page=series.landing,
        files=files,
        other_files=other,
    )


def _changed(address: str, expected: str) -> PageChanged:
    return PageChanged(
        "the format of the results archive has changed",
        file=address,
        expected=expected,
        do="open the archive in a browser and put the files into the inbox; "
        "adapt flows/fetching/publishers/staff_survey.py",
    )
