"""How each series stands: what the warehouse covers, when it was looked for, and whether a newer edition is due.

Freshness is read from the warehouse, not from a run's state: three clocks kept apart (what the source covers, when we
refreshed, when we last looked).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from flows.catalogue import CATALOGUE
from flows.fetch import last_look
from warehouse.archive import Archive
from warehouse.folder import DataFolder
from warehouse.publish import published_file
from warehouse.query import ask

NEWEST = """
SELECT series, max(coverage_end) AS covered_until, arg_max(edition, edition_order) AS edition
FROM meta.edition
GROUP BY series
"""
BUILD = """
SELECT
    build_id, built_at, figure_kind,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'passed') AS passed,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'warned') AS warned,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'known') AS known,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'failed') AS failed
FROM meta.build
"""


def standing(folder: DataFolder, today: date) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Per series of the catalogue: id, newest period, edition, last looked, last refreshed, due or late.

    Raises `NothingPublished` where there is no warehouse yet.
    """
    newest = {row[0]: (row[1], row[2]) for row in ask(published_file(folder), NEWEST).iter_rows()}
    arrived: dict[str, str] = {}
    for record in Archive(folder.archive).records():
        arrived[record.series] = max(arrived.get(record.series, ""), record.retrieved_at)
    for series, entry in CATALOGUE.items():
        covered, edition = newest.get(series, (None, ""))
        look = last_look(folder, series)
        due = entry.release.standing(covered, today, announced=look.announced if look else None) if covered else ""
        yield (
            series,
            f"{covered or '-'}",
            edition or "-",
            _minute(look.looked_at) if look else "never",
            _minute(datetime.fromisoformat(arrived[series])) if series in arrived else "never",
            due if edition else "not in the warehouse",
        )


def last_build(folder: DataFolder) -> str:
    """A sentence on the published build and its checks."""
    build = ask(published_file(folder), BUILD).row(0, named=True)
    return (
        f"Last build {build['build_id']} ({build['figure_kind']} figures), built {build['built_at']}. "
        f"Checks: {build['passed']} passed, {build['warned']} warned, {build['known']} known failures, "
        f"{build['failed']} failed."
    )


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
