"""NHS Workforce Statistics."""

from transforms.catalogue import OGL, OGL_ATTRIBUTION, FoundBy, ReleaseSchedule, Series, WantedFile
from transforms.series.workforce import core_csv, data_quality, data_tables, workbook
from transforms.series.workforce.turnover import benchmarking, national

SERIES = Series(
    id="nhs-workforce-statistics",
    title="NHS Workforce Statistics",
    publisher="NHS England",
    licence=OGL,
    attribution=OGL_ATTRIBUTION + "NHS England (formerly NHS Digital), NHS Workforce Statistics.",
    landing="https://digital.nhs.uk/data-and-information/publications/statistical/nhs-workforce-statistics",
    found_by=FoundBy.NHS_DIGITAL_PAGES,
    hosts=("digital.nhs.uk", "files.digital.nhs.uk"),
    schedule=ReleaseSchedule("monthly, about three months after the month", months=1, lag_days=90),
    contact="enquiries@nhsdigital.nhs.uk",
    # The workbook has had region, system and organisation columns in one layout since 2023.
    first_edition="2023-01",
    wanted=(
        WantedFile(
            "England and Organisation workbook",
            ("NHS Workforce Statistics, {month} England and Organisation*.xlsx",),
            reader=workbook.READER,
            required=True,
            until="2025-08",
        ),
        WantedFile(
            "data tables (tables 15 to 20: person characteristics)",
            ("NHS HCHS Workforce Statistics, Trusts and core organisations - data tables, {month}*.xlsx",),
            reader=data_tables.READER,
            required=True,
            since="2025-09",
        ),
        WantedFile(
            "data tables, support organisations and central bodies",
            ("NHS HCHS Workforce Statistics, Support organisations and central bodies - data tables, {month}*.xlsx",),
            reader=data_tables.READER,
        ),
        WantedFile(
            "CSV files, trusts and core organisations, to August 2025",
            ("NHS Workforce Statistics, {month} csv files*.zip",),
            reader=core_csv.READER,
            until="2025-08",
        ),
        WantedFile(
            "CSV files, trusts and core organisations (Core 0 to 16)",
            ("NHS HCHS Workforce Statistics, Trusts and core organisations - CSV data files, {month}*.zip",),
            reader=core_csv.READER,
            required=True,
            since="2025-09",
        ),
        WantedFile(
            "CSV files, support organisations and central bodies",
            ("NHS HCHS Workforce Statistics, Support organisations and central bodies - CSV data files, {month}*.zip",),
            reader=core_csv.READER,
        ),
        WantedFile(
            "turnover, CSV files",
            (
                "NHS HCHS Workforce Statistics, Turnover - CSV data files, {month}*.zip",
                "Turnover 1. Staff group - NHSE region, annual, *{mmmyy}*.csv",
                "Turnover 2. Staff group, grade and age band - England, annual, *{mmmyy}*.csv",
            ),
            reader=national.READER,
        ),
        WantedFile(
            "turnover benchmarking, CSV files",
            (
                "NHS HCHS Workforce Statistics, Turnover benchmarking - CSV data files, {month}*.zip",
                "Turnover benchmarking 2. Staff group and organisation, monthly, {mmmyy}*.csv",
            ),
            reader=benchmarking.READER,
        ),
        WantedFile(
            "Data Quality Annex",
            (
                "NHS Workforce Statistics, {month} Data Quality Annex*.xlsx",
                "NHS HCHS Workforce Statistics, Data Quality Annex, {month}*.xlsx",
            ),
            reader=data_quality.READER,
        ),
    ),
)
