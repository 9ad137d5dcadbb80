"""The published headlines, regions and boards kept by hand: unchanged facts, stable ids, contradictions marked."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import polars as pl
import pytest

from transforms.reading.vocabulary import vocabulary

FOLDER = files("warehouse") / "reference"
FACTS = [
    *("claim_id", "series", "measure", "unit", "geography", "organisation_type", "staff_group", "grade_group"),
    *("characteristic", "category", "period_start", "period_end", "value", "value_text", "publisher"),
    *("source_title", "source_url", "published_date", "source_kind", "note"),
]
SAME_THING = [*FACTS[1:12]]


def reference(name: str) -> pl.DataFrame:
    return pl.read_csv((FOLDER / f"{name}.csv").read_bytes(), infer_schema=False)


@pytest.fixture(scope="module")
def headlines() -> pl.DataFrame:
    return reference("headline")


def test_every_published_fact_is_kept_as_it_was_cited(published: Path, headlines: pl.DataFrame) -> None:
    cited = pl.read_csv(published / "headlines.csv", infer_schema=False)
    assert cited.columns == [column for column in cited.columns if column in FACTS]
    assert headlines.height == cited.height == 624
    assert headlines.select(FACTS).sort(FACTS).equals(cited.select(FACTS).sort(FACTS))
    assert (FOLDER / "headline.csv").read_bytes() != (published / "headlines.csv").read_bytes()


def test_ids_are_unique_and_every_figure_has_its_citation(headlines: pl.DataFrame) -> None:
    assert headlines["headline_id"].is_unique().all()
    assert headlines["headline_id"].str.contains(r"^[a-z-]+-\d{3}$").all()
    assert headlines.select("publisher", "source_title", "source_url", "value", "period_end").null_count().row(0) == (
        0,
        0,
        0,
        0,
        0,
    )


def test_figures_that_contradict_each_other_share_a_group_with_its_reason(headlines: pl.DataFrame) -> None:
    contradicting = (
        headlines.with_columns(pl.col("value").cast(pl.Float64))
        .filter(pl.col("value").n_unique().over(SAME_THING) > 1)
        .group_by(SAME_THING)
        .agg(pl.col("conflict_group").n_unique().alias("groups"), pl.col("conflict_group").null_count().alias("none"))
    )
    assert contradicting.height == 21
    assert contradicting["groups"].unique().to_list() == [1]
    assert contradicting["none"].sum() == 0
    marked = headlines.drop_nulls("conflict_group")
    assert marked["conflict_group"].n_unique() == 36
    assert marked.select("conflict_kind", "conflict_note").null_count().row(0) == (0, 0)


def test_a_note_that_speaks_of_a_conflict_is_marked(headlines: pl.DataFrame) -> None:
    speaks = headlines.filter(pl.col("note").str.contains("(?i)conflict"))
    assert speaks["conflict_group"].null_count() == 0


def test_types_suit_sql(headlines: pl.DataFrame) -> None:
    typed = headlines.with_columns(
        pl.col("value", "printed_step").cast(pl.Float64),
        pl.col("period_start", "period_end").str.to_date("%Y-%m-%d"),
        pl.col("published_year").cast(pl.Int32),
    )
    assert (typed["period_start"] <= typed["period_end"]).all()
    assert set(typed["is_approximate"]) | set(typed["is_computed"]) == {"true", "false"}
    assert typed["printed_step"].min() > 0  # type: ignore[operator]


def test_boards_and_regions_are_those_of_the_published_files(published: Path) -> None:
    boards = reference("integrated_care_board")
    listed = pl.read_csv(published / "ods" / "2025-12" / "icb_names_codes_dec_2024.csv", infer_schema=False)
    assert set(boards.select("icb_code", "ons_code", "name").iter_rows()) == set(
        listed.select("ICB24CDH", "ICB24CD", "ICB24NM").iter_rows()
    )
    (turnover,) = (published / "nhs-workforce-statistics" / "turnover-benchmarking").glob("*.csv")
    printed = pl.read_csv(turnover, infer_schema=False)
    regions = vocabulary("region")
    assert set(regions.filter(pl.col("is_current") == "true").select("region_code", "name").iter_rows()) == set(
        printed.select("NHSE_REGION_CODE", "NHSE_REGION_NAME").unique().iter_rows()
    )
    assert set(boards.select("icb_code", "region_code").iter_rows()) == set(
        printed.select("ICS_CODE", "NHSE_REGION_CODE").unique().iter_rows()
    )


def test_each_region_of_an_organisation_list_is_known(published: Path) -> None:
    regions = dict(vocabulary("region").select("region_code", "first_list").iter_rows())
    for path in (published / "ods").glob("20*/etr.csv"):
        codes = set(pl.read_csv(path, has_header=False, infer_schema=False).to_series(2).drop_nulls()) - {""}
        assert codes <= set(regions)


@pytest.mark.parametrize("name", ["headline", "integrated_care_board"])
def test_every_column_is_described(name: str) -> None:
    described = [
        line.partition(": ")[0] for line in (FOLDER / f"{name}.md").read_text(encoding="utf-8").splitlines()[1:]
    ]
    assert described == reference(name).columns
