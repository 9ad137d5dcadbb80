"""The editions and files that the sample's site shows, as the publishers show theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from flows.sample.core import core_zip
from flows.sample.data_quality import data_quality_annex
from flows.sample.data_tables import data_tables
from flows.sample.ethnicity import ethnicity_csv
from flows.sample.kept import Make, keeping
from flows.sample.national_turnover import national_turnover_zip
from flows.sample.ods import ods_report, succession_report
from flows.sample.pay_gap import pay_gap_csv
from flows.sample.staff import month_ends
from flows.sample.survey import benchmark_workbook
from flows.sample.survey_answers import national_results
from flows.sample.turnover import turnover_csv
from flows.sample.vacancies import vacancy_workbook
from flows.sample.workforce import workforce_workbook
from flows.sample.wres import wres_intake
from flows.series import Registered, SeriesId
from flows.site.content import SiteDataSet, SiteEdition, SiteFile, SiteSeries

ILLUSTRATIVE = "Illustrative figures of the sample that comes with the pipeline: not a publication."
CORE_NAME = "NHS HCHS Workforce Statistics, Trusts and core organisations"
SERIES_BEGINS = date(2009, 9, 1)
WRES_ADDRESS = Registered(
    edition="2024",
    address="https://www.england.nhs.uk/wp-content/uploads/2025/06/wres-2024-illustrative.csv",
    name="wres-2024-illustrative.csv",
    title="WRES 2018 and 2024 by trust, illustrative figures",
)


def sample_site(keep: Path | None = None) -> tuple[SiteSeries, ...]:
    """Every series that the sample has, each with its editions, announced ones too.

    With `keep`, a folder, files are taken from there where this code has made them before, and else kept there.
    """
    make = keeping(keep)
    return tuple(SiteSeries(series, editions(make)) for series, editions in _EDITIONS.items())


def is_in_the_sample(series: str) -> bool:
    """Whether the sample has a series."""
    return series in _EDITIONS


def sample_registered(series: str) -> tuple[Registered, ...]:
    """Addresses on the sample's site that no page leads to, as an operator would register them."""
    return (WRES_ADDRESS,) if series == SeriesId.WRES else ()


def _wres(make: Make) -> SiteEdition:
    file = SiteFile(WRES_ADDRESS.name, make(wres_intake, (2018, 2024)), address=WRES_ADDRESS.address)
    return SiteEdition(WRES_ADDRESS.title, date(2025, 6, 12), (file,), key_facts=ILLUSTRATIVE)


def _wdes() -> SiteEdition:
    return SiteEdition("WDES 2024, illustrative", date(2025, 6, 12), key_facts=ILLUSTRATIVE)


def _workforce(make: Make) -> tuple[SiteEdition, ...]:
    july, august, september, october = month_ends(date(2025, 7, 31), date(2025, 10, 31))
    return (
        _month(
            july,
            date(2025, 10, 30),
            (_workbook(make, july), _turnover(make, date(2025, 6, 30), july), _annex(make, july)),
        ),
        _month(
            august, date(2025, 11, 27), (_workbook(make, august), _turnover(make, july, august), _annex(make, august))
        ),
        _month(
            october,
            date(2026, 1, 29),
            (
                SiteFile(f"{CORE_NAME} - data tables, {october:%B %Y}.xlsx", make(data_tables, october)),
                SiteFile(f"{CORE_NAME} - CSV data files, {october:%B %Y}.zip", make(core_zip, october)),
                _annex(make, october),
            ),
            (
                SiteDataSet(f"Turnover benchmarking, {october:%B %Y}", (_turnover(make, september, october),)),
                SiteDataSet(f"Turnover, {october:%B %Y}", (_national_turnover(make, october),)),
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


def _workbook(make: Make, month: date) -> SiteFile:
    return SiteFile(
        f"NHS Workforce Statistics, {month:%B %Y} England and Organisation.xlsx", make(workforce_workbook, month)
    )


def _annex(make: Make, month: date) -> SiteFile:
    return SiteFile(f"NHS Workforce Statistics, {month:%B %Y} Data Quality Annex.xlsx", make(data_quality_annex, month))


def _turnover(make: Make, start: date, end: date) -> SiteFile:
    name = f"Turnover benchmarking 2. Staff group and organisation, monthly, {end:%b-%y}.csv"
    return SiteFile(name, make(turnover_csv, start, end))


def _national_turnover(make: Make, month: date) -> SiteFile:
    name = f"NHS HCHS Workforce Statistics, Turnover - CSV data files, {month:%B %Y}.zip"
    return SiteFile(name, make(national_turnover_zip, month))


def _vacancies(make: Make) -> tuple[SiteEdition, ...]:
    december, march = date(2025, 12, 31), date(2026, 3, 31)
    shown = [
        SiteEdition(
            _vacancy_title(quarter),
            published_on,
            (SiteFile(f"nhs-vac-stats-apr15-{quarter:%b%y}-eng-tables.xlsx".lower(), make(vacancy_workbook, quarter)),),
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


def _survey(make: Make) -> SiteEdition:
    name = "NSS-Benchmark-report-excel-data-for-2021-2025-v2.xlsx"
    return SiteEdition(
        "NHS Staff Survey 2025",
        date(2026, 3, 12),
        (
            SiteFile(name, make(benchmark_workbook, range(2021, 2026))),
            SiteFile("NSS25 detailed spreadsheets national results.xlsx", make(national_results, 2025)),
        ),
        covers=(date(2025, 9, 1), date(2025, 11, 30)),
        kind_of_statistics="Official statistics",
        key_facts=ILLUSTRATIVE,
    )


def _pay_gap(make: Make, start: int) -> SiteEdition:
    years = f"{start} to {start + 1}"
    return SiteEdition(
        f"Gender pay gap data {years}",
        date(start + 1, 4, 5),
        (SiteFile(f"UK Gender Pay Gap Data - {years}.csv", make(pay_gap_csv, start), title=years),),
        covers=(date(start, 4, 5), date(start + 1, 4, 4)),
        key_facts=ILLUSTRATIVE,
    )


def _organisations(make: Make) -> SiteEdition:
    lists = tuple(SiteFile(f"{report}.csv", make(ods_report, report)) for report in ("etr", "ect", "eccg"))
    succession = SiteFile("succ.csv", make(succession_report))
    return SiteEdition("Organisation data", date(2025, 12, 14), (*lists, succession), key_facts=ILLUSTRATIVE)


def _ethnicity(make: Make) -> SiteEdition:
    return SiteEdition(
        "NHS workforce",
        date(2023, 1, 26),
        (SiteFile("nhs-workforce-data-june-2022.csv", make(ethnicity_csv), title="NHS workforce (CSV)"),),
        covers=(date(2009, 9, 1), date(2022, 6, 30)),
        kind_of_statistics="Official statistics",
        key_facts=ILLUSTRATIVE,
    )


_EDITIONS: Mapping[SeriesId, Callable[[Make], tuple[SiteEdition, ...]]] = {
    SeriesId.WORKFORCE: _workforce,
    SeriesId.VACANCIES: _vacancies,
    SeriesId.WRES: lambda make: (_wres(make),),
    SeriesId.WDES: lambda _: (_wdes(),),
    SeriesId.STAFF_SURVEY: lambda make: (_survey(make),),
    SeriesId.PAY_GAP: lambda make: tuple(_pay_gap(make, start) for start in (2017, 2019, 2023)),
    SeriesId.ODS: lambda make: (_organisations(make),),
    SeriesId.ETHNICITY: lambda make: (_ethnicity(make),),
}
