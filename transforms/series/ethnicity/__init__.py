"""Ethnicity facts and figures."""

from transforms.catalogue import OGL, OGL_ATTRIBUTION, FoundBy, ReleaseSchedule, Series, WantedFile
from transforms.series.ethnicity.reader import READER

SERIES = Series(
    id="ethnicity-facts-and-figures",
    title="Ethnicity facts and figures: NHS workforce",
    publisher="Race Disparity Unit",
    licence=OGL,
    attribution=OGL_ATTRIBUTION + "Race Disparity Unit, Ethnicity facts and figures, NHS workforce.",
    landing="https://www.ethnicity-facts-figures.service.gov.uk/workforce-and-business/workforce-diversity/nhs-workforce/latest",
    found_by=FoundBy.ETHNICITY_PAGE,
    hosts=("www.ethnicity-facts-figures.service.gov.uk",),
    more_pages=(
        "https://www.ethnicity-facts-figures.service.gov.uk/workforce-and-business/workforce-diversity/nhs-trust-board-membership/latest",
    ),
    schedule=ReleaseSchedule("yearly at best; the last known edition covers June 2022", months=12, lag_days=420),
    contact="see the landing page",
    wanted=(
        WantedFile(
            "staff by ethnicity, staff group and grade",
            ("nhs-workforce-data-{month}.csv", "nhs-workforce-data-{month}.xls*", "nhsworkforcedata*.xls"),
            reader=READER,
            required=True,
        ),
        WantedFile("trust board members by ethnicity", ("*board*.csv", "*board*.xls", "*board*.xlsx"), reader=None),
    ),
)
