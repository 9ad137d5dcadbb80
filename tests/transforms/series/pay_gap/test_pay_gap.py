"""Gender pay gap files: which employers are kept, which code they get, and what a changed file says."""

from __future__ import annotations

import csv
import gzip
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutChanged, UnreadableValue
from transforms.published_file import PublishedFile, read_tables
from transforms.reading.vocabulary import vocabulary
from transforms.series.pay_gap.reader import MEASURES, READER, recognise

YEARS = {"2017-18": "2017 to 2018", "2019-20": "2019 to 2020", "2023-24": "2023 to 2024"}
COLUMNS = [
    *("EmployerName", "Address", "CompanyNumber", "SicCodes", *MEASURES, "CompanyLinkToGPGInfo"),
    *("ResponsiblePerson", "EmployerSize", "CurrentName", "SubmittedAfterTheDeadline", "DueDate", "DateSubmitted"),
]


def employer(name: str, **printed: str) -> dict[str, str]:
    record = dict.fromkeys(COLUMNS, "") | {
        "EmployerName": name,
        "Address": "1 Example Road,\nExampleton",
        "SicCodes": "1",
        "ResponsiblePerson": "Somebody Named (Chief Executive)",
        "EmployerSize": "1000 to 4999",
        "CurrentName": name,
        "DueDate": "31/03/2018 00:00:00",
        "DateSubmitted": "30/03/2018 12:00:00",
    }
    return record | dict.fromkeys(MEASURES, "50.0") | printed


def written(
    tmp_path: Path, *records: dict[str, str], name: str = "UK Gender Pay Gap Data - 2017 to 2018.csv"
) -> PublishedFile:
    path = tmp_path / name
    with path.open("w", newline="", encoding="utf-8") as stream:
        rows = csv.DictWriter(stream, list(records[0]))
        rows.writeheader()
        rows.writerows(records)
    return PublishedFile(path, name)


def kept(file: PublishedFile) -> dict[str, str | None]:
    frame = read_tables(READER, file)["pay_gap"]
    return dict(frame.select("employer_name", "org_code").unique().iter_rows())


@pytest.fixture(scope="module")
def years(published: Path) -> dict[str, pl.DataFrame]:
    folder = published / "gender-pay-gap"
    paths = {year: folder / f"UK Gender Pay Gap Data - {name}.csv" for year, name in YEARS.items()}
    return {year: read_tables(READER, PublishedFile(path, path.name))["pay_gap"] for year, path in paths.items()}


@pytest.mark.parametrize(
    ("year", "employers", "matched", "trusts"),
    [("2017-18", 258, 241, 231), ("2019-20", 185, 175, 170), ("2023-24", 95, 89, 85)],
)
def test_employers_and_matches_of_each_published_year(
    years: dict[str, pl.DataFrame], year: str, employers: int, matched: int, trusts: int
) -> None:
    frame = years[year]
    assert frame["employer_name"].n_unique() == employers
    assert frame["org_code"].drop_nulls().n_unique() == matched
    assert (
        frame.filter(pl.col("org_code").str.starts_with("R") | pl.col("org_code").str.starts_with("T"))[
            "org_code"
        ].n_unique()
        == trusts
    )
    assert set(frame["reporting_year"]) == {year}
    assert frame.height == employers * 14


def test_no_code_is_given_to_two_employers_of_one_year(years: dict[str, pl.DataFrame]) -> None:
    for frame in years.values():
        codes = frame.drop_nulls("org_code").select("org_code", "employer_name").unique()
        assert not codes["org_code"].is_duplicated().any()


def test_a_published_figure_and_its_cell(years: dict[str, pl.DataFrame]) -> None:
    found = years["2023-24"].filter(pl.col("org_code") == "R0A", pl.col("measure") == "female_top_quarter_percent")
    assert found.select("employer_name", "value", "snapshot_date", "source_column").row(0) == (
        "Manchester University NHS Foundation Trust",
        68.1,
        date(2023, 3, 31),
        20,
    )


def test_each_cell_holds_the_figure_that_was_read(published: Path, years: dict[str, pl.DataFrame]) -> None:
    path = published / "gender-pay-gap" / "UK Gender Pay Gap Data - 2019 to 2020.csv"
    with path.open(newline="", encoding="utf-8-sig") as stream:
        records = list(csv.reader(stream))
    for row, column, value in (
        years["2019-20"].sample(200, seed=1).select("source_row", "source_column", "value").iter_rows()
    ):
        printed = records[row - 1][column - 1]
        assert (float(printed) if printed else None) == value


def test_women_and_men_of_each_quarter_make_a_hundred_within_rounding(years: dict[str, pl.DataFrame]) -> None:
    for frame in years.values():
        wide = frame.pivot("measure", index="employer_name", values="value")
        for quarter in ("lower", "lower_middle", "upper_middle", "top"):
            total = wide[f"male_{quarter}_quarter_percent"] + wide[f"female_{quarter}_quarter_percent"]
            assert (total - 100).abs().max() < 0.11


def test_a_blank_percentage_has_no_value_and_says_so(years: dict[str, pl.DataFrame]) -> None:
    blank = years["2019-20"].filter(pl.col("value").is_null())
    assert blank.height == 44
    assert set(blank["value_status"]) == {"x"}


def test_no_name_of_a_person_enters_the_table(tmp_path: Path) -> None:
    frame = read_tables(READER, written(tmp_path, employer("Kettering General Hospital")))["pay_gap"]
    assert frame.height == 14
    assert not any("Somebody Named" in str(cell) for row in frame.rows() for cell in row)


def test_every_code_of_the_mapping_stands_in_an_organisation_list(published: Path) -> None:
    listed: set[str] = set()
    for path in (published / "ods").rglob("*.csv*"):
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        rows = pl.read_csv(content, has_header=False, infer_schema=False)
        listed |= set(rows.to_series(1 if path.name.startswith("icb") else 0))
    codes = vocabulary("pay_gap_employer").drop_nulls("org_code")
    elsewhere = codes.filter(~pl.col("org_code").is_in(list(listed)))
    assert elsewhere["org_code"].to_list() == []


def test_every_line_of_the_mapping_gives_its_reason() -> None:
    mapping = vocabulary("pay_gap_employer")
    assert mapping["note"].null_count() == 0
    assert not mapping["printed"].str.to_lowercase().is_duplicated().any()
    assert set(mapping["body"]) == {"NHS trust", "commissioner", "national body", "not an NHS employer in England"}


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("Newly Made NHS Foundation Trust", {}),
        ("Newly Made N H S Trust", {"SicCodes": ""}),
        ("Newly Made Integrated Care Board", {}),
        ("Newly Made Hospital", {"SicCodes": "1,\n86101"}),
    ],
)
def test_a_new_nhs_employer_is_kept_without_a_code(tmp_path: Path, name: str, printed: dict[str, str]) -> None:
    assert kept(written(tmp_path, employer(name, **printed))) == {name: None}


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("NHS Cleaning Limited", {"CompanyNumber": "01234567"}),
        ("Newly Made Ambulance Service", {"CompanyNumber": "SC123456"}),
        ("Newly Made Academy Trust", {"SicCodes": "1,\n85310"}),
        ("Private Hospital", {"SicCodes": "86101"}),
        ("Velindre University NHS Trust", {}),
        ("The Hurley Group", {"SicCodes": "1,\n86210"}),
    ],
)
def test_an_employer_outside_the_nhs_in_england_is_left_out(tmp_path: Path, name: str, printed: dict[str, str]) -> None:
    assert kept(written(tmp_path, employer(name, **printed), employer("Kettering General Hospital"))) == {
        "Kettering General Hospital": "RNQ"
    }


def test_the_name_of_a_closed_trust_gives_the_trust_that_reported(tmp_path: Path) -> None:
    assert kept(written(tmp_path, employer("Torbay And Southern Devon Health And Care Nhs Trust"))) == {
        "Torbay And Southern Devon Health And Care Nhs Trust": "RA9"
    }


def test_a_name_is_matched_whatever_its_case_and_blanks(tmp_path: Path) -> None:
    assert kept(written(tmp_path, employer("BARTS  HEALTH NHS TRUST"))) == {"BARTS  HEALTH NHS TRUST": "R1H"}


def test_a_figure_that_is_no_number_stops_the_file_with_its_cell(tmp_path: Path) -> None:
    with pytest.raises(UnreadableValue, match=r"R2.*'most'"):
        read_tables(READER, written(tmp_path, employer("Barts Health NHS Trust", FemaleTopQuartile="most")))


def test_a_file_named_for_another_year_stops(tmp_path: Path) -> None:
    file = written(tmp_path, employer("Barts Health NHS Trust"), name="UK Gender Pay Gap Data - 2018 to 2019.csv")
    with pytest.raises(LayoutChanged, match="different years"):
        read_tables(READER, file)


def test_reports_due_in_two_years_stop_the_file(tmp_path: Path) -> None:
    records = employer("Barts Health NHS Trust"), employer("Other", DueDate="2019/03/31 00:00:00")
    with pytest.raises(LayoutChanged, match="not all due in one year"):
        read_tables(READER, written(tmp_path, *records))


def test_a_new_column_is_recorded_and_stops_nothing(tmp_path: Path) -> None:
    frames = read_tables(READER, written(tmp_path, employer("Barts Health NHS Trust") | {"EthnicityGap": "1"}))
    assert frames["unread_part"].filter(~pl.col("is_known"))["name"].to_list() == ["EthnicityGap"]
    plain = read_tables(READER, written(tmp_path, employer("Barts Health NHS Trust")))
    assert frames["pay_gap"].equals(plain["pay_gap"])


def test_a_due_date_with_a_year_of_two_digits_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LayoutChanged, match="31/03/24"):
        read_tables(READER, written(tmp_path, employer("Barts Health NHS Trust", DueDate="31/03/24")))


def test_the_year_is_read_from_due_dates_where_the_name_has_none(tmp_path: Path) -> None:
    record = employer("Barts Health NHS Trust", DueDate="2024/03/31 00:00:00")
    edition = recognise(written(tmp_path, record, name="download.csv"))
    assert edition is not None
    assert edition.edition == "2023-24"


OPEN_YEAR = "UK Gender Pay Gap Data - 2026 to 2027.csv"


def headings_only(tmp_path: Path, name: str) -> PublishedFile:
    path = tmp_path / name
    path.write_text(",".join(f'"{column}"' for column in COLUMNS))
    return PublishedFile(path, name)


def test_the_file_of_a_year_that_has_just_opened_is_an_empty_edition(tmp_path: Path) -> None:
    file = headings_only(tmp_path, OPEN_YEAR)
    edition = recognise(file)
    assert edition is not None
    assert (edition.edition, edition.coverage_end) == ("2026-27", "")
    assert read_tables(READER, file)["pay_gap"].height == 0


def test_headings_alone_under_another_name_belong_to_no_year(tmp_path: Path) -> None:
    with pytest.raises(LayoutChanged, match="headings only"):
        recognise(headings_only(tmp_path, "gap.csv"))


@pytest.mark.parametrize(("printed", "name"), [("'@NHS TRUST", "@NHS TRUST"), ("'NHS' TRUST", "'NHS' TRUST")])
def test_the_apostrophe_against_formulas_is_no_part_of_a_name(tmp_path: Path, printed: str, name: str) -> None:
    assert list(kept(written(tmp_path, employer(printed)))) == [name]


@pytest.mark.parametrize(("submitted", "was_due"), [("29/03/2018", False), ("31/03/2018", True), ("01/07/2018", True)])
def test_a_report_was_due_once_the_file_holds_one_of_that_day(tmp_path: Path, submitted: str, was_due: bool) -> None:
    file = written(tmp_path, employer("Airedale NHS Foundation Trust", DateSubmitted=f"{submitted} 09:00:00"))
    assert set(read_tables(READER, file)["pay_gap"]["was_due"]) == {was_due}


def test_a_day_of_submission_that_is_no_date_stops_the_file(tmp_path: Path) -> None:
    with pytest.raises(LayoutChanged, match="row 2, DateSubmitted: the submission date of a report is invalid"):
        read_tables(READER, written(tmp_path, employer("Airedale NHS Foundation Trust", DateSubmitted="soon")))
