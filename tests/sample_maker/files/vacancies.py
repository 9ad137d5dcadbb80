"""The NHS Vacancy Statistics workbook: vacancies and rates by region and sector, and advertised vacancies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from tests.sample_maker.figures.arithmetic import wobble
from tests.sample_maker.figures.staff import facts, month_ends
from tests.sample_maker.files.layout import Row, workbook

FIRST_QUARTER = date(2018, 6, 30)
FIRST_ADVERTS = date(2016, 4, 30)
REVISED_IN = date(2026, 3, 31)
REVISED = {date(2025, 9, 30), date(2025, 12, 31)}
"""Quarters whose vacancies the edition of March 2026 has 12 in a thousand higher in the region it corrects."""
REVISED_REGION = "Midlands"

STAFF_GROUPS = ("Total", "Nursing", "Medical")
SECTORS = {  # posts per thousand by staff group, and vacancies per thousand of the region's usual rate
    "Acute": ({"Total": 610, "Nursing": 617, "Medical": 800}, 960),
    "Ambulance": ({"Total": 40, "Nursing": 4, "Medical": 2}, 900),
    "Community": ({"Total": 95, "Nursing": 102, "Medical": 18}, 1010),
    "Mental Health": ({"Total": 195, "Nursing": 217, "Medical": 110}, 0),
    "Specialist": ({"Total": 60, "Nursing": 60, "Medical": 70}, 850),
}
ADVERTISED = {  # posts advertised in a month in England
    "Medical and Dental": 1150,
    "Nursing and Midwifery Registered": 4200,
    "All other staff groups": 9300,
}
NOTES = (
    "Illustrative figures: not a publication, made for the sample that comes with the pipeline.",
    "A vacancy is a post that is unfilled by permanent or fixed-term staff; many are covered by temporary staff.",
    "Vacancy rates are vacancies divided by all posts, filled or not (the establishment).",
    "Figures are for NHS England regions and sectors. No figures of single organisations are published.",
)
HEADING_ROW = 20


@dataclass(frozen=True)
class Posts:
    """Posts and those of them that are vacant, in hundredths of a full-time equivalent."""

    establishment: int
    vacant: int

    def __add__(self, other: Posts) -> Posts:
        return Posts(self.establishment + other.establishment, self.vacant + other.vacant)


def vacancy_workbook(quarter: date) -> bytes:
    """The edition whose latest quarter ends on `quarter`."""
    sheets = {f"{group} 2018 onwards": _sheet(group, quarter) for group in STAFF_GROUPS}
    title: list[Row] = [
        *[()] * 7,
        ("NHS Vacancy Statistics England",),
        (f"April 2015 - {quarter:%B %Y}",),
        (NOTES[0],),
        ("Contains public sector information licensed under the Open Government Licence v3.0.",),
    ]
    adverts = [("Published month", "NWD Staff Group", "NHS England region", "Vacancy Wte"), *_adverts(quarter)]
    return workbook({"Title sheet": title, **sheets, "ESR source data": adverts})


def quarters(last: date) -> list[date]:
    """Every quarter's end from the first of the series."""
    return [month for month in month_ends(FIRST_QUARTER, last) if month.month % 3 == 0]


def _sheet(group: str, edition: date) -> list[Row]:
    words = "Total workforce" if group == "Total" else f"{group} workforce"
    rows: list[Row] = [
        ("NHS Vacancy Statistics",),
        (f"{words}, management information collected from NHS trusts",),
        (),
        *[(f"Note {number}: {note}",) for number, note in enumerate(NOTES, start=1)],
    ]
    rows += [()] * (HEADING_ROW - 1 - len(rows))
    vacant = _block(group, edition, lambda posts: posts.vacant / 100)
    rates = _block(group, edition, lambda posts: posts.vacant / posts.establishment)
    return [
        *rows,
        (f"{words} vacancy FTE",),
        *vacant,
        *[()] * 3,
        (f"{words} % vacancy rate",),
        *rates,
        *[()] * 3,
        ("Source: NHS England",),
        (f"Copyright © {edition.year} NHS England. Illustrative figures.",),
    ]


def _block(group: str, edition: date, figure: Callable[[Posts], float]) -> Iterator[Row]:
    columns = quarters(edition)
    yield ("Region", "Sector", *map(_label, columns))
    england = [Posts(0, 0)] * len(columns)
    for region in _regions():
        total = [Posts(0, 0)] * len(columns)
        for number, sector in enumerate(SECTORS):
            posts = [_posts(group, region.name, sector, day, edition) for day in columns]
            total = [one + other for one, other in zip(total, posts, strict=True)]
            yield (region.name if number == 0 else None, sector, *map(figure, posts))
        england = [one + other for one, other in zip(england, total, strict=True)]
        yield (f"{region.name} Total", None, *map(figure, total))
    yield ("Grand Total", None, *map(figure, england))


def _label(quarter: date) -> str:
    year = quarter.year if quarter.month > 3 else quarter.year - 1
    return f"{year}/{(year + 1) % 100:02d} Q{(quarter.month // 3 - 2) % 4 + 1} ({quarter:%b-%y})"


@dataclass(frozen=True)
class _Region:
    name: str
    code: str
    size_per_thousand: int
    at_start_per_mille: int
    at_end_per_mille: int
    mental_health_per_mille: int


@cache
def _regions() -> tuple[_Region, ...]:
    return tuple(
        _Region(line["region"], line["code"], *(int(cell) for cell in list(line.values())[2:]))
        for line in facts("vacancy_regions")
    )


@cache
def _path(group: str, quarter: date) -> tuple[int, int]:
    """England's posts and vacancies per ten thousand of them: a straight line between the years of the path."""
    path = [line for line in facts("vacancy_path") if line["staff_group"] == group]
    before = max((line for line in path if line["quarter_end"] <= quarter.isoformat()), key=_day)
    after = min((line for line in path if line["quarter_end"] > quarter.isoformat()), key=_day)
    done, whole = (quarter - _day(before)).days, (_day(after) - _day(before)).days
    posts, rate = (
        int(before[name]) + (int(after[name]) - int(before[name])) * done // whole
        for name in ("establishment_fte", "vacancies_per_ten_thousand")
    )
    return posts, rate


def _day(line: dict[str, str]) -> date:
    return date.fromisoformat(line["quarter_end"])


@cache
def _posts(group: str, region_name: str, sector: str, quarter: date, edition: date) -> Posts:
    region = next(one for one in _regions() if one.name == region_name)
    shares, usual = SECTORS[sector]
    posts, rate = _path(group, quarter)
    establishment = posts * region.size_per_thousand * shares[group] // 10_000
    years = (quarter - FIRST_QUARTER).days / 365.25
    drift = region.at_start_per_mille + (region.at_end_per_mille - region.at_start_per_mille) * int(years * 4) // 31
    sector_rate = usual or region.mental_health_per_mille
    about = 1000 + wobble(group, region_name, sector, quarter, by=25)
    vacant = establishment * rate * drift * sector_rate * about // 10_000 // 1000**3
    if quarter in REVISED and edition >= REVISED_IN and region_name == REVISED_REGION:
        vacant = vacant * 1012 // 1000
    return Posts(establishment, vacant)


def _adverts(edition: date) -> Iterator[Row]:
    for month in month_ends(FIRST_ADVERTS, edition):
        season = 1000 + (60 if month.month in (1, 5, 9) else -90 if month.month == 12 else 0)
        # Adverts follow the share of posts that are vacant, which is known from 2018 on.
        level = _path("Total", max(month, FIRST_QUARTER))[1]
        for group, posts in ADVERTISED.items():
            for region in _regions():
                about = 1000 + wobble(group, region.name, month, "advert", by=60)
                hundredths = posts * region.size_per_thousand * season * level * about // (10 * 1000**2 * 800)
                yield (f"{month:%Y-%m}", group, f"{region.name} ({region.code})", hundredths / 100)
