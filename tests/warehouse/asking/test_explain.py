"""A row of a mart is traced back to its published cells, which are read from the archived files."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from transforms.opening.opened import open_sheet
from transforms.published_file import PublishedFile
from transforms.series import TABLES
from warehouse.archive import Archive
from warehouse.asking.explain import Explanation, explain
from warehouse.asking.lookup import grain_columns
from warehouse.building.mart_files import marts
from warehouse.errors import ArchiveDamaged, NoSuchColumn, NoSuchRow, NoSuchTable, SeveralRows

pytestmark = pytest.mark.slow

MARTS = [mart.name for mart in marts()]
NOT_MADE_OF_FIGURES = {"revisions"}
"""Marts about the warehouse itself."""
OF_A_CLAIM = {"claimed_value", "tolerance_points"}
"""Numbers of reference.speech_claim, which are said and not published."""


@pytest.fixture(scope="module", autouse=True)
def sheets_opened_once() -> Iterator[None]:
    """A sheet of an archived file is opened once for all tests; opening them is most of their time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("warehouse.asking.explain.open_sheet", cache(open_sheet))
        yield


def explained(sample: Any, table: str, **key: str) -> Explanation:
    return explain(sample.warehouse, sample.archive, table, key)


def test_a_figure_of_turnover_leads_to_its_cell_and_both_denominators(sample: Any) -> None:
    told = explained(
        sample,
        "leadership_turnover",
        period_end="2025-10-31",
        time_span="1 month, as published",
        org_code="RR8",
        staff_group="All staff groups",
        measure="fte",
        flow="leavers",
    )
    assert [(step.made_from, step.rows, step.extent) for step in told.steps] == [("core.turnover_latest", 3, "all")]
    assert "core.turnover_latest" in told.steps[0].made_by
    figures = {row["figure"].split('"flow":"')[1].split('"')[0]: row for row in told.figures.iter_rows(named=True)}
    assert {flow: row["value"] for flow, row in figures.items()} == {
        "leavers": told.row["flow_value"],
        "in_post_at_start": told.row["in_post_at_start"],
        "in_post_at_end": told.row["in_post_at_end"],
    }
    assert {row["verdict"] for row in figures.values()} == {"prints it"}
    assert {float(row["printed"]) for row in figures.values()} == {row["value"] for row in figures.values()}
    assert all(row["file_name"].endswith("Oct-25.csv") and len(row["file_sha256"]) == 64 for row in figures.values())


def test_a_mart_made_of_a_mart_leads_down_to_published_cells(sample: Any) -> None:
    told = explained(
        sample,
        "leadership_diversity",
        period_end="2025-10-31",
        characteristic="ethnicity",
        category="Asian or Asian British",
        leadership_group="Very Senior Manager",
        population="NHS trusts and core organisations: workforce statistics, grade within senior managers",
    )
    assert [step.made_from for step in told.steps] == [
        "marts.leadership_diversity_all_sources",
        "marts.staff_by_characteristic",
        "core.person_characteristic_latest",
    ]
    assert [step.extent for step in told.steps] == ["all", "all", "among"]
    assert told.row["headcount"] in told.figures["value"].to_list()
    assert set(told.figures["verdict"]) == {"prints it"}


@pytest.mark.parametrize("series", ["ethnicity-facts-and-figures", "nhs-workforce-statistics"])
def test_the_cells_of_a_leadership_group_add_up_to_its_headcount(sample: Any, series: str) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        rows = con.execute(
            "SELECT period_end::VARCHAR, population, category, leadership_group, headcount "
            "FROM marts.leadership_diversity_all_sources WHERE source_series = ? AND characteristic = 'ethnicity' "
            "AND figure_basis = 'workforce statistics, counted' AND group_kind = 'leadership group' "
            "AND leadership_group IN ('Very Senior Manager', 'Bands 8a-9') AND category_level = 'group' "
            "AND headcount > 0 ORDER BY ALL LIMIT 6",
            [series],
        ).fetchall()
    assert rows
    for period_end, population, category, group, headcount in rows:
        told = explained(
            sample,
            "leadership_diversity_all_sources",
            period_end=period_end,
            population=population,
            source_series=series,
            characteristic="ethnicity",
            category=category,
            leadership_group=group,
        )
        keys = [json.loads(figure) for figure in told.figures["figure"]]
        printed = {
            (key["grade"], key["staff_group"], key["role_group"]): float(text)
            for key, text in zip(keys, told.figures["printed"], strict=True)
            if key["category"] == category and key["grade"] != "All grades"
        }
        whole = {place: value for place, value in printed.items() if place[1] == "All staff groups"}
        assert sum((whole or printed).values()) == headcount, (period_end, category, group)


def test_a_rate_stored_as_a_fraction_is_said_to_be_one(sample: Any) -> None:
    told = explained(
        sample,
        "core.vacancy",
        quarter_end="2025-12-31",
        area_code="England",
        sector="All sectors",
        staff_group="Medical",
        measure="vacancy_rate_percent",
    )
    assert told.figures["verdict"].to_list() == ["prints it as a fraction of one"]
    assert 100 * float(told.figures["printed"][0]) == pytest.approx(told.row["value"])


def test_a_row_that_is_one_line_of_a_list_leads_to_the_whole_line(sample: Any) -> None:
    told = explained(sample, "core.organisation", org_code="RR8", kind="trust")
    assert told.figures["verdict"].to_list() == ["the row prints it"]
    assert told.figures["printed"][0].startswith("RR8 | LEEDS TEACHING HOSPITALS NHS TRUST")


def test_a_row_of_a_history_leads_to_its_cell(sample: Any) -> None:
    key = {"period_end": "2025-07-31", "area_code": "England", "staff_group": "All staff groups"}
    told = explained(sample, "workforce_history", measure="headcount", **key)
    assert told.row["known_until"] is None
    assert told.figures["verdict"].to_list() == ["prints it"]


def test_a_revised_figure_shows_both_values_and_editions(sample: Any) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        area, group, period, old, new = con.execute(
            "SELECT figure->>'area_code', figure->>'staff_group', figure->>'period_end', old_value, new_value "
            "FROM meta.revision WHERE table_name = 'workforce' AND measure = 'headcount' LIMIT 1"
        ).fetchall()[0]
    told = explained(
        sample, "core.workforce", area_code=area, staff_group=group, period_end=period, measure="headcount"
    )
    assert told.row["value"] == new
    assert told.revisions.select("old_value", "new_value").rows() == [(old, new)]
    assert set(told.figures["verdict"]) == {"prints it"}


def test_notes_of_the_organisation_and_of_england_are_shown_for_their_months(sample: Any) -> None:
    key = {"area_code": "RR8", "staff_group": "All staff groups", "measure": "headcount"}
    june = explained(sample, "core.workforce", period_end="2025-06-30", **key)
    october = explained(sample, "core.workforce", period_end="2025-10-31", **key)
    assert june.notes["reference_number"].to_list() == ["DQ005", "DQ006", "DQ412"]
    assert october.notes["reference_number"].to_list() == ["DQ005"]


def test_a_cited_figure_ends_in_its_citation(sample: Any) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        headline = con.execute("SELECT min(headline_id) FROM marts.vacancy_headlines").fetchall()[0][0]
    told = explained(sample, "vacancy_headlines", headline_id=headline)
    assert told.cited["headline_id"].to_list() == [headline]
    assert told.cited["source_url"][0]


@pytest.mark.slow
@pytest.mark.parametrize("mart", [name for name in MARTS if name not in NOT_MADE_OF_FIGURES])
def test_rows_of_every_mart_lead_to_figures_that_stand_where_they_are_said_to(mart: str, sample: Any) -> None:
    for key in _some_keys(sample.warehouse, mart):
        told = explained(sample, mart, **key)
        assert told.holds, (mart, key)
        has_value = any(isinstance(value, float) for name, value in told.row.items() if name not in OF_A_CLAIM)
        assert told.figures.height or told.cited.height or not has_value, (mart, key)


def _some_keys(warehouse: Path, mart: str) -> list[dict[str, str]]:
    """The grain columns of a few rows spread over the mart."""
    with duckdb.connect(warehouse, read_only=True) as con:
        grain = grain_columns(con, f"marts.{mart}")
        assert grain, f"marts.{mart} does not state its grain in column names"
        listed = ", ".join(f"coalesce({name}::VARCHAR, '')" for name in grain)
        rows = con.execute(
            f"SELECT {listed} FROM marts.{mart} USING SAMPLE reservoir(4 ROWS) REPEATABLE (7)"
        ).fetchall()
    return [dict(zip(grain, row, strict=True)) for row in rows]


def test_every_mart_has_its_lineage_declared(sample: Any) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        declared = con.execute("SELECT DISTINCT mart FROM reference.lineage ORDER BY ALL").fetchall()
    assert {name for (name,) in declared} == set(MARTS) - NOT_MADE_OF_FIGURES


def test_the_lineage_of_every_mart_names_tables_and_columns_that_exist(sample: Any) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        for mart in marts():
            for each in mart.lineage:
                con.execute(
                    f"EXPLAIN SELECT 1 FROM {each.made_from} AS figure, marts.{mart.name} AS made "
                    f"WHERE {each.joined_where}"
                )


def test_every_figure_of_the_sample_stands_in_the_cell_it_names(sample: Any) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        names = dict(con.execute("SELECT file_sha256, file_name FROM meta.source_file").fetchall())
        valued = [table.name for table in TABLES.values() if "value" in table.values]
        figures = pl.concat(
            con.execute(
                f"SELECT file_sha256, coalesce(source_sheet, '') AS sheet, source_row, source_column, value "
                f"FROM core.{name} WHERE value IS NOT NULL"
            ).pl()
            for name in valued
        )
    assert figures.height > 50_000
    assert _wrong_cells(figures, sample.archive, names) == {}


def _wrong_cells(figures: pl.DataFrame, archive: Archive, names: Mapping[str, str]) -> dict[Any, int]:
    paths = {record.sha256: archive.verified(record) for record in archive.records()}
    wrong = {}
    for (sha256, sheet), group in figures.group_by("file_sha256", "sheet"):
        grid = open_sheet(PublishedFile(paths[str(sha256)], names[str(sha256)]), str(sheet))
        cells = grid.melt(rows=(1, grid.text.height), columns=grid.columns)
        both = group.join(cells, on=["source_row", "source_column"], how="left")
        same = ((pl.col("value") - pl.col("number")).abs() < 1e-6) | (
            (pl.col("value") - 100 * pl.col("number")).abs() < 1e-6
        )
        if number := both.filter(~same.fill_null(False)).height:
            wrong[sha256, sheet] = number
    return wrong


class TestWhatIsAskedWrongly:
    """Each mistake has its own error, which says what to do."""

    def test_an_unknown_table_lists_those_there_are(self, sample: Any) -> None:
        with pytest.raises(NoSuchTable, match=r"marts\.leadership_turnover"):
            explained(sample, "leadership_turnovr", org_code="RR8")

    def test_an_unknown_column_lists_those_there_are(self, sample: Any) -> None:
        with pytest.raises(NoSuchColumn, match="org_code"):
            explained(sample, "leadership_turnover", organisation="RR8")

    def test_a_value_of_the_wrong_type_says_which_is_wanted(self, sample: Any) -> None:
        with pytest.raises(NoSuchColumn, match="DATE"):
            explained(sample, "leadership_turnover", period_end="October")

    def test_no_row_names_the_value_that_is_nowhere(self, sample: Any) -> None:
        with pytest.raises(NoSuchRow, match="no row at all has org_code=RZ9"):
            explained(sample, "leadership_turnover", org_code="RZ9")

    def test_several_rows_name_the_columns_to_add(self, sample: Any) -> None:
        with pytest.raises(SeveralRows, match=r"add column=value for .*flow"):
            explained(sample, "leadership_turnover", org_code="RR8")


def test_a_cell_that_prints_something_else_is_found_out(sample: Any, tmp_path: Path) -> None:
    forged = tmp_path / "forged.duckdb"
    shutil.copyfile(sample.warehouse, forged)
    key = {"area_code": "England", "staff_group": "All staff groups", "period_end": "2025-10-31", "measure": "fte"}
    with duckdb.connect(forged) as con:
        con.execute("UPDATE core.workforce SET value = value + 1 WHERE area_code = 'England'")
    told = explain(forged, sample.archive, "core.workforce", key)
    assert set(told.figures["verdict"]) == {"DIFFERS from the figure"}
    assert not told.holds


def test_archived_bytes_that_changed_are_not_read(sample: Any, tmp_path: Path) -> None:
    shutil.copytree(sample.archive.root, tmp_path / "archive")
    archive = Archive(tmp_path / "archive")
    key = {"area_code": "England", "staff_group": "All staff groups", "period_end": "2025-10-31", "measure": "fte"}
    sha256 = str(explain(sample.warehouse, archive, "core.workforce", key).figures["file_sha256"][0])
    place = archive.root / "objects" / sha256[:2] / sha256
    place.chmod(0o644)
    place.write_bytes(b"something else")
    with pytest.raises(ArchiveDamaged):
        explain(sample.warehouse, archive, "core.workforce", key)
