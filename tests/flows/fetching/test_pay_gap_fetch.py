"""Fetching gender pay gap files, which the service makes anew every hour: what counts as re-issued, and when to ask."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from flows.fetching.fetch import fetch_series
from flows.fetching.reissues import rows_read, same_rows
from flows.fetching.results import FetchedSeries
from tests.flows.stand_in import FaultyPublisher, client, fresh
from tests.publisher_site import SiteEdition, SiteFile, SiteSeries
from tests.sample_maker.files.pay_gap import pay_gap_csv
from transforms.published_file import PublishedFile
from transforms.series import SeriesId
from warehouse.archive import Archive

NOW = datetime(2024, 6, 1, 9, 45, tzinfo=UTC)
CLOSED, OPEN = 2022, 2024
ADDRESS = "https://gender-pay-gap.service.gov.uk/viewing/download-data/{}"


def name_of(start: int) -> str:
    return f"UK Gender Pay Gap Data - {start} to {start + 1}.csv"


class World:
    """The service with two years, and one who fetches from it."""

    def __init__(self, publisher: FaultyPublisher, tmp_path) -> None:
        self.publisher, self.folder = publisher, fresh(tmp_path)
        self.files = {start: pay_gap_csv(start) for start in (CLOSED, OPEN)}
        self.show()

    def show(self) -> None:
        self.publisher.publish(
            [
                SiteSeries(
                    SeriesId.PAY_GAP,
                    tuple(
                        SiteEdition(name_of(start), date(start, 4, 5), (SiteFile(name_of(start), content),))
                        for start, content in self.files.items()
                    ),
                )
            ]
        )

    def change(self, start: int, column: str, value: str, row: int = 0) -> None:
        """Print another value in a column, as the service does when it makes the file anew."""
        rows = list(csv.DictReader(io.StringIO(self.files[start].decode())))
        rows[row][column] = value
        self.files[start] = _written(rows)
        self.show()

    def fetch(self, after_days: float = 0) -> FetchedSeries:
        return fetch_series(
            SeriesId.PAY_GAP, client(self.publisher, self.folder), self.folder, now=NOW + timedelta(days=after_days)
        )

    def outcomes(self, after_days: float = 0) -> dict[str, str]:
        return {file.edition: file.outcome for file in self.fetch(after_days).files}

    def asked(self, start: int) -> int:
        return len(self.publisher.asked_for(ADDRESS.format(start)))


def _written(rows: list[dict[str, str]]) -> bytes:
    stream = io.StringIO(newline="")
    out = csv.DictWriter(stream, list(rows[0]), quoting=csv.QUOTE_ALL)
    out.writeheader()
    out.writerows(rows)
    return stream.getvalue().encode()


@pytest.fixture
def world(tmp_path) -> Iterator[World]:
    with FaultyPublisher() as publisher:
        yield World(publisher, tmp_path)


def test_a_closed_year_is_asked_for_once_a_month_and_the_open_one_every_time(world):
    for days in (0, 1, 29.9, 30, 31):
        world.fetch(days)
    assert (world.asked(CLOSED), world.asked(OPEN)) == (2, 5)


def test_a_closed_year_that_is_not_in_the_archive_is_asked_for(world):
    world.fetch()
    other = fresh(world.folder.root.parent / "other")
    fetch_series(SeriesId.PAY_GAP, client(world.publisher, other), other, now=NOW)
    assert world.asked(CLOSED) == 2


@pytest.mark.parametrize("column", ["Address", "CurrentName", "ResponsiblePerson", "SicCodes"])
def test_other_bytes_with_the_same_figures_are_no_re_issue_and_are_not_archived(world, column):
    world.fetch()
    world.change(OPEN, column, "1")
    assert world.outcomes(1)["2024-25"] == "unchanged"
    assert len(Archive(world.folder.archive).records()) == 2
    assert not [path for path in (world.folder.state / "partial").iterdir() if path.is_file()]


def test_other_places_of_the_same_rows_are_no_re_issue(world):
    world.fetch()
    rows = list(csv.DictReader(io.StringIO(world.files[OPEN].decode())))
    world.files[OPEN] = _written(rows[::-1])
    world.show()
    assert world.outcomes(1)["2024-25"] == "unchanged"


@pytest.mark.parametrize("column", ["DiffMeanHourlyPercent", "FemaleTopQuartile", "EmployerSize"])
def test_another_figure_is_a_re_issue_and_both_versions_are_kept(world, column):
    world.fetch()
    world.change(OPEN, column, "12.5")
    assert world.outcomes(1)["2024-25"] == "re-issued"
    assert len(Archive(world.folder.archive).records()) == 3


def test_a_file_that_cannot_be_read_any_more_goes_to_the_archive(world):
    world.fetch()
    world.change(OPEN, "DiffMeanHourlyPercent", "n/a")
    assert world.outcomes(1)["2024-25"] == "re-issued"


def test_the_year_just_opened_is_an_empty_edition_with_a_note(world):
    world.files[OPEN] = world.files[OPEN].splitlines()[0]
    world.show()
    got = world.fetch()
    assert (got.failures, got.notes) == ((), (f"{name_of(OPEN)} has no figures yet: an empty edition",))
    assert {file.edition: file.outcome for file in got.files} == {"2024-25": "new", "2022-23": "new"}


def test_the_real_file_made_anew_with_other_addresses_and_names_gives_the_same_rows(published, tmp_path):
    name = "UK Gender Pay Gap Data - 2023 to 2024.csv"
    real = published / "gender-pay-gap" / name
    rows = list(csv.DictReader(io.StringIO(real.read_text(encoding="utf-8-sig"))))
    for row in rows:
        row |= {"Address": "elsewhere", "PostCode": "ZZ1 1ZZ", "CurrentName": "NEW NAME"}
    anew = tmp_path / name
    anew.write_bytes(_written(rows))
    before = rows_read(PublishedFile(real, name))
    assert same_rows(before, rows_read(PublishedFile(anew, name)))
    nhs = next(row for row in rows if "NHS FOUNDATION TRUST" in row["EmployerName"].upper())
    nhs["DiffMedianHourlyPercent"] = "99.0"
    anew.write_bytes(_written(rows))
    assert not same_rows(before, rows_read(PublishedFile(anew, name)))
