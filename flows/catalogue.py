"""The catalogue: every series we take, with what we want of each. Adding a series is one entry."""

from __future__ import annotations

from pathlib import Path

from flows.series import FoundBy, Registered, Release, Series, SeriesId, WantedFile

__all__ = ["CATALOGUE", "SeriesId", "is_read", "readers_named"]

OGL = "Open Government Licence v3.0"
SENTENCE = "Contains public sector information licensed under the Open Government Licence v3.0. Source: "

_WORKFORCE = Series(
    id=SeriesId.WORKFORCE,
    title="NHS Workforce Statistics",
    publisher="NHS England",
    licence=OGL,
    attribution=SENTENCE + "NHS England (formerly NHS Digital), NHS Workforce Statistics.",
    landing="https://digital.nhs.uk/data-and-information/publications/statistical/nhs-workforce-statistics",
    found_by=FoundBy.NHS_DIGITAL_PAGES,
    hosts=("digital.nhs.uk", "files.digital.nhs.uk"),
    release=Release("monthly, about three months after the month", months=1, lag_days=90),
    contact="enquiries@nhsdigital.nhs.uk",
    # The workbook has had region, system and organisation columns in one layout since 2023.
    first_edition="2023-01",
    wanted=(
        WantedFile(
            "England and Organisation workbook",
            ("NHS Workforce Statistics, {month} England and Organisation*.xlsx",),
            reader="workforce-workbook",
            required=True,
            until="2025-08",
        ),
        WantedFile(
            "data tables (tables 15 to 20: person characteristics)",
            ("NHS HCHS Workforce Statistics, Trusts and core organisations - data tables, {month}*.xlsx",),
            reader="data-tables",
            required=True,
            since="2025-09",
        ),
        WantedFile(
            "data tables, support organisations and central bodies",
            ("NHS HCHS Workforce Statistics, Support organisations and central bodies - data tables, {month}*.xlsx",),
            reader="data-tables",
        ),
        WantedFile(
            "CSV files, trusts and core organisations, to August 2025",
            ("NHS Workforce Statistics, {month} csv files*.zip",),
            reader="core-csv",
            until="2025-08",
        ),
        WantedFile(
            "CSV files, trusts and core organisations (Core 0 to 16)",
            ("NHS HCHS Workforce Statistics, Trusts and core organisations - CSV data files, {month}*.zip",),
            reader="core-csv",
            required=True,
            since="2025-09",
        ),
        WantedFile(
            "CSV files, support organisations and central bodies",
            ("NHS HCHS Workforce Statistics, Support organisations and central bodies - CSV data files, {month}*.zip",),
            reader="core-csv",
        ),
        WantedFile(
            "turnover, CSV files",
            (
                "NHS HCHS Workforce Statistics, Turnover - CSV data files, {month}*.zip",
                "Turnover 1. Staff group - NHSE region, annual, *{mmmyy}*.csv",
                "Turnover 2. Staff group, grade and age band - England, annual, *{mmmyy}*.csv",
            ),
            reader="turnover-national",
        ),
        WantedFile(
            "turnover benchmarking, CSV files",
            (
                "NHS HCHS Workforce Statistics, Turnover benchmarking - CSV data files, {month}*.zip",
                "Turnover benchmarking 2. Staff group and organisation, monthly, {mmmyy}*.csv",
            ),
            reader="turnover-benchmarking",
        ),
        WantedFile(
            "Data Quality Annex",
            (
                "NHS Workforce Statistics, {month} Data Quality Annex*.xlsx",
                "NHS HCHS Workforce Statistics, Data Quality Annex, {month}*.xlsx",
            ),
            reader="data-quality-annex",
        ),
    ),
)

_VACANCIES = Series(
    id=SeriesId.VACANCIES,
    title="NHS Vacancy Statistics England",
    publisher="NHS England",
    licence=OGL,
    attribution=SENTENCE + "NHS England (formerly NHS Digital), NHS Vacancy Statistics England.",
    landing="https://digital.nhs.uk/data-and-information/publications/statistical/nhs-vacancies-survey",
    found_by=FoundBy.NHS_DIGITAL_PAGES,
    hosts=("digital.nhs.uk", "files.digital.nhs.uk"),
    release=Release("quarterly, about two months after the quarter", months=3, lag_days=62),
    contact="enquiries@nhsdigital.nhs.uk",
    # The quarterly series of vacant posts begins in 2018; earlier editions count adverts only.
    first_edition="2018-06",
    wanted=(
        WantedFile(
            "vacancy tables",
            ("nhs-vac-stats-*-{mmmyy}-eng-tables*.xlsx", "nhs-vac-stats-*-{mmmyy}-eng-tab*.xlsx"),
            reader="vacancies",
            required=True,
        ),
        WantedFile("data quality annex", ("nhs-vac-stats-*-{mmmyy}-eng-dq-annex*.xlsx",), reader=""),
    ),
)

_DOCUMENTS = (
    "https://www.england.nhs.uk/wp-json/wp/v2/documents?search=workforce+{}+equality&per_page=20&orderby=modified"
)

_WRES = Series(
    id=SeriesId.WRES,
    title="NHS Workforce Race Equality Standard",
    publisher="NHS England",
    licence=OGL,
    attribution=SENTENCE + "NHS England, Workforce Race Equality Standard.",
    landing=(
        "https://www.england.nhs.uk/about/equality/equality-hub/workforce-equality-data-standards/equality-standard/"
    ),
    found_by=FoundBy.STANDARD_HUB,
    hosts=("www.england.nhs.uk",),
    release=Release("yearly, without a fixed day, about a year after the figures' date", months=12, lag_days=420),
    contact="see the landing page",
    more_pages=(_DOCUMENTS.format("race"),),
    wanted=(
        WantedFile("indicators, written by hand from published reports", ("*.csv",), reader="wres-intake"),
        WantedFile("indicators, a publisher's workbook", ("*.xls", "*.xlsx"), reader=""),
    ),
)

_WDES = Series(
    id=SeriesId.WDES,
    title="NHS Workforce Disability Equality Standard",
    publisher="NHS England",
    licence=OGL,
    attribution=SENTENCE + "NHS England, Workforce Disability Equality Standard.",
    landing="https://www.england.nhs.uk/about/equality/equality-hub/workforce-equality-data-standards/wdes/",
    found_by=FoundBy.STANDARD_HUB,
    hosts=("www.england.nhs.uk",),
    release=Release("yearly, without a fixed day, about a year after the figures' date", months=12, lag_days=420),
    contact="see the landing page",
    more_pages=(_DOCUMENTS.format("disability"),),
    wanted=(WantedFile("metrics", ("*.csv", "*.xls", "*.xlsx"), reader=""),),
)

_STAFF_SURVEY = Series(
    id=SeriesId.STAFF_SURVEY,
    title="NHS Staff Survey, benchmark report data",
    publisher="NHS England, Survey Coordination Centre",
    licence="Copyright of the Survey Coordination Centre: ask before redistributing",
    attribution="Source: NHS Staff Survey, Survey Coordination Centre on behalf of NHS England.",
    landing="https://www.nhsstaffsurveys.com/results/local-results/",
    found_by=FoundBy.STAFF_SURVEY_PAGE,
    hosts=("www.nhsstaffsurveys.com",),
    release=Release("yearly, in March", months=12, lag_days=110),
    may_redistribute=False,
    contact="see the landing page",
    wanted=(
        WantedFile(
            "benchmark workbook, five years",
            (
                "NSS-Benchmark-report-excel-data-for-{from}-{year}*.xlsx",
                "Benchmark-report-Excel-data-for-{from}-{year}*.xlsx",
                "benchmark_report_excel_data_{from}-{year}*.xlsx",
            ),
            reader="staff-survey",
            required=True,
        ),
        WantedFile(
            "detailed spreadsheets: every question by organisation, or by breakdown",
            ("NSS{yy} detailed spreadsheets*.xlsx", "NSS{yy}-detailed-spreadsheets*.xlsx"),
            reader="staff-survey-detailed",
        ),
        WantedFile(
            "detailed spreadsheets in a zip",
            ("NSS{yy}-detailed-spreadsheets*.zip", "NSS{yy} detailed spreadsheets*.zip"),
            reader="staff-survey-detailed",
        ),
    ),
)

_PAY_GAP = Series(
    id=SeriesId.PAY_GAP,
    title="UK gender pay gap data",
    publisher="Government Equalities Office",
    licence=OGL,
    attribution=SENTENCE + "Government Equalities Office, Gender pay gap service.",
    landing="https://gender-pay-gap.service.gov.uk/viewing/download",
    found_by=FoundBy.PAY_GAP_DOWNLOADS,
    hosts=("gender-pay-gap.service.gov.uk",),
    release=Release("yearly; the file of the open year changes daily", months=12, lag_days=365),
    contact="see the landing page",
    first_edition="2017-18",
    wanted=(WantedFile("all employers", ("UK Gender Pay Gap Data - {years}.csv",), reader="pay_gap", required=True),),
)

_ODS = Series(
    id=SeriesId.ODS,
    title="Organisation Data Service: trusts, care trusts, sub-ICB locations, succession",
    publisher="NHS England",
    licence=OGL,
    attribution=SENTENCE + "NHS England, Organisation Data Service.",
    landing="https://www.odsdatasearchandexport.nhs.uk/",
    found_by=FoundBy.ODS_REPORTS,
    hosts=("www.odsdatasearchandexport.nhs.uk", "www.england.nhs.uk"),
    release=Release("changes daily; a month's first copy is its edition", months=1, lag_days=75),
    contact="see the landing page",
    wanted=(
        WantedFile("NHS trusts", ("etr.csv",), reader="ods_list", required=True),
        WantedFile("care trusts", ("ect.csv",), reader="ods_list", required=True),
        WantedFile("sub-ICB locations", ("eccg.csv",), reader="ods_list", required=True),
        WantedFile("succession", ("succ.csv",), reader="organisation_succession", required=True),
        WantedFile(
            "trusts to integrated care boards",
            ("*mapping*.xls", "*mapping*.xlsx", "*attribution*.xls", "*attribution*.xlsx"),
            reader="",
        ),
    ),
    registered=(
        Registered("", "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=etr", "etr.csv", "NHS trusts"),
        Registered("", "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=ect", "ect.csv", "Care trusts"),
        Registered(
            "", "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=eccg", "eccg.csv", "Sub-ICB locations"
        ),
        Registered("", "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=succ", "succ.csv", "Succession"),
    ),
)

_ETHNICITY = Series(
    id=SeriesId.ETHNICITY,
    title="Ethnicity facts and figures: NHS workforce",
    publisher="Race Disparity Unit",
    licence=OGL,
    attribution=SENTENCE + "Race Disparity Unit, Ethnicity facts and figures, NHS workforce.",
    landing="https://www.ethnicity-facts-figures.service.gov.uk/workforce-and-business/workforce-diversity/nhs-workforce/latest",
    found_by=FoundBy.ETHNICITY_PAGE,
    hosts=("www.ethnicity-facts-figures.service.gov.uk",),
    more_pages=(
        "https://www.ethnicity-facts-figures.service.gov.uk/workforce-and-business/workforce-diversity/nhs-trust-board-membership/latest",
    ),
    release=Release("yearly at best; the last known edition covers June 2022", months=12, lag_days=420),
    contact="see the landing page",
    wanted=(
        WantedFile(
            "staff by ethnicity, staff group and grade",
            ("nhs-workforce-data-{month}.csv", "nhs-workforce-data-{month}.xls*", "nhsworkforcedata*.xls"),
            reader="ethnicity",
            required=True,
        ),
        WantedFile("trust board members by ethnicity", ("*board*.csv", "*board*.xls", "*board*.xlsx"), reader=""),
    ),
)

_INFORMATION = "https://digital.nhs.uk/supplementary-information/"


def _supplementary(series: SeriesId, title: str, page: str, what: str) -> Series:
    """A supplementary information page of NHS England: what one request was answered with, published once.

    Its files are kept in the archive and not read: their layouts are not known yet.
    """
    return Series(
        id=series,
        title=title,
        publisher="NHS England",
        licence=OGL,
        attribution=SENTENCE + f"NHS England, supplementary information, {title}.",
        landing=_INFORMATION + page,
        found_by=FoundBy.SUPPLEMENTARY_PAGE,
        hosts=("digital.nhs.uk", "files.digital.nhs.uk"),
        release=Release("published once; may be published again"),
        contact="enquiries@nhsdigital.nhs.uk",
        wanted=(WantedFile(what, ("*.xls", "*.xlsx", "*.xlsb", "*.ods", "*.csv", "*.zip"), reader="", required=True),),
    )


_BY_ORGANISATION = (
    _supplementary(
        SeriesId.VACANCIES_BY_ORGANISATION,
        "Total vacancy rates by organisation since 2017/18",
        "2024/total-vacancy-rates-by-org-since-201718",
        "vacancy rates by organisation",
    ),
    _supplementary(
        SeriesId.TURNOVER_BY_ORGANISATION,
        "Turnover from organisation by staff group, 2009 to 2023",
        "2023/turnover-from-organisation-by-staff-group-2009-to-2023",
        "turnover by organisation",
    ),
    _supplementary(
        SeriesId.WORKFORCE_BY_TRUST,
        "HCHS staff in acute trusts by staff group: FTE and percentage change, January 2019 to March 2026",
        "2026/hchs-staff-in-acute-trusts-by-staff-group-fte--percentage-change-jan19-mar26",
        "workforce by acute trust",
    ),
)

CATALOGUE: dict[str, Series] = {
    entry.id.value: entry
    for entry in (
        _WORKFORCE,
        _VACANCIES,
        _WRES,
        _WDES,
        _STAFF_SURVEY,
        _PAY_GAP,
        _ODS,
        _ETHNICITY,
        *_BY_ORGANISATION,
    )
}


def is_read(series: str, file_name: str) -> bool:
    """Whether a reader takes a file of this name: some are only kept in the archive, until there is a reader."""
    taken = next((wanted for wanted in CATALOGUE[series].wanted if wanted.match(file_name) is not None), None)
    return taken is None or taken.reader != ""


def readers_named(file_name: str) -> frozenset[str]:
    """The readers of files that are published under such a name. Names that may be of anything tell of none."""
    anything = "file" + Path(file_name).suffix
    return frozenset(
        wanted.reader
        for entry in CATALOGUE.values()
        for wanted in entry.wanted
        if wanted.reader and wanted.match(file_name) is not None and wanted.match(anything) is None
    )
