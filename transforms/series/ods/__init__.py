"""NHS organisations in England, their predecessors and successors: lists of the Organisation Data Service and others.

`readers` reads the lists, `lists` validates them.
"""

from transforms.catalogue import OGL, OGL_ATTRIBUTION, FoundBy, Registered, ReleaseSchedule, Series, WantedFile
from transforms.series.ods.readers import (
    BOARD_READER,
    LIST_READER,
    LOCATION_READER,
    MEMBERSHIP_READER,
    SUCCESSION_READER,
)

SERIES = Series(
    id="ods",
    title="Organisation Data Service: trusts, care trusts, sub-ICB locations, succession",
    publisher="NHS England",
    licence=OGL,
    attribution=OGL_ATTRIBUTION + "NHS England, Organisation Data Service.",
    landing="https://www.odsdatasearchandexport.nhs.uk/",
    found_by=FoundBy.ODS_REPORTS,
    hosts=("www.odsdatasearchandexport.nhs.uk", "www.england.nhs.uk"),
    schedule=ReleaseSchedule("changes daily; a month's first copy is its edition", months=1, lag_days=75),
    contact="see the landing page",
    wanted=(
        WantedFile("NHS trusts", ("etr.csv",), reader=LIST_READER, required=True),
        WantedFile("care trusts", ("ect.csv",), reader=LIST_READER, required=True),
        WantedFile("sub-ICB locations", ("eccg.csv",), reader=LIST_READER, required=True),
        WantedFile("succession", ("succ.csv",), reader=SUCCESSION_READER, required=True),
        WantedFile(
            "trusts to integrated care boards",
            ("*mapping*.xls", "*mapping*.xlsx", "*attribution*.xls", "*attribution*.xlsx"),
            reader=None,
        ),
    ),
    registered=(
        Registered("", "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=etr", "etr.csv", "NHS trusts"),
        Registered("", "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=ect", "ect.csv", "Care trusts"),
        Registered(
            "", "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=eccg", "eccg.csv", "Sub-ICB locations"
        ),
        Registered("", "https://www.odsdatasearchandexport.nhs.uk/api/getReport?report=succ", "succ.csv", "Succession"),
    ),
    placed_by_hand=(BOARD_READER, LOCATION_READER, MEMBERSHIP_READER),
)
