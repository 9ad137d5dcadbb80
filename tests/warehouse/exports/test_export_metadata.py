"""CSV on the Web and the data package, held against the libraries that read them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import csvw
import duckdb
import frictionless
import pyarrow.parquet as pq
import pytest

from tests.sample_warehouse import Sample
from tests.warehouse.exports.conftest import Exported
from warehouse.archive import sha256_of
from warehouse.exports.facts import MartFacts, mart_facts
from warehouse.exports.metadata import csvw as csvw_metadata
from warehouse.exports.metadata import datapackage, types_of
from warehouse.exports.write import export_mart

ABOUT = {"release": "2026-11-22.1", "built_at": "2026-11-22T10:00:00+00:00", "figure_kind": "illustrative"}
SHOWN = 40
"""Rows of each mart that are validated: the libraries go through every cell in Python."""


@pytest.fixture(scope="module")
def marts(sample_warehouse: Sample) -> list[MartFacts]:
    with duckdb.connect(sample_warehouse.warehouse, read_only=True) as con:
        return mart_facts(con)


@pytest.fixture(scope="module")
def release(sample_warehouse: Sample, marts: list[MartFacts], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first rows of every mart of the sample, exported, with the data package."""
    root = tmp_path_factory.mktemp("release")
    folder = root / "marts"
    folder.mkdir()
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{sample_warehouse.warehouse}' AS whole (READ_ONLY); CREATE SCHEMA marts")
        keys = {}
        for mart in marts:
            con.execute(f"CREATE TABLE marts.{mart.name} AS FROM whole.marts.{mart.name} LIMIT {SHOWN}")
            keys[mart.name] = tuple(export_mart(con, mart, folder)["keys"])
    files = {mart.name: ((path := folder / f"{mart.name}.csv").stat().st_size, sha256_of(path)) for mart in marts}
    package = datapackage({mart.name: (mart, keys[mart.name]) for mart in marts}, files, ABOUT)
    (root / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    return root


def test_every_mart_says_what_it_is_and_whose_figures_it_has(marts: list[MartFacts]) -> None:
    assert len(marts) > 35
    for mart in marts:
        assert mart.about, mart.name
        assert mart.grain, mart.name
        assert mart.source, mart.name
        assert mart.caveats, mart.name
        assert mart.rights, mart.name
        assert all(column.about for column in mart.columns), mart.name
    vacancies = next(mart for mart in marts if mart.name == "vacancies")
    assert {each.series for each in vacancies.rights} == {"nhs-vacancy-statistics", "nhs-workforce-statistics"}
    assert not vacancies.cites


def test_csvw_accepts_every_mart(release: Path, marts: list[MartFacts]) -> None:
    refused = []
    for mart in marts:
        read = csvw.CSVW(str(release / "marts" / f"{mart.name}.csv-metadata.json"), validate=True)
        if not read.is_valid:
            refused.append((mart.name, [str(each.message) for each in read.warnings]))
    assert refused == []


def test_csvw_refuses_what_is_not_of_its_type(odd: Exported, tmp_path: Path) -> None:
    metadata = csvw_metadata(odd.mart, ("org_code",))
    (tmp_path / "odd_values.csv").write_bytes(odd.file("csv").read_bytes())
    for column, type_, is_valid in (("change_fte", "number", True), ("change_fte", "date", False)):
        changed = json.loads(json.dumps(metadata))
        next(each for each in changed["tableSchema"]["columns"] if each["name"] == column)["datatype"] = type_
        path = tmp_path / "odd_values.csv-metadata.json"
        path.write_text(json.dumps(changed))
        assert csvw.CSVW(str(path), validate=True).is_valid is is_valid


def test_csvw_gives_the_values_back(odd: Exported) -> None:
    table = csvw.Table.from_file(odd.file("csv-metadata.json"))
    rows = list(table)
    assert rows[0]["org_code"] == "5E1"
    assert f"{rows[0]['change_fte']}" == "-5.25"
    assert f"{rows[0]['period_end']:%Y-%m-%d}" == "2023-05-31"
    assert rows[0]["months_of_year"] == [1, 2]
    assert rows[2]["headcount"] is None
    assert table.tableSchema.primaryKey == ["org_code"]


def test_frictionless_accepts_the_package_and_its_files(release: Path, marts: list[MartFacts]) -> None:
    package = frictionless.Package(str(release / "datapackage.json"))
    assert {resource.name for resource in package.resources} == {mart.name for mart in marts}
    report = package.validate()
    assert [task.flatten(["rowNumber", "fieldName", "message"]) for task in report.tasks if not task.valid] == []
    assert report.valid


def test_a_changed_file_is_no_longer_the_packages(release: Path, tmp_path: Path) -> None:
    package: dict[str, Any] = json.loads((release / "datapackage.json").read_text())
    package["resources"] = [each for each in package["resources"] if each["name"] == "organisation_event"]
    (tmp_path / "marts").mkdir()
    whole = (release / "marts" / "organisation_event.csv").read_bytes()
    (tmp_path / "marts" / "organisation_event.csv").write_bytes(whole.replace(b"20", b"21", 1))
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    assert not frictionless.Package(str(tmp_path / "datapackage.json")).validate().valid


def test_licences_are_those_of_the_series(odd: Exported) -> None:
    package = datapackage({"odd_values": (odd.mart, ())}, {"odd_values": (1, "0")}, ABOUT)
    assert [(each["name"], each["title"]) for each in package["licenses"]] == [
        ("other", "Ask first"),
        ("OGL-UK-3.0", "Open Government Licence v3.0"),
    ]
    assert "ILLUSTRATIVE" in package["description"]
    assert "primaryKey" not in package["resources"][0]["schema"]


def test_parquet_carries_licence_and_description(odd: Exported) -> None:
    said = {key.decode(): value.decode() for key, value in pq.read_metadata(odd.file("parquet")).metadata.items()}
    assert "Under the Open Government Licence v3.0: Nobody." in said["licence"]
    assert (said["caveats"], said["figure_kind"]) == ("nothing of it is true.", "illustrative")


def test_a_type_that_is_not_known_is_an_error(odd: Exported) -> None:
    with pytest.raises(KeyError):
        types_of(replace(odd.mart.columns[0], type="BLOB"))
