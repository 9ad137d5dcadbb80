"""NHS Vacancy Statistics England."""

from transforms.catalogue import OGL, OGL_ATTRIBUTION, FoundBy, ReleaseSchedule, Series, WantedFile
from transforms.series.vacancies.reader import READER

SERIES = Series(
    id="nhs-vacancy-statistics",
    title="NHS Vacancy Statistics England",
    publisher="NHS England",
    licence=OGL,
    attribution=OGL_ATTRIBUTION + "NHS England (formerly NHS Digital), NHS Vacancy Statistics England.",
    landing="https://digital.nhs.uk/data-and-information/publications/statistical/nhs-vacancies-survey",
    found_by=FoundBy.NHS_DIGITAL_PAGES,
    hosts=("digital.nhs.uk", "files.digital.nhs.uk"),
    schedule=ReleaseSchedule("quarterly, about two months after the quarter", months=3, lag_days=62),
    contact="enquiries@nhsdigital.nhs.uk",
    # The quarterly series of vacant posts begins in 2018; earlier editions count adverts only.
    first_edition="2018-06",
    wanted=(
        WantedFile(
            "vacancy tables",
            ("nhs-vac-stats-*-{mmmyy}-eng-tables*.xlsx", "nhs-vac-stats-*-{mmmyy}-eng-tab*.xlsx"),
            reader=READER,
            required=True,
        ),
        WantedFile("data quality annex", ("nhs-vac-stats-*-{mmmyy}-eng-dq-annex*.xlsx",), reader=None),
    ),
)
