"""Finding files of the publishers other than digital.nhs.uk: odd pages, other years, and one page failing alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest

from flows.errors import AmbiguousFile, PageChanged
from flows.fetching.publishers import Discovery, discover
from flows.fetching.publishers.england_nhs import ae_pages, read_documents, read_hub, read_mapping
from flows.fetching.publishers.ethnicity import read_measure
from flows.fetching.publishers.staff_survey import read_archive, read_archive_queries
from flows.sample.server import Resource
from tests.flows.stand_in import CHALLENGE, FaultyPublisher, answers, client, fresh
from transforms.catalogue import Registered
from transforms.series import CATALOGUE, SeriesId

TODAY = date(2026, 11, 27)
SURVEY = CATALOGUE[SeriesId.STAFF_SURVEY]
WRES = CATALOGUE[SeriesId.WRES]
ETHNICITY = CATALOGUE[SeriesId.ETHNICITY]
STATIC = "https://www.nhsstaffsurveys.com/static/be505cf2e70c080aa35d34279f68e3f2/"
UPLOADS = "https://www.england.nhs.uk/wp-content/uploads/2026/06/"
REPORT = "https://www.england.nhs.uk/long-read/wres-2024-data-analysis-report/"


@pytest.fixture
def publisher() -> Iterator[FaultyPublisher]:
    with FaultyPublisher() as server:
        yield server


@pytest.fixture
def seen(publisher, tmp_path):
    """Looks at a series."""

    def see(series: SeriesId, today: date = TODAY, **how) -> Discovery:
        return discover(CATALOGUE[series], client(publisher, fresh(tmp_path), attempts=1), today=today, **how)

    return see


def shows(publisher: FaultyPublisher, address: str, content: str) -> None:
    publisher.site[address] = Resource(address, content.encode(), "text/html; charset=utf-8", "")


def links(*pairs: tuple[str, str]) -> str:
    """A page with these links: address and text."""
    items = "".join(f'<li><a href="{address}">{text}</a></li>' for address, text in pairs)
    return f"<html><body><main><h1>Page</h1><ul>{items}</ul></main></body></html>"


def archive(**years: str) -> str:
    nodes = [
        {
            "archiveTemplate": {
                "year": year.removeprefix("y"),
                "flexibleContent": [
                    None,
                    {},
                    {"downloads": [{"name": "x", "file": {"localFile": {"publicURL": where}}}]},
                ],
            }
        }
        for year, where in years.items()
    ]
    return json.dumps({"data": {"allWpYear": {"nodes": nodes}}})


def names(found: Discovery) -> dict[str, list[str]]:
    return {edition.edition: [file.name for file in edition.files] for edition in found.editions}


@pytest.mark.parametrize(
    ("name", "year"),
    [
        ("Benchmark_report_excel_data_2017-2021.xlsx", "2021"),
        ("benchmark_report_excel_data_2018-2022-v2.xlsx", "2022"),
        ("benchmark_report_excel_data_2019-2023_v2.xlsx", "2023"),
        ("Benchmark-report-Excel-data-for-2020-2024.xlsx", "2024"),
        ("NSS-Benchmark-report-excel-data-for-2021-2025-v2.xlsx", "2025"),
    ],
)
def test_the_benchmark_workbook_of_every_year_is_found(seen, publisher, name, year):
    shows(publisher, SURVEY.landing, links((STATIC + name, "Benchmark data")))
    assert names(seen(SeriesId.STAFF_SURVEY)) == {year: [name]}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("NSSB25-Benchmark-report-excel-data-for-2023-2025.xlsx", "Benchmark data"),
        ("Benchmark-report-Excel-data-for-bank-workers-2023-2025.xlsx", "Benchmark data"),
        ("Benchmark-report-Excel-data-for-2023-2025.xlsx", "Bank workers: benchmark report data"),
        ("NSSB25-detailed-spreadsheets.xlsx", "Spreadsheets"),
    ],
)
def test_the_bank_workers_survey_is_never_taken(seen, publisher, name, title):
    own = "NSS-Benchmark-report-excel-data-for-2021-2025-v2.xlsx"
    shows(publisher, SURVEY.landing, links((STATIC + own, "Benchmark data"), (STATIC + name, title)))
    found = seen(SeriesId.STAFF_SURVEY)
    assert names(found) == {"2025": [own]}
    assert found.editions[0].other_files == (name,)


def test_two_benchmark_workbooks_of_one_year_are_an_error_that_names_both(seen, publisher):
    both = [f"NSS-Benchmark-report-excel-data-for-2021-2025{end}.xlsx" for end in ("", "-v2")]
    shows(publisher, SURVEY.landing, links(*((STATIC + name, "Data") for name in both)))
    with pytest.raises(AmbiguousFile) as caught:
        seen(SeriesId.STAFF_SURVEY)
    assert all(name in str(caught.value) for name in both)


def test_spreadsheets_of_the_year_and_of_earlier_years_are_found(seen, publisher):
    workbook = "NSS-Benchmark-report-excel-data-for-2021-2025.xlsx"
    sheets = [f"NSS25%20detailed%20spreadsheets%20{kind}%20results.xlsx" for kind in ("organisational", "national")]
    shows(publisher, SURVEY.landing, links(*((STATIC + name, "Data") for name in (workbook, *sheets))))
    below = "https://www.nhsstaffsurveys.com/page-data/"
    shows(publisher, f"{below}results/results-archive/page-data.json", '{"staticQueryHashes": ["1", "2", "3"]}')
    shows(publisher, f"{below}sq/d/2.json", '{"data": {"site": {}}}')
    listed = archive(
        y2025="/static/a/NSS25-Detailed-spreadsheets.zip",
        y2024="/static/b/NSS24-Detailed-spreadsheets.zip",
        y2023="/static/c/NSSB23-Detailed-spreadsheets.zip",
    )
    shows(publisher, f"{below}sq/d/3.json", listed)
    found = seen(SeriesId.STAFF_SURVEY)
    assert found.failures == ()
    assert names(found) == {
        "2025": [workbook, *(name.replace("%20", " ") for name in sheets)],
        "2024": ["NSS24-Detailed-spreadsheets.zip"],
    }


@pytest.mark.parametrize("content", ["<html>", "[]", "{}", '{"staticQueryHashes": []}'])
def test_an_archive_without_its_queries_has_changed(content):
    with pytest.raises(PageChanged):
        read_archive_queries(content, SURVEY.landing)


def test_an_archive_that_cannot_be_read_is_a_failure_of_its_own(seen, publisher):
    name = "NSS-Benchmark-report-excel-data-for-2021-2025.xlsx"
    shows(publisher, SURVEY.landing, links((STATIC + name, "Data")))
    found = seen(SeriesId.STAFF_SURVEY)
    assert names(found) == {"2025": [name]}
    assert [failure.where for failure in found.failures] == ["results archive"]


@pytest.mark.parametrize("content", ["[]", "{}", '{"data": null}', '{"data": {"site": {}}}'])
def test_the_answer_of_another_query_is_not_the_archive(content):
    assert read_archive(content, SURVEY.landing) is None


BANNERS = {
    '<div class="old-edition-notice"><p>This page has been archived.</p></div>': ("archived", ""),
    '<div class="old-edition-notice"><p>There is a new version of this page. View the <a href="/m/latest">latest '
    "version</a>.</p></div>": ("superseded", "https://www.ethnicity-facts-figures.service.gov.uk/m/latest"),
    '<div class="eff-factual-mistake"><h2>This page contains a factual mistake</h2><p>Details can be found on <a '
    'href="/m/4.2">the corrected page</a>.</p></div>': (
        "mistaken",
        "https://www.ethnicity-facts-figures.service.gov.uk/m/4.2",
    ),
    '<div class="govuk-inset-text">This page corrects mistakes in a previous version.</div>': ("corrected", ""),
}


def measure(banner: str, name: str = "nhs-workforce-data-june-2022.csv") -> str:
    return (
        f'<main><h1 itemprop="headline">NHS workforce</h1><time itemprop="datePublished">26 January 2023</time>{banner}'
        f'<div itemprop="distribution"><meta itemprop="name" content="The data"><a itemprop="contentUrl"'
        f' href="/d/{name}">The data (csv) 2 MB</a></div></main>'
    )


@pytest.mark.parametrize("banner", BANNERS)
def test_a_banner_over_a_measure_is_told_and_its_file_still_found(seen, publisher, banner):
    kind, leads_to = BANNERS[banner]
    shows(publisher, ETHNICITY.landing, measure(banner))
    found = seen(SeriesId.ETHNICITY)
    assert names(found) == {"2022-06": ["nhs-workforce-data-june-2022.csv"]}
    assert f"marked as {kind}" in found.notes[-1]
    assert leads_to in found.notes[-1]


def test_a_box_with_a_measures_own_text_is_no_banner():
    page = read_measure(measure('<div class="govuk-inset-text">Figures are rounded.</div>'), ETHNICITY.landing)
    assert page.banners == ()
    assert page.files[0].title == "The data"


def test_board_members_are_kept_and_not_read(seen, publisher):
    shows(publisher, ETHNICITY.landing, measure(""))
    shows(publisher, ETHNICITY.more_pages[0], measure("", "nhs-trust-board-members.csv"))
    (_, boards) = seen(SeriesId.ETHNICITY).editions
    assert [(file.edition, file.reader) for file in boards.files] == [("2023-01", "")]


def test_reports_of_a_standard_are_told_from_guidance_and_other_links():
    guidance = "https://www.england.nhs.uk/long-read/nhs-wdes-2023-technical-guidance/"
    older = "https://www.england.nhs.uk/long-read/wdes2022-data-analysis-report-for-nhs-trusts/"
    page = read_hub(
        links(
            (guidance, "Technical guidance"), (older, "Last year"), (REPORT, "2024 report"), ("/about/2018-report", "x")
        ),
        WRES.landing,
    )
    assert [(each.edition, each.address) for each in page.reports] == [("2024", REPORT), ("2022", older)]


def test_files_of_the_hub_the_newest_report_and_the_sites_interface_are_found(seen, publisher):
    shows(publisher, WRES.landing, links((REPORT, "WRES 2024 report"), (f"{UPLOADS}wres-2021.pdf", "WRES 2021 (PDF)")))
    shows(
        publisher,
        REPORT,
        links((f"{UPLOADS}data.xlsx", "Data"), (f"{UPLOADS}full.docx", "Report")).replace(">Page<", ">WRES 2024<"),
    )
    documents = [
        {"component": {"documents": [{"title": title, "document": {"url": UPLOADS + name, "modified": "2026-06-20"}}]}}
        for title, name in (
            ("WRES data by trust", "wres-2023.xlsx"),
            ("Filler", "filler-2025.xlsx"),
            ("WRES", "wres.xlsx"),
        )
    ]
    shows(publisher, WRES.more_pages[0], json.dumps(documents))
    found = seen(SeriesId.WRES)
    assert found.failures == ()
    assert names(found) == {"2024": ["data.xlsx"], "2023": ["wres-2023.xlsx"]}
    assert found.notes == (f"newest report: WRES 2024 report ({REPORT})",)


def test_a_file_registered_by_hand_stands_where_the_site_cannot_be_had_and_a_block_ends_the_look(seen, publisher):
    shows(publisher, WRES.landing, "")
    publisher.fault(WRES.landing, answers(403, CHALLENGE))
    found = seen(SeriesId.WRES, extra=(Registered("2024", f"{UPLOADS}a.csv", "a.csv"),))
    assert names(found) == {"2024": ["a.csv"]}
    assert [failure.kind for failure in found.failures] == ["Blocked"]
    assert len(publisher.visits) == 1


@pytest.mark.parametrize("content", ['{"code": "rest_no_route"}', "<html>", "null"])
def test_an_interface_that_answers_otherwise_has_changed(content):
    with pytest.raises(PageChanged):
        read_documents(content, WRES.more_pages[0])


@pytest.mark.parametrize(
    ("address", "text", "found"),
    [
        ("/wp-content/uploads/sites/2/2026/05/System-Mapping-Apr-26.xls", "Supporting file", True),
        ("/wp-content/uploads/sites/2/2024/06/June-2024-System-Mapping.xlsx", "x", True),
        ("/wp-content/uploads/sites/2/2026/08/mapping-X7gGnn.xls", "System Mapping File (XLS, 71K)", True),
        ("/wp-content/uploads/sites/2/2026/08/Acute-Trust-Attribution-File.xls", "Acute Trust Attribution File", False),
        ("/statistics/system-mapping/", "System Mapping", False),
    ],
)
def test_the_mapping_is_told_by_its_links_text_or_its_name(address, text, found):
    assert bool(read_mapping(links((address, text)), ae_pages(TODAY)[0])) is found


def test_the_mapping_comes_from_the_page_of_the_financial_year_or_of_the_one_before(seen, publisher):
    this_year, last_year = ae_pages(date(2027, 4, 1))
    assert (this_year[-8:], last_year[-8:]) == ("2027-28/", "2026-27/")
    assert ae_pages(date(2027, 3, 31))[0] == last_year
    shows(publisher, last_year, links((f"{UPLOADS}System-Mapping-Apr-26.xls", "System Mapping File")))
    shows(publisher, this_year, links((f"{UPLOADS}other.xls", "Other")))
    found = seen(SeriesId.ODS, today=date(2027, 4, 2))
    assert names(found)["2027-04"][-1] == "System-Mapping-Apr-26.xls"


def test_a_mapping_known_by_its_links_text_alone_is_fetched_or_told(seen, publisher):
    shows(publisher, ae_pages(TODAY)[0], links((f"{UPLOADS}mapping-X7gGnn.xls", "System Mapping File (XLS, 71K)")))
    assert names(seen(SeriesId.ODS))["2026-11"][-1] == "mapping-X7gGnn.xls"
    shows(publisher, ae_pages(TODAY)[0], links((f"{UPLOADS}boards.xls", "System Mapping File (XLS, 71K)")))
    found = seen(SeriesId.ODS)
    assert "boards.xls" in found.notes[0]
    assert len(found.editions[0].files) == 4


def test_two_mappings_are_a_failure_that_names_both_and_the_lists_stand(seen, publisher):
    both = [f"System-Mapping-{month}-26.xls" for month in ("Apr", "Oct")]
    shows(publisher, ae_pages(TODAY)[0], links(*((UPLOADS + name, "System Mapping File") for name in both)))
    found = seen(SeriesId.ODS)
    assert names(found) == {"2026-11": ["etr.csv", "ect.csv", "eccg.csv", "succ.csv"]}
    (failure,) = found.failures
    assert failure.kind == "AmbiguousFile"
    assert all(name in failure.reason for name in both)
