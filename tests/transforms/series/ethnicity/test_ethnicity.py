"""The ethnicity file: every printed total against its parts, and what a changed file says."""

from __future__ import annotations

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
)
from transforms.published_file import PublishedFile, read_tables
from transforms.series import reader_for
from transforms.series.ethnicity.reader import READER, recognise

HEADER = "Time,Ethnicity,Ethnicity_type,Staff_Group,Role_Group,Grade,Value"
INCLUDING = '"All - Including Unknown, Not Stated And Discontinued Codes",All'
MANAGERS = "NHS Infrastructure Support,Managers"
SMALL = [
    HEADER,
    *(
        f"2022-06-01,{category},{MANAGERS},{grade},{people}"
        for grade, all_people in (("All Grades", 10), ("Band 8a", 10))
        for category, people in (
            ("White,ONS 6+1", all_people - 3),
            ("Black,ONS 6+1", 1),
            ("Unknown & Not Stated,Unknown", 2),
            ("All,All", all_people - 2),
            (INCLUDING, all_people),
        )
    ),
]


@pytest.fixture(scope="module")
def rows(published: Path) -> pl.DataFrame:
    path = published / "ethnicity-facts-and-figures" / "resaved" / "nhsworkforcedata.xls"
    return read_tables(READER, PublishedFile(path, path.name))["person_characteristic"]


def written(tmp_path: Path, lines: list[str], name: str = "nhs-workforce-data-june-2022.csv") -> PublishedFile:
    path = tmp_path / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return PublishedFile(path, name)


def per_cell(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.group_by("period_end", "staff_group", "role_group", "grade").agg(
        pl.col("value").filter(pl.col("category_level") == level).sum().alias(level)
        for level in ("total", "total_known", "group", "unknown")
    )


def test_each_known_total_of_the_published_file_is_the_sum_of_its_ethnic_groups(rows: pl.DataFrame) -> None:
    cells = per_cell(rows)
    assert cells.height == 3009
    assert cells.filter(pl.col("total_known") != pl.col("group")).height == 0


def test_each_whole_total_of_the_published_file_is_groups_plus_unknown(rows: pl.DataFrame) -> None:
    assert per_cell(rows).filter(pl.col("total") != pl.col("group") + pl.col("unknown")).height == 0


def test_all_grades_is_below_the_sum_of_grades_where_people_hold_two_roles_and_never_above(rows: pl.DataFrame) -> None:
    is_total = pl.col("grade") == "All grades"
    sums = rows.group_by("period_end", "role_group", "category").agg(
        pl.col("value").filter(is_total).sum().alias("total"), pl.col("value").filter(~is_total).sum().alias("grades")
    )
    difference = sums.select(pl.col("total") - pl.col("grades")).to_series()
    assert sums.height == 2411
    assert (difference == 0).sum() == 748
    assert (difference < 0).sum() == 1663
    assert (difference > 0).sum() == 0
    assert difference.min() == -3280


def test_the_published_file_prints_no_total_over_staff_groups_or_role_groups(rows: pl.DataFrame) -> None:
    assert "All staff groups" not in rows["staff_group"]
    assert "All role groups" not in rows["role_group"]
    assert rows["role_group"].n_unique() == 13
    assert rows["grade"].n_unique() == 25


def test_very_senior_managers_of_june_2022_read_as_published(rows: pl.DataFrame) -> None:
    found = rows.filter(pl.col("grade") == "Very Senior Manager", pl.col("period_end") == date(2022, 6, 30))
    people = dict(found.select("category", "value").iter_rows())
    assert people["White"] == 2010
    assert people["All known ethnic groups"] == 2199
    assert people["All ethnic groups"] == 2351
    assert set(found["role_group"]) == {"Senior managers"}


def test_each_row_knows_its_cell(rows: pl.DataFrame) -> None:
    assert rows["source_sheet"].unique().to_list() == ["nhs-workforce-data-june-2022"]
    assert rows["source_row"].to_list() == list(range(2, 24_206))
    assert rows["source_column"].unique().to_list() == [7]


def test_grain_is_unique_and_a_zero_is_not_printed(rows: pl.DataFrame) -> None:
    key = list(READER.tables[0].key)
    assert not rows.select(pl.struct(key).is_duplicated().any()).item()
    assert rows["value"].min() == 1


def test_the_same_columns_as_csv_are_recognised_and_read(tmp_path: Path) -> None:
    file = written(tmp_path, SMALL)
    edition = recognise(file)
    assert edition is not None
    assert (edition.edition, edition.coverage_end) == ("2022-06", "2022-06-30")
    frame = read_tables(READER, file)["person_characteristic"]
    assert frame.height == 10
    assert set(frame["period_end"]) == {date(2022, 6, 30)}
    assert set(frame["staff_group"]) == {"NHS infrastructure support"}


def test_columns_in_another_order_give_the_figures_their_own_place(tmp_path: Path) -> None:
    swapped = [",".join(["Value", HEADER.removesuffix(",Value")])] + [
        f"{line.rpartition(',')[2]},{line.rpartition(',')[0]}" for line in SMALL[1:]
    ]
    frame = read_tables(READER, written(tmp_path, swapped))["person_characteristic"]
    assert frame["value"].sum() == 56
    assert set(frame["source_column"]) == {1}


def test_ethnic_groups_that_do_not_add_up_stop_the_file(tmp_path: Path) -> None:
    lines = [line.replace("All Grades,7", "All Grades,6") for line in SMALL]
    with pytest.raises(TotalsDisagree, match=r"ethnic groups and their printed total disagree[.]"):
        read_tables(READER, written(tmp_path, lines))


def test_a_total_over_grades_above_their_sum_stops_the_file(tmp_path: Path) -> None:
    lines = [line for line in SMALL if "Band 8a" not in line]
    with pytest.raises(TotalsDisagree, match="grades and their printed total"):
        read_tables(READER, written(tmp_path, lines))


@pytest.mark.parametrize(
    ("old", "new", "error", "says"),
    [
        ("Band 8a", "Band 8e", UnmappedLabel, "Band 8e"),
        ("Black", "Martian", UnmappedLabel, "Martian"),
        (",1", ",*", UnreadableValue, "whole number"),
        (",1", ",1.5", UnreadableValue, "whole number"),
        ("2022-06-01", "2022-06-15", UnreadableValue, "first or last day"),
        ("2022-06-01", "06/2022", UnreadableValue, "06/2022"),
        ("Grade", "Pay_Grade", LayoutChanged, "Pay_Grade"),
    ],
)
def test_a_changed_file_stops_with_what_changed(
    tmp_path: Path, old: str, new: str, error: type[Exception], says: str
) -> None:
    with pytest.raises(error, match=says):
        read_tables(READER, written(tmp_path, [line.replace(old, new) for line in SMALL]))


def test_a_file_with_other_columns_is_not_recognised(tmp_path: Path) -> None:
    assert recognise(written(tmp_path, ["a,b", "1,2"])) is None


def test_a_year_of_two_digits_is_refused_not_read_as_the_first_century(tmp_path: Path) -> None:
    with pytest.raises(UnreadableValue, match="01/06/22"):
        reader_for(written(tmp_path, [line.replace("2022-06-01", "01/06/22") for line in SMALL]))


def test_a_file_with_headings_only_is_an_empty_edition(tmp_path: Path) -> None:
    file = written(tmp_path, SMALL[:1])
    reader, edition = reader_for(file)
    assert edition.edition == "2022-06"
    frames = read_tables(reader, file)
    assert frames["person_characteristic"].height == 0
    assert frames["unread_part"]["kind"].to_list() == ["rows"]
    with pytest.raises(NotWhatItClaims, match="does not say its month"):
        reader_for(written(tmp_path, SMALL[:1], "download.csv"))


def test_a_column_more_is_recorded_and_one_that_cuts_the_rows_stops(tmp_path: Path) -> None:
    wider = [SMALL[0] + ",Notes", *(line + ",x" for line in SMALL[1:])]
    frames = read_tables(READER, written(tmp_path, wider))
    assert frames["unread_part"].select("kind", "name").rows() == [("column", "Notes")]
    assert frames["person_characteristic"].height == 10
    cut = [SMALL[0] + ",Sex", *(f"{line},{sex}" for sex in ("F", "M") for line in SMALL[1:])]
    with pytest.raises(RepeatedFigure, match="row 6, row 16"):
        read_tables(READER, written(tmp_path, cut))


def test_totals_that_disagree_name_the_row(tmp_path: Path) -> None:
    with pytest.raises(TotalsDisagree) as stopped:
        read_tables(READER, written(tmp_path, [line.replace("All Grades,7", "All Grades,6") for line in SMALL]))
    assert stopped.value.cell.startswith("row 2")
