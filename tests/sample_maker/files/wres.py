"""An intake file of the Workforce Race Equality Standard: indicators 1 to 9 of each trust, in two years."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from tests.sample_maker.figures.arithmetic import wobble
from tests.sample_maker.figures.people import BANDS, TOP, Count, by_category, by_grade
from tests.sample_maker.figures.staff import Organisation, Staff, organisations, staff_groups
from tests.sample_maker.files.layout import Row, csv_file

HEADER = (
    "wres_year",
    "geography_level",
    "area_code",
    "indicator",
    "ethnic_group",
    "pay_cluster",
    "measure",
    "direction",
    "numerator",
    "denominator",
    "value",
    "source",
)
SOURCE = "Illustrative figures of the sample"
LEADING = {
    grade: f"Non-clinical: {'VSM' if grade == TOP else grade}" for grade in (*BANDS[BANDS.index("Band 8a") :], TOP)
}
UNKNOWN = ("Not Stated", "Unknown")
BOARD = 14
"""Voting members of a board."""
RATIOS = {"2": "White / BME", "3": "BME / White", "4": "White / BME"}
PER_THOUSAND = {"2": (180, 120), "3": (9, 14), "4": (640, 560)}
"""White and BME staff appointed, disciplined and trained, of a thousand in the first year."""
SURVEY = {"5": (265, 295), "6": (225, 285), "7": (590, 450), "8": (65, 160)}
"""White and BME staff, of a thousand, who answered the survey so."""

Shares = dict[str, tuple[int, int]]
"""By group (White, BME, Unknown): numerator and denominator."""


def wres_intake(years: tuple[int, ...]) -> bytes:
    """One line a figure; shares with the people they are of, ratios that follow from the two shares beside them."""
    trusts = [one for one in organisations() if one.profile != "board"]
    rows = [row for year in years for one in trusts for row in _trust(one, year, year - years[-1])]
    return csv_file(HEADER, rows)


def _trust(one: Organisation, year: int, years: int) -> Iterator[Row]:
    month = date(year, 3, 31)
    if not one.exists(month):
        return
    place = (year, "Organisation", one.code)
    everyone = _ethnicity(one, month, "All grades")
    yield from _shares(place, "1", "All", everyone)
    for grade, cluster in LEADING.items():
        yield from _shares(place, "1", cluster, _ethnicity(one, month, grade))
    for indicator in RATIOS:
        yield from _likelihoods(place, indicator, everyone, years)
    for indicator, usual in SURVEY.items():
        for group, per_thousand in zip(("White", "BME"), usual, strict=True):
            percent = (per_thousand + wobble(one.code, indicator, group, year, by=40)) / 10
            yield (*place, indicator, group, "All", "percent", None, None, None, f"{percent:.1f}", SOURCE)
    board = _board(one, year, years)
    yield from _shares(place, "9", "Voting members", board)
    difference = 100 * board["BME"][0] / BOARD - 100 * everyone["BME"][0] / everyone["BME"][1]
    yield (*place, "9", "BME", "Voting members", "percentage_points", None, None, None, f"{difference:.1f}", SOURCE)


def _ethnicity(one: Organisation, month: date, grade: str) -> Shares:
    """Staff of a grade without clinical qualification, or all staff, by group."""
    staff, everyone = Staff(month), grade == "All grades"
    cells = [
        (each, count)
        for group in staff_groups()
        if everyone or group.main == "NHS infrastructure support"
        for each, count in by_grade(staff, one, group, month).items()
        if everyone or each == grade
    ]
    by_printed: dict[str, Count] = {each: Count() for each, _ in cells}
    for each, count in cells:
        by_printed[each] += count
    people = {"White": 0, "BME": 0, "Unknown": 0}
    for each, count in by_printed.items():
        for category, part in by_category(count, "Ethnic group", each, month).items():
            group = "Unknown" if category in UNKNOWN else category if category == "White" else "BME"
            people[group] += part.people
    return {group: (number, sum(people.values())) for group, number in people.items()}


def _board(one: Organisation, year: int, years: int) -> Shares:
    """The later the year, the more members of the board are from an ethnic minority."""
    minority = max(0, 2 + wobble(one.code, "board", by=1) + years // 4 + wobble(one.code, year, "board", by=1))
    return {"White": (BOARD - minority, BOARD), "BME": (minority, BOARD), "Unknown": (0, BOARD)}


def _likelihoods(place: tuple[int, str, str], indicator: str, everyone: Shares, years: int) -> Iterator[Row]:
    """The two likelihoods come nearer to each other over the years."""
    shares: Shares = {}
    usual = PER_THOUSAND[indicator]
    for group, per_thousand in zip(("White", "BME"), usual, strict=True):
        nearer = (sum(usual) // 2 - per_thousand) * (years + 8) // 16
        about = 1000 + wobble(*place, indicator, group, by=90)
        people = everyone[group][0]
        shares[group] = max(1, people * (per_thousand + nearer) * about // 1_000_000), people
    yield from _shares(place, indicator, "All", shares)
    white, bme = (number / of for number, of in shares.values())
    ratio = bme / white if RATIOS[indicator] == "BME / White" else white / bme
    yield (*place, indicator, None, "All", "likelihood_ratio", RATIOS[indicator], None, None, f"{ratio:.2f}", SOURCE)


def _shares(place: tuple[int, str, str], indicator: str, cluster: str, shares: Shares) -> Iterator[Row]:
    for group, (number, of) in shares.items():
        if of:
            percent = f"{100 * number / of:.1f}"
            yield (*place, indicator, group, cluster, "percent", None, number, of, percent, SOURCE)
