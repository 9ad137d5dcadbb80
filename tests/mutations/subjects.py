"""The published file that stands for each reader; where none is at hand, the sample's file in the same layout."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.mutations.books import Book, load

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
SAMPLE = ROOT / "flows" / "sample" / "publishers"
WORKFORCE = "published/nhs-workforce-statistics"
DIGITAL = "files.digital.nhs.uk"
OCTOBER = "NHS HCHS Workforce Statistics, Trusts and core organisations - CSV data files, October 2025.zip"


@dataclass(frozen=True)
class Subject:
    """A file: `path` is below the folder of published files and cases, or of the sample's files."""

    path: str
    name: str = ""
    hint: str = ""
    is_sample: bool = False
    rows_with: str = ""
    """Only the headings and the records with this text in their first column: most employers are not read."""

    @property
    def note(self) -> str:
        """What the results say of the file, where it is not a whole published one."""
        said = "; of the sample's file" if self.is_sample else ""
        return said + (f"; of an excerpt: records with {self.rows_with} in the first column" if self.rows_with else "")

    def book(self) -> Book:
        """The file as tables of cells. Raises `FileNotFoundError` where it is not at hand."""
        book = load((SAMPLE if self.is_sample else SHARED) / self.path, name=self.name, hint=self.hint)
        if self.rows_with:
            (name,) = book.tables
            heading, *records = book.tables[name]
            book.tables[name] = [heading, *(row for row in records if self.rows_with in str(row[0]).upper())]
        return book


SUBJECTS: dict[str, Subject] = {
    "ethnicity": Subject(
        "published/ethnicity-facts-and-figures/resaved/nhsworkforcedata.xls", "nhs-workforce-data-june-2022.csv"
    ),
    "pay_gap": Subject("published/gender-pay-gap/UK Gender Pay Gap Data - 2023 to 2024.csv", rows_with="NHS"),
    "ods_list": Subject("published/ods/2025-12/etr.csv", hint="2025-12"),
    "integrated_care_boards": Subject("published/ods/2025-12/icb_names_codes_dec_2024.csv", hint="2025-12"),
    "sub_icb_locations": Subject("published/ods/sicbl_icb_region_july_2022.csv"),
    "organisation_membership": Subject("published/ods/derived/trust_icb_april_2026_from_system_mapping.csv"),
    "organisation_succession": Subject("published/ods/derived/lookup_trust_trust_2022-10.csv"),
    "vacancies": Subject("published/nhs-vacancy-statistics/reconstructed/nhs-vac-stats-apr15-mar26-eng-tables.xlsx"),
    "workforce-workbook": Subject(
        "cases/published-wrong/01-icbs-merged-history-restated/"
        "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
    ),
    "turnover-benchmarking": Subject(
        f"{WORKFORCE}/turnover-benchmarking/Turnover benchmarking 2. Staff group and organisation, monthly, Oct-25.csv"
    ),
    "turnover-national": Subject(
        f"{DIGITAL}/NHS HCHS Workforce Statistics, Turnover - CSV data files, October 2025.zip", is_sample=True
    ),
    "data-quality-annex": Subject(
        f"{DIGITAL}/NHS Workforce Statistics, October 2025 Data Quality Annex.xlsx", is_sample=True
    ),
    "core-csv": Subject(f"cases/published-wrong/18-core12-cell-revised-to-zero-blocks-publication/{OCTOBER}"),
    "data-tables": Subject(
        f"{DIGITAL}/NHS HCHS Workforce Statistics, Trusts and core organisations - data tables, October 2025.xlsx",
        is_sample=True,
    ),
    "staff-survey": Subject(
        "cases/survey/Benchmark-report-Excel-data-2024 - 02 with the columns by ethnicity (as published).xlsx",
        "Benchmark-report-Excel-data-2024.xlsx",
    ),
    "staff-survey-detailed": Subject(
        "published/nhs-staff-survey/NSS24 detailed spreadsheets organisational results.xlsx"
    ),
    "wres-intake": Subject("www.england.nhs.uk/wres-2024-illustrative.csv", is_sample=True),
}
"""By the name of the reader."""
