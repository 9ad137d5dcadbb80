"""The Data Quality Annex, in a workbook written from its known headings."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from transforms.errors import LayoutChanged
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for
from transforms.series.workforce.data_quality import READER, recognise

NAME = "NHS Workforce Statistics, August 2025 Data Quality Annex.xlsx"
HEADER = [
    "Reference Number",
    "Level",
    "Organisation Code",
    "Organisation Name",
    "Data Month Impacted",
    "Issue Type",
    "Issue Details",
    "Related Issues",
    "Further Information",
    "Added or updated",
]
CORE: list[list[Any]] = [
    ["DQ005", "National", "ENG", "England", "All months", "Organisation change", "Mergers.", "DQ359", "-", None],
    ["DQ006", "National", "ENG", "England", "Jun-Jul - all years", "Point of interest", "Rotation.", "DQ007", "-"],
    ["DQ412", "Organisation", "RR8", "Leeds", "Jun-25", "Data quality", "Nurses\u00a0were missing.", "-", "-", "New"],
    ["DQ500", "Organisation", "RJ1", "Guy's", "Mar-25 onwards", "Data quality", "Still so.", "-", "-"],
    ["DQ501", "Organisation", "RJ2", "Lewisham", date(2024, 3, 1), "Data quality", "A date cell.", "-", "-"],
    ["DQ502", "Organisation", "RJZ", "King's", "Jan-24", "Data quality", "Late.", "-", "-"],
    ["DQ502", "Organisation", "RJZ", "King's", "Mar-24", "Data quality", "Late.", "-", "-"],
]
WIDER: list[list[Any]] = [
    ["DQ004_W", "Organisation", code, name, "Dec-11 - Sep-12", "Organisation change", "Formed.", "-", "Link", None]
    for code, name in (("T1480", "Health Research Authority"), ("Q31", "North West Strategic Health Authority"))
]


def annex(path: Path, header: list[str] = HEADER, name: str = NAME) -> PublishedFile:
    with xlsxwriter.Workbook(path, {"default_date_format": "mmm-yy"}) as workbook:
        workbook.add_worksheet("Title sheet").write(0, 0, "Title")
        for sheet, rows in (("DQ Annex - Core NHS", CORE), ("DQ Annex - Wider NHS", WIDER)):
            page = workbook.add_worksheet(sheet)
            page.write(0, 0, "Data Quality Annex")
            for number, row in enumerate([header, *rows], start=2):
                page.write_row(number, 0, row)
    return PublishedFile(path, name)


@pytest.fixture(scope="module")
def notes(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    file = annex(tmp_path_factory.mktemp("annex") / "x.xlsx")
    return read_tables(READER, file)["data_quality_note"]


def test_the_annex_is_of_the_edition_in_its_name(tmp_path: Path) -> None:
    reader, edition = reader_for(annex(tmp_path / "x.xlsx"))
    assert reader is READER
    assert (edition.series, edition.edition) == ("nhs-workforce-statistics", "2025-08")


def test_an_annex_that_names_no_month_is_not_dated_by_guess(tmp_path: Path) -> None:
    assert recognise(annex(tmp_path / "x.xlsx", name="annex.xlsx")) is None


def test_the_headings_are_those_of_the_published_edition(published: Path) -> None:
    excerpt = pl.read_json(published / "nhs-workforce-statistics" / "headers-august-2025-edition.json")
    contents = excerpt["files"].explode().struct.field("contents").explode().struct.unnest()
    for sheet in ("DQ Annex - Core NHS", "DQ Annex - Wider NHS"):
        assert contents.filter(sheet=sheet)["header"][0].to_list() == HEADER


def test_a_note_is_one_row_per_reference_and_organisation(notes: pl.DataFrame) -> None:
    assert notes.select("reference_number", "org_code", "source_sheet", "source_row").rows() == [
        ("DQ005", None, "DQ Annex - Core NHS", 4),
        ("DQ006", None, "DQ Annex - Core NHS", 5),
        ("DQ412", "RR8", "DQ Annex - Core NHS", 6),
        ("DQ500", "RJ1", "DQ Annex - Core NHS", 7),
        ("DQ501", "RJ2", "DQ Annex - Core NHS", 8),
        ("DQ502", "RJZ", "DQ Annex - Core NHS", 9),
        ("DQ004_W", "T1480", "DQ Annex - Wider NHS", 4),
        ("DQ004_W", "Q31", "DQ Annex - Wider NHS", 5),
    ]


@pytest.mark.parametrize(
    ("reference", "months", "start", "end"),
    [
        ("DQ005", "All months", None, None),
        ("DQ006", "Jun-Jul - all years", None, None),
        ("DQ412", "Jun-25", date(2025, 6, 30), date(2025, 6, 30)),
        ("DQ500", "Mar-25 onwards", date(2025, 3, 31), None),
        ("DQ501", "2024-03-01 00:00:00", date(2024, 3, 31), date(2024, 3, 31)),
        ("DQ502", "Jan-24; Mar-24", date(2024, 1, 31), date(2024, 3, 31)),
        ("DQ004_W", "Dec-11 - Sep-12", date(2011, 12, 31), date(2012, 9, 30)),
    ],
)
def test_months_are_kept_as_printed_and_dated_where_they_name_months(
    notes: pl.DataFrame, reference: str, months: str, start: date | None, end: date | None
) -> None:
    found = notes.filter(reference_number=reference).select("months", "period_start", "period_end")
    assert set(found.rows()) == {(months, start, end)}


def test_texts_are_kept_with_plain_blanks_and_once(notes: pl.DataFrame) -> None:
    details = dict(notes.select("reference_number", "details").iter_rows())
    assert details["DQ412"] == "Nurses were missing."
    assert details["DQ502"] == "Late."


def test_a_renamed_heading_stops_the_file(tmp_path: Path) -> None:
    header = ["Organisation" if text == "Organisation Code" else text for text in HEADER]
    with pytest.raises(LayoutChanged) as raised:
        read_tables(READER, annex(tmp_path / "x.xlsx", header))
    assert "DQ Annex - Core NHS > C3: the headings of the notes are not those this reader knows" in str(raised.value)


def test_a_column_and_a_sheet_more_are_recorded_and_stop_nothing(tmp_path: Path) -> None:
    frames = read_tables(READER, annex(tmp_path / "x.xlsx", [*HEADER, "Owner"]))
    unread = frames["unread_part"].filter(~pl.col("is_known"))
    assert ("column", "DQ Annex - Core NHS", "Owner") in unread.select("kind", "source_sheet", "name").rows()


def test_columns_in_another_order_in_one_of_the_sheets_give_the_same_notes(tmp_path: Path, notes: pl.DataFrame) -> None:
    exchanged = [HEADER[1], HEADER[0], *HEADER[2:]]
    path = tmp_path / "x.xlsx"
    with xlsxwriter.Workbook(path, {"default_date_format": "mmm-yy"}) as workbook:
        for sheet, header, rows in (("Core NHS", HEADER, CORE), ("Wider NHS", exchanged, WIDER)):
            turned = [[row[1], row[0], *row[2:]] if header is exchanged else row for row in rows]
            page = workbook.add_worksheet(f"DQ Annex - {sheet}")
            for number, row in enumerate([header, *turned], start=2):
                page.write_row(number, 0, row)
    assert read_tables(READER, PublishedFile(path, NAME))["data_quality_note"].equals(notes)
