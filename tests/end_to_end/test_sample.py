"""The bundled sample: the same discovery, download and reading as for the live publishers, on loopback."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.cli.command import app
from tests.whole_answer import ask
from warehouse.archive import Archive
from warehouse.folder import DataFolder

pytestmark = pytest.mark.slow


def test_every_series_of_the_sample_is_archived_with_where_it_came_from(sample: Path) -> None:
    records = Archive(DataFolder(sample).archive).records()
    assert {record.series for record in records} >= {
        "nhs-workforce-statistics",
        "nhs-vacancy-statistics",
        "gender-pay-gap",
        "ods",
        "ethnicity-facts-and-figures",
        "nhs-staff-survey",
        "wres",
    }
    assert all(record.address.startswith("https://") for record in records)
    assert {record.figure_kind for record in records} == {"illustrative"}


def test_every_core_table_and_mart_of_the_sample_holds_rows(sample: Path) -> None:
    rows = ask(
        DataFolder(sample).published,
        "SELECT schema_name || '.' || table_name AS name, estimated_size AS rows FROM duckdb_tables()"
        " WHERE schema_name IN ('core', 'marts') ORDER BY name",
    )
    # The list of memberships is made from a mapping file whose layout as published is not known: the sample has none.
    assert rows.filter(rows["rows"] == 0)["name"].to_list() == ["core.organisation_membership"]


def test_every_mart_of_the_sample_is_marked(sample: Path) -> None:
    warehouse = DataFolder(sample).published
    names = ask(warehouse, "SELECT table_name FROM information_schema.tables WHERE table_schema = 'marts'")
    for name in names["table_name"]:
        kinds = ask(warehouse, f"SELECT DISTINCT figure_kind FROM marts.{name}")["figure_kind"].to_list()
        assert kinds in (["illustrative"], []), name


def test_a_second_run_of_the_sample_fetches_and_builds_nothing(sample: Path) -> None:
    again = CliRunner().invoke(app, ["run", "--sample", "--data", str(sample)])
    assert again.exit_code == 0, again.output
    assert re.search(r"Nothing new\. 0 files new, \d+ unchanged; 0 read", " ".join(again.output.split()))


def test_the_editions_of_the_sample_are_listed(sample: Path) -> None:
    shown = CliRunner().invoke(app, ["editions", "nhs-vacancy-statistics", "--data", str(sample)])
    assert shown.exit_code == 0
    assert "announced" in shown.output
    assert "2026-03" in shown.output
