"""NHS Staff Survey: bullying, discrimination, fairness after errors, speaking up, and every other question.

Two kinds of workbook, both of the Survey Coordination Centre for NHS England:

* the benchmark workbook (`benchmark`): one result per question and year for each organisation, five years, and four
  questions by ethnic group (WRES indicators 5 to 8);
* the detailed spreadsheets (`detailed`): one year, every question and every answer to it, by organisation or for all
  trusts together and groups of their staff.

Question numbers change between years: transforms/vocabularies/staff_survey_variable.csv maps the numbers of each year
to our question ids, and is checked against the publisher's wording. Rights: the Survey Coordination Centre claims
copyright, see the catalogue.
"""

from transforms.catalogue import FoundBy, ReleaseSchedule, Series, WantedFile
from transforms.series.staff_survey.benchmark import BENCHMARK
from transforms.series.staff_survey.detailed import DETAILED

__all__ = ["BENCHMARK", "DETAILED", "SERIES"]

SERIES = Series(
    id="nhs-staff-survey",
    title="NHS Staff Survey, benchmark report data",
    publisher="NHS England, Survey Coordination Centre",
    licence="Copyright of the Survey Coordination Centre: ask before redistributing",
    attribution="Source: NHS Staff Survey, Survey Coordination Centre on behalf of NHS England.",
    landing="https://www.nhsstaffsurveys.com/results/local-results/",
    found_by=FoundBy.STAFF_SURVEY_PAGE,
    hosts=("www.nhsstaffsurveys.com",),
    schedule=ReleaseSchedule("yearly, in March", months=12, lag_days=110),
    may_redistribute=False,
    cited_as="NHS Staff Survey",
    contact="see the landing page",
    wanted=(
        WantedFile(
            "benchmark workbook, five years",
            (
                "NSS-Benchmark-report-excel-data-for-{from}-{year}*.xlsx",
                "Benchmark-report-Excel-data-for-{from}-{year}*.xlsx",
                "benchmark_report_excel_data_{from}-{year}*.xlsx",
            ),
            reader=BENCHMARK,
            required=True,
        ),
        WantedFile(
            "detailed spreadsheets: every question by organisation, or by breakdown",
            ("NSS{yy} detailed spreadsheets*.xlsx", "NSS{yy}-detailed-spreadsheets*.xlsx"),
            reader=DETAILED,
        ),
        WantedFile(
            "detailed spreadsheets in a zip",
            ("NSS{yy}-detailed-spreadsheets*.zip", "NSS{yy} detailed spreadsheets*.zip"),
            reader=DETAILED,
        ),
    ),
)
