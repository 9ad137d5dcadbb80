"""Discovery of editions and their files, with one module per publisher."""

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
"""Publishers whose pages of old editions are requested less often."""

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
    """The editions that the publisher of a series offers and has announced.

    `extra` are addresses that the operator registered. `known` are editions found before, so that their pages are
    requested less often; without it every page is requested. Raises a `WorkforceError` where the main page cannot be
    fetched or read.
    """
    if series.found_by in _BY_VISITS:
        return _BY_VISITS[series.found_by](series, client, today=today, known=known)
    return _WAYS[series.found_by](series, client, today=today, registered=extra)
