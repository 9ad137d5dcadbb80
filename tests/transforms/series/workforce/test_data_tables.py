from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from transforms.errors import LayoutChanged, NotWhatItClaims, TotalsDisagree, UnmappedLabel, UnreadableValue
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for
from transforms.series.workforce import data_tables

MONTH = datetime(2025, 9, 30)  # noqa: DTZ001 - a spreadsheet's dates have no time zone
TRUSTS = "NHS HCHS Workforce Statistics, Trusts and core organisations - data tables, September 2025.xlsx"
SUPPORT = "NHS HCHS Workforce Statistics, Support organisations and central bodies - data tables, September 2025.xlsx"
CATEGORIES = {  # heading and England's FTE of 30 September 2025, as published
    "All genders": {"All genders": 1377896.59128, "Female": 1017292.73289, "Male": 360603.85839},
    "All age bands": {
        "All age bands": 1377896.59128,
        "Under 25": 72189.37201,
        "25 to 34": 360580.60701,
        "35 to 44": 356771.21385,
        "45 to 54": 317687.624,
        "55 to 64": 236091.39687,
        "65 and over": 34576.37754,
    },
    "All ethnic groups": {
        "All ethnic groups": 1377896.59128,
        "Asian or Asian British": 218031.38379,
        "Black or Black British": 141071.09066,
        "Chinese": 9965.64451,
        "Mixed": 32615.85763,
        "White": 874483.74467,
        "Any Other Ethnic Group": 50288.88682,
        "Not Stated": 39233.4046,
        "Unknown": 12206.5786,
    },
    "All disability status": {
        "All disability status": 1377896.59128,
        "Disabled": 105603.86991,
        "Not disabled": 1132167.58227,
        "Not disclosed": 95599.93055,
        "Unknown": 44525.20855,
    },
    "All religious beliefs": {
        "All religious beliefs": 1377896.59128,
        "Atheism": 228522.74507,
        "Buddhism": 11837.12026,
        "Christianity": 619287.76049,
        "Hinduism": 49251.12518,
        "Islam": 83332.39489,
        "Jainism": 831.36656,
        "Judaism": 2774.28233,
        "Sikhism": 10117.00496,
        "Other": 99808.70286,
        "Not Disclosed": 225483.35801,
        "Unknown": 46650.73067,
    },
    "All sexual orientations": {
        "All sexual orientations": 1377896.59128,
        "Bisexual": 24328.15124,
        "Gay or Lesbian": 30267.5957,
        "Heterosexual or Straight": 1113296.10144,
        "Other sexual orientation not listed": 3527.65226,
        "Undecided": 2540.11882,
        "Not stated (person asked but declined to provide a response)": 158438.97087,
        "Unknown": 45498.00095,
    },
}
LEADING = ["Data  month", "Data type", "Main staff group", "Staff group 1", "Grade"]
ENGLAND = [MONTH, "FTE", "All staff groups", "All staff groups", "All grades"]
MANAGERS = [MONTH, "Headcount", "NHS infrastructure support", "Senior managers", "Very Senior Manager"]
JOB_ROLES = [
    ["Data type", "NWD Staff Group", "Job Role", datetime(2009, 9, 30), MONTH],  # noqa: DTZ001
    ["FTE", "Additional Clinical Services", "Analyst", 0, 40.38666],
    ["Headcount", "Administrative and Clerical", "Chief Executive", 250, 203],
]
Sheets = dict[str, list[list[Any]]]


def trusts() -> Sheets:
    """Tables 12 and 15-20 with published headings; figures of very senior managers are made up."""
    sheets: Sheets = {"Title sheet": [["Staff in NHS Trusts"]], "1": [["Data type", MONTH], ["FTE", 1]]}
    sheets["12"] = [["12. Job roles"], [], *([*row] for row in JOB_ROLES), [], ["Notes: FTE is full-time equivalent"]]
    for number, categories in enumerate(CATEGORIES.values(), 15):
        made_up = [10.0 * (len(categories) - 1), *(10.0 for _ in list(categories)[1:])]
        sheets[str(number)] = [
            [f"{number}. A table"],
            [],
            [*LEADING, *categories],
            [*ENGLAND, *categories.values()],
            [*MANAGERS, *made_up],
        ]
    return sheets


def support() -> Sheets:
    """Tables 3-8: as the trusts', without staff groups."""
    cut = {str(number - 12): rows for number in range(15, 21) for rows in [trusts()[str(number)]]}
    without = {number: [row[:2] + row[4:] if len(row) > 5 else row for row in rows] for number, rows in cut.items()}
    return {"Title Sheet": [["Support"]], "1": [["Data type"]], "2": [["Data  month", "Data type", "Grade"]]} | without


def written(folder: Path, sheets: Sheets, name: str = TRUSTS) -> PublishedFile:
    path = folder / name
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return PublishedFile(path, name)


def test_the_workbook_is_recognised_by_its_name_and_by_its_tables(tmp_path: Path) -> None:
    reader, named = reader_for(written(tmp_path, trusts()))
    plain = data_tables.recognise(written(tmp_path, {**support(), "9": [["x"]]}, "abc.xlsx"))
    assert reader is data_tables.READER
    assert plain is not None
    assert named.edition == plain.edition == "2025-09"
    assert "Support organisations" in plain.title


def test_a_workbook_with_other_numbered_tables_is_not_recognised(tmp_path: Path) -> None:
    sheets: Sheets = {str(number): [["Period", "Leavers"]] for number in range(1, 10)}
    assert data_tables.recognise(written(tmp_path, sheets, "abc.xlsx")) is None


def test_all_six_characteristics_are_read_with_their_cells(tmp_path: Path) -> None:
    rows = read_tables(data_tables.READER, written(tmp_path, trusts()))["person_characteristic"]
    assert set(rows["characteristic"]) == {"sex", "age", "ethnicity", "disability", "religion", "sexual orientation"}
    found = rows.filter(pl.col("category") == "Black or Black British")
    columns = ["period_end", "staff_group", "role_group", "grade", "measure", "value", "category_level"]
    assert found.select(columns).rows() == [
        (date(2025, 9, 30), "All staff groups", "All role groups", "All grades", "fte", 141071.09066, "group"),
        (
            date(2025, 9, 30),
            "NHS infrastructure support",
            "Senior managers",
            "Very Senior Manager",
            "headcount",
            10.0,
            "group",
        ),
    ]
    assert found.select("source_sheet", "source_row", "source_column").rows()[0] == ("17", 4, 8)
    assert set(rows["population"]) == {"NHS trusts and core organisations"}


def test_support_organisations_are_read_by_grade_only(tmp_path: Path) -> None:
    frames = read_tables(data_tables.READER, written(tmp_path, support(), SUPPORT))
    rows = frames["person_characteristic"]
    assert set(rows["population"]) == {"Support organisations and central bodies"}
    assert set(rows["staff_group"]) == {"All staff groups"}
    assert "job_role" not in frames


def test_job_roles_of_england_are_read_for_every_year(tmp_path: Path) -> None:
    rows = read_tables(data_tables.READER, written(tmp_path, trusts()))["job_role"]
    columns = ["period_end", "area_code", "nwd_job_role", "primary_area_of_work", "measure", "value"]
    assert rows.filter(pl.col("nwd_job_role") == "Chief Executive").select(columns).rows() == [
        (date(2009, 9, 30), "England", "Chief Executive", "All areas of work", "headcount", 250.0),
        (date(2025, 9, 30), "England", "Chief Executive", "All areas of work", "headcount", 203.0),
    ]


def test_headings_in_two_rows_are_read_from_the_lower_one(tmp_path: Path) -> None:
    sheets = trusts()
    leading, categories = sheets["15"][2][:5], sheets["15"][2][5:]
    sheets["15"][2:3] = [[*leading, "Gender"], [*[None] * 5, *categories]]
    rows = data_tables.read(written(tmp_path, sheets))["person_characteristic"]
    found = rows.filter((pl.col("category") == "Female") & (pl.col("grade") == "All grades"))
    assert found.select("value", "source_row").rows() == [(1017292.73289, 5)]


def change(sheet: str, row: int, column: int, value: object) -> Callable[[Sheets], None]:
    def do(sheets: Sheets) -> None:
        sheets[sheet][row][column] = value

    return do


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (change("15", 2, 5, "Everyone"), LayoutChanged, "sex"),
        (change("17", 2, 7, "Black and Asian"), UnmappedLabel, "17.*Black and Asian"),
        (change("18", 2, 4, "Band"), LayoutChanged, "disability"),
        (change("15", 4, 4, "Band 12"), UnmappedLabel, "Band 12"),
        (change("15", 3, 3, "Sorcerers"), UnmappedLabel, "Sorcerers"),
        (change("15", 3, 6, "about a million"), UnreadableValue, "G4"),
        (change("15", 3, 6, 1017293.73289), TotalsDisagree, "1377896.59128"),
        (change("16", 3, 0, datetime(2025, 8, 31)), NotWhatItClaims, "2025-08-31"),  # noqa: DTZ001
        (change("12", 2, 2, "Role"), LayoutChanged, "job roles"),
        (change("19", 2, 6, "Data type"), LayoutChanged, "19.*row 3, columns B, G.*same heading"),
        (change("12", 2, 3, "Annual change"), UnreadableValue, "Annual change"),
    ],
)
def test_a_changed_table_stops_the_file_and_is_named(
    change: Callable[[Sheets], None], error: type[Exception], message: str, tmp_path: Path
) -> None:
    sheets = trusts()
    change(sheets)
    file = written(tmp_path, sheets)
    with pytest.raises(error, match=message):
        data_tables.read(file)


@pytest.mark.parametrize(
    ("sheets", "columns", "error", "message"),
    [
        (("15",), [3], LayoutChanged, "15 > row 3.*no staff group 1"),
        (("16", "18"), [2, 3], LayoutChanged, "16 > row 3.*no main staff group and no staff group 1"),
        (tuple(map(str, range(15, 21))), [3], LayoutChanged, "15 > row 3.*no staff group 1"),
        (tuple(map(str, range(15, 21))), [2, 3], NotWhatItClaims, "another population.*are missing"),
    ],
)
def test_a_workbook_without_its_columns_of_staff_groups_is_refused(
    sheets: tuple[str, ...], columns: list[int], error: type[Exception], message: str, tmp_path: Path
) -> None:
    changed = trusts()
    for name in sheets:
        changed[name] = [
            [cell for place, cell in enumerate(row) if place not in columns or len(row) == 1] for row in changed[name]
        ]
    with pytest.raises(error, match=message):
        data_tables.read(written(tmp_path, changed))


def test_a_suppressed_category_keeps_its_status_and_is_not_filled(tmp_path: Path) -> None:
    sheets = trusts()
    sheets["17"][4][7] = "[c]"
    rows = data_tables.read(written(tmp_path, sheets))["person_characteristic"]
    found = rows.filter((pl.col("category") == "Black or Black British") & (pl.col("measure") == "headcount"))
    assert found.select("value", "value_status").rows() == [(None, "c")]


def test_the_headings_here_are_the_published_ones(published: Path) -> None:
    quoted = json.loads((published / "nhs-workforce-statistics" / "headers-august-2025-edition.json").read_text())
    (file,) = (file for file in quoted["files"] if file["file_name"] == TRUSTS)
    tables = {table["sheet"]: table.get("header", []) for table in file["contents"]}
    for number, categories in enumerate(CATEGORIES.values(), 15):
        assert [" ".join(heading.split()) for heading in tables[str(number)]] == [
            *(" ".join(heading.split()) for heading in LEADING),
            *categories,
        ]
    assert tables["12"][:3] == JOB_ROLES[0][:3]
