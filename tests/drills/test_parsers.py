"""Any text in: a value or one of our errors, and no number that is not printed.

Each test tries `EXAMPLES` texts; `WORKFORCE_EXAMPLES=20000 pytest tests/drills/test_parsers.py` tries more.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.fetching.http.addresses import check_address, file_name
from flows.fetching.publishers.pages import day_in, month_in
from tests.drills.parsers import page_readers, read_file, read_page, sample_pages
from tests.mutations.odd_text import ARABIC, FORMS, FULL_WIDTH, SUPERSCRIPTS
from transforms.errors import WorkforceError
from transforms.reading.months import MONTHS
from transforms.reading.organisation_codes import require_codes, require_one_name, require_regions
from transforms.reading.periods import month_end, month_named, months_named, printed_date
from transforms.reading.records import read_records
from transforms.reading.symbols import as_number, value_and_status
from transforms.reading.text import as_utf8, plain_name
from transforms.series import CATALOGUE, readers_named

EXAMPLES = int(os.environ.get("WORKFORCE_EXAMPLES", "40"))
MANY = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))

DIGITS = st.sampled_from(["0123456789", FULL_WIDTH, ARABIC, SUPERSCRIPTS, "०१२३४५६७८९", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗"])
NUMBERS = st.text(alphabet="0123456789.,-+eE%_ \u00a0\u2009\u2212()'£²¹１٣०xXinfINFnaNA", min_size=1, max_size=14)
WORDS = st.sampled_from(
    [*(month.title() for month in MONTHS), *(month[:3] for month in MONTHS), "Sept", "ſeptember", "Auguſt", "marKh"]
)
YEARS = st.sampled_from(["2025", "25", "0000", "9999", "٢٠٢٥", "２０２５", "²⁰²⁵", "20255", "-2025", "1900", "2100"])
DATED = st.builds(
    lambda before, day, month, between, year, after: f"{before}{day}{between}{month}{between}{year}{after}",
    st.sampled_from(["", "x, ", "(", "Publication date: "]),
    st.sampled_from(["", "1", "31", "00", "٣١", "³", "99"]),
    WORDS,
    st.sampled_from([" ", "-", "_", "\u00a0", "", ". "]),
    YEARS,
    st.sampled_from(["", ".csv", ")", "\n", " to ", "_v2.xlsx"]),
)
IN_FORMS = st.builds(lambda number, form: form(f"{number:g}"), st.floats(0, 1e9), st.sampled_from([*FORMS.values()]))
TEXTS = st.text(max_size=60) | DATED | NUMBERS


def cells(printed: str | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"printed": [printed], "number": [None], "source_row": [12], "source_column": [3]},
        schema_overrides={"printed": pl.String, "number": pl.Float64},
    )


def plainly(text: str) -> float | None:
    """The number of a text of digits with at most a sign, a decimal point and an exponent; None for all others."""
    return float(text) if re.fullmatch(r"[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?", text) else None


@MANY
@given(NUMBERS | IN_FORMS)
def test_a_number_in_an_odd_form_is_never_read_as_another_number(text: str) -> None:
    found = pl.select(as_number(pl.lit(text))).item()
    assert found == plainly(text)
    try:
        value, status = value_and_status(cells(text)).select("value", "value_status").row(0)
    except WorkforceError:
        return
    assert value is None or (value == plainly(text) and status is None and math.isfinite(value))


@MANY
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_that_is_written_is_read_back(number: float) -> None:
    for written in (repr(number), f"{number:.17g}"):
        assert pl.select(as_number(pl.lit(written))).item() == number


def rows(text: str) -> pl.DataFrame:
    return pl.DataFrame({"source_row": [2, 3], "org_code": [text, "RJ1"], "org_name": [text, "A Trust"]})


TEXT_READERS: dict[str, Callable[[str], Any]] = {
    "month_named": month_named,
    "months_named": months_named,
    "printed_date": lambda text: pl.select(printed_date(pl.lit(text))).item(),
    "day_in": day_in,
    "month_in": month_in,
    "plain_name": plain_name,
    "file_name": file_name,
    "check_address": lambda text: check_address(text, {"digital.nhs.uk"}),
    "an address": lambda text: check_address(f"https://{text}/", {"digital.nhs.uk"}),
    "readers_named": readers_named,
    "match": lambda text: [wanted.match(text) for entry in CATALOGUE.values() for wanted in entry.wanted],
    "require_codes": lambda text: require_codes(rows(text), "org_code", name="org_name"),
    "require_regions": lambda text: require_regions(rows(text), "org_code"),
    "require_one_name": lambda text: require_one_name(rows(text), "org_code", "org_name"),
    "value_and_status": lambda text: value_and_status(cells(text)),
    "as_utf8": lambda text: as_utf8(text.encode("utf-8", "surrogatepass"), file="a.csv"),
    "read_records": lambda text: read_records(text.encode(), file="a.csv"),
    "headings": lambda text: read_records(f"{text},b\n1,2\n".encode(), file="a.csv"),
}


@pytest.mark.parametrize("name", TEXT_READERS)
@MANY
@given(text=TEXTS)
def test_any_text_is_a_value_or_our_error(name: str, text: str) -> None:
    with suppress(WorkforceError):
        TEXT_READERS[name](text)


@MANY
@given(TEXTS)
def test_an_edition_in_a_file_name_has_digits_that_sort(text: str) -> None:
    for entry in CATALOGUE.values():
        for wanted in entry.wanted:
            for pattern in wanted.named:
                name = re.sub(r"\{[a-z]+\}|\*", lambda _: text, pattern)
                assert re.fullmatch(r"[0-9-]*", wanted.match(name) or "")
    assert re.fullmatch(r"(?:[0-9]{4}-[0-9]{2})?", month_in(text))


@MANY
@given(st.text(max_size=12) | st.from_regex(r"\d{6}", fullmatch=True))
def test_six_digits_are_their_month_or_none(text: str) -> None:
    try:
        found = pl.select(month_end(pl.lit(text))).item()
    except pl.exceptions.InvalidOperationError:
        return
    assert isinstance(found, date)
    assert f"{found:%Y%m}" == text.rjust(6, "0")


ODD_ADDRESSES = (
    "http://[::1",
    "https://[v1.a]/",
    "//[",
    "https://digital.nhs.uk:99999/a.csv",
    "https://digital.nhs.uk:²/a.csv",
    "javascript:alert(1)",
    "data:text/html,<script>",
    "https://digital.nhs.uk/%00%ff%",
    "https://digital.nhs.uk/" + "a" * 5_000,
    "https://\u2100.example/",
    "..//..//..//",
    "\x00",
    "?#?#",
    "https://gender-pay-gap.service.gov.uk/viewing/download-data/²⁰²³",
    "https://gender-pay-gap.service.gov.uk/viewing/download-data/99999",
    "https://gender-pay-gap.service.gov.uk/viewing/download-data/" + "9" * 5_000,
)
ODD_TEXTS = st.sampled_from(["", "&#0;", "<", "\x00", "]]>", "<!--", "</html>", "<script>"]) | TEXTS
ODD_JSON = st.sampled_from(
    [None, True, 0, -1, 1e300, "", "x", [], {}, [[]], {"url": 7}, ["http://[::1"], {"url": "//["}]
)


@st.composite
def odd_pages(draw: st.DrawFn) -> str:
    """A page of the sample in which a few texts, attributes or stretches are replaced, removed or repeated."""
    page = draw(st.sampled_from(sample_pages()))
    if page.lstrip().startswith(("{", "[")):
        return json.dumps(_odd_json(draw, json.loads(page)))
    for _ in range(draw(st.integers(1, 4))):
        places = [found.span(1) for found in re.finditer(r'(?:href|title|content|id)="([^"]*)"|>([^<>]+)<', page)]
        places = [place for place in places if place != (-1, -1)]
        start, end = draw(st.sampled_from(places or [(0, 0)]))
        length = draw(st.sampled_from([0, 0, 10, 500]))
        written = draw(st.sampled_from(ODD_ADDRESSES) | ODD_TEXTS | st.just(page[start : end + length] * 3))
        page = page[:start] + written + page[end + length :]
    return page


def _odd_json(draw: st.DrawFn, value: Any) -> Any:
    """The value with one part, at any depth, replaced."""
    if isinstance(value, dict | list) and value and draw(st.integers(0, 5)):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
        key = draw(st.sampled_from(keys))
        value[key] = _odd_json(draw, value[key])
        return value
    return draw(ODD_JSON)


BREAKING = (
    "[" * 100_000,
    '{"a":' * 50_000,
    "[" * 900 + "]" * 900,
    "<div>" * 50_000,
    "<svg><td>" * 30_000,
    "<a href='http://[::1'>report 2024</a>",
    "<h1 itemprop=name>\ud800</h1>",
)


def test_there_are_readers_of_pages_of_every_publisher() -> None:
    modules = {name.partition(".")[0] for name in page_readers()}
    assert modules >= {"digital_nhs_pages", "england_nhs", "ethnicity", "gender_pay_gap", "staff_survey"}


@pytest.mark.parametrize("name", page_readers())
@MANY
@given(page=odd_pages() | st.text(max_size=80))
def test_any_page_is_read_or_our_error(name: str, page: str) -> None:
    read_page(name, page)


@pytest.mark.parametrize("name", page_readers())
@pytest.mark.parametrize("page", BREAKING, ids=len)
def test_pages_made_to_break_a_parser(name: str, page: str) -> None:
    read_page(name, page)


@MANY
@given(
    st.binary(max_size=200) | TEXTS.map(str.encode),
    st.sampled_from(["a.csv", "etr.csv", "a.xlsx", "a.zip", "a.csv.gz", "a.xls"]),
)
def test_any_bytes_are_a_file_or_our_error(content: bytes, name: str) -> None:
    read_file(content, name)
