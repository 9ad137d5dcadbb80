"""One module per publisher: how to find its editions and their files."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flows.publishers import digital_nhs, ethnicity, gender_pay_gap, ods, registered, staff_survey
from flows.publishers.found import Discovery, Failure, FoundEdition, FoundFile, Upcoming
from flows.series import FoundBy, Registered, Series
from flows.web import Client

__all__ = ["Discovery", "Failure", "FoundEdition", "FoundFile", "Upcoming", "discover"]

_WAYS: dict[FoundBy, Callable[..., Discovery]] = {
    FoundBy.NHS_DIGITAL_PAGES: digital_nhs.discover,
    FoundBy.PAY_GAP_DOWNLOADS: gender_pay_gap.discover,
    FoundBy.STAFF_SURVEY_PAGE: staff_survey.discover,
    FoundBy.ETHNICITY_PAGE: ethnicity.discover,
    FoundBy.ODS_REPORTS: ods.discover,
    FoundBy.REGISTERED: registered.discover,
}


def discover(series: Series, client: Client, *, today: date, extra: tuple[Registered, ...] = ()) -> Discovery:
    """What the publisher of a series has out and has announced. `extra` are addresses the operator registered.

    Raises a `WorkforceError` where the publisher's page cannot be had or read.
    """
    return _WAYS[series.found_by](series, client, today=today, registered=extra)
