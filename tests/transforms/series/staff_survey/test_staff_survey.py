"""The Staff Survey's benchmark workbook: what is read of it, by ethnic group too, and what stops it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from transforms.errors import LayoutChanged, NotWhatItClaims, UnclearUnit, UnknownFile, UnmappedLabel, UnreadableValue
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for
from transforms.series.staff_survey import BENCHMARK
from transforms.series.staff_survey.benchmark import ENOUGH

NAME = "NSS-Benchmark-report-excel-data-for-2021-2025-v2.xlsx"
ACUTE, GROUP = "Acute&Acute Community Trusts", "Acute and Acute & Community Trusts"
BY_ETHNIC_GROUP = {
    "har_from_pat_eth_summary": "bullying_by_patients_or_public",
    "har_from_staff_eth_summary": "bullying_by_staff",
    "equal_eth_summary": "fair_career_progression",
    "q16b_eth_summary": "discrimination_by_staff",
}
DESCRIBED = {  # variable -> what the sheet Notes says of it, in our words: the publisher's are not at hand
    "q14a": "Harassment, bullying or abuse from patients or the public",
    "q14b": "Harassment, bullying or abuse from managers",
    "q14c": "Harassment, bullying or abuse from other colleagues",
    "q14d": "Last experience of harassment, bullying or abuse was reported",
    "q15": "Acts fairly on career progression / promotion",
    "q16b": "Discrimination from manager / team leader or other colleagues",
    "q19a": "Staff involved in an error, near miss or incident are treated fairly",
    "q19b": "Encourages us to report errors, near misses or incidents",
    "q19c": "Ensures that reported errors do not happen again",
    "q19d": "Feedback about changes after reported errors",
    "q20a": "Secure raising concerns about unsafe clinical practice",
    "q20b": "Confident that the organisation would address my concern",
    "q25e": "I feel safe to speak up about anything",
    "q25f": "If I spoke up I am confident my concern would be addressed",
    "PP3_2": "Sub-score: Raising concerns",
    "PP1_3": "Sub-score: Diversity and equality",
    "q3a": "A question on another subject",
}
LABELS = ("White staff", "All other ethnic groups combined")
INDICATORS = {
    "Q15: Fair career progression": "fair_career_progression",
    "Q16b: Discrimination from manager/colleagues": "discrimination_by_staff",
    "Harassment from patients (by ethnicity)": "bullying_by_patients_or_public",
    "Harassment from staff (by ethnicity)": "bullying_by_staff",
}
Sheets = dict[str, list[list[Any]]]


def workbook(newest: int = 2025) -> Sheets:
    """A workbook as it is described: two years, two groups; every share is 0.125 of 400 answers, every score 6.5."""
    names, first, second = (
        ["org_id", "org_name", "org_type_reporting_name"],
        ["RJ1", "Guy's", GROUP],
        ["RXL", "B", GROUP],
    )
    for variable in DESCRIBED:
        for year in (newest - 1, newest):
            value = 6.5 if variable.startswith("PP") else 0.125
            names += [f"{variable}_{year}", f"{variable}_n_{year}"]
            first += [value, 400]
            second += [value / 2, 400]
        names.append(f"{variable}_{newest}_sig")
        first.append("Higher")
        second.append(None)
    notes = [["Variable", "Description"], *([name, text] for name, text in DESCRIBED.items())]
    return {
        "Notes": notes,
        "Organisation Benchmark groups": [["org_id", "group"], ["RJ1", ACUTE]],
        ACUTE: [names, first, second],
        "Ambulance Trusts": [[*names], ["RRU", "London Ambulance", "Ambulance Trusts", *first[3:]]],
    }


def written(folder: Path, sheets: Sheets) -> PublishedFile:
    folder.mkdir(exist_ok=True)
    path = folder / "book.xlsx"
    with xlsxwriter.Workbook(path) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return PublishedFile(path, NAME)


def put(sheets: Sheets, heading: str, value: object, *, row: int = 1, sheet: str = ACUTE) -> None:
    sheets[sheet][row][sheets[sheet][0].index(heading)] = value


def test_the_workbook_is_recognised_by_its_columns_and_its_edition_is_the_newest_year(tmp_path: Path) -> None:
    reader, edition = reader_for(written(tmp_path, workbook()))
    assert reader is BENCHMARK
    assert (edition.series, edition.edition, edition.coverage_end) == ("nhs-staff-survey", "2025", "2025-11-30")


def test_a_workbook_of_another_kind_is_not_recognised(tmp_path: Path) -> None:
    assert BENCHMARK.recognise(written(tmp_path, {"Notes": [["a"]], "Trusts": [["code", "name"]]})) is None


def test_shares_become_percent_and_scores_stay_as_they_are(tmp_path: Path) -> None:
    rows = read_tables(BENCHMARK, written(tmp_path, workbook()))["staff_survey"]
    found = rows.filter(pl.col("org_code") == "RJ1", pl.col("survey_year") == 2025).select(
        "question", "printed_variable", "measure", "value", "respondents"
    )
    assert ("bullying_by_managers", "q14b", "share_percent", 12.5, 400.0) in found.rows()
    assert ("raising_concerns_score", "PP3_2", "score", 6.5, 400.0) in found.rows()
    assert found.height == 16
    assert set(rows["benchmark_group"]) == {GROUP, "Ambulance Trusts"}


def test_each_figure_knows_its_cell(tmp_path: Path) -> None:
    sheets = workbook()
    put(sheets, "q14b_2025", 0.5)
    rows = BENCHMARK.read(written(tmp_path, sheets))["staff_survey"].filter(pl.col("value") == 50)
    place = sheets[ACUTE][0].index("q14b_2025") + 1
    assert rows.select("source_sheet", "source_row", "source_column").rows() == [(ACUTE, 2, place)]


@pytest.mark.parametrize(
    ("value", "count", "status"),
    [(None, 7, "c"), ("*", 7, "c"), ("<10", None, "c"), (None, None, "x")],
)
def test_what_the_publisher_suppressed_stays_so(value: object, count: object, status: str, tmp_path: Path) -> None:
    sheets = workbook()
    put(sheets, "q14b_2025", value)
    put(sheets, "q14b_n_2025", count)
    rows = BENCHMARK.read(written(tmp_path, sheets))["staff_survey"]
    found = rows.filter(pl.col("value").is_null())
    assert found.select("question", "survey_year", "value_status").rows() == [("bullying_by_managers", 2025, status)]


def test_numbers_move_between_editions(tmp_path: Path) -> None:
    sheets = workbook(2022)
    moved = {"q19a": "q18a", "q19b": "q18b", "q19c": "q18c", "q19d": "q18d", "q20a": "q19a", "q20b": "q19b"}
    moved |= {"q25e": "q23e", "q25f": "q23f"}

    def renumber(text: object) -> object:
        variable, _, rest = str(text).partition("_")
        return "_".join(part for part in (moved.get(variable, variable), rest) if part) if text else text

    for sheet in (ACUTE, "Ambulance Trusts"):
        sheets[sheet][0] = [renumber(text) for text in sheets[sheet][0]]
    sheets["Notes"] = [[renumber(name), text] for name, text in sheets["Notes"]]
    rows = BENCHMARK.read(written(tmp_path, sheets))["staff_survey"]
    found = rows.select("question", "printed_variable").unique()
    assert ("secure_to_raise_clinical_concerns", "q19a") in found.rows()
    assert ("fair_treatment_after_errors", "q18a") in found.rows()


def heading(old: str, new: str) -> Callable[[Sheets], None]:
    def do(sheets: Sheets) -> None:
        put(sheets, old, new, row=0)

    return do


def cell(name: str, value: object) -> Callable[[Sheets], None]:
    return lambda sheets: put(sheets, name, value)


def note(variable: str, text: str) -> Callable[[Sheets], None]:
    def do(sheets: Sheets) -> None:
        sheets["Notes"] = [[name, text if name == variable else said] for name, said in sheets["Notes"]]

    return do


def without(sheet: str) -> Callable[[Sheets], None]:
    return lambda sheets: sheets.update({sheet: [["x"]]})


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (heading("q14b_2025", "Q14b % 2025"), LayoutChanged, "q14b_2025"),
        (heading("q14b_2025", "burnout_2025"), LayoutChanged, "q14b_2025"),
        (heading("q14c_2025", "q14b_2025"), LayoutChanged, "twice"),
        (heading("q14b_2025", "q99_2025"), LayoutChanged, "q14b_2025"),
        (heading("q14b_n_2025", "q99_n_2025"), LayoutChanged, "q14b_n_2025"),
        (heading("org_id", "code"), LayoutChanged, "org_id"),
        (note("q14b", "I would recommend my organisation"), LayoutChanged, "bullying_by_managers"),
        (without("Notes"), LayoutChanged, "no description"),
        (cell("q14b_n_2025", 400.5), UnclearUnit, "is not whole"),
        (cell("org_type_reporting_name", "Hospices"), UnmappedLabel, "Hospices"),
        (cell("org_id", "RJ17"), UnmappedLabel, "RJ17"),
        (cell("org_id", "rj1"), LayoutChanged, "rj1"),
        (cell("org_id", "RRU"), NotWhatItClaims, "two sheets"),
        (cell("q14b_2025", 12.5), UnclearUnit, "not a fraction of 1"),
        (cell("PP3_2_2025", 65), UnclearUnit, "between 0 and 10"),
        (cell("q14b_n_2025", 9), UnclearUnit, "should be suppressed"),
        (cell("q14b_2025", "low"), UnreadableValue, "low"),
        (cell("org_id", None), NotWhatItClaims, "A2"),
        (cell("org_id", "RXL"), NotWhatItClaims, "RXL"),
    ],
)
def test_a_changed_workbook_stops_and_the_place_is_named(
    change: Callable[[Sheets], None], error: type[Exception], message: str, tmp_path: Path
) -> None:
    sheets = workbook()
    change(sheets)
    with pytest.raises(error, match=message):
        BENCHMARK.read(written(tmp_path, sheets))


def test_an_edition_whose_numbers_nobody_checked_stops(tmp_path: Path) -> None:
    with pytest.raises(UnmappedLabel, match="2026"):
        BENCHMARK.read(written(tmp_path, workbook(2026)))


def with_ethnic_groups(sheets: Sheets, *, labels: tuple[str, str] = LABELS) -> Sheets:
    """The workbook with rates by ethnic group of its newest year: a tenth of white staff, a fifth of the others."""
    for variable in BY_ETHNIC_GROUP:
        for group, share in ((1, 0.1), (2, 0.2)):
            name = f"{variable}_{group}"
            sheets["Notes"].append([f"{name}_YEAR", labels[group - 1]])
            for sheet in (ACUTE, "Ambulance Trusts"):
                sheets[sheet][0].append(f"{name}_2025")
                for row in sheets[sheet][1:]:
                    row.append(share)
    return sheets


def test_rates_by_ethnic_group_are_read_and_marked_as_unweighted(tmp_path: Path) -> None:
    rows = read_tables(BENCHMARK, written(tmp_path, with_ethnic_groups(workbook())))["staff_survey"]
    found = rows.filter(pl.col("reporting_unit") == "RJ1", pl.col("ethnic_group") != "All")
    assert set(found.select("question", "ethnic_group", "value", "weighting", "survey_year").rows()) == {
        (question, group, value, "Unweighted", 2025)
        for question in BY_ETHNIC_GROUP.values()
        for group, value in (("White", 10.0), ("BME", 20.0))
    }


def test_a_rate_by_ethnic_group_of_fewer_than_ten_answers_is_suppressed(tmp_path: Path) -> None:
    sheets = with_ethnic_groups(workbook())
    put(sheets, "q16b_eth_summary_2_2025", None)
    for sheet in (ACUTE, "Ambulance Trusts"):
        sheets[sheet][0].append("q16b_eth_summary_2_n_2025")
        for row in sheets[sheet][1:]:
            row.append(9 if row[0] == "RJ1" else 50)
    rows = BENCHMARK.read(written(tmp_path, sheets))["staff_survey"]
    found = rows.filter(reporting_unit="RJ1", question="discrimination_by_staff", ethnic_group="BME")
    assert found.select("value", "value_status", "respondents").rows() == [(None, "c", 9.0)]


def test_groups_that_changed_places_stop_the_workbook(tmp_path: Path) -> None:
    sheets = with_ethnic_groups(workbook(), labels=(LABELS[1], LABELS[0]))
    with pytest.raises(LayoutChanged, match="not described as the answers of White staff"):
        BENCHMARK.read(written(tmp_path, sheets))


def test_columns_by_ethnic_group_that_nothing_describes_are_recorded_and_not_read(tmp_path: Path) -> None:
    sheets = with_ethnic_groups(workbook())
    sheets["Notes"] = [row for row in sheets["Notes"] if "eth_summary" not in row[0]]
    frames = BENCHMARK.read(written(tmp_path, sheets))
    assert set(frames["staff_survey"]["ethnic_group"]) == {"All"}
    assert "q16b_eth_summary_1_2025" in frames["unread_part"]["name"].to_list()


def test_columns_of_two_ethnic_groups_that_were_exchanged_are_noticed(tmp_path: Path) -> None:
    sheets = with_ethnic_groups(workbook())
    rows = sheets[ACUTE]
    letters = "ABCDEFGHJK"
    rows[1:] = [[f"R{number // 10 + 1}{letters[number % 10]}", *rows[1][1:]] for number in range(ENOUGH)]
    for row in range(1, len(rows)):
        put(sheets, "q16b_eth_summary_1_2025", 0.3, row=row)
        put(sheets, "q16b_eth_summary_2_2025", 0.13, row=row)
    with pytest.raises(NotWhatItClaims, match="seem to be exchanged"):
        BENCHMARK.read(written(tmp_path, sheets))


def test_the_name_of_a_sheet_does_not_change_the_group(tmp_path: Path) -> None:
    sheets = workbook()
    renamed = {("Hospitals" if name == ACUTE else name): rows for name, rows in sheets.items()}
    rows = [
        read_tables(reader_for(file)[0], file)["staff_survey"].drop("source_sheet")
        for file in (written(tmp_path, sheets), written(tmp_path / "x", renamed))
    ]
    assert rows[0].equals(rows[1])


def test_parts_of_a_trust_are_its_own(tmp_path: Path) -> None:
    sheets = workbook()
    put(sheets, "org_id", "R1F1")
    rows = BENCHMARK.read(written(tmp_path, sheets))["staff_survey"]
    assert set(rows.filter(reporting_unit="R1F1")["org_code"]) == {"R1F"}


def test_what_stands_beside_is_recorded(tmp_path: Path) -> None:
    sheets = workbook()
    sheets["Response rates"] = [["Organisation", "Rate"]]
    sheets[ACUTE][0] += ["burnout_2025", "remark", "q16b_sig_2025"]
    parts = BENCHMARK.read(written(tmp_path, sheets))["unread_part"]
    names = dict(parts.select("name", "is_known").rows())
    assert {name: names[name] for name in ("burnout_2025", "remark", "Response rates", "q3a_2025")} == {
        "burnout_2025": False,
        "remark": False,
        "Response rates": False,
        "q3a_2025": True,
    }


def test_the_workbook_of_bank_workers_is_another_survey(tmp_path: Path) -> None:
    sheets = workbook()
    file = written(tmp_path, sheets)
    named = PublishedFile(file.path, "NSSB25-Benchmark-report-excel-data-for-2023-2025.xlsx")
    assert BENCHMARK.recognise(named) is None
    sheets["Notes"].insert(0, ["NHS Staff Survey, bank only workers", None])
    assert BENCHMARK.recognise(written(tmp_path, sheets)) is None


def test_a_benchmark_workbook_as_published_reads_with_and_without_rates_by_ethnic_group(published: Path) -> None:
    folder = published.parent / "cases" / "survey"
    files = sorted(folder.glob("Benchmark-report*.xlsx"))
    if len(files) < 2:
        pytest.skip("the folder of odd files (../shared/cases/survey) is not here")
    plain, full = (read_tables(BENCHMARK, PublishedFile(path, path.name))["staff_survey"] for path in files[:2])
    assert plain.height == 4208
    assert full.filter(ethnic_group="All").drop("source_column").equals(plain.drop("source_column"))
    third_party = pl.read_csv(published / "nhs-staff-survey" / "Racism_LR_Per_Trust.csv")
    printed = third_party.select(
        reporting_unit="Trust",
        question=pl.col("Indicator").replace_strict(INDICATORS),
        White="White Rate",
        BME="BME Rate",
    ).unpivot(["White", "BME"], index=["reporting_unit", "question"], variable_name="ethnic_group", value_name="rate")
    both = printed.join(full, on=["reporting_unit", "question", "ethnic_group"], how="left", validate="1:1")
    assert both.height == 8 * 159
    assert (both["value"] - both["rate"] * 100).abs().max() < 1e-6


def test_figures_copied_by_a_third_party_are_not_known(published: Path) -> None:
    path = published / "nhs-staff-survey" / "Racism_LR_Per_Trust.csv"
    if not path.is_file():
        pytest.skip("the third party's copy is not here")
    with pytest.raises(UnknownFile, match="no reader recognises"):
        reader_for(PublishedFile(path, path.name))


def test_a_groups_sheet_that_lost_its_headings_does_not_pass_for_a_sheet_beside(tmp_path: Path) -> None:
    sheets = workbook()
    del sheets[ACUTE][0]
    sheets["CSUs"] = workbook()[ACUTE]
    with pytest.raises(LayoutChanged, match="has no headings of results"):
        read_tables(BENCHMARK, written(tmp_path, sheets))
