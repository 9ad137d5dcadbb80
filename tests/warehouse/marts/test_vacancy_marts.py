"""The vacancy marts with the substitute workbook, with its later edition, and without vacancy figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.transforms.series.vacancies.vacancy_workbook import RECONSTRUCTED, later_edition
from transforms.published_file import Edition, PublishedFile, read_tables
from transforms.series import TABLES, reader_for
from warehouse.archive import Record
from warehouse.building.build import Build, build
from warehouse.staging import StagedFile

pytestmark = pytest.mark.slow

TURNOVER = "Turnover benchmarking 2. Staff group and organisation, monthly, Oct-25.csv"
OTHERS = (f"nhs-workforce-statistics/turnover-benchmarking/{TURNOVER}", "ods/2025-12/etr.csv")
MARTS = ("vacancies", "vacancies_advertised", "vacancy_context", "vacancy_headlines", "leadership_vacancies")

HIGHEST_NURSING_RATE = """
SELECT region_name, vacancy_rate_percent, vacancy_rate_percent_year_before, vacancy_fte, establishment_fte
FROM marts.vacancies
WHERE quarter_end = (SELECT max(quarter_end) FROM marts.vacancies)
    AND staff_group = 'Registered nursing' AND sector = 'All sectors' AND rank_among_regions = 1
"""
HIGHEST_NURSING_RATE_A_YEAR_AGO = """
SELECT region_name, vacancy_rate_percent
FROM marts.vacancies
WHERE quarter_end = (SELECT last_day(max(quarter_end) - INTERVAL 12 MONTH) FROM marts.vacancies)
    AND staff_group = 'Registered nursing' AND sector = 'All sectors' AND rank_among_regions = 1
"""
ENGLAND_SINCE_2018 = """
SELECT quarter_end, round(vacancy_fte) AS vacancy_fte, round(vacancy_rate_percent, 1) AS vacancy_rate_percent,
    round(change_on_year_fte) AS change_on_year_fte
FROM marts.vacancies
WHERE geography_level = 'England' AND staff_group = 'All staff' AND month(quarter_end) = 6
ORDER BY quarter_end
"""
MENTAL_HEALTH_ABOVE_ACUTE = """
SELECT region_name, round(mental_health.vacancy_fte) AS mental_health_fte, round(acute.vacancy_fte) AS acute_fte,
    round(mental_health.vacancy_rate_percent, 1) AS mental_health_rate,
    round(acute.vacancy_rate_percent, 1) AS acute_rate
FROM marts.vacancies AS mental_health
INNER JOIN marts.vacancies AS acute USING (quarter_end, region_name, staff_group)
WHERE mental_health.sector = 'Mental Health' AND acute.sector = 'Acute' AND staff_group = 'All staff'
    AND quarter_end = (SELECT max(quarter_end) FROM marts.vacancies)
    AND mental_health.vacancy_rate_percent > acute.vacancy_rate_percent
ORDER BY mental_health_rate - acute_rate DESC
"""


def stage(path: Path, folder: Path, *, retrieved: str) -> StagedFile:
    """A file's tidy frames as the staging cache has them."""
    file = PublishedFile(path, path.name, hint=path.parent.name)
    reader, edition = reader_for(file)
    record = Record(
        series=edition.series, edition=edition.edition, publisher="NHS England", file_name=path.name,
        address=path.name, retrieved_at=retrieved, licence="OGL", attribution="NHS England",
        sha256=f"{path.name}-{edition.edition}", size_bytes=path.stat().st_size,
    )  # fmt: skip
    place = folder / path.name
    place.mkdir(parents=True)
    for name, frame in read_tables(reader, file).items():
        frame.write_parquet(place / f"{name}.parquet")
    return StagedFile(record, reader.name, reader.version, edition, place, parsed=True)


@pytest.fixture(scope="module")
def warehouse(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    folder = tmp_path_factory.mktemp("vacancies")
    files = [published / RECONSTRUCTED, later_edition(published, folder), *(published / other for other in OTHERS)]
    staged = [stage(path, folder / "staged", retrieved="2026-09-01T09:30:00+00:00") for path in files]
    made = Build("20260901T093000Z", "2026-09-01T09:30:00+00:00", "illustrative", "fingerprint", "0")
    build(folder / "workforce.duckdb", staged, made)
    with duckdb.connect(folder / "workforce.duckdb", read_only=True) as con:
        yield con


@pytest.fixture(scope="module")
def without_vacancies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    path = tmp_path_factory.mktemp("empty") / "workforce.duckdb"
    build(path, [], Build("20260901T093000Z", "2026-09-01T09:30:00+00:00", "published", "fingerprint", "0"))
    with duckdb.connect(path, read_only=True) as con:
        yield con


def one(con: duckdb.DuckDBPyConnection, sql: str, *values: Any) -> tuple[Any, ...]:
    found = con.execute(sql, list(values)).fetchall()
    assert len(found) == 1, found
    return tuple(found[0])


def test_every_column_of_the_marts_is_described(warehouse: duckdb.DuckDBPyConnection) -> None:
    silent = warehouse.execute(
        "SELECT table_name, column_name FROM duckdb_columns() "
        "WHERE schema_name = 'marts' AND list_contains(?, table_name) AND comment IS NULL",
        [list(MARTS)],
    ).fetchall()
    assert silent == []


@pytest.mark.parametrize(
    ("mart", "grain"),
    [
        ("vacancies", "quarter_end, geography_level, region_code, sector, staff_group"),
        ("vacancies_advertised", "month, geography_level, region_code, staff_group"),
        ("vacancy_context", "org_code, staff_group, quarter_end"),
        ("vacancy_headlines", "headline_id"),
        ("leadership_vacancies", "figure_basis, headline_id, period_end"),
    ],
)
def test_each_mart_has_the_grain_it_says(warehouse: duckdb.DuckDBPyConnection, mart: str, grain: str) -> None:
    rows, distinct = one(
        warehouse,
        f"SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT {grain} FROM marts.{mart})) FROM marts.{mart}",
    )
    assert rows == distinct
    assert rows > 0


def test_figures_are_those_of_core_with_their_denominators(warehouse: duckdb.DuckDBPyConnection) -> None:
    fte, rate, posts = one(
        warehouse,
        "SELECT vacancy_fte, vacancy_rate_percent, establishment_fte FROM marts.vacancies "
        "WHERE quarter_end = '2022-06-30' AND geography_level = 'England' AND staff_group = 'All staff'",
    )
    assert posts == pytest.approx(100 * fte / rate)
    assert one(
        warehouse,
        "SELECT value FROM core.vacancy_latest WHERE quarter_end = '2022-06-30' AND area_code = 'England' "
        "AND staff_group = 'All staff' AND measure = 'vacancy_fte'",
    ) == (fte,)


def test_changes_are_against_the_same_figure_of_the_quarter_and_the_year_before(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    wrong = warehouse.execute("""
        SELECT latest.quarter_end
        FROM marts.vacancies AS latest
        LEFT JOIN marts.vacancies AS before
            ON last_day(latest.quarter_end - INTERVAL 12 MONTH) = before.quarter_end
            AND latest.region_name = before.region_name AND latest.sector = before.sector
            AND latest.staff_group = before.staff_group
        WHERE latest.change_on_year_fte IS DISTINCT FROM latest.vacancy_fte - before.vacancy_fte
            OR (latest.quarter_end > '2019-03-31' AND latest.change_on_year_points IS NULL)
            OR (latest.quarter_end > '2018-06-30' AND latest.change_on_quarter_fte IS NULL)
            OR (latest.quarter_end = '2018-06-30' AND latest.change_on_quarter_fte IS NOT NULL)
    """).fetchall()
    assert wrong == []


def test_shares_of_regions_make_the_whole_of_england(warehouse: duckdb.DuckDBPyConnection) -> None:
    low, high = one(
        warehouse,
        "SELECT min(whole), max(whole) FROM (SELECT sum(share_of_england_vacancies_percent) AS whole "
        "FROM marts.vacancies WHERE geography_level = 'Region' AND sector = 'All sectors' "
        "GROUP BY quarter_end, staff_group)",
    )
    assert (low, high) == (pytest.approx(100), pytest.approx(100))


def test_regions_are_ranked_by_rate_from_the_highest(warehouse: duckdb.DuckDBPyConnection) -> None:
    ranks = warehouse.execute(
        "SELECT rank_among_regions, regions_ranked, vacancy_rate_percent FROM marts.vacancies "
        "WHERE quarter_end = '2026-03-31' AND sector = 'Acute' AND staff_group = 'Medical' ORDER BY 1"
    ).fetchall()
    assert [rank for rank, _, _ in ranks] == list(range(1, 8))
    assert {ranked for _, ranked, _ in ranks} == {7}
    assert [rate for *_, rate in ranks] == sorted((rate for *_, rate in ranks), reverse=True)


def test_adverts_of_england_are_a_marked_sum_and_the_mean_needs_twelve_months(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    by_hand = warehouse.execute(
        "SELECT sum(value) FROM core.vacancy_advert_latest WHERE month = '2026-03-01'"
    ).fetchall()[0][0]
    basis, total, records = one(
        warehouse,
        "SELECT figure_basis, advertised_fte, records FROM marts.vacancies_advertised WHERE month = '2026-03-01' "
        "AND geography_level = 'England' AND staff_group = 'All staff groups'",
    )
    assert (basis, total, records) == ("sum of published records", pytest.approx(by_hand), 14)
    first = one(warehouse, "SELECT min(month) FROM marts.vacancies_advertised WHERE twelve_month_mean_fte IS NOT NULL")
    assert first == (date(2017, 3, 1),)


def test_a_changed_past_is_a_revision_and_latest_has_the_new_value(warehouse: duckdb.DuckDBPyConnection) -> None:
    revised = warehouse.execute(
        "SELECT figure, old_value, new_value, old_edition, new_edition FROM meta.revision WHERE table_name = 'vacancy'"
    ).fetchall()
    assert len(revised) == 6
    assert {(old, new) for *_, old, new in revised} == {("2026-03", "2026-06")}
    posts = {json.loads(figure)["area_code"]: new - old for figure, old, new, *_ in revised if "vacancy_fte" in figure}
    assert posts == {"Y56": pytest.approx(10), "England": pytest.approx(10)}
    for figure, _, new, *_ in revised:
        key = json.loads(figure)
        assert one(
            warehouse,
            "SELECT value, edition FROM core.vacancy_latest WHERE quarter_end = ? AND area_code = ? AND sector = ? "
            "AND staff_group = ? AND measure = ?",
            *(key[name] for name in ("quarter_end", "area_code", "sector", "staff_group", "measure")),
        ) == (new, "2026-06")


def test_a_trust_gets_the_figures_of_its_region_under_regional_names(warehouse: duckdb.DuckDBPyConnection) -> None:
    columns = {
        name for (name,) in warehouse.execute("SELECT column_name FROM (DESCRIBE marts.vacancy_context)").fetchall()
    }
    assert not {name for name in columns if "vacancy" in name and not name.startswith(("regional_", "england_"))}
    trust = one(
        warehouse,
        "SELECT region_name, trust_sector, regional_vacancy_rate_percent, regional_sector_vacancy_rate_percent, "
        "caveat FROM marts.vacancy_context WHERE org_code = 'RJ1' AND staff_group = 'Medical' AND is_latest_quarter",
    )
    region = one(
        warehouse,
        "SELECT max(vacancy_rate_percent) FILTER (sector = 'All sectors'), "
        "max(vacancy_rate_percent) FILTER (sector = 'Acute') "
        "FROM marts.vacancies WHERE region_code = 'Y56' AND staff_group = 'Medical' AND quarter_end = '2026-06-30'",
    )
    assert trust[:4] == ("London", "Acute", *region)
    assert "not those of this trust" in trust[4]


def test_every_open_trust_in_england_has_its_context(warehouse: duckdb.DuckDBPyConnection) -> None:
    missing = warehouse.execute(
        "SELECT org_code FROM core.organisation_latest WHERE kind = 'trust' AND closed_on IS NULL "
        "AND region_code LIKE 'Y%' AND org_code NOT IN (SELECT org_code FROM marts.vacancy_context)"
    ).fetchall()
    assert missing == []


def test_survey_headlines_stand_beside_job_roles_with_numerator_and_denominator(
    without_vacancies: duckdb.DuckDBPyConnection,
) -> None:
    assert one(without_vacancies, "SELECT count(*) FROM marts.leadership_vacancies") == (18,)
    assert one(
        without_vacancies,
        "SELECT value, numerator, denominator, unit FROM marts.leadership_vacancies "
        "WHERE headline_id = 'exec-vacancy-007'",
    ) == (7, 7, 24, "trusts")


def test_marts_build_without_data(without_vacancies: duckdb.DuckDBPyConnection) -> None:
    for mart in ("vacancies", "vacancies_advertised", "vacancy_context"):
        assert one(without_vacancies, f"SELECT count(*) FROM marts.{mart}") == (0,)


def test_analysts_questions_have_answers(warehouse: duckdb.DuckDBPyConnection) -> None:
    now = one(warehouse, HIGHEST_NURSING_RATE)
    assert now[3] / now[4] * 100 == pytest.approx(now[1])
    assert one(warehouse, HIGHEST_NURSING_RATE_A_YEAR_AGO)[0]
    england = warehouse.execute(ENGLAND_SINCE_2018).fetchall()
    assert [row[0] for row in england] == [date(year, 6, 30) for year in range(2018, 2027)]
    assert england[0][3] is None
    assert all(
        mental_health > acute for *_, mental_health, acute in warehouse.execute(MENTAL_HEALTH_ABOVE_ACUTE).fetchall()
    )


@pytest.fixture(scope="module")
def suppressed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[duckdb.DuckDBPyConnection]:
    """One quarter of one region: a sector with a figure, one suppressed, and job roles of three trusts."""
    folder = tmp_path_factory.mktemp("suppressed")
    vacancy = [
        (area, sector, measure, value, None if value is not None else "c")
        for area, sector, fte, rate in (
            ("England", "All sectors", 100.0, 5.0),
            ("Y56", "All sectors", 100.0, 5.0),
            ("Y56", "Acute", 60.0, 4.0),
            ("Y56", "Ambulance", None, None),
        )
        for measure, value in (("vacancy_fte", fte), ("vacancy_rate_percent", rate))
    ]
    frame = pl.DataFrame(
        vacancy, schema=["area_code", "sector", "measure", "value", "value_status"], orient="row"
    ).with_columns(
        quarter_end=date(2026, 3, 31), staff_group=pl.lit("Medical"), quarter_marker=pl.lit("p"),
        geography_level=pl.when(pl.col("area_code") == "England").then(pl.lit("England")).otherwise(pl.lit("Region")),
        region_code=pl.when(pl.col("area_code") != "England").then("area_code"),
        source_sheet=pl.lit("Medical"), source_column=pl.lit(3, pl.Int32),
        source_row=pl.int_range(pl.len(), dtype=pl.Int32),
    )  # fmt: skip
    frame.write_parquet(folder / "vacancy.parquet")
    record = Record(
        series="nhs-vacancy-statistics", edition="2026-03", publisher="NHS England", file_name="vacancies.xlsx",
        address="vacancies.xlsx", retrieved_at="2026-06-01T09:30:00+00:00", licence="OGL", attribution="NHS England",
        sha256="vacancies", size_bytes=1,
    )  # fmt: skip
    staged = StagedFile(
        record, "vacancies", 1, Edition("2026-03", "March 2026", series="nhs-vacancy-statistics"), folder, parsed=True
    )
    made = Build("20260901T093000Z", "2026-09-01T09:30:00+00:00", "published", "fingerprint", "0")
    build(folder / "workforce.duckdb", [staged], made)
    with duckdb.connect(folder / "workforce.duckdb", read_only=True) as con:
        yield con


def test_a_suppressed_figure_stays_empty_in_everything_made_from_it(suppressed: duckdb.DuckDBPyConnection) -> None:
    *nothing, status, caveat = one(
        suppressed,
        "SELECT vacancy_fte, vacancy_rate_percent, establishment_fte, share_of_england_vacancies_percent, "
        "rank_among_regions, value_status, caveat FROM marts.vacancies WHERE sector = 'Ambulance'",
    )
    assert nothing == [None] * 5
    assert status == "c"
    assert "provisional" in caveat
    assert "none is imputed" in caveat


def test_trusts_without_a_recorded_chief_executive_are_counted_among_those_with_job_roles(
    tmp_path: Path, published: Path
) -> None:
    """Two trusts and an integrated care board; one of the trusts records no chief executive."""
    people = pl.DataFrame(
        [("RJ1", "Chief Executive"), ("RJ1", "Finance Director"), ("RJ7", "Finance Director"), ("QKK", "Chair")],
        schema=["org_code", "nwd_job_role"],
        orient="row",
    )
    frame = people.with_columns(
        pl.lit(None, column.dtype).alias(column.name)
        for column in TABLES["job_role"].frame_columns
        if column.name not in people.columns
    ).with_columns(
        period_end=date(2025, 9, 30), geography_level=pl.lit("Organisation"), area_code="org_code", value=1.0,
        measure=pl.lit("headcount"), source_row=pl.int_range(pl.len(), dtype=pl.Int32),
    )  # fmt: skip
    folder = tmp_path / "staged"
    folder.mkdir()
    frame.write_parquet(folder / "job_role.parquet")
    record = Record(
        series="nhs-workforce-statistics", edition="2025-09", publisher="NHS England", file_name="core 8.csv",
        address="core 8.csv", retrieved_at="2026-01-01T09:30:00+00:00", licence="OGL", attribution="NHS England",
        sha256="core8", size_bytes=1,
    )  # fmt: skip
    edition = Edition("2025-09", "September 2025", series="nhs-workforce-statistics")
    made = Build("20260901T093000Z", "2026-09-01T09:30:00+00:00", "published", "fingerprint", "0")
    trusts = stage(published / "ods/2025-12/etr.csv", tmp_path / "lists", retrieved="2026-01-01T09:30:00+00:00")
    build(tmp_path / "w.duckdb", [StagedFile(record, "core_csv", 1, edition, folder, parsed=True), trusts], made)
    with duckdb.connect(tmp_path / "w.duckdb", read_only=True) as con:
        assert one(
            con,
            "SELECT period_end, value, numerator, denominator FROM marts.leadership_vacancies "
            "WHERE figure_basis = 'job role records'",
        ) == (date(2025, 9, 30), 50.0, 1, 2)
