"""Supplementary information of NHS England: downloaded and archived; there is no reader yet."""

from transforms.catalogue import OGL, OGL_ATTRIBUTION, FoundBy, ReleaseSchedule, Series, WantedFile


def supplementary_page(series: str, title: str, page: str, what: str) -> Series:
    """The catalogue entry of a supplementary information page: the answer to one request for data, published once.

    Its files are archived and not read, as their layouts are not known yet.
    """
    return Series(
        id=series,
        title=title,
        publisher="NHS England",
        licence=OGL,
        attribution=OGL_ATTRIBUTION + f"NHS England, supplementary information, {title}.",
        landing=f"https://digital.nhs.uk/supplementary-information/{page}",
        found_by=FoundBy.SUPPLEMENTARY_PAGE,
        hosts=("digital.nhs.uk", "files.digital.nhs.uk"),
        schedule=ReleaseSchedule("published once; may be published again"),
        contact="enquiries@nhsdigital.nhs.uk",
        wanted=(
            WantedFile(what, ("*.xls", "*.xlsx", "*.xlsb", "*.ods", "*.csv", "*.zip"), reader=None, required=True),
        ),
    )
