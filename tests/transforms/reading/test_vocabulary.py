"""Vocabularies: small differences of print do not matter, an unknown label stops the file."""

from __future__ import annotations

from importlib.resources import files

import polars as pl
import pytest

from transforms.errors import UnmappedLabel
from transforms.reading.vocabulary import key, translate, vocabulary


def labels(*printed: str | None) -> pl.DataFrame:
    return pl.DataFrame(
        {"staff_group": list(printed), "source_row": range(7, 7 + len(printed)), "source_column": [2] * len(printed)},
        schema_overrides={"staff_group": pl.String},
    )


@pytest.mark.parametrize(
    "printed", ["HCHS doctors", "HCHS Doctors", " hchs  doctors ", "001_HCHS Doctors", "HCHS doctors\u00a0"]
)
def test_case_blanks_and_sort_prefixes_do_not_matter(printed: str) -> None:
    assert translate(labels(printed), "staff_group", "staff_group")["staff_group"].to_list() == ["HCHS doctors"]


def test_kinds_of_apostrophe_and_dash_do_not_matter() -> None:
    assert pl.select(key(pl.lit("Guy’s – x"))).item() == pl.select(key(pl.lit("guy's - X"))).item()


def test_the_total_has_one_name() -> None:
    read = translate(labels("Total", "All staff groups", None), "staff_group", "staff_group", into="label")
    assert read["label"].to_list() == ["All staff groups", "All staff groups", None]
    assert read["staff_group"].to_list() == ["Total", "All staff groups", None]


def test_an_unknown_label_is_named_with_its_cell_and_the_file_to_add_it_to() -> None:
    with pytest.raises(UnmappedLabel) as raised:
        translate(labels("Managers", "Robots"), "staff_group", "staff_group", sheet="1. England")
    message = str(raised.value)
    assert message.startswith("1. England > B8: an unknown label in staff group")
    assert "Found 'Robots'" in message
    assert "add a line to transforms/vocabularies/staff_group.csv" in message


def test_translating_keeps_the_order_of_rows() -> None:
    printed = ["Managers", "Total", "Midwives", "Managers"]
    assert translate(labels(*printed), "staff_group", "staff_group")["source_row"].to_list() == [7, 8, 9, 10]


NAMES = sorted(p.name[:-4] for p in (files("transforms") / "vocabularies").iterdir() if p.name.endswith(".csv"))


@pytest.mark.parametrize("name", NAMES)
def test_every_vocabulary_gives_a_printed_label_one_meaning(name: str) -> None:
    words = vocabulary(name)
    if "printed" not in words.columns or "label" not in words.columns:
        pytest.skip("not a vocabulary of printed labels")
    others = [column for column in words.columns if column not in {"printed", "label"}]
    scope = [column for column in others if column in {"column", "characteristic"}]
    meanings = words.group_by(key(pl.col("printed")), *scope).agg(pl.col("label").n_unique())
    assert meanings.filter(pl.col("label") > 1).is_empty()


def test_each_staff_group_but_the_total_has_a_parent_that_is_a_staff_group() -> None:
    groups = vocabulary("staff_group")
    assert set(groups["parent"].drop_nulls()) <= set(groups["label"])
    assert groups.filter(pl.col("level").is_in(["main group", "sub-group"]) & pl.col("parent").is_null()).is_empty()
