"""Published vacancy headlines against the vacancy workbook, and against each other.

The workbook at hand is a stand-in whose figures are illustrative but for England's totals in four quarters, which are
those that were published: these must agree. Every other headline must say why it cannot be compared.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import duckdb
import polars as pl
import pytest

from expectations.suites import RULES
from tests.transforms.series.vacancies.vacancy_workbook import RECONSTRUCTED
from transforms.published_file import PublishedFile, read_tables
from transforms.reading.vocabulary import vocabulary
from transforms.series.vacancies.reader import READER
from warehouse.archive import FigureKind, Record
from warehouse.asking.trial import holding, trial_warehouse
from warehouse.building.build import Build, build
from warehouse.staging import StagedFile

pytestmark = pytest.mark.slow

AGREE = ["vacancy-012", "vacancy-014", "vacancy-016", "vacancy-017", "vacancy-018", "vacancy-019"]
"""111,864 at June 2019, 76,082 at March 2021, 105,855 at March 2022 and 132,139 at June 2022, as six sources print."""


def reference(name: str) -> pl.DataFrame:
    return pl.read_csv((files("warehouse") / "reference" / f"{name}.csv").read_bytes(), infer_schema_length=None)


@pytest.fixture(scope="module")
def headlines() -> pl.DataFrame:
    return reference("headline").filter(pl.col("series") == "vacancies")


@pytest.fixture(scope="module")
def staged(published: Path, tmp_path_factory: pytest.TempPathFactory) -> StagedFile:
    folder, path = tmp_path_factory.mktemp("staged"), published / RECONSTRUCTED
    file = PublishedFile(path, path.name)
    edition = READER.recognise(file)
    assert edition is not None
    for name, frame in read_tables(READER, file).items():
        frame.write_parquet(folder / f"{name}.parquet")
    record = Record(
        series=edition.series, edition=edition.edition, publisher="NHS England", file_name=path.name,
        address=path.name, retrieved_at="2026-06-01T09:30:00+00:00", licence="OGL", attribution="NHS England",
        figure_kind="illustrative", sha256="vacancies", size_bytes=1,
    )  # fmt: skip
    return StagedFile(record, READER.name, READER.version, edition, folder, parsed=True)


def outcomes(staged: StagedFile, folder: Path, kind: FigureKind) -> pl.DataFrame:
    file = replace(staged, record=replace(staged.record, figure_kind=kind))
    made = Build("20260901T093000Z", "2026-09-01T09:30:00+00:00", kind, "fingerprint", "0")
    build(folder / "workforce.duckdb", [file], made)
    with duckdb.connect(folder / "workforce.duckdb", read_only=True) as con:
        return con.execute("FROM marts.vacancy_headlines").pl()


@pytest.fixture(scope="module")
def compared(staged: StagedFile, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    return outcomes(staged, tmp_path_factory.mktemp("backtest"), "illustrative")


def test_every_headline_names_its_cell_or_says_why_there_is_none(headlines: pl.DataFrame) -> None:
    cells = reference("vacancy_headline")
    assert sorted(cells["headline_id"]) == sorted(headlines["headline_id"])
    none = cells.filter(pl.col("treatment") == "not comparable")
    assert none["reason"].null_count() == 0
    some = cells.filter(pl.col("treatment") == "comparable")
    assert set(some["staff_group"]) <= set(vocabulary("vacancy_staff_group")["label"])
    assert set(some["sector"]) <= set(vocabulary("sector")["label"])
    assert set(some["area_code"]) <= {"England", *vocabulary("vacancy_region")["region_code"].drop_nulls()}
    assert set(some["measure"]) == {"vacancy_fte", "vacancy_rate_percent"}


def test_headlines_that_fit_agree_and_all_others_have_a_reason(compared: pl.DataFrame) -> None:
    assert compared.height == 85
    assert compared.filter(pl.col("outcome") == "agrees")["headline_id"].to_list() == AGREE
    assert set(compared["outcome"]) <= {"agrees", "revised", "not comparable"}
    rest = compared.filter(pl.col("outcome") != "agrees")
    assert rest["reason"].null_count() == 0


def test_a_headline_that_was_revised_shows_both_values(compared: pl.DataFrame) -> None:
    revised = compared.filter(pl.col("outcome") == "revised")
    assert revised.select("headline_id", "headline_value", "later_headline_value").rows() == [
        ("vacancy-039", 39813.0, 39931.0),
        ("vacancy-066", 10.0, 10.1),
    ]


def test_figures_called_published_that_contradict_a_headline_are_named(
    staged: StagedFile, tmp_path: Path, compared: pl.DataFrame
) -> None:
    found = outcomes(staged, tmp_path, "published")
    tally = Counter(found["outcome"])
    assert found.filter(pl.col("outcome") == "agrees")["headline_id"].to_list() == AGREE
    differs = found.filter(pl.col("outcome") == "differs")
    assert "vacancy-042" in differs["headline_id"].to_list()
    assert differs.select(pl.col("workbook_value").is_not_null().all()).item()
    near = found.filter(pl.col("headline_id") == "vacancy-020")
    assert near.select("outcome", "headline_value").rows() == [("revised", 133100.0)]
    assert tally["not comparable"] == 27
    assert sum(tally.values()) == compared.height


@pytest.mark.parametrize(("kind", "differing"), [("published", 41), ("illustrative", 0)])
def test_an_edition_that_differs_from_more_than_a_fifth_of_the_headlines_is_refused(
    staged: StagedFile, kind: FigureKind, differing: int
) -> None:
    file = replace(staged, record=replace(staged.record, figure_kind=kind))
    with trial_warehouse() as con, holding(con, file):
        rows = con.execute(RULES["vacancy.headlines_contradicted"].finds).pl()
    assert rows.height == differing
    if differing:
        assert rows["found"].str.ends_with("41 of 58 comparable headlines differ").all()


def test_headlines_of_posts_and_rate_imply_the_establishment_the_reader_calls_plausible(
    headlines: pl.DataFrame,
) -> None:
    """The bounds that tell percent from fraction hold for every quarter that was really published."""
    cells = reference("vacancy_headline").filter(
        (pl.col("treatment") == "comparable") & (pl.col("area_code") == "England") & (pl.col("sector") == "All sectors")
    )
    printed = headlines.filter(~pl.col("is_approximate")).select("headline_id", "period_end", "value")
    both = cells.drop("reason").join(printed, on="headline_id")
    fte = both.filter(pl.col("measure") == "vacancy_fte")
    rate = both.filter(pl.col("measure") == "vacancy_rate_percent")
    bounds = (
        vocabulary("vacancy_staff_group")
        .select(pl.col("label").alias("staff_group"), pl.col("establishment_from", "establishment_to").cast(pl.Float64))
        .unique()
    )
    posts = fte.join(rate, on=["staff_group", "period_end"], suffix="_rate").join(bounds, on="staff_group")
    posts = posts.with_columns(posts=100 * pl.col("value") / pl.col("value_rate"))
    assert posts.height >= 15
    outside = posts.filter(~pl.col("posts").is_between("establishment_from", "establishment_to"))
    assert outside.is_empty(), outside
