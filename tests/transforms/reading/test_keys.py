"""One number in place of the values of several columns."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.reading import keys
from transforms.reading.keys import LABELS, with_keys

DAYS = st.one_of(st.none(), st.dates(date(2009, 1, 1), date(2026, 12, 31)))
WORDS = st.one_of(st.none(), st.sampled_from(["", "a", "b", "RJ1", "England"]))


@given(st.lists(st.tuples(WORDS, WORDS, DAYS), max_size=30))
def test_rows_have_one_number_where_and_only_where_all_columns_are_equal(values: list[tuple[object, ...]]) -> None:
    rows = pl.DataFrame(values, schema={"area": pl.String, "name": pl.String, "month": pl.Date}, orient="row")
    numbers = with_keys(rows, key=["area", "name", "month"])["key"].to_list()
    assert len(set(zip(numbers, rows.rows(), strict=True))) == len(set(numbers)) == len(set(rows.rows()))


def test_columns_given_once_for_several_rows_make_the_same_keys() -> None:
    labels = pl.DataFrame({"area": ["a", "b", "a", None], "name": ["x", "x", "x", "y"]})
    rows = pl.DataFrame({LABELS: [0, 1, 2, 3, 0, 1, 2, 3], "month": [date(2023, 5, 31)] * 6 + [date(2023, 4, 30)] * 2})
    whole = rows.hstack(labels[rows[LABELS]])
    for key in (["area", "name"], ["name", "month", "area"], ["month"]):
        numbers = with_keys(rows, labels, key=key)["key"]
        assert whole.select(key).with_columns(numbers).n_unique() == numbers.n_unique() == whole.n_unique(key)


def test_rows_that_differ_in_the_last_column_are_in_the_order_of_its_dates() -> None:
    months = [date(2023, 5, 31), date(2009, 9, 30), date(2023, 4, 30)]
    rows = with_keys(pl.DataFrame({"area": ["a"] * 3, "month": months}), key=["area", "month"])
    assert rows.sort("key")["month"].to_list() == sorted(months)


def test_a_key_with_more_combinations_than_numbers_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "LARGEST", 3)
    with pytest.raises(ValueError, match="'key' have too many combinations"):
        with_keys(pl.DataFrame({"a": ["x", "y"], "b": ["x", "y"]}), key=["a", "b"])
