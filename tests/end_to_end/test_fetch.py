"""Every publisher, first run to fourth: all is fetched, then nothing, then only what is new or re-issued."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from flows.fetching.fetch import fetch_series
from flows.fetching.http import Client, Robots
from flows.fetching.last_discovery import last_discovery
from flows.fetching.results import FetchedSeries
from flows.sample import is_in_the_sample, sample_registered, sample_server
from tests.flows.stand_in import (
    FaultyPublisher,
    answers,
    client,
    ending,
    fresh,
    workbook,
    workforce_edition,
    xlsx,
    zipped,
)
from tests.publisher_site import SiteEdition, SiteFile, SiteSeries
from transforms.published_file import PublishedFile
from transforms.series import CATALOGUE, SeriesId, reader_for
from warehouse.archive import Archive
from warehouse.folder import DataFolder

pytestmark = pytest.mark.slow

NOW = datetime(2026, 6, 1, 9, 45, tzinfo=UTC)
SUPPLEMENTARY = (SeriesId.VACANCIES_BY_ORGANISATION, SeriesId.TURNOVER_BY_ORGANISATION, SeriesId.WORKFORCE_BY_TRUST)
BIFF = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000)
WRES = "https://www.england.nhs.uk/wp-content/uploads/2025/06/wres-2024.csv"


def real(folder, path: str) -> bytes:
    """A real published file."""
    return (folder / path).read_bytes()


def everything(published) -> dict[SeriesId, SiteSeries]:
    """Every series with real files where they are at hand, and small ones of the right kind where not."""
    workforce = "nhs-workforce-statistics"
    may = "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
    benchmarking = "Turnover benchmarking 2. Staff group and organisation, monthly, Oct-25.csv"
    turnover = zipped({benchmarking: real(published, f"{workforce}/turnover-benchmarking/{benchmarking}")})
    core = zipped({"Core 1. Staff group - England, NHSE region, ICS and org, Oct-25.csv": b"DATA_MONTH,DATA_LEVEL\n"})
    head = "NHS HCHS Workforce Statistics,"
    october = (
        SiteFile(f"{head} Trusts and core organisations - data tables, October 2025.xlsx", xlsx("tables")),
        SiteFile(f"{head} Trusts and core organisations - CSV data files, October 2025.zip", core),
        SiteFile(f"{head} Turnover benchmarking - CSV data files, October 2025.zip", turnover),
    )
    vacancies = "nhs-vac-stats-apr15-mar26-eng-tables.xlsx"
    years = ("2017 to 2018", "2019 to 2020", "2023 to 2024")
    pay_gap = [f"UK Gender Pay Gap Data - {each}.csv" for each in years]
    ods = {"etr": "ods/2025-12/etr.csv", "ect": "ods/2025-12/etr.csv", "eccg": "ods/2025-12/eccg.csv"}
    shown = [
        SiteSeries(
            SeriesId.WORKFORCE,
            (
                workforce_edition("May 2023", date(2023, 8, 24), SiteFile(may, real(published, f"{workforce}/{may}"))),
                workforce_edition("October 2025", date(2026, 1, 29), *october),
                workforce_edition("November 2025", date(2026, 6, 25), upcoming=True),
            ),
        ),
        SiteSeries(
            SeriesId.VACANCIES,
            (
                SiteEdition(
                    "NHS Vacancy Statistics England, April 2015 - March 2026, Official Statistics in Development",
                    date(2026, 5, 28),
                    (SiteFile(vacancies, real(published, f"nhs-vacancy-statistics/reconstructed/{vacancies}")),),
                    kind_of_statistics="Official statistics in development",
                ),
            ),
        ),
        SiteSeries(
            SeriesId.WRES,
            (
                SiteEdition(
                    "WRES 2024", date(2025, 6, 1), (SiteFile("wres-2024.csv", b"org_code\nR0A\n", address=WRES),)
                ),
            ),
        ),
        SiteSeries(SeriesId.WDES, (SiteEdition("WDES 2024", date(2025, 6, 1)),)),
        SiteSeries(
            SeriesId.STAFF_SURVEY,
            (
                SiteEdition(
                    "Local results",
                    date(2026, 3, 17),
                    (SiteFile("NSS-Benchmark-report-excel-data-for-2021-2025-v2.xlsx", xlsx("survey")),),
                ),
                SiteEdition(
                    "2024",
                    date(2025, 3, 13),
                    (SiteFile("NSS24-Detailed-spreadsheets.zip", zipped({"national results.xlsx": xlsx("2024")})),),
                ),
            ),
        ),
        SiteSeries(
            SeriesId.PAY_GAP,
            tuple(
                SiteEdition(name, date(2024, 4, 5), (SiteFile(name, real(published, f"gender-pay-gap/{name}")),))
                for name in pay_gap
            ),
        ),
        SiteSeries(
            SeriesId.ODS,
            (
                SiteEdition(
                    "Reports",
                    date(2026, 4, 14),
                    (
                        *(SiteFile(f"{name}.csv", real(published, path)) for name, path in ods.items()),
                        SiteFile("succ.csv", b'"RW6","R0A","R","20211001","1"\n'),
                        SiteFile("System-Mapping-Apr-26.xls", BIFF),
                    ),
                ),
            ),
        ),
        SiteSeries(
            SeriesId.ETHNICITY,
            (
                SiteEdition(
                    "NHS workforce",
                    date(2023, 1, 26),
                    (
                        SiteFile(
                            "nhs-workforce-data-june-2022.xls",
                            real(published, "ethnicity-facts-and-figures/resaved/nhsworkforcedata.xls"),
                        ),
                    ),
                ),
                SiteEdition(
                    "NHS trust board membership",
                    date(2023, 1, 25),
                    (SiteFile("nhs-trust-board-members-2021.csv", b"Measure,Ethnicity\n"),),
                ),
            ),
        ),
        *(
            SiteSeries(
                series,
                (SiteEdition(f"Answer about {series}", date(2024, 6, 5), (SiteFile(f"{series}.xlsx", xlsx()),)),),
            )
            for series in SUPPLEMENTARY
        ),
    ]
    return {each.series: each for each in shown}


@dataclass
class World:
    """The publishers, and one who fetches from them."""

    publisher: FaultyPublisher
    folder: DataFolder
    shown: dict[SeriesId, SiteSeries]

    def fetch_all(self) -> tuple[dict[str, FetchedSeries], Client]:
        """One run over every series, by a client that has just been started."""
        robots = Robots(self.folder.state, overridden={"files.digital.nhs.uk"})
        visitor = client(self.publisher, self.folder, robots=robots, attempts=1)
        return {name: fetch_series(name, visitor, self.folder, now=NOW) for name in CATALOGUE}, visitor

    def show(self, series: SeriesId, *editions: SiteEdition) -> None:
        """Replace what a series shows."""
        self.shown[series] = SiteSeries(series, editions)
        self.publisher.publish(self.shown.values())

    @property
    def archive(self) -> Archive:
        return Archive(self.folder.archive)


@pytest.fixture
def world(published, tmp_path) -> Iterator[World]:
    folder = fresh(tmp_path)
    folder.root.mkdir()
    (folder.root / "registered.toml").write_text(
        f'[[file]]\nseries = "wres"\nedition = "2024"\naddress = "{WRES}"\nname = "wres-2024.csv"\n'
    )
    shown = everything(published)
    with FaultyPublisher(shown.values()) as publisher:
        yield World(publisher, folder, shown)


def changed(got: dict[str, FetchedSeries]) -> dict[str, list[str]]:
    """What came, by series."""
    return {
        name: [f"{f.edition} {f.outcome}" for f in each.new + each.reissued]
        for name, each in got.items()
        if each.new or each.reissued
    }


def test_the_first_run_fetches_everything(world):
    got, visitor = world.fetch_all()
    assert {name: each.failures for name, each in got.items() if each.failures} == {}
    assert changed(got) == {
        "nhs-workforce-statistics": ["2025-10 new", "2025-10 new", "2025-10 new", "2023-05 new"],
        "nhs-vacancy-statistics": ["2026-03 new"],
        "wres": ["2024 new"],
        "nhs-staff-survey": ["2025 new", "2024 new"],
        "gender-pay-gap": ["2023-24 new", "2019-20 new", "2017-18 new"],
        "ods": ["2026-06 new"] * 5,
        "ethnicity-facts-and-figures": ["2022-06 new", "2023-01 new"],
        "vacancy-rates-by-organisation": ["2024-06 new"],
        "turnover-by-organisation": ["2024-06 new"],
        "workforce-by-acute-trust": ["2024-06 new"],
    }
    assert got["wdes"].notes
    for record in world.archive.records():
        sent = world.publisher.file(record.file_name).content
        assert world.archive.verified(record).read_bytes() == sent
        assert PublishedFile(world.archive.verified(record), record.file_name).kind != "html"
        assert all((record.licence, record.attribution, record.publisher, record.address, record.retrieved_at))
    each_once = Counter((request.host, request.path) for request in visitor.log.requests)
    assert set(each_once.values()) == {1}
    assert sum(each.requests for each in got.values()) == len(visitor.log.requests)
    assert Counter(row["host"] for row in visitor.log.table()) == {
        "digital.nhs.uk": 12,
        "files.digital.nhs.uk": 5,
        "www.england.nhs.uk": 10,
        "www.nhsstaffsurveys.com": 7,
        "gender-pay-gap.service.gov.uk": 5,
        "www.odsdatasearchandexport.nhs.uk": 5,
        "www.ethnicity-facts-figures.service.gov.uk": 5,
    }
    answered = {(row["path"] == "/robots.txt", row["status"], row["conditional"]) for row in visitor.log.table()}
    assert answered == {(True, 404, "no"), (False, 200, "no")}


def test_the_second_run_only_asks_whether_anything_changed(world):
    _, first = world.fetch_all()
    got, second = world.fetch_all()
    assert changed(got) == {}
    assert {ending(each) for each in got.values()} == {"nothing new"}
    assert {(request.status, request.conditional, request.received) for request in second.log.requests} == {
        (304, True, 0)
    }
    # Supplementary pages are published once, and years of the pay gap close: both are asked for once a month. The rules
    # of a host are asked for once a day.
    rarely = ("supplementary-information", "download-data", "/robots.txt")
    asked = [request for request in first.log.requests if not any(path in request.path for path in rarely)]
    assert second.log.conditional == len(second.log.requests) == len(asked)
    assert len({(request.host, request.path) for request in second.log.requests}) == len(second.log.requests)


def test_only_a_new_edition_is_fetched(world):
    world.fetch_all()
    june = workforce_edition("June 2023", date(2023, 9, 28), workbook("June 2023"))
    world.show(SeriesId.WORKFORCE, *world.shown[SeriesId.WORKFORCE].editions, june)
    got, visitor = world.fetch_all()
    assert changed(got) == {"nhs-workforce-statistics": ["2023-06 new"]}
    new = [request for request in visitor.log.requests if request.status == 200]
    assert [request.path.rpartition("/")[2][:45] for request in new] == [
        "nhs-workforce-statistics",
        "june-2023",
        "NHS%20Workforce%20Statistics%2C%20June%202023",
    ]


def test_a_file_re_issued_under_its_address_is_a_second_version(world):
    world.fetch_all()
    (reports,) = world.shown[SeriesId.ODS].editions
    old, *others = reports.files
    new = replace(old, content=old.content + b"\r\n")
    world.show(SeriesId.ODS, replace(reports, files=(new, *others)))
    got, _ = world.fetch_all()
    assert changed(got) == {"ods": ["2026-06 re-issued"]}
    versions = [record for record in world.archive.records() if record.file_name == old.name]
    assert len({record.address for record in versions}) == 1
    assert {world.archive.verified(record).read_bytes() for record in versions} == {
        old.content,
        old.content + b"\r\n",
    }


def test_a_corrected_file_at_a_new_address_is_a_second_version(world):
    world.fetch_all()
    (edition,) = world.shown[SeriesId.VACANCIES].editions
    world.show(SeriesId.VACANCIES, replace(edition, files=(replace(edition.files[0], content=xlsx("corrected")),)))
    got, _ = world.fetch_all()
    assert changed(got) == {"nhs-vacancy-statistics": ["2026-03 re-issued"]}
    versions = [record for record in world.archive.records() if record.series == SeriesId.VACANCIES]
    assert len({record.address for record in versions}) == 2


def test_the_same_bytes_at_a_new_address_are_not_a_new_version(world):
    world.fetch_all()
    (edition,) = world.shown[SeriesId.VACANCIES].editions
    moved = replace(
        edition.files[0], address="https://files.digital.nhs.uk/00/000000/nhs-vac-stats-apr15-mar26-eng-tables.xlsx"
    )
    world.show(SeriesId.VACANCIES, replace(edition, files=(moved,)))
    got, _ = world.fetch_all()
    assert changed(got) == {}


def test_an_announced_edition_is_never_asked_for(world):
    _, visitor = world.fetch_all()
    (announced,) = last_discovery(world.folder, SeriesId.WORKFORCE).upcoming
    assert announced.due_on == date(2026, 6, 25)
    assert not any("november-2025" in request.path for request in visitor.log.requests)


def test_one_publisher_down_does_not_stop_the_others(world):
    world.publisher.fault(CATALOGUE[SeriesId.PAY_GAP].landing, answers(503))
    got, _ = world.fetch_all()
    assert {name for name, each in got.items() if ending(each) == "failed"} == {"gender-pay-gap"}
    assert len(world.archive.records()) == 18


def test_every_file_of_the_sample_is_what_the_catalogue_takes_it_for(tmp_path):
    folder = fresh(tmp_path)
    with sample_server() as server:
        visitor = client(server, folder)
        got = [
            fetch_series(
                series, visitor, folder, now=NOW, figure_kind="illustrative", registered=sample_registered(series)
            )
            for series in SeriesId
            if is_in_the_sample(series)
        ]
    assert [failure for each in got for failure in each.failures] == []
    looks = [last_discovery(folder, each.series) for each in got]
    wanted = {file["name"]: file["reader"] for each in looks for edition in each.editions for file in edition["files"]}
    archive = Archive(folder.archive)
    for record in archive.records():
        file = PublishedFile(archive.verified(record), record.file_name, hint=record.retrieved_at[:10])
        reader, edition = reader_for(file)
        assert (reader.name, edition.series, edition.edition) == (
            wanted[record.file_name],
            record.series,
            record.edition,
        )
        assert record.figure_kind == "illustrative"
