"""The difference of two warehouses has exactly the rows that were changed."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from rich.console import Console

from flows.cli.diff_report import DiffFormat, show_difference
from warehouse.asking.diff import Difference, diff
from warehouse.asking.lookup import grain_columns
from warehouse.building.build import Build, build
from warehouse.building.mart_files import marts
from warehouse.errors import NoSuchRelease
from warehouse.folder import DataFolder
from warehouse.publish import warehouse_named

pytestmark = pytest.mark.slow

Change = Callable[..., Path]


@pytest.fixture
def changed(sample: Any, tmp_path: Path) -> Change:
    """Makes a copy of the sample's warehouse, changed by statements."""

    def change(*statements: str) -> Path:
        path = tmp_path / "changed.duckdb"
        shutil.copyfile(sample.warehouse, path)
        with duckdb.connect(path) as con:
            for statement in statements:
                con.execute(statement)
        return path

    return change


def line(difference: Difference, table: str) -> dict[str, Any]:
    return difference.tables.row(by_predicate=pl.col("table") == table, named=True)


def printed(difference: Difference, form: DiffFormat) -> str:
    stream = io.StringIO()
    show_difference(difference, form, Console(file=stream, width=240))
    return stream.getvalue()


def test_a_warehouse_does_not_differ_from_itself(sample: Any) -> None:
    difference = diff(sample.warehouse, sample.warehouse)
    assert difference.differing.is_empty()
    assert difference.changes.is_empty()
    assert "None of" in printed(difference, DiffFormat.TABLE)


WORKFORCE = "core.workforce_latest"


def test_rows_added_removed_and_changed_are_counted_by_grain(sample: Any, changed: Change) -> None:
    after = changed(
        "UPDATE core.workforce SET value = value + 5 WHERE area_code = 'RR8' AND period_end = DATE '2025-10-31'"
        " AND staff_group = 'All staff groups' AND measure = 'headcount'",
        "DELETE FROM core.turnover WHERE org_code = 'RXV'",
        "DELETE FROM marts.leadership_turnover WHERE org_code = 'RXV'",
        "INSERT INTO marts.leadership_size BY NAME SELECT * REPLACE ('ZZZ' AS org_code)"
        " FROM marts.leadership_size LIMIT 1",
    )
    difference = diff(
        sample.warehouse,
        after,
        only=[WORKFORCE, "core.turnover_latest", "marts.leadership_turnover", "marts.leadership_size"],
    )
    assert line(difference, "marts.leadership_size")["added"] == 1
    assert set(difference.differing["table"]) >= {"core.workforce_latest", "core.turnover_latest"}
    workforce = line(difference, "core.workforce_latest")
    assert (workforce["added"], workforce["removed"], workforce["changed"]) == (0, 0, 1)
    assert difference.changes.filter(table="core.workforce_latest").select("measure", "change").rows() == [
        ("headcount", 5.0)
    ]
    turnover = line(difference, "core.turnover_latest")
    assert turnover["removed"] == turnover["rows_before"] - turnover["rows_after"] > 0
    assert line(difference, "marts.leadership_turnover")["removed"] > 0
    assert line(difference, "marts.leadership_turnover")["changed"] == 0


def test_the_same_figure_in_another_cell_or_edition_is_no_change(sample: Any, changed: Change) -> None:
    after = changed("UPDATE core.pay_gap SET source_row = source_row + 1, edition = '2099-00'")
    assert "core.pay_gap_latest" not in diff(sample.warehouse, after, only=["core.pay_gap_latest"]).differing["table"]


def test_a_figure_that_is_suppressed_now_is_a_change_without_a_size(sample: Any, changed: Change) -> None:
    after = changed(
        "UPDATE core.workforce SET value = NULL, value_status = 'c' WHERE area_code = 'RR8'"
        " AND period_end = DATE '2025-10-31' AND staff_group = 'Managers' AND measure = 'fte'"
    )
    changes = diff(sample.warehouse, after, only=[WORKFORCE]).changes
    assert changes.select("after", "change").rows() == [(None, None)]


def test_the_largest_changes_come_first_and_few_are_shown(sample: Any, changed: Change) -> None:
    after = changed("UPDATE core.workforce SET value = value * 1.1 WHERE measure = 'fte'")
    changes = diff(sample.warehouse, after, only=[WORKFORCE]).changes
    sizes = changes["change"].abs().to_list()
    assert len(sizes) == 5
    assert sizes == sorted(sizes, reverse=True)
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        largest = con.execute("SELECT 0.1 * max(value) FROM core.workforce_latest WHERE measure = 'fte'").fetchall()
    assert sizes[0] == pytest.approx(largest[0][0])


def test_a_table_or_column_that_only_one_side_has_is_a_difference(sample: Any, changed: Change) -> None:
    after = changed(
        "DROP TABLE marts.leadership_size",
        "CREATE TABLE marts.novelty AS SELECT 1 AS place",
        "ALTER TABLE marts.board_roles DROP COLUMN caveat",
    )
    difference = diff(sample.warehouse, after, only=["marts.leadership_size", "marts.novelty", "marts.board_roles"])
    assert line(difference, "marts.leadership_size")["rows_after"] is None
    assert line(difference, "marts.novelty")["added"] == 1
    assert line(difference, "marts.board_roles")["columns"] == "removed: caveat"
    assert {"marts.leadership_size", "marts.novelty", "marts.board_roles"} <= set(difference.differing["table"])


def test_a_column_that_is_a_number_on_one_side_only_is_a_difference(sample: Any, changed: Change) -> None:
    after = changed("ALTER TABLE reference.speech_claim ALTER claimed_value TYPE VARCHAR")
    found = line(diff(sample.warehouse, after, only=["reference.speech_claim"]), "reference.speech_claim")
    assert (found["changed"] or 0, found["columns"]) == (0, "other type: claimed_value")


def test_a_table_that_is_not_unique_on_its_grain_is_compared_by_whole_rows(sample: Any, changed: Change) -> None:
    after = changed("INSERT INTO marts.leadership_turnover SELECT * FROM marts.leadership_turnover LIMIT 3")
    found = line(diff(sample.warehouse, after, only=["marts.leadership_turnover"]), "marts.leadership_turnover")
    assert (found["compared_by"], found["added"], found["removed"], found["changed"]) == ("whole rows", 3, 0, None)


def test_a_new_edition_is_named_and_its_revision_is_a_change(
    tmp_path: Path, staged: Any, row: Any, made: Build
) -> None:
    june = date(2023, 6, 30)
    first = staged("2023-05", [row(100.0)])
    second = staged("2023-06", [row(101.0), row(110.0, period_end=june)])
    build(tmp_path / "a.duckdb", [first], made)
    build(tmp_path / "b.duckdb", [first, second], made)
    difference = diff(tmp_path / "a.duckdb", tmp_path / "b.duckdb", only=[WORKFORCE])
    assert difference.editions.rows() == [("nhs-workforce-statistics", "2023-06", "added")]
    workforce = line(difference, "core.workforce_latest")
    assert (workforce["added"], workforce["removed"], workforce["changed"]) == (1, 0, 1)


class TestPrinted:
    """The same difference as table, Markdown and HTML."""

    @pytest.fixture
    def difference(self, sample: Any, changed: Change) -> Difference:
        return diff(
            sample.warehouse,
            changed(
                "UPDATE core.workforce SET value = value + 5, area_name = 'A & B' WHERE area_code = 'RR8'"
                " AND period_end = DATE '2025-10-31' AND staff_group = 'Nurses & health visitors'"
            ),
            only=[WORKFORCE],
        )

    def test_markdown_is_tables_of_equal_rows(self, difference: Difference) -> None:
        lines = printed(difference, DiffFormat.MARKDOWN).splitlines()
        tables = [each for each in lines if each.startswith("| core.workforce_latest")]
        assert len(tables) == 1 + difference.changes.filter(table="core.workforce_latest").height
        assert {each.count(" | ") for each in lines if each.startswith("| core.workforce_latest | series")} == {7}

    def test_html_is_one_page_with_its_text_escaped(self, difference: Difference) -> None:
        page = printed(difference, DiffFormat.HTML)
        assert "Nurses &amp; health visitors" in page
        assert "Nurses & health" not in page
        seen: list[str] = []
        parser = HTMLParser()
        parser.handle_starttag = lambda tag, attrs: seen.append(tag)  # type: ignore[method-assign]
        parser.feed(page)
        assert seen.count("table") == 2

    def test_kinds_of_figures_that_differ_are_said(self, sample: Any, changed: Change) -> None:
        other = changed("UPDATE meta.build SET figure_kind = 'published'")
        assert "not statistics" in printed(diff(sample.warehouse, other, only=[WORKFORCE]), DiffFormat.TABLE)


def test_every_mart_states_a_grain_in_column_names_and_is_unique_on_it(sample: Any) -> None:
    with duckdb.connect(sample.warehouse, read_only=True) as con:
        for mart in marts():
            grain = grain_columns(con, f"marts.{mart.name}")
            assert grain, f"marts.{mart.name} does not state its grain in column names"
            listed = ", ".join(grain)
            repeated = con.execute(
                f"SELECT {listed}, count(*) FROM marts.{mart.name} GROUP BY ALL HAVING count(*) > 1"
            ).fetchall()
            assert repeated == [], mart.name


def empty_release(folder: DataFolder, name: str) -> Path:
    """A release without content; the path of its warehouse."""
    place = folder.releases / name
    place.mkdir(parents=True)
    (place / "manifest.json").write_text("{}")
    (place / "workforce.duckdb").touch()
    return place / "workforce.duckdb"


def test_a_release_that_is_not_there_lists_those_that_are(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    empty_release(folder, "2026-01-02.1")
    with pytest.raises(NoSuchRelease, match=r"2026-01-02\.1"):
        warehouse_named(folder, "2026-01-01.1")


def test_a_release_is_found_by_its_id_and_a_build_by_its_path(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    kept = empty_release(folder, "2026-01-02.1")
    assert warehouse_named(folder, "2026-01-02.1") == kept
    assert warehouse_named(folder, str(kept)) == kept
