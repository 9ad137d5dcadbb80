from __future__ import annotations

import json
import re
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import (
    LayoutChanged,
    NotWhatItClaims,
    RepeatedFigure,
    TotalsDisagree,
    UnmappedLabel,
    UnreadableValue,
    WorkforceError,
)
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for
from transforms.series.workforce import core_csv
from transforms.series.workforce.core_csv.members import scan_member, wanted_members
from transforms.series.workforce.core_csv.tidy import TIDY

FOLDER = Path(__file__).parent / "core_csv_members"
"""Members written from the published headers and first rows, one folder for each zip; figures of 2025 are made up."""


def members_of(zip_name: str) -> dict[str, tuple[str, ...]]:
    """Member name -> its lines."""
    return {path.name: tuple(path.read_text().splitlines()) for path in sorted((FOLDER / zip_name).iterdir())}


SEPTEMBER = members_of("september-2025")
SUPPORT = members_of("support-september-2025")
AUGUST = members_of("august-2025")
READ = {
    name: lines for name, lines in (SEPTEMBER | SUPPORT | AUGUST).items() if "," in lines[0] and "not" not in lines[0]
}


def zipped(folder: Path, members: dict[str, tuple[str, ...]], name: str = "files.zip") -> PublishedFile:
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, lines in members.items():
            archive.writestr(member, "\r\n".join(lines) + "\r\n")
    return PublishedFile(path, name)


def only(start: str) -> dict[str, tuple[str, ...]]:
    return {name: lines for name, lines in SEPTEMBER.items() if name.startswith(start)}


def changed(members: dict[str, tuple[str, ...]], old: str, new: str) -> dict[str, tuple[str, ...]]:
    assert any(old in line for lines in members.values() for line in lines)
    return {name: tuple(line.replace(old, new) for line in lines) for name, lines in members.items()}


def as_october(lines: tuple[str, ...]) -> tuple[str, ...]:
    """The same records with FTE and HEADCOUNT in place of DATA_TYPE and VALUE."""
    head, *rows = [line.split(",") for line in lines]
    kind = head.index("DATA_TYPE")
    out = [[*head[:kind], *head[kind + 1 : -1], "FTE", "HEADCOUNT"]]
    out += [[*row[:kind], *row[kind + 1 : -1], row[-1], "3"] for row in rows]
    return tuple(",".join(row).replace("2025-09-30", "2025-10-31") for row in out)


def test_the_september_layout_is_recognised_by_its_members(tmp_path: Path) -> None:
    reader, edition = reader_for(zipped(tmp_path, SEPTEMBER, "0a1b2c"))
    assert reader is core_csv.READER
    assert (edition.series, edition.edition, edition.coverage_end) == (
        "nhs-workforce-statistics",
        "2025-09",
        "2025-09-30",
    )


def test_a_zip_of_something_else_is_not_recognised(tmp_path: Path) -> None:
    assert core_csv.recognise(zipped(tmp_path, {"succ.csv": ("RC3,R1K",)})) is None


def test_staff_in_post_are_read_from_core_1_at_each_level(tmp_path: Path) -> None:
    rows = read_tables(core_csv.READER, zipped(tmp_path, SEPTEMBER))["workforce"]
    found = rows.select(
        "period_end", "geography_level", "area_code", "area_name", "staff_group", "measure", "value"
    ).rows()
    areas = [
        ("England", "England", "England"),
        ("Region", "Y56", "London"),
        ("Integrated care system", "QKK", "South East London"),
        ("Organisation", "RJ1", "Guy's and St Thomas' NHS Foundation Trust"),
    ]
    all_staff = [row for row in found if row[4] == "All staff groups"]
    assert all_staff == [
        (date(2025, 9, 30), *area, "All staff groups", *figure)
        for area in areas
        for figure in (("headcount", 44.0), ("fte", 41.01))
    ]
    assert [row[4:] for row in found if row[2] == "RJ1"][-2:] == [
        ("Senior managers", "fte", 21.4),
        ("Managers", "fte", 4.0),
    ]
    assert len(found) == 28
    assert rows.select("region_code", "icb_code", "org_code").row(-1) == ("Y56", "QKK", "RJ1")
    assert rows.select("source_row", "source_column").row(-1) == (29, 14)
    assert rows["source_sheet"].unique().to_list() == [
        "Core 1. Staff group - England, NHSE region, ICS and org, Sep-25.csv"
    ]


def test_core_5_keeps_leaders_and_managers_without_sort_prefixes(tmp_path: Path) -> None:
    rows = read_tables(core_csv.READER, zipped(tmp_path, SEPTEMBER))["workforce_by_grade"]
    assert rows.select(
        "main_staff_group", "staff_group_1", "level", "grade", "measure", "value", "source_row"
    ).rows() == [
        (
            "Professionally qualified clinical staff",
            "Nurses & health visitors",
            "Nurse Consultant",
            "Band 8a",
            "fte",
            2.8,
            2,
        ),
        ("NHS infrastructure support", "Senior managers", "Senior manager", "Very Senior Manager", "fte", 21.4, 4),
        ("NHS infrastructure support", "Managers", "Manager", "Band 7", "fte", 4.0, 5),
    ]


def test_a_grade_that_nobody_mapped_stops_core_5_even_where_its_rows_are_not_kept(tmp_path: Path) -> None:
    members = only("Core 5")
    members = {
        name: tuple(line.replace("Band 7,12.81", "Band 7b,12.81") for line in lines) for name, lines in members.items()
    }
    with pytest.raises(UnmappedLabel, match=r"Core 5.*row 3.*Band 7b"):
        core_csv.read(zipped(tmp_path, members))


def test_october_prints_fte_and_headcount_side_by_side(tmp_path: Path) -> None:
    members = {name.replace("Sep-25", "Oct-25"): as_october(lines) for name, lines in only("Core 5").items()}
    file = zipped(tmp_path, members)
    edition = core_csv.recognise(file)
    assert edition is not None
    assert edition.edition == "2025-10"
    rows = read_tables(core_csv.READER, file)["workforce_by_grade"].filter(pl.col("grade") == "Band 8a")
    assert rows.select("measure", "value", "source_row", "source_column").rows() == [
        ("fte", 2.8, 2, 15),
        ("headcount", 3.0, 2, 16),
    ]


def test_job_roles_carry_their_area_of_work_and_boards_one_spelling(tmp_path: Path) -> None:
    rows = read_tables(core_csv.READER, zipped(tmp_path, SEPTEMBER))["job_role"]
    found = (
        rows.filter(pl.col("nwd_job_role").is_in(["Chief Executive", "Assistant"]))
        .select("geography_level", "nwd_job_role", "primary_area_of_work", "tertiary_area_of_work", "value")
        .rows()
    )
    assert found == [
        ("England", "Chief Executive", "Corporate", "Trust Administration", 198.6),
        ("Organisation", "Assistant", "Clinical Oncology", "Clinical Oncology", 3.0),
        ("Organisation", "Chief Executive", "Corporate", "Administration", 1.0),
    ]


def test_characteristics_have_one_vocabulary_and_say_what_kind_of_category_each_is(tmp_path: Path) -> None:
    rows = read_tables(core_csv.READER, zipped(tmp_path, SEPTEMBER))["person_characteristic"]
    found = rows.select("characteristic", "category", "category_level", "grade", "value", "value_status").rows()
    assert sorted(found, key=str) == sorted(
        [
            ("sex", "All genders", "total", "All grades", 1377896.59128, None),
            ("sex", "Female", "group", "All grades", 1017292.73289, None),
            ("sex", "Male", "group", "All grades", 360603.85839, None),
            ("ethnicity", "Black or Black British", "group", "Very Senior Manager", 41.0, None),
            ("ethnicity", "White - British", "detail", "Very Senior Manager", 1500.0, None),
            ("ethnicity", "Not stated", "unknown", "Very Senior Manager", None, "c"),
            ("age", "Under 25", "group", "Very Senior Manager", 0.0, None),
        ],
        key=str,
    )
    assert set(rows["population"]) == {"NHS trusts and core organisations"}


def test_categories_that_do_not_add_up_to_their_total_stop_the_file(tmp_path: Path) -> None:
    members = {
        name: tuple(line.replace("360603.85839", "360604.85839") for line in lines) for name, lines in SEPTEMBER.items()
    }
    with pytest.raises(TotalsDisagree, match=r"1377896\.59128"):
        core_csv.read(zipped(tmp_path, members))


def test_support_organisations_are_another_population_and_their_common_total_is_kept_once(tmp_path: Path) -> None:
    rows = read_tables(core_csv.READER, zipped(tmp_path, SUPPORT))["person_characteristic"]
    assert set(rows["population"]) == {"Support organisations and central bodies"}
    assert rows.select("staff_group", "role_group", "grade", "category", "value").rows()[:3] == [
        ("All staff groups", "All role groups", "All grades", "All age bands", 24058.0),
        ("All staff groups", "All role groups", "Band 1", "All age bands", 808.0),
        ("All staff groups", "All role groups", "Band 1", "25 to 34", 808.0),
    ]


def test_a_total_printed_with_two_values_stops_the_file(tmp_path: Path) -> None:
    members = changed(SUPPORT, "All staff groups,All age bands,24058.0", "All staff groups,All age bands,24059.0")
    with pytest.raises(RepeatedFigure, match=r"24058\.0; 24059\.0"):
        core_csv.read(zipped(tmp_path, members))


def test_the_zip_to_august_2025_is_read_with_its_title_case_headings(tmp_path: Path) -> None:
    file = zipped(tmp_path, AUGUST)
    edition = core_csv.recognise(file)
    assert edition is not None
    assert edition.edition == "2025-08"
    frames = read_tables(core_csv.READER, file)
    assert frames["workforce"].select("geography_level", "area_code", "staff_group", "measure", "value").sort(
        "geography_level", "area_code"
    ).rows() == [
        ("England", "England", "All staff groups", "headcount", 1035.0),
        ("England", "England", "Nurses & health visitors", "fte", 2.8),
        ("Integrated care system", "QKK", "All staff groups", "headcount", 1035.0),
        ("Integrated care system", "QKK", "Nurses & health visitors", "fte", 2.8),
        ("Organisation", "5A7", "All staff groups", "headcount", 1035.0),
        ("Organisation", "RJ1", "Nurses & health visitors", "fte", 2.8),
        ("Region", "Y56", "All staff groups", "headcount", 1035.0),
        ("Region", "Y56", "Nurses & health visitors", "fte", 2.8),
    ]
    assert frames["workforce_by_grade"].select("grade", "measure", "value", "source_column").rows() == [
        ("Band 8a", "fte", 2.8, 14)
    ]


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in {**SEPTEMBER, **SUPPORT, **AUGUST}
        if "not" not in {**SEPTEMBER, **SUPPORT, **AUGUST}[name][0]
        and "A,B" not in {**SEPTEMBER, **SUPPORT, **AUGUST}[name][0]
    ],
)
def test_a_changed_heading_stops_the_file_and_is_named(name: str, tmp_path: Path) -> None:
    heading, *rows = READ[name]
    last = heading.split(",")[-2]
    with pytest.raises(LayoutChanged, match="SOMETHING_NEW"):
        core_csv.read(zipped(tmp_path, {name: (heading.replace(f",{last},", ",Something new,"), *rows)}))


def test_parts_beside_what_is_read_are_recorded_and_stop_nothing(tmp_path: Path) -> None:
    ((name, (heading, *rows)),) = only("Core 5").items()
    beside = {
        "Core 17. Boards, Sep-25.csv": ("BOARD,VALUE", "RJ1,1"),
        "read me.txt": ("Read me",),
        "broken.csv": ('"not closed',),
        "__MACOSX/._Core 5.csv": ("Mac",),
        "Thumbs.db": ("db",),
    }
    wider = {name: (heading + ",NEW_COLUMN", *(row + ",x" for row in rows))}
    plain = core_csv.read(zipped(tmp_path, {name: (heading, *rows)}))
    assert list(plain) == ["workforce_by_grade"]
    frames = core_csv.read(zipped(tmp_path, wider | beside))
    assert frames["workforce_by_grade"].equals(plain["workforce_by_grade"])
    assert frames["unread_part"].drop("why").rows() == [
        ("member", "Core 17. Boards, Sep-25.csv", "Core 17. Boards, Sep-25.csv", False),
        ("member", "read me.txt", "read me.txt", False),
        ("member", "broken.csv", "broken.csv", False),
        ("column", name, "NEW_COLUMN", False),
    ]


def test_members_that_are_not_wanted_are_recorded_with_the_reason(tmp_path: Path) -> None:
    frames = core_csv.read(zipped(tmp_path, only("Core 5") | only("Core 2")))
    assert frames["unread_part"].select("why", "is_known").row(0) == (
        "Specialties of doctors answer no question here",
        True,
    )


def test_a_renamed_table_with_other_headings_does_not_pass_for_a_new_one(tmp_path: Path) -> None:
    members = only("Core 5") | {"Core 12. People of England, Sep-25.csv": ("MONTH,PERSONS", "2025-09-30,1")}
    with pytest.raises(LayoutChanged, match=r"Core 12\. People.*missing: DATA_MONTH"):
        core_csv.read(zipped(tmp_path, members))


def test_a_member_with_a_new_name_and_known_headings_is_read(tmp_path: Path) -> None:
    (lines,) = only("Core 5").values()
    members = only("Core 2") | {"Core 17. Grades by organisation, Sep-25.csv": lines}
    assert list(core_csv.read(zipped(tmp_path, members))) == ["workforce_by_grade", "unread_part"]


def test_nul_bytes_in_a_member_are_dropped(tmp_path: Path) -> None:
    members = {
        name: tuple(line.replace("Corporate", "Corp\x00orate") for line in lines)
        for name, lines in only("Core 8").items()
    }
    rows = core_csv.read(zipped(tmp_path, members))["job_role"]
    assert "Corporate" in rows["primary_area_of_work"].to_list()


def test_bytes_that_are_no_utf_8_are_read_as_windows_1252(tmp_path: Path) -> None:
    path = tmp_path / "files.zip"
    ((name, lines),) = only("Core 8").items()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "\n".join(lines).replace("Guy's", "Guy’s").encode("windows-1252"))
    rows = core_csv.read(PublishedFile(path, "files.zip"))["job_role"]
    assert rows["area_name"][0] == "Guy’s and St Thomas' NHS Foundation Trust"


@pytest.mark.parametrize("path", ["../Core 5.csv", "/etc/Core 5.csv", "..\\Core 5.csv"])
def test_a_member_whose_path_leads_out_of_the_zip_is_refused(path: str, tmp_path: Path) -> None:
    with pytest.raises(NotWhatItClaims, match="outside the zip"):
        core_csv.read(zipped(tmp_path, SEPTEMBER | {path: ("A,B", "1,2")}))


def test_a_damaged_member_is_refused(tmp_path: Path) -> None:
    file = zipped(tmp_path, only("Core 8"))
    content = bytearray(file.path.read_bytes())
    content[200] ^= 0xFF
    file.path.write_bytes(content)
    with pytest.raises(NotWhatItClaims, match="damaged"):
        core_csv.read(file)


def test_members_of_two_editions_are_refused(tmp_path: Path) -> None:
    members = only("Core 5") | {"Core 6. Staff group and grade - England, Oct-25.csv": ("A", "1")}
    with pytest.raises(NotWhatItClaims, match="do not name one month"):
        core_csv.recognise(zipped(tmp_path, members))


def test_data_older_than_the_edition_is_refused(tmp_path: Path) -> None:
    members = {
        name: tuple(line.replace("2025-09-30", "2025-08-31") for line in lines)
        for name, lines in only("Core 8").items()
    }
    with pytest.raises(
        NotWhatItClaims, match=r"months of the figures differ from those in the name.*Found August 2025"
    ):
        core_csv.read(zipped(tmp_path, members))


@pytest.mark.parametrize(
    ("old", "new", "error", "message"),
    [
        (",1\r\n", ",about 1\r\n", UnreadableValue, "about 1"),
        ("2025-09-30,Organisation,FTE", "30 Sept 2025,Organisation,FTE", UnreadableValue, "30 Sept 2025"),
        ("2025-09-30,Organisation,FTE", "2025-09-29,Organisation,FTE", UnreadableValue, "2025-09-29"),
        ("Organisation,FTE", "Organisation,WTE", UnmappedLabel, "WTE"),
        ("2025-09-30,Organisation", "2025-09-30,National", LayoutChanged, "National"),
        ("QKK,South East London,RJ1", "QKK,South East London,", UnreadableValue, "ORG_CODE"),
        ("Administrative and Clerical", "Administrators", UnmappedLabel, "Administrators"),
    ],
)
def test_a_record_that_cannot_be_read_is_named(
    old: str, new: str, error: type[Exception], message: str, tmp_path: Path
) -> None:
    ((name, lines),) = only("Core 8").items()
    text = "\r\n".join((*lines, "")).replace(old, new)
    assert text != "\r\n".join((*lines, ""))
    with pytest.raises(error, match=message):
        core_csv.read(zipped(tmp_path, {name: tuple(text.split("\r\n")[:-1])}))


def test_a_cell_with_too_many_fields_stops_the_file(tmp_path: Path) -> None:
    ((name, lines),) = only("Core 8").items()
    with pytest.raises(LayoutChanged, match="table"):
        core_csv.read(zipped(tmp_path, {name: (*lines, lines[-1] + ",1,2")}))


def test_every_member_of_the_published_headers_is_known_and_its_first_rows_are_read(
    published: Path, tmp_path: Path
) -> None:
    quoted = json.loads((published / "nhs-workforce-statistics" / "headers-august-2025-edition.json").read_text())
    zips = [file for file in quoted["files"] if re.search(r"(?i)csv (data )?files.*\.zip$", file["file_name"])]
    zips = [file for file in zips if "Turnover" not in file["file_name"]]
    assert len(zips) == 3
    for file in zips:
        members = {
            member["zip_member"]: (
                ",".join(member["header"]),
                *(row.replace(", ", ",").replace("nan", "") for row in member["first_rows_as_quoted"]),
            )
            for member in file["contents"]
        }
        read = zipped(tmp_path, members, file["file_name"])
        assert core_csv.recognise(read) is not None
        wanted, _ = wanted_members(read)
        assert wanted
        for member in wanted:
            with scan_member(read, member) as records:
                assert TIDY[member.table](records, member).height or "Core 7" in member.name


def test_consultants_by_specialty_are_read_from_the_published_rows(tmp_path: Path, published: Path) -> None:
    source = next((published / "nhs-workforce-statistics/october-2025-excerpts").glob("Core 3*"))
    path = tmp_path / "core.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.write(source, source.name)
    name = "NHS HCHS Workforce Statistics, Trusts and core organisations - CSV data files, October 2025.zip"
    frames = read_tables(core_csv.READER, PublishedFile(path, name))
    rows = frames["medical_staff"]
    assert rows.height == 2 * 14
    assert rows["grade"].unique().to_list() == ["Consultant"]
    cardiology = rows.filter(specialty="Cardiology").select("org_code", "measure", "value", "source_row")
    assert cardiology.rows() == [("RJ1", "fte", 85.85, 49), ("RJ1", "headcount", 95.0, 49)]
    beside = frames["unread_part"].filter(kind="rows").select("source_sheet", "name", "is_known").rows()
    assert beside == [(source.name, "grades other than consultant", True)]


@pytest.mark.parametrize("name", [name for name in SEPTEMBER if "DATA_TYPE" in SEPTEMBER[name][0]])
def test_a_member_that_prints_headcounts_only_ends_in_no_error_of_polars(tmp_path: Path, name: str) -> None:
    lines = [",".join([*line.split(",")[:-2], line.split(",")[-1]]) for line in as_october(SEPTEMBER[name])]
    with suppress(WorkforceError):
        core_csv.READER.read(zipped(tmp_path, {name.replace("Sep-25", "Oct-25"): tuple(lines)}))


def test_bytes_that_are_text_in_no_encoding_stop_the_file_with_their_member(tmp_path: Path) -> None:
    name, lines = next(iter(only("Core 1").items()))
    path = tmp_path / "files.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, "\r\n".join(lines).encode().replace(b"2025-09-30,", b"2025-09-30,\x8d\xff", 1))
    with pytest.raises(NotWhatItClaims, match=r"Core 1.*encoding of the text"):
        read_tables(core_csv.READER, PublishedFile(path, "files.zip"))


def test_a_member_of_records_without_separators_is_refused_before_it_is_read(tmp_path: Path) -> None:
    name, lines = next(iter(only("Core 1").items()))
    file = zipped(tmp_path, {name: (*lines, *["a"] * 200_000)})
    with pytest.raises(LayoutChanged, match="most records have fewer fields"):
        core_csv.READER.read(file)
