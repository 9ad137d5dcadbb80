"""Every rebuilt page of the publishers other than digital.nhs.uk is read as its expectation says, field by field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from flows.fetching.publishers import discover
from flows.fetching.publishers.england_nhs import read_documents, read_hub, read_mapping, read_report
from flows.fetching.publishers.ethnicity import read_measure
from flows.fetching.publishers.gender_pay_gap import read_years
from flows.fetching.publishers.staff_survey import read_archive, read_archive_queries
from flows.sample.server import Resource
from tests.flows.stand_in import FaultyPublisher, client, fresh
from transforms.published_file import PublishedFile
from transforms.reading.records import read_records
from transforms.series import CATALOGUE, SeriesId
from transforms.series.pay_gap.reader import recognise

PAGES = Path(__file__).resolve().parents[4] / "shared" / "pages"
PUBLISHERS = ("england-nhs", "ethnicity-facts-figures", "gender-pay-gap", "nhs-staff-survey")
REMARKS = {"address", "kind", "basis", "notes", "as_of", "invented", "headers"}
ENDINGS = (".html", ".json", ".csv", ".xml")


@dataclass(frozen=True)
class Case:
    """A rebuilt page or answer and what a right reading of it returns."""

    name: str
    path: Path
    expect: dict[str, Any]

    @property
    def content(self) -> str:
        return self.path.read_text(encoding="utf-8")


def cases() -> list[Case]:
    found = []
    for publisher in PUBLISHERS:
        for expectation in sorted((PAGES / publisher).glob("*.expect.json")):
            stem = expectation.name.removesuffix(".expect.json")
            path = next(
                expectation.with_name(stem + ending)
                for ending in ENDINGS
                if (PAGES / publisher / (stem + ending)).exists()
            )
            found.append(Case(f"{publisher}/{stem}", path, json.loads(expectation.read_text(encoding="utf-8"))))
    return found


def _files(files: Iterable[Any]) -> list[dict[str, str]]:
    return [{"title": each.title, "name": each.name, "address": each.address} for each in files]


def _mapping(case: Case) -> dict[str, Any]:
    return {"files": _files(read_mapping(case.content, case.expect["address"]))}


def _documents(case: Case) -> dict[str, Any]:
    found = read_documents(case.content, case.expect["address"])
    return {"files": [_files([each.file])[0] | {"modified": each.modified} for each in found]}


def _report(case: Case) -> dict[str, Any]:
    page = read_report(case.content, case.expect["address"])
    return {"title": page.title, "edition": page.edition, "files": _files(page.files)}


def _hub(case: Case) -> dict[str, Any]:
    page = read_hub(case.content, case.expect["address"])
    reports = [{"title": each.title, "address": each.address, "edition": each.edition} for each in page.reports]
    return {"reports": reports, "files": _files(page.files)}


def _survey(case: Case, tmp_path: Path) -> dict[str, Any]:
    """What looking at the series gives where the results page is this one and the archive cannot be had."""
    found = _look(SeriesId.STAFF_SURVEY, case, tmp_path)
    files = [file for edition in found.editions for file in edition.files]
    return {
        "edition": found.editions[0].edition,
        "files": _files(files),
        "other_files": list(found.editions[0].other_files),
        "files_by_edition": {file.edition: file.name for file in files},
        "editions": [{"edition": edition.edition, "files": _files(edition.files)} for edition in found.editions],
    }


def _look(series: SeriesId, case: Case, tmp_path: Path) -> Any:
    landing = CATALOGUE[series].landing
    with FaultyPublisher() as publisher:
        publisher.site[landing] = Resource(landing, case.content.encode(), "text/html; charset=utf-8", "")
        return discover(CATALOGUE[series], client(publisher, fresh(tmp_path)), today=date(2026, 11, 27))


def _archive_page(case: Case) -> dict[str, Any]:
    queries = case.path.with_name("results-archive.page-data.json").read_text(encoding="utf-8")
    assert read_archive_queries(queries, case.expect["address"])
    return {"files": []}


def _archive(case: Case) -> dict[str, Any]:
    found = read_archive(case.content, case.expect["address"]) or ()
    return {"files_by_edition": {each.year: each.file.name for each in found}}


def _measure(case: Case, tmp_path: Path) -> dict[str, Any]:
    page = read_measure(case.content, case.expect["address"])
    (edition,) = [each for each in _look(SeriesId.ETHNICITY, case, tmp_path).editions if each.files]
    banner = page.banners[0] if page.banners else None
    return {
        "title": page.title,
        "edition": edition.edition,
        "published_on": _iso(page.published_on),
        "last_updated": _iso(page.updated_on),
        "files": _files(page.files),
        "not_wanted": sorted(set(case.expect.get("not_wanted", ())) - {file.address for file in page.files}),
        "banner": banner.kind if banner else None,
        "replaced_by": banner.leads_to if banner else None,
    }


def _years(case: Case) -> dict[str, Any]:
    years = read_years(case.content, case.expect["address"])
    return {
        "editions": [{"edition": each.edition, "name": each.name, "address": each.address} for each in years.offered],
        "without_file": list(years.without_file),
    }


def _pay_gap_file(case: Case) -> dict[str, Any]:
    start = case.expect["address"].rpartition("/")[2]
    file = PublishedFile(case.path, f"UK Gender Pay Gap Data - {start} to {int(start) + 1}.csv")
    assert recognise(file) is not None
    return {"rows": read_records(file).height, "columns": file.columns}


READ: dict[str, Callable[..., dict[str, Any]]] = {
    "page of a statistical work area with the trust-to-system file": _mapping,
    "answer of the site's own interface": _documents,
    "long read of a year": _report,
    "hub of the standard": _hub,
    "results page": _survey,
    "archive page": _archive_page,
    "list of the archive": _archive,
    "measure page": _measure,
    "download page": _years,
    "file of a closed year": _pay_gap_file,
    "file of the year just opened": _pay_gap_file,
}


def stated(found: dict[str, Any], expect: dict[str, Any]) -> dict[str, Any]:
    """Of what was found the fields that the expectation states, also of each item of a list."""
    kept = {}
    for name, wanted in expect.items():
        value = found[name]
        if isinstance(wanted, list) and wanted and isinstance(wanted[0], dict):
            value = [stated(each, wanted[0]) for each in value]
        kept[name] = sorted(value) if name == "not_wanted" else value
    return kept


def compared(case: Case, tmp_path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is expected of a case and what was found."""
    read = READ[case.expect["kind"]]
    found = read(case, tmp_path) if read in {_survey, _measure} else read(case)
    expect = {name: value for name, value in case.expect.items() if name not in REMARKS}
    if "not_wanted" in expect:
        expect["not_wanted"] = sorted(expect["not_wanted"])
    return expect, stated(found, expect)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


@pytest.mark.skipif(not PAGES.is_dir(), reason="the folder of rebuilt pages (../shared/pages) is not here")
def test_there_are_pages_of_every_publisher():
    assert {case.name.partition("/")[0] for case in cases()} == set(PUBLISHERS)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_a_page_is_read_as_expected(case, tmp_path):
    expect, found = compared(case, tmp_path)
    assert found == expect


def test_a_link_that_is_no_address_is_not_a_year_of_the_pay_gap() -> None:
    link = '<a href="{}/viewing/download-data/{}">x</a>'
    host = "https://gender-pay-gap.service.gov.uk"
    html = "".join(link.format(start, year) for start, year in [("http://[::1", 2019), (host, 2020), ("//[", 2021)])
    assert [year.start for year in read_years(html, f"{host}/viewing/download").offered] == [2020]
