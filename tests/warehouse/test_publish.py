from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from tests.small_refresh import with_one_export, with_one_page
from warehouse.archive import sha256_of
from warehouse.building.build import Build
from warehouse.errors import KindsMixed, NothingPublished
from warehouse.exports.write import earlier_exports
from warehouse.folder import DataFolder
from warehouse.publish import (
    WITHHELD,
    Release,
    current,
    holds_only_public,
    make_current,
    manifest,
    publish,
    published_release,
    releases,
)
from warehouse.published import published_file
from warehouse.site.charts.drawings import CHARTS, kept_charts
from warehouse.site.rebuild import rebuild_site

pytestmark = pytest.mark.slow

Make = Callable[..., Any]
TODAY = date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    return DataFolder(tmp_path / "data")


@pytest.fixture(autouse=True)
def small_site(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """One page instead of a whole site, except for the test of the site itself."""
    if "whole_site" not in request.keywords:
        with_one_page(monkeypatch)


@pytest.fixture(autouse=True)
def few_exports(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """One mart instead of all, except for the tests of the exports themselves."""
    if not {"whole_site", "exports"} & set(request.keywords):
        with_one_export(monkeypatch)


@pytest.fixture
def candidate(folder: DataFolder, built: Make, made: Build) -> Callable[..., Path]:
    def make(value: float = 100.0, as_made: Build = made) -> Path:
        path = folder.candidates / f"{value}" / "workforce.duckdb"
        path.parent.mkdir(parents=True)
        shutil.copyfile(built(as_made.figure_kind), path)
        with duckdb.connect(path) as con:
            con.execute("UPDATE core.workforce SET value = ?", [value])
        return path

    return make


def value(path: Path) -> Any:
    with duckdb.connect(path, read_only=True) as con:
        return con.execute("SELECT value FROM core.workforce").fetchall()


def test_a_release_carries_manifest_checksums_and_marts(folder: DataFolder, candidate: Make, made: Build) -> None:
    release = publish(folder, candidate(), made, checks="[]", today=TODAY, keep=10)
    assert release.release_id == "2026-11-22.1"
    assert value(folder.published) == [(100.0,)]
    manifest = json.loads((release.folder / "manifest.json").read_text())
    assert manifest["rows"]["core.workforce"] == 1
    assert manifest["editions"] == {"nhs-workforce-statistics": ["2023-05"]}
    sums = dict(reversed(line.split("  ", 1)) for line in (release.folder / "SHA256SUMS").read_text().splitlines())
    assert sums["workforce.duckdb"] == sha256_of(folder.published)
    assert all(sha256_of(release.folder / name) == digest for name, digest in sums.items())


def test_open_readers_keep_what_they_opened(folder: DataFolder, candidate: Make, made: Build) -> None:
    publish(folder, candidate(100.0), made, checks="[]", today=TODAY, keep=10)
    with duckdb.connect(folder.published, read_only=True) as reader:
        newer = candidate(200.0)
        # DuckDB shares one instance per path within a process, so the newer file is looked at as a release.
        release = publish(folder, newer, made, checks="[]", today=TODAY, keep=10)
        assert reader.execute("SELECT value FROM core.workforce").fetchall() == [(100.0,)]
    assert value(release.warehouse) == [(200.0,)]
    assert value(folder.published) == [(200.0,)]


def test_a_release_has_its_site_and_the_link_leads_to_the_newest(
    folder: DataFolder, candidate: Make, made: Build
) -> None:
    first = publish(folder, candidate(100.0), made, checks="[]", today=TODAY, keep=1)
    assert (folder.site / "index.html").read_text().startswith("2026-11-22.1 of 1")
    assert f"{sha256_of(first.folder / 'site' / 'index.html')}  site/index.html" in (
        (first.folder / "SHA256SUMS").read_text().splitlines()
    )
    second = publish(folder, candidate(200.0), made, checks="[]", today=TODAY, keep=1)
    assert (folder.releases / "latest").resolve() == second.folder
    assert (folder.site / "index.html").read_text().startswith("2026-11-22.2 of 2")
    assert not first.folder.exists()


def test_charts_are_taken_from_the_release_before_if_they_are_those_it_published(
    folder: DataFolder, candidate: Make, made: Build
) -> None:
    first, second = (
        publish(folder, candidate(value), made, checks="[]", today=TODAY, keep=10) for value in (100.0, 200.0)
    )
    charts = second.folder / CHARTS
    assert json.loads(charts.read_text()) == {"a digest": first.release_id} == kept_charts(second.folder)
    charts.chmod(0o644)
    charts.write_text('{"a digest": "changed"}')
    assert kept_charts(second.folder) == {}
    charts.unlink()
    third = publish(folder, candidate(300.0), made, checks="[]", today=TODAY, keep=10)
    assert kept_charts(third.folder) == {"a digest": third.release_id}


def test_exports_of_unchanged_marts_are_taken_from_the_published_release_alone(
    folder: DataFolder, candidate: Make, made: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[frozenset[str]] = []

    def noted(release: Path, unchanged: frozenset[str]) -> Any:
        given.append(unchanged)
        return earlier_exports(release, unchanged)

    monkeypatch.setattr("warehouse.publish.earlier_exports", noted)
    unchanged = frozenset({"marts.organisation_event", "core.pay_gap"})
    first = publish(folder, candidate(1.0), made, checks="[]", today=TODAY, keep=10, unchanged=unchanged)
    second = publish(folder, candidate(2.0), made, checks="[]", today=TODAY, keep=10, unchanged=unchanged)
    assert given == [frozenset({"organisation_event"})]
    mart = "marts/organisation_event.parquet"
    assert sha256_of(second.folder / mart) == sha256_of(first.folder / mart)
    make_current(folder, first)  # what is unchanged since this one may differ from the newest
    third = publish(folder, candidate(3.0), made, checks="[]", today=TODAY, keep=10, unchanged=unchanged)
    (third.folder / "manifest.json").chmod(0o644)
    (third.folder / "manifest.json").write_text(json.dumps(manifest(third) | {WITHHELD: {"a-series": []}}))
    publish(folder, candidate(4.0), made, checks="[]", today=TODAY, keep=10, unchanged=unchanged)
    assert given[1:] == [frozenset(), frozenset()]


def test_a_site_that_cannot_be_written_leaves_the_published_file_and_its_site(
    folder: DataFolder, candidate: Make, made: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(folder, candidate(100.0), made, checks="[]", today=TODAY, keep=10)

    def broken(*_: object) -> None:
        raise RuntimeError("template")

    monkeypatch.setattr("warehouse.publish.write_site", broken)
    path = candidate(200.0)
    with pytest.raises(RuntimeError, match="template"):
        publish(folder, path, made, checks="[]", today=TODAY, keep=10)
    assert value(folder.published) == [(100.0,)]
    assert (folder.site / "index.html").read_text().startswith("2026-11-22.1")


@pytest.mark.slow
@pytest.mark.whole_site
def test_the_site_is_written_again_beside_its_release(folder: DataFolder, candidate: Make, made: Build) -> None:
    release = publish(folder, candidate(100.0), made, checks="[]", today=TODAY, keep=10)
    assert folder.site.resolve() == release.folder / "site"
    first, second = rebuild_site(folder), rebuild_site(folder)
    assert folder.site.resolve() == second
    assert not first.exists()
    assert (second / "index.html").read_text() == (release.folder / "site" / "index.html").read_text()


def test_a_clock_that_is_set_back_does_not_change_which_release_is_the_latest(
    folder: DataFolder, candidate: Make, made: Build
) -> None:
    days = [date(2026, 11, 22), date(2026, 1, 5), date(2026, 1, 4), date(2026, 11, 22)]
    for number, day in enumerate(days, start=1):
        release = publish(folder, candidate(float(number)), made, checks="[]", today=day, keep=3)
        assert published_release(folder) == release
        assert releases(folder)[-1] == release
    assert [each.release_id for each in releases(folder)] == ["2026-01-05.1", "2026-01-04.1", "2026-11-22.2"]


def test_only_the_newest_releases_stay(folder: DataFolder, candidate: Make, made: Build) -> None:
    for number in range(1, 13):
        publish(folder, candidate(float(number)), made, checks="[]", today=TODAY, keep=10)
    kept = [release.release_id for release in releases(folder)]
    assert kept == [f"2026-11-22.{number}" for number in range(3, 13)]


def test_a_sample_never_replaces_published_figures(folder: DataFolder, candidate: Make, made: Build) -> None:
    publish(folder, candidate(100.0), made, checks="[]", today=TODAY, keep=10)
    sample = replace(made, figure_kind="illustrative")
    path = candidate(7.0, sample)
    with pytest.raises(KindsMixed, match="never share a folder"):
        publish(folder, path, sample, checks="[]", today=TODAY, keep=10)
    assert value(folder.published) == [(100.0,)]


def test_published_figures_never_enter_a_folder_of_illustrative_ones(
    folder: DataFolder, candidate: Make, made: Build
) -> None:
    sample = replace(made, figure_kind="illustrative")
    publish(folder, candidate(7.0, sample), sample, checks="[]", today=TODAY, keep=10)
    with pytest.raises(KindsMixed, match="this folder holds illustrative ones"):
        publish(folder, candidate(100.0), made, checks="[]", today=TODAY, keep=10)
    assert value(folder.published) == [(7.0,)]


@pytest.mark.exports
def test_a_sample_says_so_in_every_mart_and_export(folder: DataFolder, candidate: Make, made: Build) -> None:
    sample = replace(made, figure_kind="illustrative")
    release = publish(folder, candidate(7.0, sample), sample, checks="[]", today=TODAY, keep=10)
    with duckdb.connect(folder.published, read_only=True) as con:
        marts = con.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'marts' ORDER BY ALL"
        ).fetchall()
        marked = con.execute(
            "SELECT table_name FROM information_schema.columns"
            " WHERE table_schema = 'marts' AND column_name = 'figure_kind' ORDER BY ALL"
        ).fetchall()
    assert marts == marked
    for ending in ("csv", "parquet", "xlsx"):
        assert {path.stem for path in (release.folder / "marts").glob(f"*.{ending}")} == {name for (name,) in marts}
    assert manifest(release)["marts"].keys() == {name for (name,) in marts}
    assert {f"marts.{name}" for (name,) in marts} <= manifest(release)["rows"].keys()
    assert all("figure_kind" in path.read_text().splitlines()[0] for path in (release.folder / "marts").glob("*.csv"))
    assert "ILLUSTRATIVE" in (release.folder / "LICENCE.txt").read_text()


@pytest.mark.parametrize("step", ["export_marts", "_swap"])
def test_a_publication_that_breaks_leaves_the_published_file_as_it_was(
    folder: DataFolder, candidate: Make, made: Build, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    publish(folder, candidate(100.0), made, checks="[]", today=TODAY, keep=10)
    before = sha256_of(folder.published)
    path = candidate(200.0)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"warehouse.publish.{step}", full)
    with pytest.raises(OSError, match="No space left"):
        publish(folder, path, made, checks="[]", today=TODAY, keep=10)
    assert sha256_of(folder.published) == before
    assert not list(folder.releases.glob(".*"))
    monkeypatch.undo()
    publish(folder, candidate(300.0), made, checks="[]", today=TODAY, keep=10)
    assert value(folder.published) == [(300.0,)]


def test_there_is_a_sentence_where_nothing_is_published(folder: DataFolder) -> None:
    assert current(folder) is None
    with pytest.raises(NothingPublished, match="workforce run"):
        published_file(folder)


def test_what_is_published_can_be_told_from_the_file(folder: DataFolder, candidate: Make, made: Build) -> None:
    publish(folder, candidate(), made, checks="[]", today=TODAY, keep=10)
    assert current(folder) == made


def marts_of(path: Path) -> dict[str, int]:
    """Rows of each mart in a warehouse."""
    with duckdb.connect(path, read_only=True) as con:
        names = con.execute("SELECT mart FROM meta.mart").fetchall()
        return {name: con.execute(f"SELECT count(*) FROM marts.{name}").fetchall()[0][0] for (name,) in names}


def exported(release: Release) -> dict[str, int]:
    """Rows of each mart among a release's exports."""
    found = (release.folder / "marts").glob("*.parquet")
    return {path.stem: pl.scan_parquet(path).select(pl.len()).collect().item() for path in found}


@pytest.fixture
def restricted(candidate: Make) -> Path:
    """A candidate whose only loaded series may not be passed on."""
    path: Path = candidate()
    with duckdb.connect(path) as con:
        con.execute("UPDATE meta.series SET may_redistribute = FALSE WHERE series = 'nhs-workforce-statistics'")
        loaded = con.execute("SELECT series, table_name FROM meta.series_table WHERE is_loaded").fetchall()
    assert loaded == [("nhs-workforce-statistics", "workforce")]
    return path


@pytest.mark.exports
def test_a_series_that_may_not_be_passed_on_is_in_the_published_file_only(
    folder: DataFolder, restricted: Path, made: Build
) -> None:
    checks = json.dumps([{"rule_id": "a", "examples": "a row"}])
    release = publish(folder, restricted, made, checks=checks, today=TODAY, keep=10)
    assert value(folder.published) == value(release.warehouse) == [(100.0,)]
    assert value(folder.public) == value(release.public) == []
    with duckdb.connect(folder.public, read_only=True) as con:
        assert con.execute("SELECT * FROM meta.source_file UNION ALL BY NAME FROM meta.edition").fetchall() == []
        freshness = "SELECT DISTINCT is_loaded FROM meta.freshness WHERE table_name IS NOT NULL"
        assert con.execute(freshness).fetchall() == [(False,)]
    assert exported(release) == marts_of(folder.public)
    assert "not passed on" not in (folder.public.parent / "LICENCE.txt").read_text()
    assert "core.workforce" in (folder.public.parent / "LICENCE.txt").read_text()
    assert manifest(release)["left_out_of_public_copy"] == {"nhs-workforce-statistics": ["workforce"]}
    assert "a row" not in (release.folder / "checks.json").read_text()
    assert not holds_only_public(release)


@pytest.mark.exports
def test_the_operator_may_pass_it_on_all_the_same(folder: DataFolder, restricted: Path, made: Build) -> None:
    leave = frozenset({"nhs-workforce-statistics"})
    release = publish(folder, restricted, made, checks="[]", today=TODAY, keep=10, passed_on=leave)
    assert value(folder.public) == [(100.0,)]
    assert folder.public.samefile(release.warehouse)
    assert exported(release) == marts_of(folder.published)
    assert "has declared such permission" in (release.folder / "LICENCE.txt").read_text()
    assert holds_only_public(release)


def test_where_everything_may_be_passed_on_the_public_file_is_the_published_one(
    folder: DataFolder, candidate: Make, made: Build
) -> None:
    release = publish(folder, candidate(), made, checks="[]", today=TODAY, keep=10)
    assert folder.public.samefile(folder.published)
    assert holds_only_public(release)


def test_made_up_figures_are_nobodys(folder: DataFolder, restricted: Path, made: Build) -> None:
    release = publish(folder, restricted, replace(made, figure_kind="illustrative"), checks="[]", today=TODAY, keep=10)
    assert value(release.public) == [(100.0,)]
