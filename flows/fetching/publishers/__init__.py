"""One module per publisher: how to find its editions and their files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flows.fetching.http import Client
from flows.fetching.publishers import (
    digital_nhs,
    england_nhs,
    ethnicity,
    gender_pay_gap,
    ods,
    staff_survey,
    supplementary,
)
from flows.fetching.publishers.found import Discovery, Failure, FoundEdition, FoundFile
from flows.fetching.publishers.known_editions import KnownEditions
from transforms.catalogue import FoundBy, Registered, Series

__all__ = ["Discovery", "Failure", "FoundEdition", "FoundFile", "discover"]

_BY_VISITS: dict[FoundBy, Callable[..., Discovery]] = {
    FoundBy.NHS_DIGITAL_PAGES: digital_nhs.discover,
    FoundBy.SUPPLEMENTARY_PAGE: supplementary.discover,
}
"""Publishers whose old pages are asked for rarely."""

_WAYS: dict[FoundBy, Callable[..., Discovery]] = {
    FoundBy.PAY_GAP_DOWNLOADS: gender_pay_gap.discover,
    FoundBy.STAFF_SURVEY_PAGE: staff_survey.discover,
    FoundBy.ETHNICITY_PAGE: ethnicity.discover,
    FoundBy.ODS_REPORTS: ods.discover,
    FoundBy.STANDARD_HUB: england_nhs.discover,
}


def discover(
    series: Series,
    client: Client,
    *,
    today: date,
    extra: tuple[Registered, ...] = (),
    known: KnownEditions | None = None,
) -> Discovery:
    """What the publisher of a series has out and has announced. `extra` are addresses the operator registered.

    `visits` tells what earlier looks found, so that pages of old editions are asked for rarely; without it all are.
    Raises a `WorkforceError` where the publisher's page cannot be had or read.
    """
    if series.found_by in _BY_VISITS:
        return _BY_VISITS[series.found_by](series, client, today=today, known=known)
    return _WAYS[series.found_by](series, client, today=today, registered=extra)
