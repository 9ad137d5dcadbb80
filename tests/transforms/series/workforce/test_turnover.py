"""Turnover benchmarking: the real file, both orders of its columns, the zip, and what stops it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl
import pytest

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
from transforms.series import reader_for
from transforms.series.workforce.turnover.benchmarking import READER, recognise

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


def row(flow: str, figures: str, group: str = "All staff groups") -> str:
    return SEPTEMBER_ROW.replace("Joiners", flow).replace("All staff groups,1,0.6", f"{group},{figures}")


SEPTEMBER_ROWS = "".join(
    row(flow, figures, group)
    for flow, figures in (
        ("Denominator at end of period", "31,28.6"),
        ("Denominator at start of period", "32,29.5"),
        ("Joiners", "1,0.6"),
        ("Leavers", "2,1.5"),
    )
    for group in ("All staff groups", "Managers")
)
"""The least that is a whole file: one organisation, one staff group, four sections."""


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
    assert recognise(PublishedFile(october.path, "3f2a9c")) == replace(edition, series="")


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
    rows = rows_of(csv(tmp_path, SEPTEMBER_HEADER + SEPTEMBER_ROWS)).filter(flow="joiners", staff_group="Managers")
    assert rows.select("org_code", "icb_code", "flow", "measure", "value", "source_column").rows() == [
        ("RF4", "QMF", "joiners", "headcount", 1.0, 12),
        ("RF4", "QMF", "joiners", "fte", 0.6, 13),
    ]


def test_an_annual_file_keeps_its_own_period(tmp_path: Path) -> None:
    file = csv(tmp_path, SEPTEMBER_HEADER + SEPTEMBER_ROWS.replace("202508 to", "202409 to"), ANNUAL)
    assert rows_of(file).select("period_start", "period_end").row(0) == (date(2024, 9, 30), date(2025, 9, 30))
    edition = recognise(file)
    assert edition is not None
    assert edition.edition == "2025-09"


def test_a_zip_is_read_member_by_member(tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(SEPTEMBER, SEPTEMBER_HEADER + SEPTEMBER_ROWS)
        archive.writestr(ANNUAL, SEPTEMBER_HEADER + SEPTEMBER_ROWS.replace("202508 to", "202409 to"))
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
            f"{SEPTEMBER} > L2: an unknown label in staff group",
        ),
        (
            SEPTEMBER_HEADER + SEPTEMBER_ROW.replace("Joiners", "Starters"),
            UnmappedLabel,
            "a label of transforms/vocabularies/turnover_flow.csv. Found 'Starters'",
        ),
        (
            SEPTEMBER_HEADER + SEPTEMBER_ROW.replace("202508", "202513"),
            UnreadableValue,
            "row 2: a period is not in the expected format",
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
    rows = rows_of(csv(tmp_path, SEPTEMBER_HEADER + SEPTEMBER_ROWS.replace(",1,0.6", ",*,[x]")))
    assert rows.filter(flow="joiners", staff_group="Managers").select("value", "value_status").rows() == [
        (None, "c"),
        (None, "x"),
    ]


def test_a_file_with_headings_only_is_an_edition_without_figures(tmp_path: Path) -> None:
    file = csv(tmp_path, OCTOBER_HEADER, OCTOBER)
    edition = recognise(file)
    assert edition is not None
    assert edition.edition == "2025-10"
    frames = read_tables(READER, file)
    assert frames["turnover"].is_empty()
    assert frames["unread_part"]["name"].to_list() == ["no rows"]


def changed(october: PublishedFile, tmp_path: Path, change: Callable[[pl.DataFrame], pl.DataFrame]) -> PublishedFile:
    """The real file, changed."""
    path = tmp_path / "changed.csv"
    change(pl.read_csv(october.path, infer_schema=False)).write_csv(path)
    return PublishedFile(path, OCTOBER)


def exchange(column: str, one: str, other: str) -> pl.Expr:
    return pl.col(column).replace({one: other, other: one})


END, START = "Denominator at end of period", "Denominator at start of period"
IS = {kind: pl.col("TYPE") == kind for kind in (END, START, "Joiners", "Leavers")}
TEN = {"HC": pl.col("HC") + "0", "FTE": (pl.col("FTE").cast(pl.Float64) * 10).cast(pl.String)}


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda rows: rows.filter(~IS["Leavers"]), IncompleteFile, "has no section of leavers"),
        (lambda rows: rows.filter(~IS[START]), IncompleteFile, "has no section of in_post_at_start"),
        (
            lambda rows: rows.with_columns(exchange("TYPE", "Joiners", "Leavers")),
            TotalsDisagree,
            "seem to be exchanged",
        ),
        (lambda rows: rows.with_columns(exchange("TYPE", START, END)), TotalsDisagree, "seem to be exchanged"),
        (lambda rows: rows.rename({"HC": "FTE", "FTE": "HC"}), UnreadableValue, "a headcount is not a whole number"),
        (lambda rows: rows.rename({"NHSE_REGION_CODE": "ICS_CODE", "ICS_CODE": "NHSE_REGION_CODE"}), LayoutChanged, ""),
        (lambda rows: rows.with_columns(TEN["FTE"]), UnclearUnit, "do not fit the number of people"),
        (lambda rows: rows.with_columns(TEN["HC"]), UnclearUnit, "do not fit the number of people"),
        (
            lambda rows: rows.with_columns(
                pl.when(IS["Joiners"]).then(new).otherwise(pl.col(name)).alias(name) for name, new in TEN.items()
            ),
            TotalsDisagree,
            "do not explain the staff in post",
        ),
        (
            lambda rows: rows.with_columns(
                pl.when(IS[END])
                .then(exchange("STAFF_GROUP_1_NAME", "Managers", "Senior managers"))
                .otherwise(pl.col("STAFF_GROUP_1_NAME"))
                .alias("STAFF_GROUP_1_NAME")
            ),
            TotalsDisagree,
            "of a staff group do not explain",
        ),
        (lambda rows: rows.filter(pl.col("STAFF_GROUP_1_NAME") != "Managers"), TotalsDisagree, "staff groups do not"),
        (lambda rows: rows.filter(pl.col("STAFF_GROUP_1_NAME") != "All staff groups"), IncompleteFile, "no staff in"),
        (
            lambda rows: rows.with_columns(pl.col("REPORTING_ORG_CODE").shift(1).fill_null("RJ1")),
            LayoutChanged,
            "two names",
        ),
        (lambda rows: rows.with_columns(pl.lit("202410 to 202510").alias("PERIOD")), NotWhatItClaims, "periods"),
        (
            lambda rows: rows.with_columns(pl.lit("202508 to 202509").alias("PERIOD")),
            NotWhatItClaims,
            "months of the figures differ from those in the name",
        ),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(
    october: PublishedFile,
    tmp_path: Path,
    change: Callable[[pl.DataFrame], pl.DataFrame],
    error: type[Exception],
    says: str,
) -> None:
    with pytest.raises(error) as raised:
        rows_of(changed(october, tmp_path, change))
    assert says in str(raised.value)
    assert str(raised.value).startswith(OCTOBER)


def test_a_total_row_among_the_organisations_is_refused(october: PublishedFile, tmp_path: Path) -> None:
    def with_total(rows: pl.DataFrame) -> pl.DataFrame:
        same = ["PERIOD", "TYPE", "STAFF_GROUP_1_NAME"]
        sums = rows.group_by(same, maintain_order=True).agg(
            pl.col("HC").cast(pl.Int64).sum().cast(pl.String), pl.col("FTE").cast(pl.Float64).sum().cast(pl.String)
        )
        named = sums.with_columns(REPORTING_ORG_NAME=pl.lit("All of it"), REPORTING_ORG_CODE=pl.lit("RZZ"))
        return pl.concat([rows, named], how="diagonal").select(rows.columns)

    with pytest.raises(WorkforceError, match=r"does not hold a valid code|must be a total"):
        rows_of(changed(october, tmp_path, with_total))


@pytest.mark.parametrize("cut", [*(row / 10 for row in range(1, 10)), "boundary"])
def test_a_file_cut_between_two_records_is_refused(october: PublishedFile, tmp_path: Path, cut: float | str) -> None:
    def cut_off(rows: pl.DataFrame) -> pl.DataFrame:
        if isinstance(cut, float):
            return rows.head(int(rows.height * cut))
        codes = rows["REPORTING_ORG_CODE"]
        return rows.filter((codes.reverse() != codes[-1]).cum_sum().reverse() > 0)

    with pytest.raises((IncompleteFile, TotalsDisagree)):
        rows_of(changed(october, tmp_path, cut_off))


def test_an_organisation_that_closes_in_the_period_is_read(october: PublishedFile, tmp_path: Path) -> None:
    closed = pl.col("REPORTING_ORG_CODE") == "QPM"

    def close(rows: pl.DataFrame) -> pl.DataFrame:
        leaving = rows.filter(IS[START] & closed).with_columns(TYPE=pl.lit("Leavers"))
        return pl.concat([rows.filter(~closed | IS[START]), leaving])

    found = rows_of(changed(october, tmp_path, close)).filter(org_code="QPM", staff_group="All staff groups")
    assert set(found["flow"]) == {"in_post_at_start", "leavers"}


def test_members_of_one_zip_agree_on_staff_in_post_at_the_end(tmp_path: Path) -> None:
    path = tmp_path / "file.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(SEPTEMBER, SEPTEMBER_HEADER + SEPTEMBER_ROWS)
        year = SEPTEMBER_ROWS.replace("202508 to", "202409 to").replace("31,28.6", "32,28.6")
        archive.writestr(ANNUAL, SEPTEMBER_HEADER + year)
    with pytest.raises(TotalsDisagree, match=r"the members do not agree on .* \(in 2 places\)"):
        rows_of(PublishedFile(path, "Turnover benchmarking - CSV data files, September 2025.zip"))


def test_the_places_of_an_error_are_the_first_in_the_file(october: PublishedFile, tmp_path: Path) -> None:
    with pytest.raises(UnclearUnit) as raised:
        rows_of(changed(october, tmp_path, lambda rows: rows.with_columns(TEN["FTE"])))
    places = [int("".join(filter(str.isdigit, cell))) for cell in raised.value.cell.split(", ")]
    assert len(places) > 1
    assert places == sorted(places)
