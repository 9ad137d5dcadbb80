"""Metrics in the format of Prometheus: <data>/metrics/workforce.prom, written whole after each refresh.

The file server serves it at /metrics; a node_exporter can collect it as a text file. Times are Unix times: an age is
computed when an alert is evaluated, also where no refresh runs any more. deploy/prometheus-alerts.yaml has rules.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from prometheus_client.parser import text_string_to_metric_families

from flows.fetching.last_discovery import last_discovery
from flows.freshness import SeriesFreshness, series_freshness
from flows.results import Outcome
from warehouse.errors import NothingPublished
from warehouse.folder import DataFolder
from warehouse.publish import manifest, published_release

LAST_SUCCESS = "workforce_last_success_timestamp_seconds"


def write_metrics(folder: DataFolder, outcome: Outcome | None, now: datetime) -> Path:
    """Write the metrics after a refresh that ended at `now`; `outcome` is None where it ended with an error."""
    registry = CollectorRegistry()

    def gauge(name: str, description: str, *labels: str) -> Gauge:
        return Gauge(name, description, labels, registry=registry)

    succeeded = outcome is not None and not outcome.ending.is_failure
    gauge("workforce_run_end_timestamp_seconds", "End of the last refresh.").set(now.timestamp())
    gauge("workforce_run_success", "1 where the last refresh did what it was for, else 0.").set(succeeded)
    if (last := now.timestamp() if succeeded else _last_success(folder)) is not None:
        gauge(LAST_SUCCESS, "End of the last refresh that did what it was for.").set(last)
    if outcome is not None:
        gauge("workforce_run_gaps", "Gaps of the last refresh: what could not be fetched or read.").set(
            len(outcome.gaps)
        )
        gauge("workforce_run_refused_files", "Files that the last refresh refused.").set(len(outcome.refused))
    disk = shutil.disk_usage(folder.root)
    gauge("workforce_disk_free_bytes", "Free space on the disk of the data folder.").set(disk.free)
    gauge("workforce_disk_size_bytes", "Size of the disk of the data folder.").set(disk.total)
    if release := published_release(folder):
        facts = manifest(release)
        built = datetime.fromisoformat(facts["built_at"]).timestamp()
        gauge("workforce_release_timestamp_seconds", "Build of the published release.").set(built)
        rows = gauge("workforce_rows", "Rows of a table of the published release.", "table")
        for table, count in facts["rows"].items():
            rows.labels(table).set(count)
    _measure_series(folder, now, gauge)
    place = folder.metrics
    place.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(place), registry)
    return place


def _measure_series(folder: DataFolder, now: datetime, gauge: Callable[..., Gauge]) -> None:
    covered = gauge("workforce_series_covered_until_timestamp_seconds", "Last day that a series covers.", "series")
    late = gauge("workforce_series_late", "1 where the next edition of a series is late, else 0.", "series")
    looked = gauge(
        "workforce_series_looked_timestamp_seconds", "Last time a publisher was asked and answered.", "series"
    )
    failed = gauge("workforce_series_look_failed", "1 where a publisher could not be asked since, else 0.", "series")
    for each in _series(folder, now):
        if each.newest_period != "-":
            covered.labels(each.series).set(_midnight(date.fromisoformat(each.newest_period)))
        late.labels(each.series).set(each.due == "late")
        if found := last_discovery(folder, each.series):
            failed.labels(each.series).set(found.failed_at is not None)
            if found.looked_at:
                looked.labels(each.series).set(found.looked_at.timestamp())


def _series(folder: DataFolder, now: datetime) -> Iterator[SeriesFreshness]:
    try:
        yield from series_freshness(folder, now.date())
    except NothingPublished:
        return


def _last_success(folder: DataFolder) -> float | None:
    """The last success as the file has it; None where there was none."""
    place = folder.metrics
    if not place.exists():
        return None
    families = text_string_to_metric_families(place.read_text(encoding="utf-8"))
    return next((sample.value for family in families for sample in family.samples if sample.name == LAST_SUCCESS), None)


def _midnight(day: date) -> float:
    return datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()
