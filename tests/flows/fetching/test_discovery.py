"""Finding editions and files on the publishers' pages, and saying so when a page is not what it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.errors import AmbiguousFile, Blocked, MissingFile, PageChanged
from flows.fetching.publishers import Discovery, digital_nhs, discover
from flows.fetching.publishers.digital_nhs import SITEMAP
from flows.fetching.publishers.digital_nhs_pages import LATEST
from flows.fetching.publishers.england_nhs import ae_pages
from flows.fetching.publishers.pages import day_in, month_in
from flows.fetching.publishers.registered import registered_addresses
from flows.sample.server import Resource
from tests.flows.stand_in import (
    CHALLENGE,
    SERIES_PAGE,
    FaultyPublisher,
    answers,
    client,
    fresh,
    workbook,
    workforce,
    workforce_edition,
    xlsx,
    zipped,
)
from tests.publisher_site import SiteDataSet, SiteEdition, SiteFile, SiteSeries
from transforms.catalogue import Registered
from transforms.reading.months import MONTHS
from transforms.series import CATALOGUE, SeriesId
from warehouse.errors import ConfigurationMalformed
from warehouse.folder import DataFolder

APRIL = workforce_edition("April 2023", date(2023, 7, 27))
MAY = workforce_edition(
    "May 2023",
    date(2023, 8, 24),
    covers=(date(2009, 9, 30), date(2023, 5, 31)),
    key_facts="There were 1,285,542 FTE staff.\nThat is 56,000 more.",
)
JUNE_STUB = workforce_edition("June 2023", date(2023, 9, 28), upcoming=True)
MAY_PAGE = f"{SERIES_PAGE}/may-2023"
TODAY = date(2023, 9, 1)
PAGES = Path(__file__).resolve().parents[4] / "shared" / "pages" / "digital-nhs"


@pytest.fixture
def publisher() -> Iterator[FaultyPublisher]:
    with FaultyPublisher([workforce(APRIL, MAY, JUNE_STUB)]) as server:
        yield server


@pytest.fixture
def seen(publisher, tmp_path):
    """Looks at a series of the publisher."""

    def see(series: SeriesId = SeriesId.WORKFORCE, **how) -> Discovery:
        return discover(CATALOGUE[series], client(publisher, fresh(tmp_path)), today=TODAY, **how)

    return see


def test_latest_and_past_editions_are_found_newest_first(seen):
    assert [edition.edition for edition in seen().editions] == ["2023-05", "2023-04"]


def test_what_an_editions_page_says_is_kept(seen):
    may = seen().editions[0]
    assert may.title == "NHS Workforce Statistics - May 2023"
    assert may.page == MAY_PAGE
    assert may.published_on == date(2023, 8, 24)
    assert may.coverage == "30 Sep 2009 to 31 May 2023"
    assert may.kind_of_statistics == "Accredited official statistics"
    assert may.key_facts == "There were 1,285,542 FTE staff. That is 56,000 more."
    (file,) = may.files
    assert file.name == "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
    assert file.address.startswith("https://files.digital.nhs.uk/")
    assert file.reader == "workforce-workbook"


def test_an_announced_edition_is_noted_with_its_day_and_never_asked_for(seen, publisher):
    (june,) = seen().upcoming
    assert (june.title, june.due_on) == ("NHS Workforce Statistics - June 2023", date(2023, 9, 28))
    assert publisher.asked_for(f"{SERIES_PAGE}/june-2023") == []


def test_an_announced_edition_on_top_of_the_latest_ones_is_not_taken_for_one(seen, publisher):
    latest = '<ul class="list list--reset cta-list" data-uipath="ps.series.publications-list.latest">'
    stub = f'<li><a class="cta__button" href="{SERIES_PAGE}/june-2023" title="{JUNE_STUB.title}">June</a></li>'
    publisher.rewrite(SERIES_PAGE, latest, latest + stub)
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-05", "2023-04"]
    assert publisher.asked_for(f"{SERIES_PAGE}/june-2023") == []


def test_a_stub_that_no_list_announces_is_told_by_its_disclaimer(seen, publisher):
    publisher.rewrite(SERIES_PAGE, 'publications-list.upcoming"', 'publications-list.previous"')
    publisher.rewrite(SERIES_PAGE, 'id="upcoming-publications"', 'id="others"')
    publisher.rewrite(SERIES_PAGE, 'href="#upcoming-publications"', 'href="#others"')
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-05", "2023-04"]
    assert [(each.title, each.due_on) for each in found.upcoming] == [
        ("NHS Workforce Statistics - June 2023", date(2023, 9, 28))
    ]
    assert not found.failures


def test_files_on_data_set_pages_are_found(seen, publisher):
    below = SiteDataSet("Staff in trusts", (workbook("May 2023"),))
    publisher.publish([workforce(SiteEdition(MAY.title, MAY.published_on, data_sets=(below,), slug="may-2023"))])
    (edition,) = seen().editions
    assert [file.name for file in edition.files] == ["NHS Workforce Statistics, May 2023 England and Organisation.xlsx"]
    assert publisher.asked_for(f"{MAY_PAGE}/staff-in-trusts")


def test_files_of_another_month_on_the_page_are_editions_of_their_own_month(seen, publisher):
    core = "NHS HCHS Workforce Statistics, Trusts and core organisations - CSV data files, September 2025.zip"
    august = SiteEdition(
        "NHS Workforce Statistics - August 2025 (Including selected preliminary statistics for September 2025)",
        date(2025, 11, 27),
        (workbook("August 2025"), SiteFile(core, zipped({"Core 1.csv": b"a"}))),
    )
    publisher.publish([workforce(august)])
    (edition,) = seen().editions
    assert edition.edition == "2025-08"
    assert {(file.edition, file.reader) for file in edition.files} == {
        ("2025-08", "workforce-workbook"),
        ("2025-09", "core-csv"),
    }


def test_files_nobody_wants_and_files_missing_are_named(seen, publisher):
    other = SiteFile("NHS Workforce Statistics, May 2023 Doctors by Grade and Specialty.xlsx", xlsx())
    publisher.publish([workforce(workforce_edition("May 2023", date(2023, 8, 24), workbook("May 2023"), other))])
    (edition,) = seen().editions
    assert edition.other_files == (other.name,)
    assert "Data Quality Annex" in edition.missing


def test_editions_before_the_first_wanted_one_are_not_asked_for(seen, publisher):
    publisher.publish([workforce(MAY, workforce_edition("March 2020", date(2020, 6, 25)))])
    assert [edition.edition for edition in seen().editions] == ["2023-05"]
    assert publisher.asked_for(f"{SERIES_PAGE}/march-2020") == []


def test_an_edition_whose_title_names_no_month_is_dated_by_its_coverage(seen, publisher):
    untitled = SiteEdition("Workforce bulletin", MAY.published_on, MAY.files, covers=MAY.covers)
    publisher.publish([workforce(untitled)])
    assert seen().editions[0].edition == "2023-05"


def test_an_edition_that_nothing_dates_is_an_error_of_its_own(seen, publisher):
    publisher.publish([workforce(MAY, SiteEdition("Workforce bulletin", date(2023, 9, 1), MAY.files))])
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-05"]
    assert "the month the edition is of" in found.failures[0].reason


def test_without_the_uipath_marks_the_schema_org_marks_are_read(seen, publisher):
    for address in (SERIES_PAGE, MAY_PAGE, f"{SERIES_PAGE}/april-2023"):
        publisher.rewrite(address, "data-uipath", "data-gone")
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-05", "2023-04"]
    assert [each.due_on for each in found.upcoming] == [date(2023, 9, 28)]
    assert found.editions[0].files
    assert found.editions[0].published_on == date(2023, 8, 24)


def test_a_series_page_without_lists_says_what_was_looked_for(seen, publisher):
    publisher.fault(SERIES_PAGE, answers(200, b"<html><title>New look</title><a href='/x'>NHS Workforce</a></html>"))
    with pytest.raises(PageChanged) as caught:
        seen()
    assert LATEST[0] in str(caught.value)
    assert "New look" in str(caught.value)


@pytest.mark.parametrize("section", ["past-publications", "upcoming-publications"])
def test_a_section_whose_list_has_gone_is_not_taken_for_empty(seen, publisher, section):
    publisher.rewrite(SERIES_PAGE, f'id="{section}"', f'id="{section}-2"')
    publisher.rewrite(SERIES_PAGE, f'publications-list.{section.replace("past", "previous").split("-")[0]}"', 'x"')
    with pytest.raises(PageChanged):
        seen()


def test_an_edition_page_that_changed_fails_alone(seen, publisher):
    publisher.rewrite(MAY_PAGE, "<h1 ", "<h2 ")
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-04"]
    (failure,) = found.failures
    assert (failure.where, failure.kind) == (MAY.title, "PageChanged")
    assert 'h1[data-uipath="document.title"]' in failure.reason


def test_an_edition_page_whose_list_of_files_changed_fails_alone(seen, publisher):
    publisher.rewrite(MAY_PAGE, "ps.publication.resources-attachments", "gone")
    publisher.rewrite(MAY_PAGE, "files.digital.nhs.uk", "files.example.org")
    (failure,) = seen().failures
    assert "the files under #resources" in failure.reason


def test_an_edition_with_links_only_lacks_its_required_file(seen, publisher):
    links = (("Workforce dashboard", "https://app.powerbi.com/view?r=1"),)
    publisher.publish([workforce(APRIL, SiteEdition(MAY.title, MAY.published_on, slug="may-2023", links=links))])
    (failure,) = seen().failures
    assert (failure.where, failure.kind) == (MAY.title, "MissingFile")


def test_files_outside_the_list_of_files_are_found_with_a_note(seen, publisher):
    publisher.rewrite(MAY_PAGE, "ps.publication.resources-attachments", "gone")
    publisher.rewrite(MAY_PAGE, 'id="resources"', 'id="downloads"')
    found = seen()
    assert [len(edition.files) for edition in found.editions] == [1, 1]
    (note,) = found.notes
    assert "the list of files was not found" in note
    assert MAY_PAGE in note


def test_a_corrected_file_is_found_by_its_longer_name(seen, publisher):
    name = "NHS Workforce Statistics, May 2023 England and Organisation_14-05-26_0526.xlsx"
    publisher.publish([workforce(SiteEdition(MAY.title, MAY.published_on, (SiteFile(name, xlsx()),)))])
    assert [file.name for file in seen().editions[0].files] == [name]


def test_a_file_and_its_correction_on_one_page_are_an_error_that_names_both(seen, publisher):
    corrected = "NHS Workforce Statistics, May 2023 England and Organisation_v2.xlsx"
    both = (workbook("May 2023"), SiteFile(corrected, xlsx("corrected")))
    publisher.publish([workforce(SiteEdition(MAY.title, MAY.published_on, both))])
    (failure,) = seen().failures
    assert failure.kind == "AmbiguousFile"
    assert corrected in failure.reason
    assert workbook("May 2023").name in failure.reason


def test_a_title_of_a_file_is_its_name_without_ending_and_size(seen):
    (file,) = seen().editions[0].files
    assert file.title == "NHS Workforce Statistics, May 2023 England and Organisation"


def test_an_announced_edition_of_which_only_the_month_is_printed_keeps_the_month(seen, publisher):
    publisher.rewrite(SERIES_PAGE, "28 Sep 2023", "Sep 2023")
    (june,) = seen().upcoming
    assert (june.due_on, june.due_month) == (None, "2023-09")


def test_a_series_that_hides_its_latest_edition_lists_it_among_the_past_ones(seen, publisher):
    publisher.publish([workforce(MAY, APRIL, workforce_edition("March 2023", date(2023, 6, 29)))])
    for old, new in (
        ("#latest-statistics", "#summary"),
        ('id="latest-statistics"', 'id="summary"'),
        ("publications-list.latest", "publications-list.previous"),
    ):
        publisher.rewrite(SERIES_PAGE, old, new)
    assert [edition.edition for edition in seen().editions] == ["2023-05", "2023-04", "2023-03"]


def test_supplementary_information_below_a_past_edition_is_not_an_edition(seen, publisher):
    link = '<a href="/supplementary-information/2026/x">X</a>'
    card = f'<div class="inset-text"><ul><li class="inset-text__block"><h4>{link}'
    publisher.rewrite(SERIES_PAGE, "27 July 2023</p>", f"27 July 2023</p>{card}</h4></li></ul></div>")
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-05", "2023-04"]
    assert publisher.asked_for("https://digital.nhs.uk/supplementary-information/2026/x") == []


@pytest.mark.skipif(not PAGES.exists(), reason="the rebuilt pages of digital.nhs.uk are not at hand")
@pytest.mark.parametrize(
    ("series", "files"),
    [
        (SeriesId.WORKFORCE, {"2026-03": 7, "2024-06": 4}),
        (SeriesId.VACANCIES, {"2026-03": 2, "2025-12": 2}),
        (SeriesId.VACANCIES_BY_ORGANISATION, {"2024-06": 1}),
    ],
)
def test_editions_are_found_from_the_rebuilt_pages_of_the_publisher(seen, publisher, series, files):
    publisher.publish([])
    for path in PAGES.glob("*.expect.json"):
        address = json.loads(path.read_text(encoding="utf-8"))["address"]
        page = PAGES / path.name.replace(".expect.json", ".html")
        if page.exists():
            publisher.site[address] = Resource(address, page.read_bytes(), "text/html; charset=utf-8", "")
    found = seen(series)
    assert {edition.edition: len(edition.files) for edition in found.editions} == files
    # Not every page that the series lists was rebuilt; the edition with links only lacks its required file.
    assert {failure.kind for failure in found.failures} <= {"NotFound", "MissingFile"}


def sitemap(*places: str) -> Resource:
    entries = "".join(f"<url><loc>{place}</loc><lastmod>2023-08-24</lastmod></url>" for place in places)
    xml = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    return Resource(SITEMAP, xml.encode(), "application/xml", "Thu, 24 Aug 2023 09:30:00 GMT")


def test_where_the_series_page_has_lost_its_lists_the_sitemap_leads_to_the_editions(seen, publisher):
    article = f"{SERIES_PAGE}/support-information"
    publisher.site[article] = replace(publisher.site[MAY_PAGE], address=article)
    publisher.rewrite(article, "article--publication", "")
    publisher.site[SITEMAP] = sitemap(
        f"{SERIES_PAGE}/april-2023",
        f"{MAY_PAGE}/introduction",
        article,
        SERIES_PAGE,
        MAY_PAGE,
        f"{SERIES_PAGE}/may-2019",
    )
    publisher.fault(SERIES_PAGE, answers(200, b"<html><title>New look</title><a href='/x'>NHS Workforce</a></html>"))
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-04", "2023-05"]
    assert [(failure.where, failure.kind) for failure in found.failures] == [(SERIES_PAGE, "PageChanged")]
    assert publisher.asked_for(f"{SERIES_PAGE}/may-2019") == []


def test_an_edition_out_before_the_first_one_wanted_is_not_asked_for_though_its_title_has_no_month(seen, publisher):
    old = SiteEdition("NHS staff census", date(2010, 8, 25), MAY.files)
    publisher.publish([workforce(MAY, old)])
    assert [edition.edition for edition in seen().editions] == ["2023-05"]
    assert publisher.asked_for(f"{SERIES_PAGE}/nhs-staff-census") == []


def test_an_edition_page_without_files_fails_alone(seen, publisher):
    publisher.publish([workforce(APRIL, SiteEdition(MAY.title, MAY.published_on, slug="may-2023"))])
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-04"]
    assert found.failures[0].kind == MissingFile.__name__
    assert "no files at all" in found.failures[0].reason


def test_two_files_that_answer_to_one_wanted_name_are_an_error_that_names_both(seen, publisher):
    twice = (workbook("May 2023"), workbook("May 2023", "corrected"))
    publisher.publish([workforce(APRIL, workforce_edition("May 2023", MAY.published_on, *twice))])
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-04"]
    (failure,) = found.failures
    assert failure.kind == AmbiguousFile.__name__
    assert failure.reason.count("https://files.digital.nhs.uk/") == 2


def test_one_file_listed_twice_is_one_file(seen, publisher):
    file = workbook("May 2023")
    below = SiteDataSet("Staff in trusts", (file,))
    publisher.publish([workforce(SiteEdition(MAY.title, MAY.published_on, (file,), data_sets=(below,)))])
    assert len(seen().editions[0].files) == 1


def test_a_series_that_replaced_this_one_is_not_an_edition(seen, publisher):
    replaced = (
        '<div class="callout-box"><a class="cta__button" itemprop="url" href="/other-series">Other series</a></div>'
    )
    listed = 'data-uipath="ps.series.publications-list.previous">'
    publisher.rewrite(SERIES_PAGE, listed, listed + replaced)
    assert [edition.edition for edition in seen().editions] == ["2023-05", "2023-04"]
    assert publisher.asked_for("https://digital.nhs.uk/other-series") == []


def test_a_challenge_on_the_series_page_is_blocked(seen, publisher):
    publisher.fault(SERIES_PAGE, answers(403, CHALLENGE))
    with pytest.raises(Blocked):
        seen()


def test_a_challenge_on_an_edition_page_ends_the_look_and_keeps_what_was_seen(seen, publisher):
    publisher.fault(f"{SERIES_PAGE}/april-2023", answers(403, CHALLENGE))
    publisher.publish([workforce(MAY, APRIL, workforce_edition("March 2023", date(2023, 6, 29)))])
    found = seen()
    assert [edition.edition for edition in found.editions] == ["2023-05"]
    assert [failure.kind for failure in found.failures] == ["Blocked"]
    assert publisher.asked_for(f"{SERIES_PAGE}/march-2023") == []


def test_no_address_is_asked_for_that_no_page_names(seen, publisher):
    seen()
    assert [address for address, _ in publisher.visits] == [SERIES_PAGE, MAY_PAGE, f"{SERIES_PAGE}/april-2023"]


SUPPLEMENTARY = SeriesId.VACANCIES_BY_ORGANISATION


def supplementary(*names: str) -> SiteSeries:
    files = tuple(SiteFile(name, xlsx()) for name in names)
    return SiteSeries(SUPPLEMENTARY, (SiteEdition("Total vacancy rates by organisation", date(2024, 6, 5), files),))


def test_a_supplementary_information_page_is_an_edition_with_the_files_of_its_response(seen, publisher):
    publisher.publish([supplementary("total-vacancy-rates.xlsx", "total-vacancy-rates.csv", "method.pdf")])
    (edition,) = seen(SUPPLEMENTARY).editions
    assert (edition.edition, edition.published_on) == ("2024-06", date(2024, 6, 5))
    assert [(file.name, file.reader) for file in edition.files] == [
        ("total-vacancy-rates.xlsx", ""),
        ("total-vacancy-rates.csv", ""),
    ]
    assert edition.other_files == ("method.pdf",)


def test_a_supplementary_information_page_without_a_file_is_an_error(seen, publisher):
    publisher.publish([supplementary("method.pdf")])
    with pytest.raises(MissingFile, match=r"method\.pdf"):
        seen(SUPPLEMENTARY)


def test_a_supplementary_information_page_that_was_withdrawn_is_a_note(seen, publisher):
    found = seen(SUPPLEMENTARY)
    assert (found.editions, found.failures) == ((), ())
    assert CATALOGUE[SUPPLEMENTARY].landing in found.notes[0]


def pay_gap(*starts: int) -> SiteSeries:
    files = [SiteFile(f"UK Gender Pay Gap Data - {start} to {start + 1}.csv", b"EmployerName\nA\n") for start in starts]
    return SiteSeries(SeriesId.PAY_GAP, tuple(SiteEdition(file.name, date(2024, 4, 30), (file,)) for file in files))


def test_every_reporting_year_on_the_pay_gap_page_is_an_edition(seen, publisher):
    publisher.publish([pay_gap(2017, 2019, 2023)])
    editions = seen(SeriesId.PAY_GAP).editions
    assert [edition.edition for edition in editions] == ["2023-24", "2019-20", "2017-18"]
    assert editions[0].files[0].address == "https://gender-pay-gap.service.gov.uk/viewing/download-data/2023"
    assert editions[0].files[0].name == "UK Gender Pay Gap Data - 2023 to 2024.csv"


def test_the_benchmark_workbook_of_the_staff_survey_is_found_among_the_files(seen, publisher):
    names = ("NSS-Benchmark-report-excel-data-for-2021-2025-v2.xlsx", "NSS25-Detailed-spreadsheets.zip")
    files = tuple(SiteFile(name, xlsx()) for name in names)
    publisher.publish([SiteSeries(SeriesId.STAFF_SURVEY, (SiteEdition("2025", date(2026, 3, 17), files),))])
    (edition,) = seen(SeriesId.STAFF_SURVEY).editions
    assert (edition.edition, [file.name for file in edition.files]) == ("2025", [names[0]])
    assert edition.other_files == (names[1],)


def test_the_newest_version_of_the_ethnicity_measure_is_found(seen, publisher):
    file = SiteFile("nhs-workforce-data-june-2022.csv", b"Time,Ethnicity\n")
    publisher.publish([SiteSeries(SeriesId.ETHNICITY, (SiteEdition("NHS workforce", date(2023, 1, 26), (file,)),))])
    (edition,) = seen(SeriesId.ETHNICITY).editions
    assert (edition.edition, edition.title, edition.published_on) == ("2022-06", "NHS workforce", date(2023, 1, 26))


@pytest.mark.parametrize("series", [SeriesId.PAY_GAP, SeriesId.STAFF_SURVEY, SeriesId.ETHNICITY])
def test_a_publishers_page_without_its_links_has_changed(seen, publisher, series):
    publisher.publish([SiteSeries(series, (SiteEdition("Empty", date(2024, 1, 1)),))])
    with pytest.raises(PageChanged):
        seen(series)


def test_organisation_lists_are_an_edition_of_the_month_and_ask_only_for_the_mappings_page(seen, publisher):
    found = seen(SeriesId.ODS)
    (edition,) = found.editions
    assert edition.edition == "2023-09"
    assert [file.name for file in edition.files] == ["etr.csv", "ect.csv", "eccg.csv", "succ.csv"]
    assert [address for address, _ in publisher.visits] == list(ae_pages(TODAY))
    assert "no link to a system mapping file" in found.notes[0]
    assert found.failures == ()


def test_a_series_without_an_address_says_what_to_do(seen):
    found = seen(SeriesId.WRES)
    assert found.editions == ()
    assert "inbox" in found.notes[0]


def test_registered_addresses_are_editions(seen):
    address = "https://www.england.nhs.uk/wp-content/uploads/2025/06/wres-2024.xlsx"
    found = seen(SeriesId.WRES, extra=(Registered("2024", address, "wres-2024.xlsx", "WRES 2024"),))
    assert [(edition.edition, edition.title) for edition in found.editions] == [("2024", "WRES 2024")]
    assert found.editions[0].files[0].address == address


def test_two_files_registered_for_one_year_are_both_taken(seen):
    below = "https://www.england.nhs.uk/wp-content/uploads/2025/06/"
    found = seen(SeriesId.WRES, extra=tuple(Registered("2024", below + name, name) for name in ("a.csv", "b.csv")))
    assert [file.name for file in found.editions[0].files] == ["a.csv", "b.csv"]


LISTED = '[[file]]\nseries = "wres"\nedition = "{}"\naddress = "https://a/b.csv"\nname = "b.csv"\n'


def test_an_operators_list_of_addresses_is_read_from_the_folder_config_and_from_where_it_was_before(tmp_path):
    folder = DataFolder(tmp_path)
    assert registered_addresses(folder) == {}
    (tmp_path / "registered.toml").write_text(LISTED.format("2023"))
    folder.config.mkdir()
    (folder.config / "registered.toml").write_text(LISTED.format("2024"))
    assert registered_addresses(folder) == {
        "wres": (Registered("2024", "https://a/b.csv", "b.csv"), Registered("2023", "https://a/b.csv", "b.csv"))
    }


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        ("[[file]]\nseries = 'wres'\n", "missing or unknown: address, edition, name"),
        ("[[file", "at end of document"),
        ("file = 1\n", "file that is no block"),
        (LISTED.format("2024").replace("wres", "wers"), "'wers', which is not one of the series"),
        (LISTED.format("2024").replace("https", "http"), "does not begin with https://"),
        (LISTED.format(" "), "empty or not a text: edition"),
        (LISTED.format("2024") + 'colour = "red"\n', "missing or unknown: colour"),
    ],
)
def test_a_broken_list_of_addresses_is_an_error_with_file_and_what_was_found(tmp_path, broken, found):
    folder = DataFolder(tmp_path)
    folder.config.mkdir()
    (folder.config / "registered.toml").write_text(broken)
    with pytest.raises(ConfigurationMalformed) as error:
        registered_addresses(folder)
    assert found in str(error.value)
    assert str(folder.config / "registered.toml") in str(error.value)


@given(
    st.sampled_from(MONTHS),
    st.integers(2009, 2099),
    st.sampled_from(["{} {}", "Staff, April 2015 - {} {}", "{} {} (for March 2099)"]),
)
def test_the_last_month_outside_brackets_is_the_editions(month, year, title):
    assert month_in(title.format(month.title(), year)) == f"{year}-{MONTHS.index(month) + 1:02d}"


@pytest.mark.parametrize("month", ["Sep", "Sept", "September", "september"])
@pytest.mark.parametrize("title", ["Staff, April 2015 - {} 2026", "Staff, April 2015 – {} 2026, experimental"])
def test_a_month_is_known_by_its_short_names_too(month, title):
    assert month_in(title.format(month)) == "2026-09"


@pytest.mark.parametrize(
    ("printed", "day"),
    [
        ("27 Nov 2025", date(2025, 11, 27)),
        ("Publication date: 27 November 2025", date(2025, 11, 27)),
        ("1 Apr 2015 to 30 Sep 2025", date(2025, 9, 30)),
        ("3 Sep 2026", date(2026, 9, 3)),
        ("3 Sept 2026", date(2026, 9, 3)),
        ("3 September 2026", date(2026, 9, 3)),
        ("31 Feb 2026", None),
        ("November 2025", None),
        ("Feb 2027", None),
        ("", None),
    ],
)
def test_days_are_read_as_printed(printed, day):
    assert day_in(printed) == day


def test_a_page_that_leads_to_thousands_of_pages_is_given_up(seen, publisher, monkeypatch):
    monkeypatch.setattr(digital_nhs, "MOST_PAGES", 1)
    before = len(publisher.visits)
    (failure, *_) = seen(SeriesId.WORKFORCE).failures
    assert "more pages than a series has" in failure.reason
    assert len(publisher.visits) - before == 2  # with the series page itself
