"""Workforce Disability Equality Standard: downloaded and archived; there is no reader yet."""

from transforms.catalogue import OGL, OGL_ATTRIBUTION, FoundBy, ReleaseSchedule, Series, WantedFile

SERIES = Series(
    id="wdes",
    title="NHS Workforce Disability Equality Standard",
    publisher="NHS England",
    licence=OGL,
    attribution=OGL_ATTRIBUTION + "NHS England, Workforce Disability Equality Standard.",
    landing="https://www.england.nhs.uk/about/equality/equality-hub/workforce-equality-data-standards/wdes/",
    found_by=FoundBy.STANDARD_HUB,
    hosts=("www.england.nhs.uk",),
    schedule=ReleaseSchedule(
        "yearly, without a fixed day, about a year after the figures' date", months=12, lag_days=420
    ),
    contact="see the landing page",
    more_pages=(
        "https://www.england.nhs.uk/wp-json/wp/v2/documents?search=workforce+disability+equality&per_page=20&orderby=modified",
    ),
    mentioned_as=r"\bwdes|disability equality",
    wanted=(WantedFile("metrics", ("*.csv", "*.xls", "*.xlsx"), reader=None),),
)
