"""Turnover 1 and 2: the first published rows, a whole file in their layout, and what contradicts itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.sample_maker.files.national_turnover import national_turnover_zip
from transforms.errors import (
    IncompleteFile,
    LayoutChanged,
    NotWhatItClaims,
    RepeatedFigure,
    TotalsDisagree,
    UnclearUnit,
    UnmappedLabel,
    UnreadableValue,
    WorkforceError,
)
from transforms.published_file import PublishedFile, read_tables
from transforms.reading.records import read_records
from transforms.reading.vocabulary import vocabulary
from transforms.series import reader_for
from transforms.series.workforce.turnover.national import READER, _parts, _tidy, recognise

NAME = "NHS HCHS Workforce Statistics, Turnover - CSV data files, October 2025.zip"
MONTH = date(2025, 10, 31)
EXCERPTS = "nhs-workforce-statistics/october-2025-excerpts"
END, START = "Denominator at end of period", "Denominator at start of period"
IS = {kind: pl.col("TYPE") == kind for kind in (END, START, "Joiners", "Leavers")}

Change = Callable[[pl.DataFrame], pl.DataFrame]


@pytest.fixture(scope="module")
def members() -> dict[str, pl.DataFrame]:
    """Both tables as text, whole and in the published layout (illustrative figures)."""
    with zipfile.ZipFile(io.BytesIO(national_turnover_zip(MONTH))) as archive:
        return {
            name: pl.read_csv(archive.read(name), infer_schema=False)
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def zipped(folder: Path, members: dict[str, pl.DataFrame], changes: dict[str, Change] | None = None) -> PublishedFile:
    path = folder / "turnover.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, rows in members.items():
            change = (changes or {}).get(name[:10])
            archive.writestr(name, (change(rows) if change else rows).write_csv())
    return PublishedFile(path, NAME)


def excerpt(published: Path, number: int) -> pl.DataFrame:
    """The tidy rows of a published excerpt, which is too short to pass for a whole file."""
    path = next((published / EXCERPTS).glob(f"Turnover {number}*"))
    rows, unread = _tidy(read_records(path), "")
    assert unread == []
    return rows


def test_the_first_published_rows_by_region_are_read_with_their_cells(published: Path) -> None:
    rows = excerpt(published, 1)
    found = rows.filter(area_code="Y56", staff_group="Managers")
    assert found.select("period_start", "period_end", "geography_level", "area_name", "flow").unique().rows() == [
        (date(2009, 9, 30), date(2010, 9, 30), "Region", "London", "in_post_at_end")
    ]
    assert found.select("measure", "value", "source_row", "source_column").rows() == [
        ("headcount", 4692.0, 52, 7),
        ("fte", 4513.53302, 52, 8),
    ]
    assert rows.filter(area_code="England", staff_group="Senior managers", measure="headcount")["value"].item() == 11447


def test_fte_of_the_published_staff_groups_adds_up_to_the_totals_beside_them(published: Path) -> None:
    _parts(excerpt(published, 1))


def test_the_first_published_rows_by_grade_and_age_are_read(published: Path) -> None:
    rows = excerpt(published, 2)
    found = rows.filter(staff_group="Consultant", age_band="55 to 64")
    assert found.select("grade", "measure", "value").rows() == [
        ("Consultant", "headcount", 7029.0),
        ("Consultant", "fte", 6487.51725),
    ]
    ages = rows.filter(staff_group="All staff groups", measure="headcount").filter(
        pl.col("age_band") != "All age bands"
    )
    assert ages["value"].sum() == 1_159_716


def test_an_excerpt_does_not_pass_for_the_whole_file(published: Path) -> None:
    path = next((published / EXCERPTS).glob("Turnover 1*"))
    with pytest.raises(NotWhatItClaims, match="Expected October 2025 as the newest month"):
        read_tables(READER, PublishedFile(path, path.name))


def test_the_zip_gives_both_tables_once(tmp_path: Path, members: dict[str, pl.DataFrame]) -> None:
    file = zipped(tmp_path, members)
    reader, edition = reader_for(file)
    assert (reader.name, edition.edition, edition.coverage_end) == ("turnover-national", "2025-10", "2025-10-31")
    rows = read_tables(READER, file)["national_turnover"]
    printed = sum(table.height for table in members.values())
    both = rows.filter(geography_level="England", grade="All grades", age_band="All age bands")
    grades = vocabulary("staff_group").filter(level="sub-group")["label"]
    again = both.filter(~pl.col("staff_group").is_in(grades.implode())).height
    assert rows.height == 2 * printed - again
    assert not rows.select(pl.struct(READER.tables[0].key).is_duplicated().any()).item()


@pytest.mark.parametrize("number", [1, 2])
def test_each_table_is_read_alone(tmp_path: Path, members: dict[str, pl.DataFrame], number: int) -> None:
    name = next(name for name in members if name.startswith(f"Turnover {number}"))
    path = tmp_path / "file.csv"
    members[name].write_csv(path)
    edition = recognise(PublishedFile(path, name))
    assert edition is not None
    assert edition.edition == "2025-10"
    assert read_tables(READER, PublishedFile(path, name))["national_turnover"].height == 2 * members[name].height


def test_a_member_by_nationality_is_recorded_and_not_read(tmp_path: Path, members: dict[str, pl.DataFrame]) -> None:
    third = "Turnover 3. Staff group and nationality - England, annual, Sep-09 to Oct-25.csv"
    more = {third: pl.DataFrame({"PERIOD": ["200909 to 201009"]}), "readme.txt": pl.DataFrame({"a": ["b"]})}
    unread = read_tables(READER, zipped(tmp_path, members | more))["unread_part"]
    assert unread.select("name", "is_known").rows() == [(third, True), ("readme.txt", False)]


def exchange(column: str, one: str, other: str, *, where: pl.Expr | None = None) -> pl.Expr:
    changed = pl.col(column).replace({one: other, other: one})
    return changed if where is None else pl.when(where).then(changed).otherwise(pl.col(column)).alias(column)


def ten_times(column: str, where: pl.Expr) -> pl.Expr:
    return pl.when(where).then((pl.col(column).cast(pl.Float64) * 10).cast(pl.String)).otherwise(column).alias(column)


ONE, TWO = "Turnover 1", "Turnover 2"
LAST = pl.col("PERIOD") == "202410 to 202510"


@pytest.mark.parametrize(
    ("table", "change", "error"),
    [
        (ONE, lambda rows: rows.filter(~(IS["Leavers"] & LAST)), IncompleteFile),
        (ONE, lambda rows: rows.filter(~LAST), NotWhatItClaims),
        (ONE, lambda rows: rows.filter(pl.col("PERIOD") != "201909 to 202009"), IncompleteFile),
        (
            ONE,
            lambda rows: rows.filter(~(LAST & IS["Leavers"] & (pl.col("NHSE_REGION_CODE") == "Y63"))),
            IncompleteFile,
        ),
        (ONE, lambda rows: rows.filter(pl.col("NHSE_REGION_CODE") != "Y63"), TotalsDisagree),
        (ONE, lambda rows: rows.filter(pl.col("STAFF_GROUP") != "Managers"), TotalsDisagree),
        (ONE, lambda rows: rows.with_columns(exchange("TYPE", "Joiners", "Leavers")), TotalsDisagree),
        (ONE, lambda rows: rows.with_columns(exchange("TYPE", START, END)), TotalsDisagree),
        (ONE, lambda rows: rows.with_columns(exchange("TYPE", START, "Joiners")), TotalsDisagree),
        (ONE, lambda rows: rows.rename({"HC": "FTE", "FTE": "HC"}), UnreadableValue),
        (ONE, lambda rows: rows.with_columns(ten_times("FTE", pl.lit(True))), UnclearUnit),
        (ONE, lambda rows: rows.with_columns(ten_times("FTE", LAST & IS["Joiners"])), WorkforceError),
        (ONE, lambda rows: rows.with_columns(ten_times("HC", IS["Joiners"])), TotalsDisagree),
        (
            ONE,
            lambda rows: rows.with_columns(exchange("STAFF_GROUP", "Managers", "Senior managers", where=IS[END])),
            TotalsDisagree,
        ),
        (ONE, lambda rows: rows.with_columns(pl.col("NHSE_REGION_CODE").replace("Y63", "R63")), LayoutChanged),
        (ONE, lambda rows: rows.with_columns(exchange("NHSE_REGION_CODE", "Y62", "Y63")), LayoutChanged),
        (ONE, lambda rows: rows.with_columns(pl.col("STAFF_GROUP").replace("Managers", "Bosses")), UnmappedLabel),
        (TWO, lambda rows: rows.filter(pl.col("GRADE") != "Very Senior Manager"), TotalsDisagree),
        (
            TWO,
            lambda rows: rows.with_columns(exchange("AGE_BAND", "Under 25", "55 to 64", where=IS[END])),
            TotalsDisagree,
        ),
        (ONE, lambda rows: pl.concat([rows, rows.tail(1)]), RepeatedFigure),
        (TWO, lambda rows: rows.filter(pl.col("AGE_BAND") != "65 and over"), TotalsDisagree),
        (TWO, lambda rows: rows.filter(pl.col("AGE_BAND") != "All age bands"), IncompleteFile),
        (TWO, lambda rows: rows.with_columns(exchange("GRADE", "Band 8a", "All grades")), WorkforceError),
        (TWO, lambda rows: rows.with_columns(pl.col("AGE_BAND").replace("65 and over", "65+")), UnmappedLabel),
        (TWO, lambda rows: rows.head(rows.height - 40), TotalsDisagree),
        (
            TWO,
            lambda rows: rows.with_columns(ten_times("FTE", LAST & (pl.col("AGE_BAND") == "25 to 34"))),
            WorkforceError,
        ),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(
    tmp_path: Path, members: dict[str, pl.DataFrame], table: str, change: Change, error: type[Exception]
) -> None:
    with pytest.raises(error) as raised:
        read_tables(READER, zipped(tmp_path, members, {table: change}))
    assert str(raised.value).startswith(NAME)


def test_the_two_tables_agree_on_england(tmp_path: Path, members: dict[str, pl.DataFrame]) -> None:
    def one_more(rows: pl.DataFrame) -> pl.DataFrame:
        people = (pl.col("HC").cast(pl.Int64) + 1).cast(pl.String)
        is_whole = (pl.col("STAFF_GROUP") == "Managers") & (pl.col("AGE_BAND") == "All age bands") & IS[END]
        return rows.with_columns(
            pl.when(is_whole & (pl.col("GRADE") == "All grades")).then(people).otherwise("HC").alias("HC")
        )

    with pytest.raises(TotalsDisagree):
        read_tables(READER, zipped(tmp_path, members, {TWO: one_more}))


def test_files_by_organisation_are_left_to_the_other_reader(published: Path) -> None:
    path = next((published / "nhs-workforce-statistics/turnover-benchmarking").glob("*.csv"))
    assert recognise(PublishedFile(path, path.name)) is None
