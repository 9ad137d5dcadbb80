"""The series, editions and files of the sample, in the form in which the stand-in site publishes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

from tests.publisher_site.content import SiteDataSet, SiteEdition, SiteFile, SiteSeries
from tests.sample_maker.figures.staff import month_ends
from tests.sample_maker.files.core import core_zip
from tests.sample_maker.files.data_quality import data_quality_annex
from tests.sample_maker.files.data_tables import data_tables
from tests.sample_maker.files.ethnicity import ethnicity_csv
from tests.sample_maker.files.national_turnover import national_turnover_zip
from tests.sample_maker.files.ods import ods_report, succession_report
from tests.sample_maker.files.pay_gap import pay_gap_csv
from tests.sample_maker.files.survey import benchmark_workbook
from tests.sample_maker.files.survey_answers import national_results
from tests.sample_maker.files.turnover import turnover_csv
from tests.sample_maker.files.vacancies import vacancy_workbook
from tests.sample_maker.files.workforce import workforce_workbook
from tests.sample_maker.files.wres import wres_intake
from transforms.catalogue import Registered
from transforms.series import SeriesId

ILLUSTRATIVE = "Illustrative figures of the sample that comes with the pipeline: not a publication."
"""Printed on the pages of the sample's editions."""
CORE_NAME = "NHS HCHS Workforce Statistics, Trusts and core organisations"
SERIES_BEGINS = date(2009, 9, 1)
WRES_ADDRESS = Registered(
    edition="2024",
    address="https://www.england.nhs.uk/wp-content/uploads/2025/06/wres-2024-illustrative.csv",
    name="wres-2024-illustrative.csv",
    title="WRES 2018 and 2024 by trust, illustrative figures",
)
"""No page leads to this file: it is registered, as an operator registers the address of such a file."""
REGISTERED = {SeriesId["WRES"]: (WRES_ADDRESS,)}
"""By series: the addresses that are registered for the sample."""


@cache
def sample_site() -> tuple[SiteSeries, ...]:
    """Every series of the sample with its editions, announced ones included, and the bytes of their files."""
    return tuple(SiteSeries(series, editions()) for series, editions in _EDITIONS.items())


def _wres() -> SiteEdition:
    file = SiteFile(WRES_ADDRESS.name, wres_intake((2018, 2024)), address=WRES_ADDRESS.address)
    return SiteEdition(WRES_ADDRESS.title, date(2025, 6, 12), (file,), key_facts=ILLUSTRATIVE)


def _wdes() -> SiteEdition:
    return SiteEdition("WDES 2024, illustrative", date(2025, 6, 12), key_facts=ILLUSTRATIVE)


def _workforce() -> tuple[SiteEdition, ...]:
    july, august, september, october = month_ends(date(2025, 7, 31), date(2025, 10, 31))
    return (
        _month(
            july,
            date(2025, 10, 30),
            (_workbook(july), _turnover(date(2025, 6, 30), july), _annex(july)),
        ),
        _month(august, date(2025, 11, 27), (_workbook(august), _turnover(july, august), _annex(august))),
        _month(
            october,
            date(2026, 1, 29),
            (
                SiteFile(f"{CORE_NAME} - data tables, {october:%B %Y}.xlsx", data_tables(october)),
                SiteFile(f"{CORE_NAME} - CSV data files, {october:%B %Y}.zip", core_zip(october)),
                _annex(october),
            ),
            (
                SiteDataSet(f"Turnover benchmarking, {october:%B %Y}", (_turnover(september, october),)),
                SiteDataSet(f"Turnover, {october:%B %Y}", (_national_turnover(october),)),
            ),
        ),
        SiteEdition("NHS Workforce Statistics - November 2025", date(2026, 2, 26), upcoming=True),
    )


def _month(
    month: date, published_on: date, files: tuple[SiteFile, ...], data_sets: tuple[SiteDataSet, ...] = ()
) -> SiteEdition:
    return SiteEdition(
        f"NHS Workforce Statistics - {month:%B %Y}",
        published_on,
        files,
        covers=(SERIES_BEGINS, month),
        key_facts=ILLUSTRATIVE,
        data_sets=data_sets,
        slug=f"{month:%B-%Y}".lower(),
    )


def _workbook(month: date) -> SiteFile:
    return SiteFile(f"NHS Workforce Statistics, {month:%B %Y} England and Organisation.xlsx", workforce_workbook(month))


def _annex(month: date) -> SiteFile:
    return SiteFile(f"NHS Workforce Statistics, {month:%B %Y} Data Quality Annex.xlsx", data_quality_annex(month))


def _turnover(start: date, end: date) -> SiteFile:
    name = f"Turnover benchmarking 2. Staff group and organisation, monthly, {end:%b-%y}.csv"
    return SiteFile(name, turnover_csv(start, end))


def _national_turnover(month: date) -> SiteFile:
    name = f"NHS HCHS Workforce Statistics, Turnover - CSV data files, {month:%B %Y}.zip"
    return SiteFile(name, national_turnover_zip(month))


def _vacancies() -> tuple[SiteEdition, ...]:
    december, march = date(2025, 12, 31), date(2026, 3, 31)
    shown = [
        SiteEdition(
            _vacancy_title(quarter),
            published_on,
            (SiteFile(f"nhs-vac-stats-apr15-{quarter:%b%y}-eng-tables.xlsx".lower(), vacancy_workbook(quarter)),),
            covers=(date(2015, 4, 1), quarter),
            kind_of_statistics="Official statistics in development",
            key_facts=ILLUSTRATIVE,
            slug=f"april-2015---{quarter:%B-%Y}-experimental-statistics".lower(),
        )
        for quarter, published_on in ((december, date(2026, 2, 26)), (march, date(2026, 5, 28)))
    ]
    return (*shown, SiteEdition(_vacancy_title(date(2026, 6, 30)), date(2026, 8, 27), upcoming=True))


def _vacancy_title(quarter: date) -> str:
    return f"NHS Vacancy Statistics England, April 2015 - {quarter:%B %Y}, Experimental Statistics"


def _survey() -> SiteEdition:
    name = "NSS-Benchmark-report-excel-data-for-2021-2025-v2.xlsx"
    return SiteEdition(
        "NHS Staff Survey 2025",
        date(2026, 3, 12),
        (
            SiteFile(name, benchmark_workbook(range(2021, 2026))),
            SiteFile("NSS25 detailed spreadsheets national results.xlsx", national_results(2025)),
        ),
        covers=(date(2025, 9, 1), date(2025, 11, 30)),
        kind_of_statistics="Official statistics",
        key_facts=ILLUSTRATIVE,
    )


def _pay_gap(start: int) -> SiteEdition:
    years = f"{start} to {start + 1}"
    return SiteEdition(
        f"Gender pay gap data {years}",
        date(start + 1, 4, 5),
        (SiteFile(f"UK Gender Pay Gap Data - {years}.csv", pay_gap_csv(start), title=years),),
        covers=(date(start, 4, 5), date(start + 1, 4, 4)),
        key_facts=ILLUSTRATIVE,
    )


def _organisations() -> SiteEdition:
    lists = tuple(SiteFile(f"{report}.csv", ods_report(report)) for report in ("etr", "ect", "eccg"))
    succession = SiteFile("succ.csv", succession_report())
    return SiteEdition("Organisation data", date(2025, 12, 14), (*lists, succession), key_facts=ILLUSTRATIVE)


def _ethnicity() -> SiteEdition:
    return SiteEdition(
        "NHS workforce",
        date(2023, 1, 26),
        (SiteFile("nhs-workforce-data-june-2022.csv", ethnicity_csv(), title="NHS workforce (CSV)"),),
        covers=(date(2009, 9, 1), date(2022, 6, 30)),
        kind_of_statistics="Official statistics",
        key_facts=ILLUSTRATIVE,
    )


_EDITIONS: Mapping[SeriesId, Callable[[], tuple[SiteEdition, ...]]] = {
    SeriesId["WORKFORCE"]: _workforce,
    SeriesId["VACANCIES"]: _vacancies,
    SeriesId["WRES"]: lambda: (_wres(),),
    SeriesId["WDES"]: lambda: (_wdes(),),
    SeriesId["STAFF_SURVEY"]: lambda: (_survey(),),
    SeriesId["PAY_GAP"]: lambda: tuple(_pay_gap(start) for start in (2017, 2019, 2023)),
    SeriesId["ODS"]: lambda: (_organisations(),),
    SeriesId["ETHNICITY"]: lambda: (_ethnicity(),),
}
