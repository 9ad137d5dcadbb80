"""Shorthand in cells: a symbol is a status, a number a value, a blank says so, and anything else stops."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.errors import UnreadableValue
from transforms.reading.symbols import BLANK, SYMBOLS, value_and_status
from transforms.value_status import STATUSES


def read(printed: str | None, number: float | None = None, **symbols: str) -> tuple[float | None, str | None]:
    cells = pl.DataFrame(
        {"printed": [printed], "number": [number], "source_row": [12], "source_column": [3]},
        schema_overrides={"printed": pl.String, "number": pl.Float64},
    )
    value, status = value_and_status(cells, sheet="s", symbols=symbols).select("value", "value_status").row(0)
    return value, status


@pytest.mark.parametrize(("symbol", "status"), SYMBOLS.items())
def test_each_symbol_is_a_status_without_a_value(symbol: str, status: str) -> None:
    assert read(symbol) == (None, status)
    assert read(symbol.upper()) == (None, status)


def test_every_status_is_declared() -> None:
    assert {*SYMBOLS.values(), BLANK} <= set(STATUSES)


def test_a_true_zero_is_a_value() -> None:
    assert read("0", 0.0) == (0.0, None)


def test_a_blank_is_not_zero() -> None:
    assert read(None) == (None, BLANK)


def test_a_number_stored_as_text_is_a_number() -> None:
    assert read("7") == (7.0, None)


def test_a_series_may_add_symbols_of_its_own() -> None:
    assert read("~", **{"~": "low"}) == (None, "low")


@pytest.mark.parametrize("odd", ["-", "true", "#NA", "inf", "nan", "1,234", "12%", "see note 3"])
def test_anything_else_stops_with_its_cell(odd: str) -> None:
    with pytest.raises(UnreadableValue) as raised:
        read(odd)
    assert str(raised.value).startswith("s > C12: a cell is neither a number nor a known symbol")
    assert repr(odd) in str(raised.value)


@pytest.mark.parametrize("number", [float("inf"), float("nan")])
def test_a_number_that_is_none_is_not_let_through(number: float) -> None:
    with pytest.raises(UnreadableValue):
        read("1", number)


@given(st.text(max_size=12), st.none() | st.floats(allow_nan=False, allow_infinity=False))
def test_exactly_one_of_value_and_status_or_an_error(printed: str, number: float | None) -> None:
    try:
        value, status = read(printed, number)
    except UnreadableValue:
        return
    assert (value is None) != (status is None)
