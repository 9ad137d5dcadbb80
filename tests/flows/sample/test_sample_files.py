"""The bundled sample: every file is read by the reader of its layout, and its figures hold together."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date
from io import BytesIO

import polars as pl
import pytest

from tests.publisher_site.content import SiteEdition, SiteFile, SiteSeries
from tests.sample_maker import sample_site
from tests.sample_maker.figures.arithmetic import people, spread
from tests.sample_maker.figures.staff import REVISED
from transforms.published_file import PublishedFile, read_tables
from transforms.series import CATALOGUE, reader_for

LARGEST = 200_000


def files_of(edition: SiteEdition) -> Iterator[SiteFile]:
    yield from edition.files
    for data_set in edition.data_sets:
        yield from data_set.files


def all_files(site: tuple[SiteSeries, ...]) -> list[tuple[SiteSeries, SiteEdition, SiteFile]]:
    return [(series, edition, file) for series in site for edition in series.editions for file in files_of(edition)]


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pl.DataFrame]:
    """Rows of every table that the sample's files hold, with `series`, `edition` and `file`."""
    folder = tmp_path_factory.mktemp("sample")
    frames: dict[str, list[pl.DataFrame]] = {}
    for number, (series, edition, file) in enumerate(all_files(sample_site())):
        path = folder / str(number)
        path.write_bytes(file.content)
        published = PublishedFile(path, file.name, hint=edition.published_on.isoformat())
        reader, found = reader_for(published)
        assert found.series == series.series.value, file.name
        for table, frame in read_tables(reader, published).items():
            assert frame.height, f"{file.name} holds nothing for {table}"
            about = {"series": found.series, "edition": found.edition, "file": file.name}
            frames.setdefault(table, []).append(
                frame.with_columns(pl.lit(value).alias(key) for key, value in about.items())
            )
    return {table: pl.concat(parts) for table, parts in frames.items()}


CELL = ["period_end", "geography_level", "area_code", "staff_group", "measure"]


def workforce(tables: dict[str, pl.DataFrame], edition: str) -> pl.DataFrame:
    """An edition's staff, each figure once: a workbook prints the latest month's totals in two of its tables."""
    return tables["workforce"].filter(pl.col("edition") == edition).unique([*CELL, "value"])


def test_no_file_is_large() -> None:
    assert {file.name: len(file.content) for *_, file in all_files(sample_site()) if len(file.content) > LARGEST} == {}


def test_each_file_is_one_that_the_catalogue_wants_of_its_series() -> None:
    unwanted = [
        file.name
        for series, _, file in all_files(sample_site())
        if all(wanted.match(file.name) is None for wanted in CATALOGUE[series.series.value].wanted)
    ]
    assert unwanted == []


def test_every_workbook_and_zip_says_that_its_figures_are_illustrative() -> None:
    for *_, file in all_files(sample_site()):
        if not file.name.endswith(".csv"):
            with zipfile.ZipFile(BytesIO(file.content)) as archive:
                inside = [name for name in archive.namelist() if name.endswith((".xml", ".xlsx"))]
                text = b"".join(_text(archive.read(name)) for name in inside)
            assert b"Illustrative" in text, file.name


def _text(content: bytes) -> bytes:
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(BytesIO(content)) as inner:
        return b"".join(inner.read(name) for name in inner.namelist())


def test_no_announced_edition_has_a_file() -> None:
    announced = [edition for series in sample_site() for edition in series.editions if edition.upcoming]
    assert announced
    assert [list(files_of(edition)) for edition in announced] == [[]] * len(announced)


@pytest.mark.parametrize("edition", ["2025-07", "2025-08", "2025-10"])
def test_fte_of_organisations_adds_up_to_systems_regions_and_england(
    tables: dict[str, pl.DataFrame], edition: str
) -> None:
    fte = workforce(tables, edition).filter(pl.col("measure") == "fte")
    cell = ["period_end", "staff_group"]
    parts = fte.filter(pl.col("geography_level") == "Organisation")
    for level, code in (("Integrated care system", "icb_code"), ("Region", "region_code"), ("England", None)):
        on = [*cell, code] if code else cell
        sums = parts.group_by(on).agg(pl.col("value").sum().alias("parts"))
        both = fte.filter(pl.col("geography_level") == level).join(sums, on=on)
        assert both.height == sums.height, level
        assert both.filter((pl.col("value") - pl.col("parts")).abs() > 1e-6).is_empty(), level


@pytest.mark.parametrize("edition", ["2025-07", "2025-08", "2025-10"])
def test_there_are_never_fewer_people_than_full_time_equivalents(tables: dict[str, pl.DataFrame], edition: str) -> None:
    wide = workforce(tables, edition).pivot("measure", index=CELL[:-1], values="value")
    assert wide.null_count().sum_horizontal().item() == 0
    assert wide.filter(pl.col("headcount") < pl.col("fte")).is_empty()


def test_only_the_declared_figures_are_revised_between_two_editions(tables: dict[str, pl.DataFrame]) -> None:
    changed = (
        workforce(tables, "2025-07")
        .join(workforce(tables, "2025-08"), on=CELL)
        .filter(pl.col("value") != pl.col("value_right"), geography_level="Organisation", measure="fte")
    )
    found = {(row["area_code"], row["period_end"]) for row in changed.iter_rows(named=True)}
    assert found == {(code, month) for code, _, month in REVISED}


def test_turnover_leads_from_start_to_end_in_every_staff_group(tables: dict[str, pl.DataFrame]) -> None:
    flows = (
        tables["turnover"]
        .filter(pl.col("measure") == "fte")
        .pivot("flow", index=["period_end", "org_code", "staff_group"], values="value")
        .fill_null(0)
    )
    off = pl.col("in_post_at_start") + pl.col("joiners") - pl.col("leavers") - pl.col("in_post_at_end")
    assert flows.filter(off.abs() > 1e-6).is_empty()


def test_turnover_counts_the_staff_that_the_workforce_tables_count(tables: dict[str, pl.DataFrame]) -> None:
    nurses = pl.col("staff_group") == "Nurses & health visitors"
    month = date(2025, 8, 31)
    turnover = tables["turnover"].filter(
        nurses, pl.col("flow") == "in_post_at_end", pl.col("period_end") == month, pl.col("measure") == "fte"
    )
    staff = workforce(tables, "2025-08").filter(nurses, pl.col("period_end") == month, pl.col("measure") == "fte")
    both = turnover.join(staff.filter(pl.col("geography_level") == "Organisation"), on="org_code")
    assert both.height == turnover.height > 15
    assert (both["value"] == both["value_right"]).all()


def test_personal_characteristics_divide_the_staff_of_the_workforce_tables(tables: dict[str, pl.DataFrame]) -> None:
    month = date(2025, 10, 31)
    totals = tables["person_characteristic"].filter(
        pl.col("edition") == "2025-10",
        pl.col("period_end") == month,
        pl.col("category_level") == "total",
        pl.col("grade") == "All grades",
        pl.col("staff_group") == "All staff groups",
    )
    england = workforce(tables, "2025-10").filter(
        pl.col("geography_level") == "England",
        pl.col("staff_group") == "All staff groups",
        pl.col("period_end") == month,
    )
    both = totals.join(england, on="measure")
    assert both["characteristic"].n_unique() == 6
    assert (both["value"] == both["value_right"]).all()


def test_a_trust_without_a_chief_executive_of_its_own_records_none(tables: dict[str, pl.DataFrame]) -> None:
    roles = tables["job_role"].filter(pl.col("geography_level") == "Organisation")
    chiefs = set(roles.filter(pl.col("nwd_job_role") == "Chief Executive")["org_code"])
    assert set(roles["org_code"]) - chiefs == {"RXV", "G6V2S"}


def rates(tables: dict[str, pl.DataFrame], quarter: date) -> pl.DataFrame:
    return tables["vacancy"].filter(
        pl.col("edition") == "2026-03",
        pl.col("quarter_end") == quarter,
        pl.col("measure") == "vacancy_rate_percent",
        pl.col("staff_group") == "Registered nursing",
        pl.col("geography_level") == "Region",
    )


def test_the_region_with_the_highest_nursing_rate_is_another_than_a_year_ago(tables: dict[str, pl.DataFrame]) -> None:
    highest = [
        rates(tables, quarter).filter(pl.col("sector") == "All sectors").sort("value")["area_code"][-1]
        for quarter in (date(2025, 3, 31), date(2026, 3, 31))
    ]
    assert highest == ["Y56", "Y59"]


def test_mental_health_rates_exceed_acute_in_some_regions_only(tables: dict[str, pl.DataFrame]) -> None:
    sectors = rates(tables, date(2026, 3, 31)).pivot("sector", index="area_code", values="value")
    above = sectors.filter(pl.col("Mental Health") > pl.col("Acute"))["area_code"]
    assert sorted(above) == ["Y56", "Y59", "Y60", "Y61", "Y62", "Y63"]


def test_every_trust_of_the_pay_gap_files_has_its_code_and_no_company_is_kept(tables: dict[str, pl.DataFrame]) -> None:
    gap = tables["pay_gap"]
    assert gap["org_code"].null_count() == 0
    assert not gap["employer_name"].str.contains("Example").any()


def test_spread_gives_whole_parts_that_add_up_to_the_total() -> None:
    assert spread(10, [1, 1, 1]) == [4, 3, 3]
    assert spread(7, [0, 2, 5]) == [0, 2, 5]
    assert spread(3, [0, 0]) == [0, 0]


def test_people_are_rounded_up_from_full_time_equivalents() -> None:
    assert [people(hundredths, 110) for hundredths in (0, 1, 100, 1000)] == [0, 1, 2, 11]


def test_staff_survey_speaks_of_the_organisations_of_today(tables: dict[str, pl.DataFrame]) -> None:
    survey = tables["staff_survey"]
    staff = workforce(tables, "2025-10").filter(geography_level="Organisation", period_end=date(2025, 10, 31))
    assert set(survey["org_code"]) == set(staff["org_code"])
    assert survey.filter(org_code="G6V2S", survey_year=2021)["value"].null_count() > 0
    assert survey.filter(org_code="G6V2S", survey_year=2025)["value"].null_count() == 0
    assert set(survey["ethnic_group"]) == {"All", "White", "BME"}


def test_more_than_half_of_trusts_had_no_ethnic_minority_very_senior_manager_in_2018(
    tables: dict[str, pl.DataFrame],
) -> None:
    senior = tables["wres_indicator"].filter(pay_cluster="Non-clinical: VSM", ethnic_group="BME")
    none = senior.group_by("wres_year").agg((pl.col("numerator") == 0).mean()).sort("wres_year")["numerator"]
    assert none[0] > 0.5 > none[1]
