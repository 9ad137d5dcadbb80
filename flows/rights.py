"""What the catalogue says of each series, in the form in which a build takes it into the warehouse."""

from __future__ import annotations

from flows.fetching.looks import last_look
from transforms.series import CATALOGUE
from warehouse.building.series_facts import SeriesFacts
from warehouse.folder import DataFolder


def series_facts(folder: DataFolder) -> tuple[SeriesFacts, ...]:
    """Every series of the catalogue, with the publication day that the last look at its publisher found announced."""
    return tuple(
        SeriesFacts(
            series=name,
            title=entry.title,
            publisher=entry.publisher,
            licence=entry.licence,
            attribution=entry.attribution,
            landing=entry.landing,
            may_redistribute=entry.may_redistribute,
            months=entry.schedule.months,
            lag_days=entry.schedule.lag_days,
            grace_days=entry.schedule.grace_days,
            announced_on=_announced(folder, name),
            tables=tuple(
                sorted({table.name for wanted in entry.wanted if wanted.reader for table in wanted.reader.tables})
            ),
        )
        for name, entry in CATALOGUE.items()
    )


def _announced(folder: DataFolder, series: str) -> str:
    look = last_look(folder, series)
    return f"{look.announced}" if look and look.announced else ""
