"""What is wrong with the archive, or has no reader yet, is said, and stops nothing."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from flows import pipeline
from flows.fetching.results import FetchedFile, FetchedSeries
from flows.results import Outcome
from flows.summary import markdown
from tests.flows.fetching.test_inbox import ETR
from tests.warehouse.test_interrupted import PowerCut, cut_while_deleting
from transforms.series import SeriesId
from warehouse.archive import Archive, Facts, Record, sha256_of
from warehouse.building.build import KEPT_ONLY, build, fingerprint
from warehouse.staging import StagedFile, Staging

EVERY = frozenset(each.value for each in SeriesId)
ANNEX = "nhs-vac-stats-apr15-mar24-eng-dq-annex.xlsx"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def put(archive: Archive, path: Path, name: str, series: str, edition: str, content: bytes) -> Record:
    path.write_bytes(content)
    facts = Facts(series, edition, "", name, "https://example.invalid", "2025-07-02T09:45:00+00:00", "OGL", "NHS")
    return archive.put(path, facts).record


def damage(archive: Archive, record: Record) -> None:
    path = archive.verified(record)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    path.write_bytes(path.read_bytes()[:-9])


@pytest.mark.parametrize("force", [False, True])
def test_archived_bytes_are_verified_once_per_reading(
    archive: Archive, tmp_path: Path, force: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = put(archive, tmp_path / "etr.csv", "etr.csv", "ods", "2025-07", ETR)
    hashed: list[Path] = []
    monkeypatch.setattr("warehouse.archive.sha256_of", lambda path: (hashed.append(path), sha256_of(path))[1])
    for readings in (1, 2):
        pipeline.read_file(Staging(tmp_path / "staged", archive), record, force=force)
        assert len(hashed) == readings


@pytest.mark.parametrize("force", [False, True])
def test_damaged_bytes_that_were_never_read_are_a_gap_of_their_file(
    archive: Archive, tmp_path: Path, force: bool
) -> None:
    record = put(archive, tmp_path / "etr.csv", "etr.csv", "ods", "2025-07", ETR)
    damage(archive, record)
    reading = pipeline.gather([pipeline.read_file(Staging(tmp_path / "staged", archive), record, force=force)])
    assert reading.staged == []
    (gap,) = Outcome(refused=reading.refused).gaps
    assert all(part in gap for part in ("etr.csv", record.sha256, "restore", "load the same file again"))


@pytest.mark.parametrize("force", [False, True])
def test_what_was_read_before_the_damage_stays_and_is_a_gap_all_the_same(
    archive: Archive, tmp_path: Path, force: bool
) -> None:
    staging = Staging(tmp_path / "staged", archive)
    record = put(archive, tmp_path / "etr.csv", "etr.csv", "ods", "2025-07", ETR)
    before = pipeline.read_file(staging, record)
    assert isinstance(before, StagedFile)
    damage(archive, record)
    reading = pipeline.gather([pipeline.read_file(staging, record, force=force)])
    assert [file.parquet for file in reading.staged] == [before.parquet]
    (gap,) = Outcome(damaged=reading.damaged).gaps
    assert "etr.csv" in gap
    assert "read before" in gap


def test_tables_in_the_cache_are_whole_or_missing_where_reading_them_again_was_interrupted(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    staging = Staging(tmp_path / "staged", archive)
    record = put(archive, tmp_path / "etr.csv", "etr.csv", "ods", "2025-07", ETR)
    before = staging.stage(record)
    with monkeypatch.context() as patched:
        cut_while_deleting(patched, "*.parquet")
        with pytest.raises(PowerCut):
            staging.stage(record, force=True)
    assert not staging.holds(record)
    again = staging.stage(record)
    assert again.parsed
    assert again.parquet == before.parquet
    assert all(path.is_file() for path in again.parquet.values())


def test_a_damaged_note_in_the_cache_is_as_none(archive: Archive, tmp_path: Path) -> None:
    staging = Staging(tmp_path / "staged", archive)
    record = put(archive, tmp_path / "etr.csv", "etr.csv", "ods", "2025-07", ETR)
    pipeline.read_file(staging, record)
    for note in (tmp_path / "staged" / "recognised").rglob("*.json"):
        note.write_text("{")
    assert not staging.holds(record)
    assert isinstance(pipeline.read_file(staging, record), StagedFile)


def test_a_file_without_a_reader_is_kept_and_the_warehouse_and_the_summary_say_so(
    archive: Archive, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("warehouse.building.build.build_marts", lambda *_, **__: None)
    read = put(archive, tmp_path / "etr.csv", "etr.csv", "ods", "2025-07", ETR)
    annex = put(archive, tmp_path / "annex", ANNEX, SeriesId.VACANCIES.value, "2024-03", b"PK")
    assert pipeline.to_read(archive, series=EVERY, figure_kind="published") == [read]
    kept = pipeline.kept_only(archive, series=EVERY, figure_kind="published")
    assert kept == [annex]
    made = pipeline.plan([], figure_kind="published", kept=kept, now=datetime(2026, 1, 1, tzinfo=UTC))
    build(tmp_path / "w.duckdb", [], made, kept=kept)
    with duckdb.connect(tmp_path / "w.duckdb", read_only=True) as con:
        held = con.execute("SELECT series, edition, file_name, file_sha256, kind, why FROM meta.unread_part").fetchall()
    assert held == [(SeriesId.VACANCIES.value, "2024-03", ANNEX, annex.sha256, "file", KEPT_ONLY)]
    new = tuple(FetchedFile("2024-03", name, "", "new", "") for name in (ANNEX, "tables.xlsx"))
    outcome = Outcome(fetched=[FetchedSeries(SeriesId.VACANCIES.value, new)], kept=kept)
    assert f"- {ANNEX} (new, {SeriesId.VACANCIES.value} 2024-03): {KEPT_ONLY}" in markdown(outcome)
    assert markdown(outcome).count(KEPT_ONLY) == 2, "in the sentence and for the one file"
    assert f"1 file {KEPT_ONLY}" in outcome.sentence()
    assert outcome.gaps == []


def test_a_new_file_without_a_reader_makes_another_build(archive: Archive, tmp_path: Path) -> None:
    annex = put(archive, tmp_path / "annex", ANNEX, SeriesId.VACANCIES.value, "2024-03", b"PK")
    assert fingerprint([], kept=[annex]) != fingerprint([])
