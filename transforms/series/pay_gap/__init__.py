"""Gender pay gap data."""

from transforms.catalogue import OGL, OGL_ATTRIBUTION, FoundBy, ReleaseSchedule, Series, WantedFile
from transforms.series.pay_gap.reader import READER

SERIES = Series(
    id="gender-pay-gap",
    title="UK gender pay gap data",
    publisher="Government Equalities Office",
    licence=OGL,
    attribution=OGL_ATTRIBUTION + "Government Equalities Office, Gender pay gap service.",
    landing="https://gender-pay-gap.service.gov.uk/viewing/download",
    found_by=FoundBy.PAY_GAP_DOWNLOADS,
    hosts=("gender-pay-gap.service.gov.uk",),
    schedule=ReleaseSchedule("yearly; the file of the open year changes daily", months=12, lag_days=365),
    contact="see the landing page",
    first_edition="2017-18",
    wanted=(WantedFile("all employers", ("UK Gender Pay Gap Data - {years}.csv",), reader=READER, required=True),),
)
