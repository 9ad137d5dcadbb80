"""Old editions are asked about rarely: what a second visit asks for, and what a monthly round finds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.fetching.fetch import fetch_series
from flows.fetching.last_discovery import last_discovery
from flows.fetching.publishers import digital_nhs_pages
from tests.flows.stand_in import (
    SERIES_PAGE,
    FaultyPublisher,
    answers,
    client,
    ending,
    fresh,
    is_blocked,
    workbook,
    workforce,
    workforce_edition,
    xlsx,
)
from tests.publisher_site import SiteEdition, SiteFile, SiteSeries
from transforms.reading.months import MONTHS
from transforms.series import SeriesId
from warehouse.folder import DataFolder

pytestmark = pytest.mark.slow

FIRST = datetime(2024, 1, 3, 9, 45, tzinfo=UTC)
YEAR = [workforce_edition(f"{month.title()} 2023", date(2023, number, 28)) for number, month in enumerate(MONTHS, 1)]


@pytest.fixture
def publisher() -> Iterator[FaultyPublisher]:
    with FaultyPublisher([workforce(*YEAR)]) as server:
        yield server


@pytest.fixture
def visit(publisher, tmp_path):
    """Visits the publisher some days after the first visit, and returns the result and the paths asked for."""
    folder = fresh(tmp_path)

    def go(days: int = 0, series: SeriesId = SeriesId.WORKFORCE):
        visitor = client(publisher, folder, attempts=1)
        got = fetch_series(series, visitor, folder, now=FIRST + timedelta(days=days))
        return got, [request.path.rpartition("/")[2] for request in visitor.log.requests]

    go.folder = folder
    return go


def editions(folder: DataFolder, series: SeriesId = SeriesId.WORKFORCE) -> list[str]:
    """The editions that were last found at the publisher."""
    return [edition["edition"] for edition in last_discovery(folder, series).editions]


def file_of(month: str) -> str:
    return f"NHS%20Workforce%20Statistics%2C%20{month}%202023%20England%20and%20Organisation.xlsx"


NEWEST = ["december-2023", "november-2023", "october-2023"]


def test_the_first_visit_asks_for_every_edition_and_the_second_for_the_newest_three(visit):
    got, asked = visit()
    assert (len(got.new), len(asked)) == (12, 1 + 12 + 12)
    got, asked = visit(days=1)
    assert asked == ["nhs-workforce-statistics", *NEWEST, *(file_of(m) for m in ("December", "November", "October"))]
    assert editions(visit.folder) == [f"2023-{n:02d}" for n in range(12, 0, -1)]
    assert (ending(got), len(got.unchanged)) == ("nothing new", 3)
    assert got.notes == ("NHS Workforce Statistics: 9 older editions were not requested again; all are once a month",)


def test_every_page_is_asked_for_once_a_month_and_files_only_where_a_page_has_changed(visit):
    visit()
    assert len(visit(days=29)[1]) == 1 + 3 + 3
    assert len(visit(days=30)[1]) == 1 + 12 + 3
    assert len(visit(days=31)[1]) == 1 + 3 + 3


def test_a_page_that_comes_without_a_validator_is_known_to_be_unchanged_by_its_bytes(visit, publisher):
    for page in [each for each in publisher.site.values() if not each.download_as]:
        publisher.fault(page.address, answers(200, page.content))
    visit()
    _, asked = visit(days=30)
    assert len(asked) == 1 + 12 + 3
    publisher.fault(
        f"{SERIES_PAGE}/march-2023", answers(200, publisher.site[f"{SERIES_PAGE}/march-2023"].content + b" ")
    )
    assert file_of("March") in visit(days=60)[1]


def test_a_file_published_again_on_an_old_edition_is_found_by_the_monthly_round(visit, publisher):
    visit()
    again = replace(YEAR[0], files=(workbook("January 2023", "corrected"),))
    publisher.publish([workforce(again, *YEAR[1:])])
    assert visit(days=20)[0].reissued == []
    got, _ = visit(days=31)
    assert [(file.edition, file.outcome) for file in got.reissued] == [("2023-01", "re-issued")]


def test_a_file_published_again_on_a_new_edition_is_found_by_the_next_visit(visit, publisher):
    visit()
    again = replace(YEAR[-1], files=(workbook("December 2023", "corrected"),))
    publisher.publish([workforce(*YEAR[:-1], again)])
    assert [file.edition for file in visit(days=1)[0].reissued] == ["2023-12"]


def test_an_old_edition_with_a_file_that_is_not_archived_is_asked_for_again(visit, publisher):
    address = next(each.address for each in publisher.site.values() if "March 2023" in each.download_as)
    publisher.fault(address, answers(404))
    assert ending(visit()[0]) == "gaps"
    publisher.faults.clear()
    got, asked = visit(days=1)
    assert ([file.edition for file in got.new], ending(got)) == (["2023-03"], "new")
    assert "march-2023" in asked
    assert "march-2023" not in visit(days=2)[1]


def test_an_old_edition_that_could_not_be_read_is_asked_for_again(visit, publisher):
    publisher.fault(f"{SERIES_PAGE}/march-2023", answers(500))
    visit()
    publisher.faults.clear()
    assert "march-2023" in visit(days=1)[1]


def test_a_block_in_the_midst_of_a_round_keeps_what_is_known_and_the_round_is_made_again(visit, publisher):
    visit()
    publisher.fault(f"{SERIES_PAGE}/august-2023", answers(403, b"<title>Just a moment...</title>"))
    got, _ = visit(days=30)
    assert is_blocked(got)
    assert len(editions(visit.folder)) == 11
    publisher.faults.clear()
    assert len(visit(days=31)[1]) >= 1 + 12


def test_a_new_edition_is_fetched_and_the_one_it_pushes_out_of_the_newest_rests(visit, publisher):
    visit()
    publisher.publish([workforce(*YEAR, workforce_edition("January 2024", date(2024, 1, 4)))])
    got, asked = visit(days=2)
    assert [file.edition for file in got.new] == ["2024-01"]
    assert "october-2023" not in asked


def test_pages_are_read_again_when_they_would_be_read_differently(visit, monkeypatch):
    visit()
    monkeypatch.setattr(digital_nhs_pages, "VERSION", digital_nhs_pages.VERSION + 1)
    assert len(visit(days=1)[1]) == 1 + 12 + 12


def test_a_supplementary_page_is_asked_for_once_a_month(visit, publisher):
    series = SeriesId.TURNOVER_BY_ORGANISATION
    answer = SiteEdition("Turnover by organisation", date(2023, 6, 5), (SiteFile("turnover.xlsx", xlsx()),))
    publisher.publish([SiteSeries(series, (answer,))])
    assert len(visit(series=series)[1]) == 2
    _, asked = visit(days=1, series=series)
    assert (asked, editions(visit.folder, series)) == ([], ["2023-06"])
    assert len(visit(days=30, series=series)[1]) == 1


def test_an_edition_announced_for_a_month_counts_from_the_end_of_that_month(visit, publisher):
    publisher.publish([workforce(*YEAR, workforce_edition("January 2024", date(2024, 2, 22), upcoming=True))])
    publisher.rewrite(SERIES_PAGE, "22 Feb 2024", "Feb 2024")
    visit()
    assert last_discovery(visit.folder, SeriesId.WORKFORCE).announced == date(2024, 2, 29)
