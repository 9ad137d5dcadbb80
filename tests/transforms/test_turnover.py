"""Turnover benchmarking: the real file, both orders of its columns, the zip, and what stops it."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from transforms.errors import LayoutChanged, NotWhatItClaims, RepeatedFigure, UnmappedLabel, UnreadableValue
from transforms.series import reader_for
from transforms.series.turnover import READER, recognise
from transforms.sources import PublishedFile, read_tables

OCTOBER = "Turnover benchmarking 2. Staff group and organisation, monthly, Oct-25.csv"
SEPTEMBER = "Turnover benchmarking 2. Staff group and organisation, monthly, Sep-25.csv"
ANNUAL = "Turnover benchmarking 1. Staff group and organisation, annual, Sep-25.csv"

OCTOBER_HEADER = (
    "PERIOD,TYPE,NHSE_REGION_CODE,NHSE_REGION_NAME,ICS_CODE,ICS_NAME,REPORTING_ORG_NAME,REPORTING_ORG_CODE,"
    "CLUSTER_GROUP,BENCHMARK_GROUP,STAFF_GROUP_1_NAME,HC,FTE\n"
)
SEPTEMBER_HEADER = (
    "PERIOD,TYPE,NHSE_REGION_CODE,NHSE_REGION_NAME,REPORTING_ORG_NAME,REPORTING_ORG_CODE,ICS_CODE,ICS_NAME,"
    "CLUSTER_GROUP,BENCHMARK_GROUP,STAFF_GROUP_1_NAME,HC,FTE\n"
)
SEPTEMBER_ROW = (
    '202508 to 202509,Joiners,Y56,London,"Barking, Havering and Redbridge University Hospitals NHS Trust",RF4,'
    "QMF,North East London,Acute,Acute - Teaching,All staff groups,1,0.6\n"
)


def rows_of(file: PublishedFile) -> pl.DataFrame:
    return read_tables(READER, file)["turnover"]


def csv(tmp_path: Path, text: str, name: str = SEPTEMBER) -> PublishedFile:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    return PublishedFile(path, name)


@pytest.fixture(scope="module")
def october(published: Path) -> PublishedFile:
    return PublishedFile(published / "nhs-workforce-statistics" / "turnover-benchmarking" / OCTOBER, OCTOBER)


@pytest.fixture(scope="module")
def real(october: PublishedFile) -> pl.DataFrame:
    return rows_of(october)


def test_the_real_file_is_the_edition_of_october_2025(october: PublishedFile) -> None:
    reader, edition = reader_for(october)
    assert reader is READER
    assert (edition.series, edition.edition, edition.coverage_end) == (
        "nhs-workforce-statistics",
        "2025-10",
        "2025-10-31",
    )
    assert recognise(PublishedFile(october.path, "3f2a9c")) == edition


def test_every_printed_figure_is_read_and_none_made_up(real: pl.DataFrame) -> None:
    assert dict(real.group_by("flow").len().iter_rows()) == {
        "in_post_at_start": 2 * 2_775,
        "in_post_at_end": 2 * 2_775,
        "joiners": 2 * 1_877,
        "leavers": 2 * 2_023,
    }
    assert real["value"].null_count() == 0
    assert real["org_code"].n_unique() == 247
    assert real["staff_group"].n_unique() == 14


def test_a_figure_is_read_with_its_cell(real: pl.DataFrame) -> None:
    found = real.filter(org_code="RJ1", staff_group="All staff groups", flow="in_post_at_end")
    assert found.select("measure", "value", "source_row", "source_column").rows() == [
        ("headcount", 22_555.0, 2, 12),
        ("fte", 20_988.89046, 2, 13),
    ]
    assert found.select("period_start", "period_end", "region_code", "icb_code").row(0) == (
        date(2025, 9, 30),
        date(2025, 10, 31),
        "Y56",
        "QKK",
    )


def test_full_time_equivalents_of_staff_groups_add_up_to_all(real: pl.DataFrame) -> None:
    fte = real.filter(measure="fte").with_columns(is_all=pl.col("staff_group") == "All staff groups")
    sums = fte.group_by("org_code", "flow").agg(
        pl.col("value").filter("is_all").sum().alias("all"), pl.col("value").filter(~pl.col("is_all")).sum()
    )
    assert sums.select((pl.col("all") - pl.col("value")).abs().max()).item() < 0.01


@pytest.mark.parametrize(("flow", "denominator"), [("joiners", "in_post_at_end"), ("leavers", "in_post_at_start")])
def test_a_flow_has_the_denominator_that_it_must_have(real: pl.DataFrame, flow: str, denominator: str) -> None:
    key = ["org_code", "staff_group", "measure"]
    flows, staff = real.filter(flow=flow), real.filter(flow=denominator)
    assert flows.height > 1_000
    assert flows.join(staff, on=key, how="anti").is_empty()


def test_columns_in_the_order_of_september_read_the_same(tmp_path: Path) -> None:
    rows = rows_of(csv(tmp_path, SEPTEMBER_HEADER + SEPTEMBER_ROW))
    assert rows.select("org_code", "icb_code", "flow", "measure", "value", "source_column").rows() == [
        ("RF4", "QMF", "joiners", "headcount", 1.0, 12),
        ("RF4", "QMF", "joiners", "fte", 0.6, 13),
    ]


def test_an_annual_file_keeps_its_own_period(tmp_path: Path) -> None:
    file = csv(tmp_path, SEPTEMBER_HEADER + SEPTEMBER_ROW.replace("202508 to", "202409 to"), ANNUAL)
    assert rows_of(file).select("period_start", "period_end").row(0) == (date(2024, 9, 30), date(2025, 9, 30))
    edition = recognise(file)
    assert edition is not None
    assert edition.edition == "2025-09"


def test_a_zip_is_read_member_by_member(tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(SEPTEMBER, SEPTEMBER_HEADER + SEPTEMBER_ROW)
        archive.writestr(ANNUAL, SEPTEMBER_HEADER + SEPTEMBER_ROW.replace("202508 to", "202409 to"))
    name = "NHS HCHS Workforce Statistics, Turnover benchmarking - CSV data files, September 2025.zip"
    file = PublishedFile(path, name)
    reader, edition = reader_for(file)
    assert (reader.name, edition.edition) == (READER.name, "2025-09")
    assert rows_of(file)["source_sheet"].unique(maintain_order=True).to_list() == [SEPTEMBER, ANNUAL]


@pytest.mark.parametrize(
    "header",
    [
        "PERIOD,TYPE,MAIN_STAFF_GROUP,STAFF_GROUP,GRADE,AGE_BAND,HC,FTE\n",
        "PERIOD,TYPE,NHSE_REGION_CODE,NHSE_REGION_NAME,MAIN_STAFF_GROUP,STAFF_GROUP,HC,FTE\n",
        "PERIOD,TYPE,MAIN_STAFF_GROUP,STAFF_GROUP,NATIONALITY_GROUPING,NATIONALITY,HC,FTE\n",
    ],
)
def test_turnover_files_without_organisations_are_left_alone(tmp_path: Path, header: str) -> None:
    assert recognise(csv(tmp_path, header, "Turnover 2. Staff group - England, annual, Sep-09 to Sep-25.csv")) is None


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        (
            SEPTEMBER_HEADER.replace("HC,", "HEADCOUNT,") + SEPTEMBER_ROW,
            LayoutChanged,
            "row 1: the headings are not those this reader knows. Expected PERIOD, TYPE,",
        ),
        (SEPTEMBER_HEADER.replace("HC,", "HEADCOUNT,") + SEPTEMBER_ROW, LayoutChanged, "missing: HC; unknown: HEADC"),
        (SEPTEMBER_HEADER.replace("PERIOD", "WHEN") + SEPTEMBER_ROW, LayoutChanged, "missing: PERIOD"),
        (
            SEPTEMBER_HEADER + SEPTEMBER_ROW.replace("All staff groups", "Robots"),
            UnmappedLabel,
            f"{SEPTEMBER} > L2: a label nobody has mapped stands in staff group",
        ),
        (
            SEPTEMBER_HEADER + SEPTEMBER_ROW.replace("Joiners", "Starters"),
            UnmappedLabel,
            "a label of transforms/vocabularies/turnover_flow.csv. Found 'Starters'",
        ),
        (
            SEPTEMBER_HEADER + SEPTEMBER_ROW.replace("202508", "202513"),
            UnreadableValue,
            "row 2: a period is not of the known form",
        ),
        (
            SEPTEMBER_HEADER + SEPTEMBER_ROW.replace(",1,0.6", ",few,0.6"),
            UnreadableValue,
            "L2: a cell is neither a number nor a known symbol",
        ),
        (SEPTEMBER_HEADER + SEPTEMBER_ROW * 2, RepeatedFigure, "row 2, row 3: the same figure is printed twice"),
        (SEPTEMBER_HEADER + SEPTEMBER_ROW + SEPTEMBER_ROW[:130], NotWhatItClaims, "ends in the middle of a record"),
    ],
)
def test_a_broken_file_stops_with_a_sentence(tmp_path: Path, text: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as raised:
        rows_of(csv(tmp_path, text))
    assert says in str(raised.value)
    assert str(raised.value).startswith(SEPTEMBER)


def test_a_figure_printed_as_a_symbol_has_a_status_and_no_value(tmp_path: Path) -> None:
    rows = rows_of(csv(tmp_path, SEPTEMBER_HEADER + SEPTEMBER_ROW.replace(",1,0.6", ",*,[x]")))
    assert rows.select("value", "value_status").rows() == [(None, "c"), (None, "x")]
