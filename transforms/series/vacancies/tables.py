"""Vacant posts, and advertised vacancies: two measures that are never added."""

from __future__ import annotations

from transforms.reading.vocabulary import vocabulary
from transforms.tables.declare import VALUE, VALUE_STATUS, Level, Partition, Table, Unbroken, date, text


def _levels() -> tuple[Level, Level]:
    """The level columns of staff groups and sectors of the vacancy statistics."""
    groups = (
        "all: all staff; group: a part of it. The groups printed are not the whole: they never add up to all staff."
    )
    sectors = "all: all sectors; sector: one of them. The two overlap: choose one before a sum, a rank or a mean."
    return (
        Level("staff_group_level", "staff_group", groups, _labels("vacancy_staff_group", "All staff", "group")),
        Level("sector_level", "sector", sectors, _labels("sector", "All sectors", "sector")),
    )


def _labels(name: str, total: str, part: str) -> dict[str, str]:
    return {label: "all" if label == total else part for label in vocabulary(name)["label"].unique(maintain_order=True)}


VACANCY = Table(
    name="vacancy",
    grain="quarter end x geography x sector x staff group x measure",
    description=(
        "Posts not filled by permanent or fixed-term staff at the quarter's end (many are covered by temporary staff):"
        " full-time equivalents and rate, by NHS England region, sector and staff group."
    ),
    columns=(
        date("quarter_end", "Last day of the quarter.", day="last"),
        text("geography_level", "England or Region.", allowed=("England", "Region")),
        text("region_code", "NHS England region (ODS code); NULL for England.", required=False),
        text("area_code", "region_code, or 'England'."),
        text("sector", "Sector of the trust; 'All sectors' is the published total."),
        text("staff_group", "All staff, Registered nursing or Medical, the groups of the publisher's sheets."),
        text(
            "measure",
            "vacancy_fte: vacant posts; vacancy_rate_percent: of the establishment, 0-100.",
            allowed=("vacancy_fte", "vacancy_rate_percent"),
        ),
        text(
            "quarter_marker",
            "What the publisher added to the quarter's label: p = provisional, r = revised; NULL mostly.",
            allowed=("p", "r"),
            required=False,
        ),
        VALUE,
        VALUE_STATUS,
    ),
    key=("quarter_end", "geography_level", "area_code", "sector", "staff_group", "measure"),
    levels=_levels(),
    percents=("vacancy_rate_percent",),
    partitions=(
        Partition(
            "sectors_add_up_to_region",
            "sector",
            "All sectors",
            "Vacancies of the sectors do not add up to the total of their area.",
            measure="vacancy_fte",
            tolerance=None,
        ),
        Partition(
            "regions_add_up_to_england",
            "geography_level",
            "England",
            "Vacancies of the regions do not add up to England.",
            parts=("Region",),
            across=("area_code",),
            measure="vacancy_fte",
            tolerance=None,
        ),
    ),
    unbroken=Unbroken("quarter_end", "quarter", months=3, each_line=True),
)

VACANCY_ADVERT = Table(
    name="vacancy_advert",
    grain="month x region x NWD staff group",
    description=(
        "Advertised vacancies, FTE, published on NHS Jobs through ESR in the month: a measure of recruitment,"
        " not of unfilled posts. Never add to or compare with core.vacancy."
    ),
    columns=(
        date("month", "First day of the month the adverts were published in.", day="first"),
        text("geography_level", "Region.", allowed=("England", "Region")),
        text("region_code", "NHS England region (ODS code).", required=False),
        text("area_code", "region_code, or 'England'."),
        text("nwd_staff_group", "Staff group of the National Workforce Data Set."),
        text("measure", "advertised_fte.", allowed=("advertised_fte",)),
        VALUE,
        VALUE_STATUS,
    ),
    key=("month", "geography_level", "area_code", "nwd_staff_group", "measure"),
    unbroken=Unbroken("month", "month", months=1),
)
