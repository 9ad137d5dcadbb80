"""Workforce Race Equality Standard: indicators 1-9 by trust, region or England.

No machine-readable national file is known. Figures come from an intake file: a CSV that a person fills in from
published reports and puts into the inbox (`intake`). Its headings:

    wres_year,geography_level,area_code,indicator,ethnic_group,pay_cluster,measure,direction,numerator,denominator,value,source

and rows such as (figures made up)

    2031,Organisation,RXX,2,,All,likelihood_ratio,White / BME,,,1.45,"WRES report 2031, page 4"
    2031,Organisation,RXX,1,BME,Non-clinical: VSM,percent,,3,24,12.5,"WRES report 2031, page 7"

transforms/vocabularies/wres_intake_column.csv lists the values each column allows; `template()` gives the heading.
`rules` checks which measures an indicator has, which group's likelihood is the numerator of its ratio, and that a value
equals numerator / denominator to its printed precision.

A workbook of the publisher is archived but not read; there is no reader until the layout of one is known.
"""

from transforms.catalogue import OGL, OGL_ATTRIBUTION, FoundBy, ReleaseSchedule, Series, WantedFile
from transforms.series.wres.intake import INTAKE, template

__all__ = ["INTAKE", "SERIES", "template"]

SERIES = Series(
    id="wres",
    title="NHS Workforce Race Equality Standard",
    publisher="NHS England",
    licence=OGL,
    attribution=OGL_ATTRIBUTION + "NHS England, Workforce Race Equality Standard.",
    landing=(
        "https://www.england.nhs.uk/about/equality/equality-hub/workforce-equality-data-standards/equality-standard/"
    ),
    found_by=FoundBy.STANDARD_HUB,
    hosts=("www.england.nhs.uk",),
    schedule=ReleaseSchedule(
        "yearly, without a fixed day, about a year after the figures' date", months=12, lag_days=420
    ),
    contact="see the landing page",
    more_pages=(
        "https://www.england.nhs.uk/wp-json/wp/v2/documents?search=workforce+race+equality&per_page=20&orderby=modified",
    ),
    mentioned_as=r"\bwres|race equality",
    cited_as="WRES",
    wanted=(
        WantedFile("indicators, written by hand from published reports", ("*.csv",), reader=INTAKE),
        WantedFile("indicators, a publisher's workbook", ("*.xls", "*.xlsx"), reader=None),
    ),
)
