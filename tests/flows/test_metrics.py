"""Metrics of a refresh in the format of Prometheus, and the alert rules that read them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from flows.endings import Ending
from flows.fetching.last_discovery import note_discovery
from flows.fetching.publishers import Failure
from flows.fetching.results import FetchedSeries
from flows.metrics import write_metrics
from flows.results import Outcome
from flows.service.file_server import files_app
from tests.sample_warehouse import Sample
from warehouse.folder import DataFolder

ALERTS = Path(__file__).parents[2] / "deploy" / "prometheus-alerts.yaml"
NOW = datetime(2026, 11, 27, 9, 50, tzinfo=UTC)
LATER = datetime(2026, 11, 28, 9, 50, tzinfo=UTC)


def read(path: Path) -> dict[tuple[str, str], float]:
    """The value of each metric by its name and label."""
    families = text_string_to_metric_families(path.read_text())
    samples = [sample for family in families for sample in family.samples]
    return {(each.name, next(iter(each.labels.values()), "")): each.value for each in samples}


@pytest.fixture
def folder(tmp_path: Path, sample_warehouse: Sample) -> DataFolder:
    """A data folder in which the sample's warehouse is the published file."""
    folder = DataFolder(tmp_path)
    folder.published.parent.mkdir()
    folder.published.symlink_to(sample_warehouse.warehouse)
    release = folder.releases / "2026-11-27.1"
    release.mkdir(parents=True)
    (folder.releases / "latest").symlink_to(release.name)
    (release / "manifest.json").write_text('{"built_at": "2026-11-27T09:46:00+00:00", "rows": {"core.vacancy": 7}}')
    return folder


def test_a_refresh_leaves_its_result_and_the_state_of_each_series(folder: DataFolder) -> None:
    note_discovery(folder, "wres", NOW, None, failed=False)
    note_discovery(folder, "ods", NOW, None, failed=True)
    gaps = FetchedSeries("ods", failures=(Failure("page", "Unreachable", "503"),))
    found = read(write_metrics(folder, Outcome(Ending.PUBLISHED_WITH_GAPS, fetched=[gaps]), NOW))
    assert found["workforce_last_success_timestamp_seconds", ""] == NOW.timestamp()
    assert (found["workforce_run_success", ""], found["workforce_run_gaps", ""]) == (1, 1)
    assert found["workforce_rows", "core.vacancy"] == 7
    assert datetime.fromtimestamp(found["workforce_release_timestamp_seconds", ""], UTC).minute == 46
    covered = found["workforce_series_covered_until_timestamp_seconds", "nhs-vacancy-statistics"]
    assert datetime.fromtimestamp(covered, UTC).date() == date(2026, 3, 31)
    assert found["workforce_series_looked_timestamp_seconds", "wres"] == NOW.timestamp()
    assert (found["workforce_series_look_failed", "wres"], found["workforce_series_look_failed", "ods"]) == (0, 1)
    assert ("workforce_series_looked_timestamp_seconds", "ods") not in found
    assert 0 < found["workforce_disk_free_bytes", ""] < found["workforce_disk_size_bytes", ""]


@pytest.mark.parametrize("outcome", [None, Outcome(Ending.REFUSED_BY_CHECKS)])
def test_the_last_success_outlives_a_failure(folder: DataFolder, outcome: Outcome | None) -> None:
    write_metrics(folder, Outcome(Ending.NOTHING_NEW), NOW)
    found = read(write_metrics(folder, outcome, LATER))
    assert found["workforce_run_success", ""] == 0
    assert found["workforce_run_end_timestamp_seconds", ""] == LATER.timestamp()
    assert found["workforce_last_success_timestamp_seconds", ""] == NOW.timestamp()
    assert [each.name for each in folder.metrics.parent.iterdir()] == ["workforce.prom"], "nothing half written is left"


def test_before_the_first_release_there_are_metrics_and_no_success(tmp_path: Path) -> None:
    found = read(write_metrics(DataFolder(tmp_path), None, NOW))
    assert ("workforce_last_success_timestamp_seconds", "") not in found
    assert ("workforce_release_timestamp_seconds", "") not in found
    assert found["workforce_run_success", ""] == 0


def test_the_file_server_serves_them(folder: DataFolder) -> None:
    client = TestClient(files_app(folder.root))
    assert client.get("/metrics").status_code == 404
    write_metrics(folder, Outcome(Ending.NOTHING_NEW), NOW)
    answer = client.get("/metrics")
    assert answer.text == folder.metrics.read_text()
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")


def test_alert_rules_read_only_metrics_that_are_written(folder: DataFolder) -> None:
    note_discovery(folder, "ods", NOW, None, failed=False)
    written = {name for name, _ in read(write_metrics(folder, Outcome(Ending.NOTHING_NEW), NOW))}
    rules = [rule for group in yaml.safe_load(ALERTS.read_text())["groups"] for rule in group["rules"]]
    for rule in rules:
        assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
        assert set(re.findall(r"\bworkforce_\w+", rule["expr"])) <= written
        assert set(rule["annotations"]) == {"summary", "description"}
    read_by_rules = {name for rule in rules for name in re.findall(r"\bworkforce_\w+", rule["expr"])}
    assert len(read_by_rules) > 8
