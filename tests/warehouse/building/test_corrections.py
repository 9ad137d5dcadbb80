"""corrections.toml: its documented example can be read, and malformed entries are refused."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from warehouse.building.build import fingerprint
from warehouse.building.corrections import FILE, read_corrections
from warehouse.errors import CorrectionMalformed


@pytest.fixture
def example() -> str:
    """The example of the file itself, as an entry."""
    lines = [line for line in Path(str(FILE)).read_text().splitlines() if line.startswith("#   ")]
    return "\n".join(line.removeprefix("#   ") for line in lines)


def test_the_example_of_the_file_is_a_correction(example: str) -> None:
    figure = (
        '{"period_end":"2023-05-31","geography_level":"England","area_code":"England",'
        '"staff_group":"All staff groups","measure":"headcount"}'
    )
    [[table, series, edition, key, expect, corrected, *_, who, day]] = read_corrections(example)
    assert (table, series, edition, key) == ("workforce", "nhs-workforce-statistics", "2023-05", figure)
    assert (expect, corrected, who, day) == (151333.0, 151343.0, "Name of the data steward", date(2023, 6, 2))


def test_a_figure_can_be_left_out(example: str) -> None:
    [row] = read_corrections(re.sub(r"set  .*", "drop = true", example))
    assert row[5] is None


@pytest.mark.parametrize(
    ("right", "wrong", "found"),
    [
        (r"set  .*", "", "exactly one of"),
        (r"set  ", "drop = true\nset", "exactly one of"),
        (r"set  .*", "drop = false", "exactly one of"),
        (r"reason .*", "", "missing or unknown: reason"),
        (r"by  .*", 'by = "me"\ncolour = "red"', "missing or unknown: colour"),
        (r"reason .*", 'reason = " "', "is empty"),
        (r"151333", '"151333"', "not a number"),
        (r"date .*", 'date = "soon"', "not a date"),
        (r'"workforce"', '"workfarce"', "no core table 'workfarce'"),
        (r"area_code", "area", "no key column area"),
        (r"\[\[correction\]\]", "[[correction]", "Expected"),
    ],
)
def test_what_is_written_otherwise_is_refused(example: str, right: str, wrong: str, found: str) -> None:
    with pytest.raises(CorrectionMalformed, match=re.escape(found)):
        read_corrections(re.sub(right, wrong, example, count=1))


def test_a_changed_correction_changes_the_fingerprint_of_a_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "package_with_corrections"
    package.mkdir()
    (package / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    (package / "corrections.toml").write_text("set = 1", encoding="utf-8")
    before = fingerprint([], packages=[package.name])
    (package / "corrections.toml").write_text("set = 2", encoding="utf-8")
    assert fingerprint([], packages=[package.name]) != before
