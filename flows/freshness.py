"""How each series stands: what the warehouse covers, when it was looked for, and whether a newer edition is due.

Freshness is read from the warehouse, not from a run's state: three clocks kept apart (what the source covers, when we
refreshed, when we last looked).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from flows.fetching.looks import last_look
from transforms.series import CATALOGUE
from warehouse.archive import Archive
from warehouse.asking.query import first_rows
from warehouse.folder import DataFolder
from warehouse.published import published_file

FRESHNESS = """
SELECT series, covered_until, edition, is_loaded, due_on, late_after
FROM meta.freshness
WHERE table_name IS NULL
"""
BUILD = """
SELECT
    build_id, built_at, figure_kind,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'passed') AS passed,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'warned') AS warned,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'rows taken out') AS taken_out,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'known') AS known,
    (SELECT count(*) FROM meta.check_result WHERE outcome = 'failed') AS failed
FROM meta.build
"""


def standing(folder: DataFolder, today: date) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Per series of the catalogue: id, newest period, edition, last looked, last refreshed, due or late.

    Raises `NothingPublished` where there is no warehouse yet.
    """
    held = {row["series"]: row for row in first_rows(published_file(folder), FRESHNESS).named()}
    arrived: dict[str, str] = {}
    for record in Archive(folder.archive).records():
        arrived[record.series] = max(arrived.get(record.series, ""), record.retrieved_at)
    for series in CATALOGUE:
        known = held.get(series) or {}
        look = last_look(folder, series)
        yield (
            series,
            f"{known.get('covered_until') or '-'}",
            known.get("edition") or "-",
            _minute(look.looked_at) if look else "never",
            _minute(datetime.fromisoformat(arrived[series])) if series in arrived else "never",
            _due(known, today) if known.get("is_loaded") else "not in the warehouse",
        )


def _due(known: dict[str, Any], today: date) -> str:
    """'not due', 'due' or 'late' by the days that meta.freshness gives; 'not due' where no rhythm is known."""
    if known["due_on"] is None or today < known["due_on"]:
        return "not due"
    return "due" if today <= known["late_after"] else "late"


def last_build(folder: DataFolder) -> str:
    """A sentence on the published build and its checks."""
    build = first_rows(published_file(folder), BUILD).named()[0]
    return (
        f"Last build {build['build_id']} ({build['figure_kind']} figures), built {build['built_at']}. "
        f"Checks: {build['passed']} passed, {build['warned']} warned, {build['taken_out']} took rows out, "
        f"{build['known']} known failures, "
        f"{build['failed']} failed."
    )


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
