"""The freshness of each series: what the warehouse covers, when the publisher was asked, whether an edition is due.

It is read from the warehouse and the data folder, not from the state of a run. Three times are kept apart: the period
that the figures cover, the day on which files came into the archive, and the day on which the publisher was last asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, NamedTuple

from flows.fetching.last_discovery import LastDiscovery, last_discovery
from warehouse.archive import Archive
from warehouse.asking.query import first_rows
from warehouse.folder import DataFolder
from warehouse.published import published_file

FRESHNESS = """
SELECT series, covered_until, edition, is_loaded, due_on, late_after
FROM meta.freshness
WHERE table_name IS NULL
ORDER BY series
"""
BUILD = """
SELECT
    build_id, built_at, figure_kind,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'passed') AS passed,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'ran over no rows') AS idle,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'warned') AS warned,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'rows taken out') AS taken_out,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'known') AS known,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'failed') AS failed
FROM meta.build
"""


class SeriesFreshness(NamedTuple):
    """How fresh a series of the catalogue is, as text. Times are UTC to the minute, 'never' where there is none."""

    series: str
    newest_period: str
    """The last day that its figures cover, '-' where it is not in the warehouse."""
    edition: str
    """The newest edition in the warehouse, '-' where there is none."""
    last_looked: str
    """When the publisher was last asked for editions and every page of it answered; and a later time that failed."""
    refreshed: str
    """When a file of it last came into the archive."""
    due: str
    """'not due', 'due', 'late' or 'not in the warehouse'."""


def series_freshness(folder: DataFolder, today: date) -> Iterator[SeriesFreshness]:
    """The freshness of every series in the published file. Raises `NothingPublished` where there is no such file."""
    rows = first_rows(published_file(folder), FRESHNESS).named()
    arrived: dict[str, str] = {}
    for record in Archive(folder.archive).records():
        arrived[record.series] = max(arrived.get(record.series, ""), record.retrieved_at)
    for row in rows:
        series = row["series"]
        found = last_discovery(folder, series)
        yield SeriesFreshness(
            series=series,
            newest_period=f"{row['covered_until'] or '-'}",
            edition=row["edition"] or "-",
            last_looked=looked_in_words(found),
            refreshed=_minute(datetime.fromisoformat(arrived[series])) if series in arrived else "never",
            due=_due(row, today) if row["is_loaded"] else "not in the warehouse",
        )


def _due(row: dict[str, Any], today: date) -> str:
    """'not due', 'due' or 'late' by the days of a row of meta.freshness; 'not due' where no day is expected."""
    if row["due_on"] is None or today < row["due_on"]:
        return "not due"
    return "due" if today <= row["late_after"] else "late"


def last_build(folder: DataFolder) -> str:
    """A sentence on the build of the published file and the outcomes of its checks."""
    build = first_rows(published_file(folder), BUILD).named()[0]
    return (
        f"Last build {build['build_id']} ({build['figure_kind']} figures), built {build['built_at']}. "
        f"Checks: {build['passed']} passed, {build['idle']} ran over no rows, {build['warned']} warned, "
        f"{build['taken_out']} took rows out, "
        f"{build['known']} known failures, "
        f"{build['failed']} failed."
    )


def looked_in_words(found: LastDiscovery | None) -> str:
    """When a publisher was last asked and answered, and a later time at which that failed."""
    looked = _minute(found.looked_at) if found and found.looked_at else "never"
    return f"{looked}; failed {_minute(found.failed_at)}" if found and found.failed_at else looked


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
