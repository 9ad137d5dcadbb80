"""What the catalogue says of each series, in the form in which a build takes it into the warehouse."""

from __future__ import annotations

from flows.catalogue import CATALOGUE
from flows.fetching.looks import last_look
from transforms.series import READERS
from warehouse.building.series_facts import SeriesFacts
from warehouse.folder import DataFolder


def series_facts(folder: DataFolder) -> tuple[SeriesFacts, ...]:
    """Every series of the catalogue, with the publication day that the last look at its publisher found announced."""
    tables = {reader.name: [table.name for table in reader.tables] for reader in READERS}
    return tuple(
        SeriesFacts(
            series=name,
            title=entry.title,
            publisher=entry.publisher,
            licence=entry.licence,
            attribution=entry.attribution,
            landing=entry.landing,
            may_redistribute=entry.may_redistribute,
            months=entry.release.months,
            lag_days=entry.release.lag_days,
            grace_days=entry.release.grace_days,
            announced_on=_announced(folder, name),
            tables=tuple(sorted({table for wanted in entry.wanted for table in tables.get(wanted.reader, ())})),
        )
        for name, entry in CATALOGUE.items()
    )


def _announced(folder: DataFolder, series: str) -> str:
    look = last_look(folder, series)
    return f"{look.announced}" if look and look.announced else ""
