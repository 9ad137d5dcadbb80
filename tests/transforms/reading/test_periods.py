"""Periods as printed."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

import transforms
from flows import fetching
from flows.fetching.publishers.pages import month_in
from transforms.errors import NotWhatItClaims
from transforms.reading.months import MONTHS, last_day
from transforms.reading.periods import day_written, month_end, month_named, printed_date, require_months_named

DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 12, 31))


@given(DAYS)
def test_a_month_as_six_digits_ends_on_its_last_day(day: date) -> None:
    end = pl.select(month_end(pl.lit(f"{day:%Y%m}"))).item()
    assert (end.year, end.month) == (day.year, day.month)
    assert (end + timedelta(days=1)).day == 1


@pytest.mark.parametrize("text", ["202513", "20251", "Oct-25", "2025-10", "000001", "000101"])
def test_six_digits_that_are_no_month_raise(text: str) -> None:
    with pytest.raises(pl.exceptions.InvalidOperationError):
        pl.select(month_end(pl.lit(text)))


@given(DAYS, st.sampled_from(["{m} {y}", "{s}-{t}", "{s} {y}", "{u}_{y}", "x, {m} {y} monthly data", "A, {s}-{t}.csv"]))
def test_a_month_named_in_a_text_is_its_last_day(day: date, form: str) -> None:
    month = MONTHS[day.month - 1].title()
    text = form.format(m=month, s=month[:3], u=month[:3].upper(), y=day.year, t=f"{day:%y}")
    if "{t}" in form and day.year < 2000:
        return
    assert month_named(text) == last_day(day.year, day.month)


@pytest.mark.parametrize(
    "text", ["", "2023", "May", "Mayor 2023", "dismay 2023", "May 2023 and June 2023", "August 20255", "may-be 23"]
)
def test_a_text_that_names_no_month_or_two_names_none(text: str) -> None:
    assert month_named(text) is None


@pytest.mark.parametrize("again", ["_v2.xlsx", "_0526.zip", "_14-05-26_0526.zip", ".xlsx", " (corrected).xlsx"])
@pytest.mark.parametrize("name", ["CSV data files, March 2026", "monthly, Mar-26", "annex_Mar_2026"])
def test_what_a_corrected_file_has_after_its_month_does_not_hide_the_month(name: str, again: str) -> None:
    assert month_named(name + again) == date(2026, 3, 31)


def test_the_same_month_named_twice_is_one() -> None:
    assert month_named("May 2023, May-23.csv") == date(2023, 5, 31)


@given(DAYS)
def test_a_date_cell_as_text_is_a_date(day: date) -> None:
    for text in (f"{day:%Y-%m-%d}", f"{day:%Y-%m-%d} 00:00:00"):
        assert pl.select(printed_date(pl.lit(text))).item() == day


@pytest.mark.parametrize("text", ["2023-02-30", "2023-05-31 12:00:00", "45077", "Annual Change", "x2023-05-31"])
def test_other_text_is_no_date(text: str) -> None:
    assert pl.select(printed_date(pl.lit(text))).item() is None


JULY, AUGUST = date(2025, 7, 31), date(2025, 8, 31)
OF_TWO_MONTHS = pl.DataFrame({"period_end": [AUGUST, JULY, AUGUST], "source_row": [9, 2, 5]})


@pytest.mark.parametrize("named", [[], [None], [AUGUST], [JULY, AUGUST]])
def test_months_that_the_name_tells_of_are_those_of_the_figures(named: list[date | None]) -> None:
    require_months_named(OF_TWO_MONTHS, named, name="Jul-25 to Aug-25.csv")


@pytest.mark.parametrize(
    ("named", "only", "expected"),
    [
        ([JULY], False, "July 2025 as the newest month"),
        ([date(2025, 6, 30), AUGUST], False, "June 2025 as the first month"),
        ([AUGUST], True, "August 2025 as the only month"),
    ],
)
def test_other_months_than_the_name_says_are_refused(named: list[date | None], only: bool, expected: str) -> None:
    with pytest.raises(NotWhatItClaims) as refused:
        require_months_named(OF_TWO_MONTHS, named, name="a.csv", sheet="member", only=only)
    error = refused.value
    assert (error.sheet, error.cell) == ("member", "row 5")
    assert error.expected == f"{expected}, by the name 'a.csv'"
    assert error.found == "July 2025 to August 2025"


def test_a_file_that_names_a_month_and_holds_no_figures_is_refused() -> None:
    with pytest.raises(NotWhatItClaims, match="Found no figures"):
        require_months_named(OF_TWO_MONTHS.clear(), [AUGUST], name="Aug-25.csv")


@pytest.mark.parametrize(
    "text", ["-19910401", "+19910401", "1991041", "199104011", "19910431", "1991-04-01", "١٩٩١٠٤٠١", ""]
)
def test_a_day_is_written_in_exactly_its_form(text: str) -> None:
    assert pl.select(day_written(pl.lit(text), "%Y%m%d")).item() is None
    assert pl.select(day_written(pl.lit("19910401"), "%Y%m%d")).item() == date(1991, 4, 1)


def test_patterns_on_published_text_match_ascii_digits_only() -> None:
    """With `\\d` the digits of every script would pass, in names of editions too."""
    sources = [path for package in (transforms, fetching) for path in Path(package.__path__[0]).rglob("*.py")]
    assert len(sources) > 80
    assert [path.name for path in sources if "\\d" in path.read_text(encoding="utf-8")] == []


@pytest.mark.parametrize("text", ["\u017feptember 2025", "Augu\u017ft-25"])
def test_a_letter_that_is_only_like_an_s_makes_no_month(text: str) -> None:
    assert month_named(text) is None
    assert month_in(text) == ""
