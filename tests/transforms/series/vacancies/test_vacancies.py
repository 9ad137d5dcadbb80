"""The vacancy workbook: every cell of the stand-in's truth, and what the reader does with odd layouts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.transforms.series.vacancies.vacancy_workbook import book_of, write
from transforms.errors import LayoutChanged, RepeatedFigure, TotalsDisagree, UnclearUnit, UnmappedLabel, WorkforceError
from transforms.published_file import PublishedFile, read_tables
from transforms.reading.grid import ROW, Grid, cell_name, read_grids
from transforms.reading.vocabulary import vocabulary
from transforms.series import reader_for
from transforms.series.vacancies.quarters import looks_like_quarter, quarter_end
from transforms.series.vacancies.reader import READER, read_workbook

FOLDER = "nhs-vacancy-statistics"
NAME = "nhs-vac-stats-apr15-mar26-eng-tables"
TOTAL, NURSING, ADVERTS = "Total 2018 onwards", "Nursing 2018 onwards", "ESR source data"
PLACE = ["source_sheet", "source_row", "source_column"]


@pytest.fixture(scope="module")
def workbook(published: Path) -> PublishedFile:
    path = published / FOLDER / "reconstructed" / f"{NAME}.xlsx"
    return PublishedFile(path, path.name)


@pytest.fixture(scope="module")
def grids(workbook: PublishedFile) -> Mapping[str, Grid]:
    return read_grids(workbook.path, file=workbook.name)


@pytest.fixture(scope="module")
def tables(workbook: PublishedFile) -> dict[str, pl.DataFrame]:
    return read_tables(READER, workbook)


@pytest.fixture(scope="module")
def truth(published: Path) -> pl.DataFrame:
    regions = vocabulary("vacancy_region").filter(pl.col("region_code").is_not_null()).select("label", "region_code")
    names = dict(regions.unique().rows()) | {"England": "England"}
    printed = pl.read_csv(published / FOLDER / "reconstructed" / f"{NAME}.truth.csv", infer_schema=False)
    rate = pl.col("measure") == "rate"
    return printed.select(
        "staff_group",
        "sector",
        area_code=pl.col("region").replace_strict(names),
        quarter_end=(pl.col("quarter") + "-01").str.to_date().dt.month_end(),
        measure=pl.when(rate).then(pl.lit("vacancy_rate_percent")).otherwise(pl.lit("vacancy_fte")),
        expected=pl.col("value").cast(pl.Float64) * pl.when(rate).then(100).otherwise(1),
        expected_status=pl.col("status"),
    )


def test_every_cell_of_the_truth_is_read_exactly(tables: dict[str, pl.DataFrame], truth: pl.DataFrame) -> None:
    key = ["staff_group", "sector", "area_code", "quarter_end", "measure"]
    both = tables["vacancy"].join(truth, on=key, how="full", coalesce=True)
    assert both.height == truth.height == tables["vacancy"].height == 8256
    wrong = both.filter(
        ((pl.col("value") - pl.col("expected")).abs() > 1e-9)
        | (pl.col("value").is_null() != pl.col("expected").is_null())
        | pl.col("value_status").ne_missing(pl.col("expected_status"))
    )
    assert wrong.is_empty(), wrong


def test_advertised_totals_agree_with_an_independent_sum(tables: dict[str, pl.DataFrame], published: Path) -> None:
    derived = pl.read_csv(published / FOLDER / "derived" / "fact_vacancy_regional.csv")
    nursing = pl.col("nwd_staff_group") == "Nursing and Midwifery Registered"
    totals = (
        tables["vacancy_advert"]
        .group_by("region_code", month_key=pl.col("month").dt.strftime("%Y%m").cast(pl.Int64))
        .agg(total=pl.col("value").sum(), nursing=pl.col("value").filter(nursing).sum())
    )
    both = derived.join(totals, on=["region_code", "month_key"], how="full", coalesce=True)
    assert both.height == derived.height == 840
    off = both.filter(
        ((pl.col("total") - pl.col("vacancy_wte_total")).abs().fill_null(1) > 0.01)
        | ((pl.col("nursing") - pl.col("vacancy_wte_nursing")).abs().fill_null(1) > 0.01)
    )
    assert off.is_empty(), off


def test_the_workbook_is_recognised_with_its_edition(workbook: PublishedFile, tmp_path: Path) -> None:
    reader, edition = reader_for(workbook)
    assert (reader.name, edition.edition, edition.coverage_end) == ("vacancies", "2026-03", "2026-03-31")
    renamed = READER.recognise(PublishedFile(workbook.path, "download.xlsx"))
    assert renamed is not None
    assert renamed.edition == "2026-03"
    page = tmp_path / "nhs-vac-stats-apr15-mar26-eng-tables.xlsx"
    page.write_text("<!doctype html><title>Not found</title>")
    assert READER.recognise(PublishedFile(page, page.name)) is None


def test_a_figure_knows_its_cell(tables: dict[str, pl.DataFrame]) -> None:
    first = tables["vacancy"].row(
        by_predicate=(pl.col("staff_group") == "Registered nursing")
        & (pl.col("area_code") == "Y61")
        & (pl.col("sector") == "Acute")
        & (pl.col("quarter_end") == date(2018, 6, 30))
        & (pl.col("measure") == "vacancy_fte"),
        named=True,
    )
    assert [first[name] for name in PLACE] == [NURSING, 22, 3]


@pytest.mark.parametrize(
    ("label", "end", "marker"),
    [
        ("2018/19 Q1 (Jun-18)", date(2018, 6, 30), None),
        ("2018/19 Q4 (Mar-19)", date(2019, 3, 31), None),
        ("2025-26  q3 (December 2025) [p]", date(2025, 12, 31), "p"),
        ("1999/2000 Q3 (Dec-99)[R]", date(1999, 12, 31), "r"),
    ],
)
def test_quarter_labels_become_quarter_ends(label: str, end: date, marker: str | None) -> None:
    assert quarter_end(label) == (end, marker)


@pytest.mark.parametrize(
    "label",
    [
        "2018/19 Q1 (Sep-18)",
        "2018/19 Q1 (Jun-19)",
        "2018/20 Q1 (Jun-18)",
        "2018/19 Q4 (Mar-18)",
        "2018/19 Q1 (Jun-18) [z]",
    ],
)
def test_a_quarter_label_whose_parts_disagree_is_no_quarter(label: str) -> None:
    assert looks_like_quarter(label)
    assert quarter_end(label) is None


def test_quarters_without_a_month_are_no_quarters() -> None:
    assert quarter_end("2018/19 Q1") is None
    assert quarter_end("Q1 (Jun-18)") is None


def changed(grids: Mapping[str, Grid], sheet: str, cell: tuple[int, int], to: object) -> dict[str, Grid]:
    """The workbook with one cell changed to a number, a text or nothing."""
    grid, (row, column) = grids[sheet], cell
    here = pl.col(ROW) == row
    text = pl.lit(None if to is None else str(to), pl.String)
    number = pl.lit(to if isinstance(to, float) else None, pl.Float64)
    name = f"c{column}"
    return {
        **grids,
        sheet: replace(
            grid,
            text=grid.text.with_columns(pl.when(here).then(text).otherwise(name).alias(name)),
            numbers=grid.numbers.with_columns(pl.when(here).then(number).otherwise(name).alias(name)),
        ),
    }


@pytest.mark.parametrize("symbol", ["*", "[c]"])
def test_a_suppressed_sector_keeps_its_status_and_its_total(grids: Mapping[str, Grid], symbol: str) -> None:
    suppressed = changed(changed(grids, NURSING, (23, 3), symbol), NURSING, (71, 3), symbol)
    cells = read_workbook(suppressed)["vacancy"].filter(pl.col("value").is_null())
    assert cells.select("value_status", "sector", "area_code").rows() == [("c", "Ambulance", "Y61")] * 2


@pytest.mark.parametrize("nothing", ["-", None])
def test_a_sector_without_figures_is_not_available(grids: Mapping[str, Grid], nothing: str | None) -> None:
    """Its region and England are less by as much, so that the totals say that nothing is missing."""
    numbers = grids[NURSING].numbers
    fte, rate = numbers["c3"][22], numbers["c3"][70]
    book: dict[str, Grid] = dict(grids)
    for total, rates in ((27, 75), (64, 112)):
        vacancies, share = numbers["c3"][total - 1], numbers["c3"][rates - 1]
        book = changed(book, NURSING, (total, 3), vacancies - fte)
        book = changed(book, NURSING, (rates, 3), (vacancies - fte) / (vacancies / share - fte / rate))
    book = changed(changed(book, NURSING, (23, 3), nothing), NURSING, (71, 3), nothing)
    cells = read_workbook(book)["vacancy"].filter(pl.col("value").is_null())
    assert cells.select("value_status", "sector").rows() == [("x", "Ambulance")] * 2


@pytest.mark.parametrize(
    ("sheet", "cell", "to", "error", "at"),
    [
        (NURSING, (22, 1), "Wessex", UnmappedLabel, "A22"),
        (NURSING, (22, 1), "East of England (Y62)", UnmappedLabel, "A22"),
        (NURSING, (22, 2), "Dental", UnmappedLabel, "B22"),
        (NURSING, (22, 2), None, LayoutChanged, "B22"),
        (NURSING, (28, 1), None, LayoutChanged, "A28"),
        (NURSING, (23, 2), "Acute", RepeatedFigure, "B23"),
        (NURSING, (20, 1), "Nursing workforce vacancy headcount", LayoutChanged, "A21"),
        (NURSING, (20, 1), "Medical workforce vacancy FTE", UnmappedLabel, "A20"),
        (NURSING, (21, 4), "2018/19 Q1 (Jun-18)", RepeatedFigure, "D21"),
        (NURSING, (21, 4), "Change", UnmappedLabel, "D21"),
        (NURSING, (22, 4), None, TotalsDisagree, "D27"),
        (NURSING, (27, 4), None, TotalsDisagree, "D27"),
        (NURSING, (27, 4), 4000.0, TotalsDisagree, "D27"),
        (NURSING, (70, 4), 9.5, UnclearUnit, "D70"),
        (NURSING, (70, 4), 0.095, UnclearUnit, "D75"),
        (NURSING, (70, 4), None, TotalsDisagree, "D70"),
        (NURSING, (112, 4), 9.5, UnclearUnit, "D112"),
        (NURSING, (64, 1), None, LayoutChanged, "A21"),
        (NURSING, (8, 5), 1.0, LayoutChanged, "E8"),
        (ADVERTS, (2, 1), "2016-4th", WorkforceError, "A2"),
        (ADVERTS, (2, 2), "Physicians", UnmappedLabel, "B2"),
        (ADVERTS, (2, 3), "Wales (W00)", UnmappedLabel, "C2"),
        (ADVERTS, (2, 4), None, LayoutChanged, "D2"),
        (ADVERTS, (1, 4), "Vacancies", LayoutChanged, "D2"),
    ],
)
def test_what_carries_meaning_stops_the_file_at_its_cell(
    grids: Mapping[str, Grid], sheet: str, cell: tuple[int, int], to: object, error: type[WorkforceError], at: str
) -> None:
    with pytest.raises(error) as stopped:
        read_workbook(changed(grids, sheet, cell, to))
    assert (stopped.value.sheet, stopped.value.cell) == (sheet, at)
    assert stopped.value.do


def test_an_edition_that_ends_before_its_name_says_stops(grids: Mapping[str, Grid]) -> None:
    with pytest.raises(LayoutChanged, match="a quarter is missing"):
        read_workbook(grids, last_quarter=date(2026, 6, 30))
    with pytest.raises(LayoutChanged, match="later than the file's name"):
        read_workbook(grids, last_quarter=date(2025, 12, 31))


def test_two_sheets_that_differ_by_a_blank_in_their_names_stop(tmp_path: Path, workbook: PublishedFile) -> None:
    book = book_of(read_grids(workbook.path))
    book[f"{NURSING} "] = book[NURSING]
    path = write(book, tmp_path / workbook.name)
    with pytest.raises(LayoutChanged, match="two sheet names differ only in spaces") as stopped:
        READER.read(PublishedFile(path, path.name))
    assert stopped.value.sheet == NURSING


def test_sheets_beside_and_an_empty_one_are_recorded(
    grids: Mapping[str, Grid], tables: dict[str, pl.DataFrame]
) -> None:
    empty = Grid("x.xlsx", "Chart", pl.DataFrame(schema={ROW: pl.Int32}), pl.DataFrame(schema={ROW: pl.Int32}))
    read = read_workbook({**grids, "Chart": empty})
    unread = read["unread_part"].filter(~pl.col("is_known"))
    assert ("sheet", "Chart") in unread.select("kind", "name").rows()
    assert read["vacancy"].equals(tables["vacancy"])


def test_a_dash_in_a_cell_is_named_where_its_total_includes_the_figure(grids: Mapping[str, Grid]) -> None:
    sheet = next(name for name in grids if name.startswith("Total"))
    cell = next(
        (row, column)
        for row, cells in grids[sheet].rows()
        for column, text in cells.items()
        if column > 3 and row > 8 and grids[sheet].numbers.row(row - 1, named=True)[f"c{column}"]
    )
    with pytest.raises(WorkforceError, match=f"instead of a figure in {cell_name(*cell)}|printed without"):
        read_workbook(changed(grids, sheet, cell, "-"))
