"""The workforce workbook: the real one down to its cells, its other layouts, and what stops it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import nullcontext
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import xlsxwriter

from transforms.errors import (
    IncompleteFile,
    LayoutChanged,
    NotWhatItClaims,
    RepeatedFigure,
    TotalsDisagree,
    UnmappedLabel,
    UnreadableValue,
    WorkforceError,
)
from transforms.published_file import PublishedFile, read_tables
from transforms.reading.grid import cell_name
from transforms.reading.vocabulary import vocabulary
from transforms.series import reader_for
from transforms.series.workforce.people import check_people
from transforms.series.workforce.sums import check_sums
from transforms.series.workforce.workbook import BY_STAFF_GROUP, OVER_TIME, READER, recognise

MAY = "NHS Workforce Statistics, May 2023 England and Organisation.xlsx"
Sheets = dict[str, list[list[Any]]]

APRIL_END, MAY_END = dt.date(2023, 4, 30), dt.date(2023, 5, 31)
CHANGES = ["Latest Monthly Change", "Latest Monthly Change (%)", "Annual Change", "Annual Change (%)"]
AREAS = [
    "NHS England region code",
    "NHS England region name",
    "ICS code",
    "ICS name",
    "Organisation name",
    "Organisation code",
]
GROUPS = ["Total", "Professionally qualified clinical staff", "Senior managers"]
NOTES = [[], ["Source: NHS England"], [], ["' - ' denotes zero"]]


def by_area(figures: list[list[float]]) -> list[list[Any]]:
    england, region, system, board, trust = figures
    return [
        [],
        [None, "England", None, None, None, None, *england],
        [],
        ["Y56", "London", None, None, None, None, *region],
        [None, None, "QKK", "South East London", None, None, *system],
        [None, None, None, None, "NHS South East London ICB", "QKK", *board],
        [None, None, None, None, "Guy's and St Thomas' NHS Foundation Trust", "RJ1", *trust],
        *NOTES,
    ]


def sheets() -> Sheets:
    """A whole workbook of one region, one system, a board and a trust, in the layout of 2023 to August 2025."""
    people = [[31, 21, 3], [31, 21, 3], [31, 21, 3], [11, 0, 2], [20, 21, 1]]
    fte = [[30.5, 20.25, 3], [30.5, 20.25, 3], [30.5, 20.25, 3], [10.5, 0, 2], [20, 20.25, 1]]
    england: list[list[Any]] = [["Table 1"], [None, None, APRIL_END, MAY_END, *CHANGES]]
    for block, may, more in (("HEADCOUNT", people[0], 3), ("FULL TIME EQUIVALENT (FTE)", fte[0], 2.5)):
        total = [None, "Total", 28, may[0], more, more / 28, 0, 0]
        england += [[block], total, [None, GROUPS[1], 20, may[1]], [None, "Senior managers", 3, 3]]
    book: Sheets = {"Title sheet": [["Contents"]], "1. England": [*england, *NOTES]}
    for sheet, unit, groups in zip(BY_STAFF_GROUP, ("headcount", "full time equivalent"), (people, fte), strict=True):
        book[sheet] = [
            ["Table"],
            ["May 2023 monthly data", None, None, None, None, None, None, None, unit],
            [*AREAS, *GROUPS],
            *by_area(groups),
        ]
    for sheet, unit, groups in zip(OVER_TIME, ("headcount", "full time equivalent"), (people, fte), strict=True):
        months = [[28, groups[0][0]]] * 3 + [[8, groups[3][0]], [20, 20]]
        book[sheet] = [["Table"], [*[None] * 7, unit], [*AREAS, APRIL_END, MAY_END], *by_area(months)]
    return deepcopy(book)


def write(path: Path, book: Sheets, name: str = MAY) -> PublishedFile:
    with xlsxwriter.Workbook(path, {"default_date_format": "mmm yyyy"}) as workbook:
        for sheet, rows in book.items():
            page = workbook.add_worksheet(sheet)
            for number, row in enumerate(rows):
                page.write_row(number, 0, row)
    return PublishedFile(path, name)


def rows_of(file: PublishedFile) -> pl.DataFrame:
    return read_tables(READER, file)["workforce"]


@pytest.fixture(scope="module")
def may(published: Path) -> PublishedFile:
    return PublishedFile(published / "nhs-workforce-statistics" / MAY, MAY)


@pytest.fixture(scope="module")
def real(may: PublishedFile) -> pl.DataFrame:
    return rows_of(may)


def test_the_real_workbook_is_the_edition_of_may_2023(may: PublishedFile) -> None:
    reader, edition = reader_for(may)
    assert reader is READER
    assert (edition.series, edition.edition, edition.coverage_end) == (
        "nhs-workforce-statistics",
        "2023-05",
        "2023-05-31",
    )
    assert recognise(PublishedFile(may.path, "3f2a9c")) == replace(edition, series="")


@pytest.mark.parametrize(
    ("sheet", "cell", "staff_group", "measure", "month", "value"),
    [
        ("1. England", "C11", "All staff groups", "headcount", dt.date(2009, 9, 30), 1_154_679),
        ("1. England", "C46", "All staff groups", "fte", dt.date(2009, 9, 30), 1_002_298.10222),
        ("1. England", "FK11", "All staff groups", "headcount", MAY_END, 1_442_229),
        ("1. England", "FK46", "All staff groups", "fte", MAY_END, 1_285_542.80577),
        (BY_STAFF_GROUP[0], "G8", "All staff groups", "headcount", MAY_END, 1_442_229),
        (BY_STAFF_GROUP[0], "AE8", "Senior managers", "headcount", MAY_END, 13_748),
        (BY_STAFF_GROUP[0], "AF8", "Managers", "headcount", MAY_END, 25_703),
        (BY_STAFF_GROUP[1], "G8", "All staff groups", "fte", MAY_END, 1_285_542.80577),
        (OVER_TIME[0], "G7", "All staff groups", "headcount", dt.date(2009, 9, 30), 1_154_679),
        (OVER_TIME[1], "FO7", "All staff groups", "fte", MAY_END, 1_285_542.80577),
    ],
)
def test_england_reads_as_published_down_to_the_cell(
    real: pl.DataFrame, sheet: str, cell: str, staff_group: str, measure: str, month: dt.date, value: float
) -> None:
    found = real.filter(
        geography_level="England", source_sheet=sheet, staff_group=staff_group, measure=measure, period_end=month
    )
    assert found["value"].to_list() == [value]
    assert cell_name(found["source_row"][0], found["source_column"][0]) == cell


def test_every_table_gives_every_figure_it_prints(real: pl.DataFrame) -> None:
    counts = dict(real.group_by("source_sheet").len().iter_rows())
    assert counts == {
        "1. England": 27 * 2 * 165,
        **dict.fromkeys(BY_STAFF_GROUP, 303 * 27),
        **dict.fromkeys(OVER_TIME, 752 * 165),
    }
    assert real["value"].null_count() == 0


def test_what_several_tables_print_agrees(real: pl.DataFrame) -> None:
    key = ["period_end", "geography_level", "area_code", "staff_group", "measure"]
    values = real.group_by(key).agg(pl.col("value").n_unique().alias("values"), pl.len().alias("times"))
    assert values["values"].max() == 1
    assert values.filter(pl.col("times") == 3).height == 2


def test_each_sheet_prints_a_figure_once(real: pl.DataFrame) -> None:
    key = ["source_sheet", "period_end", "geography_level", "area_code", "staff_group", "measure"]
    assert not real.select(pl.struct(key).is_duplicated().any()).item()


def test_organisations_take_their_region_and_system_from_the_rows_above(real: pl.DataFrame) -> None:
    latest = real.filter(period_end=MAY_END, measure="fte", staff_group="All staff groups")
    guys = latest.filter(org_code="RJ1", source_sheet=OVER_TIME[1])
    assert guys.select("geography_level", "region_code", "icb_code", "area_code", "value").rows() == [
        ("Organisation", "Y56", "QKK", "RJ1", 21_360.68252)
    ]
    levels = dict(latest.filter(source_sheet=BY_STAFF_GROUP[1]).group_by("geography_level").len().iter_rows())
    assert levels == {"England": 1, "Region": 7, "Integrated care system": 42, "Organisation": 253}


def test_a_board_is_a_system_total_and_an_organisation(real: pl.DataFrame) -> None:
    found = real.filter(area_code="QKK", source_sheet=BY_STAFF_GROUP[0], staff_group="All staff groups")
    assert found.select("geography_level", "org_code").rows() == [
        ("Integrated care system", None),
        ("Organisation", "QKK"),
    ]


def test_full_time_equivalents_of_the_parts_add_up_at_every_level(real: pl.DataFrame) -> None:
    fte = real.filter(measure="fte", source_sheet=BY_STAFF_GROUP[1])
    levels = fte.group_by("staff_group", "geography_level").agg(pl.col("value").sum())
    spread = levels.group_by("staff_group").agg(pl.col("value").max() - pl.col("value").min())
    assert spread["value"].max() < 0.01


def test_staff_groups_add_up_to_the_parents_that_the_vocabulary_names(real: pl.DataFrame) -> None:
    parents = vocabulary("staff_group").select("label", "parent").unique()
    fte = real.filter(measure="fte", source_sheet="1. England").select("period_end", "staff_group", "value")
    parts = (
        fte.join(parents, left_on="staff_group", right_on="label")
        .drop_nulls("parent")
        .group_by("period_end", "parent")
        .agg(pl.col("value").sum().alias("parts"))
    )
    compared = parts.join(fte, left_on=["period_end", "parent"], right_on=["period_end", "staff_group"])
    assert compared.height == 165 * 5
    assert compared.select((pl.col("parts") - pl.col("value")).abs().max()).item() < 0.01


def test_a_true_zero_shown_as_a_dash_is_zero(real: pl.DataFrame) -> None:
    closed = real.filter(org_code="5A7", measure="headcount", period_end=MAY_END)
    assert closed.select("value", "value_status").rows() == [(0.0, None)]


def test_the_small_workbook_reads_in_full(tmp_path: Path) -> None:
    rows = rows_of(write(tmp_path / "x.xlsx", sheets()))
    assert dict(rows.group_by("source_sheet").len().iter_rows()) == {
        "1. England": 12,
        **dict.fromkeys(BY_STAFF_GROUP, 15),
        **dict.fromkeys(OVER_TIME, 10),
    }


def test_the_layout_of_2020_to_2022_has_no_systems_and_no_heading_over_organisations(tmp_path: Path) -> None:
    book = sheets()
    for sheet in (*BY_STAFF_GROUP, *OVER_TIME):
        book[sheet] = [[*row[:2], *row[4:]] for row in book[sheet] if len(row) < 3 or row[2] != "QKK"]
        header = next(row for row in book[sheet] if AREAS[0] in row)
        header[2:4] = [None, None]
    rows = rows_of(write(tmp_path / "x.xlsx", book)).filter(org_code="RJ1", source_sheet=BY_STAFF_GROUP[0])
    assert rows["icb_code"].null_count() == rows.height == 3
    assert rows["area_name"].unique().to_list() == ["Guy's and St Thomas' NHS Foundation Trust"]
    assert rows["source_column"].to_list() == [5, 6, 7]


def test_spacer_columns_and_a_stray_empty_column_do_not_matter(tmp_path: Path) -> None:
    book = sheets()
    book[BY_STAFF_GROUP[0]] = [[*row[:7], None, *row[7:]] for row in book[BY_STAFF_GROUP[0]]]
    book[BY_STAFF_GROUP[1]][5] += [None, " "]
    rows = rows_of(write(tmp_path / "x.xlsx", book))
    managers = rows.filter(staff_group="Senior managers", source_sheet=BY_STAFF_GROUP[0], org_code="RJ1")
    assert managers.select("source_column", "value").rows() == [(10, 1.0)]


def test_sheets_and_columns_beside_the_tables_are_recorded_and_stop_nothing(tmp_path: Path) -> None:
    book = sheets()
    plain = rows_of(write(tmp_path / "plain.xlsx", book))
    book["7. Dentists"] = [["Region", 2009], ["England", 1]]
    header = next(row for row in book[OVER_TIME[0]] if AREAS[0] in row)
    width = len(header)
    for row in book[OVER_TIME[0]]:
        if AREAS[0] in row or (row and isinstance(row[-1], (int, float))):
            row += [None] * (width - len(row)) + ["Five-season change" if row is header else 3]
    frames = read_tables(READER, write(tmp_path / "x.xlsx", book))
    assert frames["workforce"].equals(plain)
    assert frames["unread_part"].filter(~pl.col("is_known")).select("kind", "source_sheet", "name").rows() == [
        ("sheet", "7. Dentists", "7. Dentists"),
        ("column", OVER_TIME[0], "Five-season change"),
    ]


def test_a_column_beside_those_of_the_organisations_is_recorded(tmp_path: Path) -> None:
    book = sheets()
    plain = rows_of(write(tmp_path / "plain.xlsx", book)).drop("source_column")
    header = next(row for row in book[BY_STAFF_GROUP[0]] if AREAS[0] in row)
    for row in book[BY_STAFF_GROUP[0]]:
        if len(row) > 2:
            row.insert(0, "Cluster" if row is header else "Acute" if "RJ1" in row else None)
    frames = read_tables(READER, write(tmp_path / "x.xlsx", book))
    assert frames["workforce"].drop("source_column").equals(plain)
    assert ("column", BY_STAFF_GROUP[0], "Cluster") in frames["unread_part"].select(
        "kind", "source_sheet", "name"
    ).rows()


def test_a_heading_that_may_be_a_month_is_no_column_beside_them(tmp_path: Path) -> None:
    book = sheets()
    next(row for row in book[OVER_TIME[0]] if AREAS[0] in row).append("June 23")
    with pytest.raises(LayoutChanged, match="June 23"):
        rows_of(write(tmp_path / "x.xlsx", book))


def test_the_august_2025_labels_are_known(published: Path, tmp_path: Path) -> None:
    excerpt = pl.read_json(published / "nhs-workforce-statistics" / "headers-august-2025-edition.json")
    contents = excerpt["files"].explode().struct.field("contents").explode()
    headings = contents.filter(contents.struct.field("sheet") == BY_STAFF_GROUP[0]).struct.field("header")[0].to_list()
    book = sheets()
    for sheet in BY_STAFF_GROUP:
        totals = (31, 31, 31, 11, 20) if sheet == HC else (30.5, 30.5, 30.5, 10.5, 20)
        areas = by_area([[total, *[0] * 25, total] for total in totals])
        book[sheet] = [["August 2025 monthly data"], headings, *areas]
    england = book["1. England"][:2]
    for block, total in (("HEADCOUNT", 31), ("FULL TIME EQUIVALENT (FTE)", 30.5)):
        groups = headings[headings.index("Total") :]
        england += [[block], *([None, group, 0, 0] for group in groups)]
        for row in (-len(groups), -1):
            england[row][2:] = [28, total]
    book["1. England"] = england
    months = {APRIL_END: dt.date(2025, 7, 31), MAY_END: dt.date(2025, 8, 31), 3: 0}
    for sheet in ("1. England", *OVER_TIME):
        book[sheet] = [[months.get(cell, cell) for cell in row] for row in book[sheet]]
    name = "NHS Workforce Statistics, August 2025 England and Organisation.xlsx"
    rows = rows_of(write(tmp_path / "x.xlsx", book, name)).filter(source_sheet=BY_STAFF_GROUP[1], org_code="RJ1")
    assert rows["period_end"].unique().to_list() == [dt.date(2025, 8, 31)]
    assert rows["measure"].unique().to_list() == ["fte"]
    assert rows["staff_group"].n_unique() == 27
    assert rows["staff_group"].to_list()[-1] == "Unknown classification"


def change(sheet: str, row: int, column: int, value: Any) -> Callable[[Sheets], None]:
    def apply(book: Sheets) -> None:
        cells = book[sheet][row - 1]
        cells += [None] * (column - len(cells))
        cells[column - 1] = value

    return apply


def repeat(sheet: str, row: int) -> Callable[[Sheets], None]:
    return lambda book: book[sheet].insert(row, list(book[sheet][row - 1]))


def everywhere(old: Any, new: Any) -> Callable[[Sheets], None]:
    def apply(book: Sheets) -> None:
        for rows in book.values():
            rows[:] = [[new if cell == old else cell for cell in row] for row in rows]

    return apply


HC, FTE_OVER_TIME = BY_STAFF_GROUP[0], OVER_TIME[1]


@pytest.mark.parametrize(
    ("broken", "error", "says"),
    [
        (
            change(HC, 3, 9, "Senior leaders"),
            UnmappedLabel,
            f"{MAY} > {HC} > I3: an unknown label in staff group.",
        ),
        (
            change("1. England", 6, 2, "Robots"),
            UnmappedLabel,
            f"{MAY} > 1. England > B6: an unknown label in staff group",
        ),
        (
            change(HC, 3, 3, "Integrated care board"),
            LayoutChanged,
            f"{MAY} > {HC} > C3: the columns with the region and organisation of each row are not the expected ones",
        ),
        (
            change(HC, 3, 7, "All"),
            LayoutChanged,
            "no row holds all the headings that identify this table. Expected Total | Professionally qualified",
        ),
        (
            change(FTE_OVER_TIME, 3, 9, "Change since 2010"),
            LayoutChanged,
            f"{FTE_OVER_TIME} > I3: a column has the unknown heading 'Change since 2010'",
        ),
        (
            change(FTE_OVER_TIME, 8, 12, 5),
            LayoutChanged,
            f"{FTE_OVER_TIME} > L8: a column that this reader does not know is not empty",
        ),
        (change("1. England", 2, 3, "Total so far"), LayoutChanged, "C2: a column has the unknown heading"),
        (change(HC, 9, 6, None), LayoutChanged, f"{HC} > E9: the filled cells of a row match no geography level"),
        (change(HC, 9, 6, "Guy's"), LayoutChanged, "org code does not hold a valid code"),
        (
            change(HC, 5, 2, "United Kingdom"),
            LayoutChanged,
            f"{HC} > B5: the filled cells of a row match no geography level",
        ),
        (repeat(HC, 10), RepeatedFigure, f"{HC} > row 10, row 11: the sheet has two rows for the same area"),
        (change(HC, 3, 9, "Total"), RepeatedFigure, "G3, I3: the sheet has the same staff group twice"),
        (change(FTE_OVER_TIME, 3, 8, APRIL_END), LayoutChanged, "the months above the columns are not month ends"),
        (change(FTE_OVER_TIME, 3, 8, dt.date(2023, 5, 30)), LayoutChanged, "H3: the months above the columns are not"),
        (change(HC, 10, 8, "#REF!"), UnreadableValue, f"{HC} > H10: a cell is neither a number nor a known symbol"),
        (change(HC, 10, 8, True), UnreadableValue, "H10: a cell is neither a number nor a known symbol"),
        (change(HC, 11, 7, 4), LayoutChanged, "G11: a row is none of: figures with a label"),
        (change(HC, 12, 7, 4), LayoutChanged, "the filled cells of a row match no geography level"),
        (change(HC, 14, 8, 4), LayoutChanged, "there are figures below the row where the notes begin"),
        (change("1. England", 3, 1, None), LayoutChanged, "no heading says whether the figures of this row are"),
        (change(HC, 2, 9, "full time equivalent"), LayoutChanged, "does not say whether it holds headcount"),
        (change(HC, 2, 1, "June 2023 monthly data"), LayoutChanged, "do not say which one month they are for"),
        (
            everywhere("May 2023 monthly data", "April 2023 monthly data"),
            LayoutChanged,
            "the workbook has different months in different places",
        ),
        (lambda book: book.pop(FTE_OVER_TIME), LayoutChanged, f"sheets are missing: {FTE_OVER_TIME}"),
    ],
)
def test_a_broken_workbook_stops_with_a_sentence_that_says_where(
    tmp_path: Path, broken: Callable[[Sheets], None], error: type[Exception], says: str
) -> None:
    book = sheets()
    broken(book)
    with pytest.raises(error) as raised:
        rows_of(write(tmp_path / "x.xlsx", book))
    assert says in str(raised.value)
    assert str(raised.value).startswith(MAY)


def test_a_staff_group_nobody_mapped_tells_the_user_what_to_do(tmp_path: Path) -> None:
    book = sheets()
    change(HC, 3, 9, "Senior leaders")(book)
    with pytest.raises(UnmappedLabel) as raised:
        rows_of(write(tmp_path / "x.xlsx", book))
    assert str(raised.value) == (
        f"{MAY} > {HC} > I3: an unknown label in staff group. Expected a label of "
        "transforms/vocabularies/staff_group.csv. Found 'Senior leaders'. What to do: decide which label it "
        "corresponds to and add a line to transforms/vocabularies/staff_group.csv."
    )


def test_a_workbook_of_another_month_than_its_name_says_is_refused(tmp_path: Path) -> None:
    file = write(tmp_path / "x.xlsx", sheets(), MAY.replace("May", "June"))
    with pytest.raises(LayoutChanged, match="has different months in different places"):
        rows_of(file)


def test_a_blank_figure_is_not_available_rather_than_zero(tmp_path: Path) -> None:
    book = sheets()
    for sheet in BY_STAFF_GROUP:
        change(sheet, 10, 8, None)(book)
    found = rows_of(write(tmp_path / "x.xlsx", book)).filter(source_sheet=HC, source_row=10, source_column=8)
    assert found.select("value", "value_status").rows() == [(None, "x")]


def test_a_web_page_under_the_workbooks_name_is_called_one(tmp_path: Path) -> None:
    path = tmp_path / MAY
    path.write_bytes(b"<!DOCTYPE html><html><head><title>Just a moment...</title></head></html>")
    with pytest.raises(NotWhatItClaims) as raised:
        reader_for(PublishedFile(path, MAY))
    assert str(raised.value) == (
        f"{MAY}: a web page was saved under this name. Expected a published data file. Found "
        "'<!DOCTYPE html><html><head><title>Just a moment...</title></'. What to do: fetch it again; "
        "the publisher's site probably returned an error or waiting page."
    )


def test_a_truncated_workbook_is_called_cut_off(tmp_path: Path, may: PublishedFile) -> None:
    path = tmp_path / MAY
    path.write_bytes(may.path.read_bytes()[:500_000])
    with pytest.raises(NotWhatItClaims) as raised:
        reader_for(PublishedFile(path, MAY))
    assert str(raised.value) == (
        f"{MAY}: the file begins like a zip or workbook but its end is missing. Expected a whole zip with its "
        "directory at the end. Found 500,000 bytes; File is not a zip file. What to do: fetch it again: the download "
        "was cut off."
    )


def test_another_workbook_is_left_alone(tmp_path: Path) -> None:
    assert recognise(write(tmp_path / "x.xlsx", {"Data": [["x"]]}, "other.xlsx")) is None


WRONG = {  # a folder of workbooks with one thing wrong -> error, place, what the message says
    "07a-workbook-past-region-fte-x10": (TotalsDisagree, OVER_TIME[1], "areas and their printed total disagree"),
    "07e-workbook-organisation-row-missing-in-table-2": (IncompleteFile, BY_STAFF_GROUP[0], "Organisation RJ1"),
    "08b-workbook-month-missing-in-the-middle": (IncompleteFile, "1. England", "the month after October 2022"),
}


@pytest.mark.parametrize("folder", WRONG)
def test_a_workbook_that_disagrees_with_itself_is_refused(published: Path, folder: str) -> None:
    path = published.parent / "cases" / "published-wrong" / folder / MAY
    if not path.is_file():
        pytest.skip(f"the changed workbook {path.name} of {folder} (../shared/cases) is not here")
    error, sheet, says = WRONG[folder]
    with pytest.raises(error) as raised:
        rows_of(PublishedFile(path, MAY))
    assert raised.value.sheet == sheet
    assert says in str(raised.value)


def in_cells(value: pl.Expr, **where: object) -> pl.Expr:
    """A change of the real rows: `value` where all columns of `where` have these values."""
    there = pl.all_horizontal(pl.col(name) == wanted for name, wanted in where.items())
    return pl.when(there).then(value).otherwise(pl.col("value")).alias("value")


LONDON = {"geography_level": "Region", "area_code": "Y56", "period_end": dt.date(2015, 3, 31)}
TRUST = {"area_code": "RJ1", "period_end": dt.date(2015, 3, 31)}


@pytest.mark.parametrize(
    ("value", "where", "error"),
    [
        (pl.col("value") * 10, {**LONDON, "measure": "headcount"}, TotalsDisagree),
        (pl.col("value") / 10, {**LONDON, "measure": "headcount"}, TotalsDisagree),
        (pl.col("value") + 0.01, {**LONDON, "measure": "fte"}, TotalsDisagree),
        (pl.col("value") * 10, {**TRUST, "measure": "headcount"}, TotalsDisagree),
        (pl.lit(0.0), {**TRUST, "measure": "fte"}, TotalsDisagree),
        (pl.col("value") + 0.01, {"staff_group": "Midwives", "period_end": APRIL_END}, TotalsDisagree),
        (pl.col("value") * 10, {"staff_group": "Consultant", "period_end": APRIL_END}, TotalsDisagree),
        (pl.col("value") + 1, {"source_sheet": "1. England", "staff_group": "All staff groups"}, RepeatedFigure),
    ],
)
def test_a_figure_of_any_month_that_does_not_add_up_is_refused(
    real: pl.DataFrame, value: pl.Expr, where: dict[str, object], error: type[WorkforceError]
) -> None:
    with pytest.raises(error, match=r"^\d\. .* > [A-Z]+[0-9]+: "):
        check_sums(real.with_columns(in_cells(value, **where)), pairs=(BY_STAFF_GROUP, OVER_TIME))


ONE_ORGANISATION = {"geography_level": "Organisation", "area_code": "RJ1"}
IN_TABLE_2 = {"source_sheet": BY_STAFF_GROUP[0], **ONE_ORGANISATION}


@pytest.mark.parametrize(
    ("value", "where", "says"),
    [
        (pl.col("value") + 0.5, {**IN_TABLE_2, "staff_group": "Managers"}, "not a whole number"),
        (pl.lit(0.0), {**IN_TABLE_2, "staff_group": "Managers"}, "without full-time equivalents"),
        (pl.lit(4.0), {**IN_TABLE_2, "staff_group": "Ambulance staff"}, "without full-time equivalents"),
        (None, {**IN_TABLE_2, "staff_group": "Managers"}, "without full-time equivalents"),
        (None, {**IN_TABLE_2, "staff_group": "Ambulance staff"}, "without full-time equivalents"),
        ((pl.col("value") / 10).round(), {**IN_TABLE_2, "staff_group": "Consultant"}, "cannot both be right"),
        (pl.col("value") * 10, {**IN_TABLE_2, "staff_group": "Senior managers"}, "cannot both be right"),
        (pl.col("value") + 1000, {"staff_group": "Managers", "period_end": APRIL_END}, "in the months beside"),
        (pl.col("value") + 100, {**TRUST, "source_sheet": OVER_TIME[0]}, None),
        (pl.col("value") + 500, {**TRUST, "source_sheet": OVER_TIME[0]}, "in the months beside"),
    ],
)
def test_a_headcount_that_its_fte_or_the_months_beside_it_do_not_allow_is_refused(
    real: pl.DataFrame, value: pl.Expr | None, where: dict[str, object], says: str | None
) -> None:
    blank = pl.lit(None, pl.Float64)
    changed = real.with_columns(in_cells(blank if value is None else value, measure="headcount", **where))
    changed = changed.with_columns(value_status=pl.when(pl.col("value").is_null()).then(pl.lit("x")))
    with pytest.raises(WorkforceError, match=says) if says else nullcontext():
        check_people(changed)


def test_people_counted_twice_beyond_what_is_usual_are_refused(real: pl.DataFrame) -> None:
    more = in_cells((pl.col("value") * 1.3).round(), measure="headcount", staff_group="Midwives", **IN_TABLE_2)
    with pytest.raises(TotalsDisagree, match="areas and their printed total"):
        check_sums(real.with_columns(more), pairs=(BY_STAFF_GROUP, OVER_TIME))


@pytest.mark.parametrize(
    ("column", "one", "other", "sheets"),
    [
        ("staff_group", "Managers", "Senior managers", ("1. England",)),
        ("staff_group", "Midwives", "Ambulance staff", ("1. England",)),
        ("area_code", "RJ1", "RYJ", OVER_TIME),
    ],
)
def test_lines_exchanged_in_past_months_are_refused(
    real: pl.DataFrame, column: str, one: str, other: str, sheets: tuple[str, ...]
) -> None:
    past = pl.col("source_sheet").is_in(sheets) & (pl.col("period_end") < dt.date(2016, 1, 1))
    exchanged = pl.col(column).replace({one: other, other: one})
    with pytest.raises(LayoutChanged, match="two lines of a table change places"):
        check_people(real.with_columns(pl.when(past).then(exchanged).otherwise(column).alias(column)))


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        (pl.col("source_sheet").is_in(BY_STAFF_GROUP) & (pl.col("staff_group") == "Midwives"), "1 staff groups"),
        ((pl.col("source_sheet") == "1. England") & (pl.col("staff_group") == "Managers"), "1 staff groups"),
        (pl.col("source_sheet").is_in(OVER_TIME) & (pl.col("period_end") == dt.date(2009, 9, 30)), "1 months"),
    ],
)
def test_a_column_missing_from_both_tables_of_a_pair_is_refused(real: pl.DataFrame, gone: pl.Expr, says: str) -> None:
    with pytest.raises(IncompleteFile, match=says):
        check_sums(real.filter(~gone), pairs=(BY_STAFF_GROUP, OVER_TIME))


@pytest.mark.parametrize("name", ["University Hospitals Bristol NHS Foundation Trust", "Barts Health NHS Trust"])
def test_a_name_of_its_own_in_one_table_is_refused(real: pl.DataFrame, name: str) -> None:
    there = (pl.col("org_code") == "RJ1") & (pl.col("source_sheet") == OVER_TIME[0])
    renamed = real.with_columns(area_name=pl.when(there).then(pl.lit(name)).otherwise("area_name"))
    with pytest.raises(LayoutChanged, match="one code has two names, or two codes have one name"):
        check_sums(renamed, pairs=(BY_STAFF_GROUP, OVER_TIME))


def test_an_organisation_under_another_system_in_one_sheet_is_refused(real: pl.DataFrame) -> None:
    there = (pl.col("org_code") == "RJ1") & (pl.col("source_sheet") == OVER_TIME[0])
    moved = real.with_columns(icb_code=pl.when(there).then(pl.lit("QMF")).otherwise("icb_code"))
    with pytest.raises(LayoutChanged, match="RJ1 in one region or system"):
        check_sums(moved, pairs=(BY_STAFF_GROUP, OVER_TIME))


def test_an_organisation_missing_from_both_tables_by_staff_group_is_refused(real: pl.DataFrame) -> None:
    gone = real.filter((pl.col("area_code") != "RJ1") | ~pl.col("source_sheet").is_in(BY_STAFF_GROUP))
    with pytest.raises(TotalsDisagree, match="areas and their printed total"):
        check_sums(gone, pairs=(BY_STAFF_GROUP, OVER_TIME))
