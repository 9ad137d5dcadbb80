"""The catalogue: complete, and its patterns take the publishers' real file names."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.fetching.http.addresses import check_address, file_name
from flows.fetching.publishers.choosing import OfferedFile, choose
from transforms.catalogue import Series
from transforms.reading.months import MONTHS
from transforms.series import CATALOGUE, READERS, SeriesId, is_read

WORKFORCE = CATALOGUE[SeriesId.WORKFORCE]
every_entry = pytest.mark.parametrize("entry", CATALOGUE.values(), ids=list(CATALOGUE))


def wanted_for(entry: Series, name: str) -> dict[str, str]:
    """What of the series a name is taken for, with the edition the name speaks of."""
    return {wanted.what: match for wanted in entry.wanted if (match := wanted.match(name)) is not None}


def test_every_series_has_one_entry():
    assert list(CATALOGUE) == [each.value for each in SeriesId]
    assert all(CATALOGUE[each].id == each.value for each in SeriesId)


@every_entry
def test_an_entry_says_whose_the_figures_are_and_under_which_licence(entry):
    assert all((entry.title, entry.publisher, entry.licence, entry.attribution, entry.contact, entry.schedule.cadence))


@every_entry
def test_every_address_of_an_entry_is_on_its_own_list_of_hosts(entry):
    assert check_address(entry.landing, {*entry.hosts, urlsplit(entry.landing).netloc})
    assert all(check_address(each.address, entry.hosts) for each in entry.registered)


@every_entry
def test_every_wanted_file_is_read_by_a_reader_that_is_there_or_by_none(entry):
    assert {wanted.reader for wanted in entry.wanted} - {None} <= set(READERS)


@every_entry
def test_every_registered_file_is_wanted(entry):
    assert all(wanted_for(entry, each.name) for each in entry.registered)


def test_every_file_of_the_august_2025_edition_is_taken_for_what_it_is(published):
    excerpt = json.loads((published / "nhs-workforce-statistics" / "headers-august-2025-edition.json").read_text())
    offered = [OfferedFile(file_name(file["url"]), file["url"]) for file in excerpt["files"]]
    assert [each.name for each in offered] == [file["file_name"] for file in excerpt["files"]]
    chosen = choose(WORKFORCE, "2025-08", excerpt["edition_page"], offered)
    assert {(file.what, file.edition) for file in chosen.files} == {
        ("England and Organisation workbook", "2025-08"),
        ("CSV files, trusts and core organisations, to August 2025", "2025-08"),
        ("Data Quality Annex", "2025-08"),
        ("turnover benchmarking, CSV files", "2025-08"),
        ("turnover benchmarking, CSV files", "2025-09"),
        ("turnover, CSV files", "2025-09"),
        ("CSV files, trusts and core organisations (Core 0 to 16)", "2025-09"),
        ("CSV files, support organisations and central bodies", "2025-09"),
        ("data tables (tables 15 to 20: person characteristics)", "2025-09"),
        ("data tables, support organisations and central bodies", "2025-09"),
    }
    assert len(chosen.other) == 6
    assert not chosen.missing


@pytest.mark.parametrize(
    ("series", "name", "edition"),
    [
        (SeriesId.WORKFORCE, "NHS Workforce Statistics, May 2023 England and Organisation.xlsx", "2023-05"),
        (SeriesId.WORKFORCE, "Turnover benchmarking 2. Staff group and organisation, monthly, Oct-25.csv", "2025-10"),
        (SeriesId.VACANCIES, "nhs-vac-stats-apr15-mar26-eng-tables.xlsx", "2026-03"),
        (SeriesId.VACANCIES, "nhs-vac-stats-feb15-oct15-eng-tab.xlsx", "2015-10"),
        (SeriesId.VACANCIES, "nhs-vac-stats-apr15-dec25-eng-dq-annex.xlsx", "2025-12"),
        (SeriesId.STAFF_SURVEY, "NSS-Benchmark-report-excel-data-for-2021-2025-v2.xlsx", "2025"),
        (SeriesId.STAFF_SURVEY, "benchmark_report_excel_data_2019-2023_v2.xlsx", "2023"),
        (SeriesId.PAY_GAP, "UK Gender Pay Gap Data - 2017 to 2018.csv", "2017-18"),
        (SeriesId.PAY_GAP, "UK Gender Pay Gap Data - 2099 to 2100.csv", "2099-00"),
        (SeriesId.ETHNICITY, "nhs-workforce-data-june-2022.csv", "2022-06"),
        (SeriesId.STAFF_SURVEY, "Benchmark-report-Excel-data-for-2020-2024.xlsx", "2024"),
        (SeriesId.STAFF_SURVEY, "NSS24 detailed spreadsheets organisational results.xlsx", "2024"),
        (SeriesId.STAFF_SURVEY, "NSS24-Detailed-spreadsheets.zip", "2024"),
        (SeriesId.ODS, "etr.csv", ""),
        (SeriesId.ODS, "System-Mapping-Apr-26.xls", ""),
    ],
)
def test_a_real_name_is_taken_once_and_says_its_edition(series, name, edition):
    assert list(wanted_for(CATALOGUE[series], name).values()) == [edition]


@pytest.mark.parametrize(
    "name",
    [
        "NHS Workforce Statistics, May 2023 Doctors by Grade and Specialty.xlsx",
        "NHS Workforce Statistics, September 2025 England Preliminary statistics.xlsx",
        "NHS%20Workforce%20Statistics%2C%20May%202023%20England%20and%20Organisation.xlsx",
        "Copy of NHS Workforce Statistics, May 2023 England and Organisation.xlsx",
    ],
)
def test_other_names_are_nobodys(name):
    assert wanted_for(WORKFORCE, name) == {}


@pytest.mark.parametrize("again", ["_v2", "_0526", "_14-05-26_0526", " (corrected)"])
@pytest.mark.parametrize("series", [SeriesId.WORKFORCE, SeriesId.VACANCIES])
def test_a_file_that_was_published_again_under_a_longer_name_is_the_same_file(series, again):
    places = {"{month}": "March 2026", "{mmmyy}": "mar26", "*": ""}
    for wanted in CATALOGUE[series].wanted:
        for pattern in wanted.named:
            name = pattern
            for place, value in places.items():
                name = name.replace(place, value)
            stem, _, ending = name.rpartition(".")
            assert wanted_for(CATALOGUE[series], name) == {wanted.what: "2026-03"}
            assert wanted_for(CATALOGUE[series], f"{stem}{again}.{ending}") == {wanted.what: "2026-03"}


def test_files_that_no_reader_takes_are_known_to_be_kept_only():
    assert not is_read(SeriesId.ODS, "System-Mapping.xls")
    assert not is_read(SeriesId.VACANCIES_BY_ORGANISATION, "total-vacancy-rates-by-org-since-201718.xlsx")
    assert is_read(SeriesId.ODS, "etr.csv")
    assert is_read(SeriesId.ODS, "a file placed by hand.csv")


@given(st.sampled_from(MONTHS), st.integers(2009, 2099))
def test_any_month_in_a_name_gives_its_edition(month, year):
    name = f"NHS Workforce Statistics, {month.title()} {year} csv files.zip"
    assert list(wanted_for(WORKFORCE, name).values()) == [f"{year}-{MONTHS.index(month) + 1:02d}"]
